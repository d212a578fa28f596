//! `cargo xtask update`, through the command itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use support::{Output, Place, SMALL, SMALL_OVERLAY, run};

/// A place with the crate of `small`, and a newer description: [`SMALL`] with `from` replaced.
fn place(from: &str, to: &str) -> Place {
    let place = Place::new();
    place.codegen(&[]).success();
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?}");
    place.write("new.yaml", SMALL.replace(from, to));
    place
}

fn update(place: &Place, arguments: &[&str]) -> Output {
    let fixed = ["update", "--specs", "specs", "--out", "out"];
    run(&place.path(""), &[&fixed, arguments].concat())
}

/// All that is there: files and content.
fn files(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found: BTreeMap<_, _> = place
        .out()
        .into_iter()
        .map(|(file, it)| (file, it.0))
        .collect();
    for entry in fs::read_dir(place.path("specs")).unwrap() {
        let file = entry.unwrap().path();
        found.insert(file.clone(), fs::read(file).unwrap());
    }
    found
}

#[test]
fn the_newer_description_takes_the_place_of_the_old() {
    let place = place(
        "        email:",
        "        phone: { type: string, description: Where to call. }\n        email:",
    );
    let before = files(&place);

    let dry = update(&place, &["small", "--spec", "new.yaml", "--dry-run"]);
    dry.success();
    assert!(
        dry.stdout
            .ends_with("\nnothing was written: run it again without --dry-run\n"),
        "{}",
        dry.stdout
    );
    assert_eq!(files(&place), before);

    let update = update(&place, &["small", "--spec", "new.yaml"]);
    update.success();
    for text in [
        "200 /phone  added   -     string  no\n",
        "\n~ specs/small.yaml\n",
        "\n~ out/providers/small/src/types.rs\n",
        "\nversion step: minor, from 0.1.0 to 0.1.1\n  to release this crate alone, that is `x-package-version: 0.1.1` in the `info` of its overlay; with all, `version` of [workspace.package] in ",
        "\n  minor  200 /phone added (string)\n",
        "\n  minor  `types::Caller::phone` is new\n",
        "\nnext:\n  cargo test --manifest-path out/Cargo.toml -p keyholder-small --all-features\n",
        "  ### Added\n\n  - `keyholder-small`: made from the provider's newer description, version 1: 200 /phone added (string); `types::Caller::phone` is new.\n",
    ] {
        assert!(
            update.stdout.contains(text),
            "no {text:?} in\n{}",
            update.stdout
        );
    }
    assert_eq!(place.read("specs/small.yaml"), place.read("new.yaml"));
    assert!(
        place
            .read("out/providers/small/src/types.rs")
            .contains("pub phone: Option<String>")
    );
    place.codegen(&["--check"]).success();

    let again = self::update(&place, &["small", "--spec", "new.yaml"]);
    again.success();
    for text in [
        "nothing differs\n",
        "\nnothing to write: ",
        "\nversion step: none: the crate is as it was\n",
    ] {
        assert!(again.stdout.contains(text), "{}", again.stdout);
    }
}

/// What is replaced in the description, the step that asks for, and a reason.
const STEPS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "a comment",
        "openapi: 3.1.0\n",
        "# Another.\nopenapi: 3.1.0\n",
        "none",
        "",
    ),
    (
        "words",
        "Where to write to.",
        "The address.",
        "patch",
        "  patch  documentation, examples or data in src/types.rs\n",
    ),
    (
        "a format",
        "{ type: string, desc",
        "{ type: string, format: email, desc",
        "patch",
        "  patch  200 /email format (email)\n",
    ),
    (
        "null",
        "{ type: string, desc",
        "{ type: [string, 'null'], desc",
        "patch",
        "  patch  200 /email may be null (string → string | null)\n",
    ),
    (
        "values",
        "{ type: string, desc",
        "{ type: string, enum: [a], desc",
        "major",
        "  major  `types::Caller::email` is `field: Option<CallerEmail>`, not `field: Option<String>`\n",
    ),
    (
        "another server",
        "https://small.acme.dev",
        "https://other.acme.dev",
        "minor",
        "  minor  server moved (https://small.acme.dev → https://other.acme.dev)\n",
    ),
    (
        "another type",
        "{ type: integer,",
        "{ type: string,",
        "major",
        "  major  200 /id type (integer → string): the answer does not read\n",
    ),
    (
        "another type in Rust",
        "{ type: integer,",
        "{ type: string,",
        "major",
        "  major  `types::Caller::id` is `field: Option<String>`, not `field: Option<i64>`\n",
    ),
    (
        "another name",
        "operationId: get_me",
        "operationId: get_caller",
        "major",
        "  major  `Client::get_me` is gone\n",
    ),
    (
        "required",
        "      type: object\n",
        "      type: object\n      required: [id]\n",
        "patch",
        "  patch  200 /id now required\n",
    ),
    (
        "an answer more",
        "      responses:\n",
        "      responses:\n        \"410\": { description: Gone. }\n",
        "minor",
        "  minor  410 added (no body)\n",
    ),
    (
        "a parameter more",
        "      security:",
        "      parameters: [{ name: full, in: query, schema: { type: boolean } }]\n      security:",
        "major",
        "  major  `Client::get_me` is `async fn<'a>(&'a self, Option<bool>) -> ",
    ),
    (
        "another credential",
        "{ type: http, scheme: bearer }",
        "{ type: apiKey, in: header, name: X-Key }",
        "major",
        "  major  security removed (bearer token): the server refuses what is sent\n",
    ),
];

#[test]
fn each_step_has_its_reasons() {
    for (name, from, to, step, reason) in STEPS {
        let place = place(from, to);
        let output = update(&place, &["small", "--spec", "new.yaml", "--dry-run"]);
        output.success();
        let stdout = &output.stdout;
        assert!(
            stdout.contains(&format!("\nversion step: {step}")),
            "{name}\n{stdout}"
        );
        assert!(
            stdout.contains(reason),
            "{name}: no {reason:?} in\n{stdout}"
        );
        let version = match *step {
            "none" => "",
            "major" => " to 0.2.0\n",
            _ => " to 0.1.1\n",
        };
        assert!(stdout.contains(version), "{name}\n{stdout}");
    }
}

/// What is wrong with the newer description or the place, and what is said of it.
type Wrong = (&'static str, fn(&Place), &'static [&'static str]);

const WRONG: &[Wrong] = &[
    (
        "a correction whose target is gone",
        |place| place.write("new.yaml", SMALL.replace("/me:", "/v2/me:")),
        &[
            "specs/small.overlay.yaml: at /actions/0/target: $.paths['/me'].get matches nothing in the description (the action's reason: Tells who the caller is.)\n",
            "the nearest is $.paths['/v2/me'].",
        ],
    ),
    (
        "a claim whose field is gone",
        |place| place.write("new.yaml", SMALL.replace("        id:", "        uid:")),
        &[
            "specs/small.overlay.yaml: at ",
            "/identity/sub: the answer has no /id",
        ],
    ),
    (
        "no description",
        |place| place.write("new.yaml", "a: b\n"),
        &["new.yaml: at /openapi: is missing"],
    ),
    (
        "no YAML",
        |place| place.write("new.yaml", "a: [b\n"),
        &["new.yaml: is not YAML"],
    ),
    (
        "no file",
        |place| place.remove("new.yaml"),
        &["new.yaml: cannot be read"],
    ),
    (
        "a reference to nothing",
        |place| {
            place.write(
                "new.yaml",
                SMALL.replace("#/components/schemas/Caller", "#/components/schemas/Caler"),
            );
        },
        &["new.yaml: at ", "/components/schemas/Caler"],
    ),
    (
        "a file in the way",
        |place| place.write("out/providers/small/src/types.rs", "// By hand.\n"),
        &["out/providers/small/src/types.rs: is in the way"],
    ),
    (
        "a link in the way",
        |place| {
            place.remove("out/providers/small/src/types.rs");
            #[cfg(unix)]
            std::os::unix::fs::symlink(
                "nowhere/types.rs",
                place.path("out/providers/small/src/types.rs"),
            )
            .unwrap();
        },
        &["out/providers/small/src/types.rs: is a symbolic link"],
    ),
];

#[test]
#[cfg(unix)]
fn on_an_error_nothing_is_written() {
    for (name, spoil, said) in WRONG {
        let place = place("{ type: integer,", "{ type: string,");
        spoil(&place);
        let before = files(&place);
        let output = update(&place, &["small", "--spec", "new.yaml"]);
        output.status(2);
        for text in *said {
            assert!(
                output.stderr.contains(text),
                "{name}: no {text:?} in\n{}",
                output.stderr
            );
        }
        assert_eq!(output.stdout, "", "{name}");
        let after = files(&place);
        assert_eq!(
            before.keys().collect::<Vec<_>>(),
            after.keys().collect::<Vec<_>>(),
            "{name}"
        );
        assert!(before == after, "{name}: something was written");
    }
}

#[test]
fn a_provider_that_is_not_there_and_a_description_that_is() {
    let place = place("{ type: integer,", "{ type: string,");
    let unknown = update(&place, &["smal", "--spec", "new.yaml"]);
    unknown.status(2);
    assert!(
        unknown.stderr.contains("did you mean \"small\"?"),
        "{}",
        unknown.stderr
    );
    let itself = update(&place, &["small", "--spec", "specs/small.yaml"]);
    itself.status(2);
    assert!(
        itself.stderr.contains("is the description that is there"),
        "{}",
        itself.stderr
    );
}

#[test]
fn json_is_kept_as_it_is_published() {
    let read = |text: &str| keyholder_openapi::load::parse(text, false).unwrap();
    let place = Place::new();
    place.codegen(&[]).success();
    // JSON that reads as YAML keeps the name of the file.
    let json = format!(
        "{:#}\n",
        read(&SMALL.replace("Where to write to.", "The address."))
    );
    place.write("new.json", &json);
    update(&place, &["small", "--spec", "new.json"]).success();
    assert_eq!(place.read("specs/small.yaml"), json);
    place.codegen(&["--check"]).success();
    // YAML in a file that is read as JSON takes an ending of its own.
    fs::rename(
        place.path("specs/small.yaml"),
        place.path("specs/small.json"),
    )
    .unwrap();
    place.write("new.yaml", SMALL);
    let output = update(&place, &["small", "--spec", "new.yaml"]);
    output.success();
    assert!(
        output
            .stdout
            .contains("+ specs/small.yaml\n- specs/small.json\n"),
        "{}",
        output.stdout
    );
    assert_eq!(place.read("specs/small.yaml"), SMALL);
    assert!(!place.path("specs/small.json").exists());
    assert_eq!(place.read("specs/small.overlay.yaml"), SMALL_OVERLAY);
    place.codegen(&["--check"]).success();
}

/// More of a description than [`SMALL`] needs.
const MORE: &str = "\
tags: [{ name: all }]
webhooks: {}
";

#[test]
fn as_much_is_kept_as_was() {
    let place = Place::new();
    place.codegen(&[]).success();
    let newer = SMALL
        .replace("  /me:\n", "  /you: { get: { responses: { \"200\": { $ref: \"#/components/responses/You\" } } } }\n  /me:\n")
        .replace("Where to write to.", "The address.");
    let whole = format!("{newer}  responses: {{ You: {{ description: You. }} }}\n{MORE}");
    place.write("new.yaml", &whole);

    // Nothing was kept that the operation does not reach.
    let reduced = update(&place, &["small", "--spec", "new.yaml"]);
    reduced.success();
    assert!(
        reduced
            .stdout
            .contains("kept of the newer description is what the operation reaches, "),
        "{}",
        reduced.stdout
    );
    assert!(!reduced.stdout.contains("removed"), "{}", reduced.stdout);
    let expected = SMALL.replace("Where to write to.", "The address.");
    assert_eq!(place.read("specs/small.yaml"), expected);
    place.codegen(&["--check"]).success();

    // What was left out of the newer one is no difference.
    let again = update(&place, &["small", "--spec", "new.yaml"]);
    again.success();
    assert!(
        again.stdout.contains("nothing differs\n"),
        "{}",
        again.stdout
    );

    let all = update(&place, &["small", "--spec", "new.yaml", "--whole"]);
    all.success();
    assert!(all.stdout.contains("nothing differs\n"), "{}", all.stdout);
    assert_eq!(place.read("specs/small.yaml"), whole);
    place.codegen(&["--check"]).success();

    // All of it was kept.
    place.write("newer.yaml", whole.replace("The address.", "An address."));
    update(&place, &["small", "--spec", "newer.yaml"]).success();
    assert_eq!(place.read("specs/small.yaml"), place.read("newer.yaml"));
}

#[test]
fn a_description_in_several_files_becomes_one() {
    let place = Place::new();
    place.codegen(&[]).success();
    let caller = SMALL.split("    Caller:\n").nth(1).unwrap();
    place.write("schemas/caller.yaml", caller.replace("      ", ""));
    let split = SMALL
        .split("  schemas:\n")
        .next()
        .unwrap()
        .replace("#/components/schemas/Caller", "schemas/caller.yaml");
    place.write("new.yaml", split);
    let output = update(&place, &["small", "--spec", "new.yaml"]);
    output.success();
    let text = place.read("specs/small.yaml");
    assert!(text.contains("Where to write to."), "{text}");
    place.codegen(&["--check"]).success();
}
