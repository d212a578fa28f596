//! What is wrong with the input is one clear message, exit status 2, and nothing written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;

use support::{Place, SMALL, SMALL_OVERLAY, run};

/// Something wrong, and what is said of it.
struct Case {
    /// What is wrong.
    name: &'static str,
    /// Makes it so in a place that was right.
    spoil: fn(&Place),
    /// Arguments beside `codegen --specs specs --out out`.
    arguments: &'static [&'static str],
    /// The file that the message begins with.
    file: &'static str,
    /// The JSON pointer after it.
    pointer: Option<&'static str>,
    /// What else the message says.
    says: &'static [&'static str],
}

const SPEC: &str = "specs/small.yaml";
const OVERLAY: &str = "specs/small.overlay.yaml";

const RIGHT: Case = Case {
    name: "",
    spoil: |_| {},
    arguments: &[],
    file: "",
    pointer: None,
    says: &[],
};

#[test]
fn a_file_that_does_not_read() {
    check(UNREADABLE);
}

const UNREADABLE: &[Case] = &[
    Case {
        name: "YAML that ends too early",
        spoil: |place| place.write(SPEC, "openapi: 3.1.0\ninfo: [\n"),
        file: SPEC,
        says: &["is not YAML: ", "at line 2, column 7"],
        ..RIGHT
    },
    Case {
        name: "YAML that is indented wrongly",
        spoil: |place| place.edit(SPEC, "paths:\n", "paths:\n   - x\n"),
        file: SPEC,
        says: &["is not YAML: ", " at line "],
        ..RIGHT
    },
    Case {
        name: "a key twice",
        spoil: |place| place.write(SPEC, format!("{SMALL}openapi: 3.0.3\n")),
        file: SPEC,
        says: &["is not YAML: ", "duplicate", "openapi", " at line "],
        ..RIGHT
    },
    Case {
        name: "an alias of nothing",
        spoil: |place| place.write(SPEC, "openapi: *version\n"),
        file: SPEC,
        says: &["is not YAML: ", "at line 1, column 10"],
        ..RIGHT
    },
    Case {
        name: "two documents in a file",
        spoil: |place| place.write(SPEC, format!("{SMALL}---\n{SMALL}")),
        file: SPEC,
        says: &["is not YAML: "],
        ..RIGHT
    },
    Case {
        name: "YAML that is nested too deeply",
        spoil: |place| place.write(SPEC, "[".repeat(100_000)),
        file: SPEC,
        says: &["is not YAML that can be read", "nested"],
        ..RIGHT
    },
    Case {
        name: "YAML in blocks that are nested too deeply",
        spoil: |place| {
            let line = |depth: usize| format!("{}a:\n", " ".repeat(depth));
            place.write(SPEC, (0..1000).map(line).collect::<String>());
        },
        file: SPEC,
        says: &["is not YAML that can be read", "nested"],
        ..RIGHT
    },
    Case {
        name: "JSON that is none",
        spoil: |place| {
            place.remove(SPEC);
            place.write("specs/small.json", "{\n  \"openapi\": }");
        },
        file: "specs/small.json",
        says: &["is not JSON: ", " at line 2 column 14"],
        ..RIGHT
    },
    Case {
        name: "JSON that is nested too deeply",
        spoil: |place| {
            place.remove(SPEC);
            place.write("specs/small.json", "[".repeat(100_000));
        },
        file: "specs/small.json",
        says: &[
            "is not JSON that can be read: it is nested",
            " at line 1 column ",
        ],
        ..RIGHT
    },
    Case {
        name: "an empty description",
        spoil: |place| place.write(SPEC, ""),
        file: SPEC,
        says: &["is empty"],
        ..RIGHT
    },
    Case {
        name: "an empty overlay",
        spoil: |place| place.write(OVERLAY, "# Nothing yet.\n"),
        file: OVERLAY,
        says: &["is empty"],
        ..RIGHT
    },
    Case {
        name: "an empty JSON description",
        spoil: |place| {
            place.remove(SPEC);
            place.write("specs/small.json", "\n");
        },
        file: "specs/small.json",
        says: &["is empty"],
        ..RIGHT
    },
    Case {
        name: "a binary file",
        spoil: |place| place.write(SPEC, [0x89, b'P', b'N', b'G', 0, 0xff, 0xfe]),
        file: SPEC,
        says: &["cannot be read: "],
        ..RIGHT
    },
    Case {
        name: "a binary file of ASCII",
        spoil: |place| place.write(SPEC, [0, 1, 2, 3, 4, 5, 6, 7]),
        file: SPEC,
        says: &["at the root: is not a description"],
        ..RIGHT
    },
    Case {
        name: "an overlay that does not read",
        spoil: |place| place.write(OVERLAY, "actions: {"),
        file: OVERLAY,
        says: &["is not YAML: ", " at line "],
        ..RIGHT
    },
    Case {
        name: "a folder in place of a description",
        spoil: |place| fs::create_dir(place.path("specs/other.yaml")).unwrap(),
        file: "specs/other.yaml",
        says: &["cannot be read: "],
        ..RIGHT
    },
];

#[test]
fn a_description_that_is_none() {
    check(NO_DESCRIPTION);
}

const NO_DESCRIPTION: &[Case] = &[
    Case {
        name: "Swagger 1.2",
        spoil: |place| place.edit(SPEC, "openapi: 3.1.0", "swagger: \"1.2\""),
        file: SPEC,
        pointer: Some("/openapi"),
        says: &["help: "],
        ..RIGHT
    },
    Case {
        name: "a version to come",
        spoil: |place| place.edit(SPEC, "openapi: 3.1.0", "openapi: 4.0.0"),
        file: SPEC,
        pointer: Some("/openapi"),
        says: &["4.0.0", "help: "],
        ..RIGHT
    },
    Case {
        name: "a list",
        spoil: |place| {
            place.remove(OVERLAY);
            place.write(SPEC, "- openapi: 3.1.0\n");
        },
        file: SPEC,
        pointer: Some("the root"),
        says: &["object"],
        ..RIGHT
    },
    Case {
        name: "a text",
        spoil: |place| {
            place.remove(OVERLAY);
            place.write(SPEC, "openapi\n");
        },
        file: SPEC,
        pointer: Some("the root"),
        says: &["object"],
        ..RIGHT
    },
];

const PLACE: &str = "/paths/~1me/get/responses/200/content/application~1json/schema/$ref";

/// Lets the answer's schema be `target`.
fn refer(place: &Place, target: &str) {
    place.edit(SPEC, "#/components/schemas/Caller", target);
}

#[test]
fn references() {
    check(REFERENCES);
}

const REFERENCES: &[Case] = &[
    Case {
        name: "a component that is not there",
        spoil: |place| refer(place, "#/components/schemas/Callers"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &[
            "`#/components/schemas/Callers` points to nothing",
            "help: did you mean #/components/schemas/Caller?",
        ],
        ..RIGHT
    },
    Case {
        name: "a component like no other",
        spoil: |place| refer(place, "#/components/schemas/Xyz"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &["`#/components/schemas/Xyz` points to nothing", "help: "],
        ..RIGHT
    },
    Case {
        name: "a section that is not there",
        spoil: |place| refer(place, "#/components/schema/Nobody"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &["`#/components/schema/Nobody` points to nothing", "help: "],
        ..RIGHT
    },
    Case {
        name: "a part of a component that is not there",
        spoil: |place| refer(place, "#/components/schemas/Caller/properties/uid"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &["`#/components/schemas/Caller/properties/uid` points to nothing"],
        ..RIGHT
    },
    Case {
        name: "another document",
        spoil: |place| refer(place, "common.yaml#/components/schemas/Caller"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &[
            "`common.yaml#/components/schemas/Caller` points out of the document",
            "help: ",
        ],
        ..RIGHT
    },
    Case {
        name: "a web page",
        spoil: |place| refer(place, "https://example.com/caller.json"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &[
            "`https://example.com/caller.json` points out of the document",
            "help: ",
        ],
        ..RIGHT
    },
    Case {
        name: "a place outside of the components",
        spoil: |place| refer(place, "#/definitions/Nobody"),
        file: SPEC,
        pointer: Some(PLACE),
        says: &["#/definitions/Nobody", "help: "],
        ..RIGHT
    },
    Case {
        name: "a circle",
        spoil: |place| {
            place.edit(
                    SPEC,
                    "  schemas:\n",
                    "  schemas:\n    A: { $ref: \"#/components/schemas/B\" }\n    B: { $ref: \"#/components/schemas/A\" }\n",
                );
            refer(place, "#/components/schemas/A");
        },
        file: SPEC,
        pointer: Some("/components/schemas/A/$ref"),
        says: &["itself"],
        ..RIGHT
    },
];

#[test]
fn the_operation() {
    check(OPERATION);
}

const OPERATION: &[Case] = &[
    Case {
        name: "none with the mapping",
        spoil: |place| place.remove(OVERLAY),
        file: SPEC,
        pointer: Some("/paths"),
        says: &["no operation has `x-whoami`", "help: "],
        ..RIGHT
    },
    Case {
        name: "no paths",
        spoil: |place| {
            place.remove(OVERLAY);
            place.write(
                SPEC,
                "openapi: 3.1.0\ninfo: { title: Small, version: \"1\" }\n",
            );
        },
        file: SPEC,
        pointer: Some("/paths"),
        says: &["no operation has `x-whoami`", "help: "],
        ..RIGHT
    },
    Case {
        name: "two with the mapping",
        spoil: |place| {
            place.edit(SPEC, "components:", "  /you: { get: {} }\ncomponents:");
            place.edit(OVERLAY, "$.paths['/me'].get", "$.paths.*.get");
        },
        file: OVERLAY,
        pointer: Some("/paths/~1you/get/x-whoami"),
        says: &[
            "a second operation has `x-whoami` with `token`; the first is GET /me",
            "help: ",
        ],
        ..RIGHT
    },
    Case {
        name: "no success with JSON",
        spoil: |place| place.edit(SPEC, "application/json", "text/html"),
        file: SPEC,
        pointer: Some("/paths/~1me/get/responses"),
        says: &["has no success with a JSON body", "help: "],
        ..RIGHT
    },
    Case {
        name: "no responses",
        spoil: |place| place.edit(SPEC, "      responses:\n", "      x-responses:\n"),
        file: SPEC,
        pointer: Some("/paths/~1me/get/responses"),
        says: &["has no success", "help: "],
        ..RIGHT
    },
    Case {
        name: "a success that is not described",
        spoil: |place| {
            place.edit(
                SPEC,
                "schema: { $ref: \"#/components/schemas/Caller\" }",
                "{}",
            );
        },
        file: SPEC,
        pointer: Some("/paths/~1me/get/responses/200/content/application~1json"),
        says: &["has no schema", "help: "],
        ..RIGHT
    },
    Case {
        name: "no security",
        spoil: |place| place.edit(SPEC, "      security: [{ key: [] }]\n", ""),
        file: SPEC,
        pointer: Some("/paths/~1me/get/security"),
        says: &["no authentication is described", "help: "],
        ..RIGHT
    },
    Case {
        name: "a security scheme that is not there",
        spoil: |place| place.edit(SPEC, "security: [{ key: [] }]", "security: [{ kay: [] }]"),
        file: SPEC,
        pointer: Some("/paths/~1me/get/security"),
        says: &[
            "the security scheme \"kay\" is not described",
            "help: did you mean",
        ],
        ..RIGHT
    },
    Case {
        name: "a security scheme that takes no token",
        spoil: |place| place.edit(SPEC, "scheme: bearer", "scheme: digest"),
        file: SPEC,
        pointer: Some("/paths/~1me/get/security"),
        says: &["no scheme takes a token", "key", "digest", "help: "],
        ..RIGHT
    },
    Case {
        name: "a required parameter without a value",
        spoil: |place| {
            let parameter = "{ name: tenant, in: query, required: true, schema: { type: string } }";
            let more = format!("operationId: get_me\n      parameters: [{parameter}]");
            place.edit(SPEC, "operationId: get_me", &more);
        },
        file: SPEC,
        pointer: Some("/paths/~1me/get/parameters"),
        says: &[
            "tenant is required, and nothing says what to send",
            "help: ",
        ],
        ..RIGHT
    },
    Case {
        name: "a parameter in the path without a value",
        spoil: |place| {
            place.edit(SPEC, "/me:", "/users/{id}:");
            place.edit(OVERLAY, "/me", "/users/{id}");
        },
        file: SPEC,
        pointer: Some("/paths/~1users~1{id}/get/parameters"),
        says: &["id is required, and nothing says what to send", "help: "],
        ..RIGHT
    },
    Case {
        name: "a server of the overlay's that no client can use",
        spoil: |place| {
            place.edit(
                OVERLAY,
                "actions:\n",
                "actions:\n  - target: $.servers[0]\n    update: { url: \"http://small.acme.dev\" }\n",
            );
        },
        file: OVERLAY,
        pointer: Some("/servers/0/url"),
        says: &["http://small.acme.dev is not https", "help: "],
        ..RIGHT
    },
    Case {
        name: "a text that drives the terminal",
        spoil: |place| place.edit(OVERLAY, "SMALL_API_TOKEN", "\"a\\e[2Jb\""),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/token/env"),
        says: &["\\u{1b}[2J"],
        ..RIGHT
    },
];

const WHOAMI: &str = "/paths/~1me/get/x-whoami";

#[test]
fn the_mapping() {
    check(MAPPING);
}

const MAPPING: &[Case] = &[
    Case {
        name: "a pointer that the answer lacks",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "sub: /idd"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &[
            "the answer has no /idd",
            "help: did you mean \"id\"? There is: email, id",
        ],
        ..RIGHT
    },
    Case {
        name: "a pointer like no other",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "sub: /user/xyz"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &[
            "the answer has no /user/xyz (\"user\" is not there)",
            "help: there is: email, id",
        ],
        ..RIGHT
    },
    Case {
        name: "a pointer into a number",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "sub: /id/value"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &["the answer has no /id/value (\"value\" is not there)"],
        ..RIGHT
    },
    Case {
        name: "the second of several pointers",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "sub: [/id, /uid]"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &["the answer has no /uid", "help: "],
        ..RIGHT
    },
    Case {
        name: "no pointer at all",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "sub: []"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &["the list of places is empty"],
        ..RIGHT
    },
    Case {
        name: "a pointer to an object",
        spoil: |place| {
            place.edit(
                SPEC,
                "id: { type: integer,",
                "id: { type: object, properties: { n: { type: integer } },",
            );
        },
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &[
            "/id is an object, and this claim takes a text or a number",
            "help: ",
            "n",
        ],
        ..RIGHT
    },
    Case {
        name: "a pointer to a value of another type",
        spoil: |place| place.edit(OVERLAY, "sub: /id,", "sub: /id, email_verified: \"\","),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/email_verified"),
        says: &["the answer is an object, and this claim takes a boolean"],
        ..RIGHT
    },
    Case {
        name: "a list that is none",
        spoil: |place| {
            place.edit(
                OVERLAY,
                "sub: /id,",
                "sub: /id, organizations: { each: /email, id: /id },",
            );
        },
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/organizations/each"),
        says: &["/email is not a list"],
        ..RIGHT
    },
    Case {
        name: "a constant where none can be",
        spoil: |place| place.edit(OVERLAY, "sub: /id,", "sub: /id, email_verified: perhaps,"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/email_verified"),
        says: &["\"perhaps\" is not a pointer"],
        ..RIGHT
    },
    Case {
        name: "a number where a pointer is to be",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "sub: 1"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &[
            "expected a JSON pointer, `{ header: NAME }`, a list of them, or a constant text",
            "help: ",
        ],
        ..RIGHT
    },
    Case {
        name: "a kind of holder that there is not",
        spoil: |place| place.edit(OVERLAY, "sub: /id,", "sub: /id, subject_type: robot,"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/subject_type"),
        says: &["expected one of `user`, `service_account`", "help: "],
        ..RIGHT
    },
    Case {
        name: "an organization without a part",
        spoil: |place| place.edit(OVERLAY, "sub: /id,", "sub: /id, organizations: {},"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/organizations"),
        says: &["maps nothing", "help: "],
        ..RIGHT
    },
    Case {
        name: "an argument for no parameter",
        spoil: |place| {
            place.edit(
                OVERLAY,
                "token:",
                "arguments: { tenant: x }\n        token:",
            );
        },
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/arguments/tenant"),
        says: &["the operation has no such parameter"],
        ..RIGHT
    },
    Case {
        name: "a claim that there is not",
        spoil: |place| place.edit(OVERLAY, "sub: /id", "subject: /id"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/subject"),
        says: &[
            "unknown field `subject`",
            "`sub`",
            "help: specs/README.md documents the format",
        ],
        ..RIGHT
    },
    Case {
        name: "a key that there is not",
        spoil: |place| place.edit(OVERLAY, "answers:", "answer:"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/answer"),
        says: &[
            "unknown field `answer`",
            "`answers`",
            "help: specs/README.md",
        ],
        ..RIGHT
    },
    Case {
        name: "an answer without a status",
        spoil: |place| place.edit(OVERLAY, "\"403\"", "\"forbidden\""),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/answers/forbidden"),
        says: &["\"forbidden\" is not an answer: write a status", "help: "],
        ..RIGHT
    },
    Case {
        name: "an answer with no status of HTTP",
        spoil: |place| place.edit(OVERLAY, "\"403\"", "\"999 gone\""),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/answers/999 gone"),
        says: &["\"999 gone\" is not an answer", "help: "],
        ..RIGHT
    },
    Case {
        name: "a meaning that there is not",
        spoil: |place| place.edit(OVERLAY, "forbidden", "refused"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/answers/403"),
        says: &["`refused`", "`forbidden`", "help: "],
        ..RIGHT
    },
    Case {
        name: "a variable that no environment can have",
        spoil: |place| place.edit(OVERLAY, "SMALL_API_TOKEN", "SMALL-API-TOKEN"),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/token/env"),
        says: &["\"SMALL-API-TOKEN\" is not a name that an environment variable can have"],
        ..RIGHT
    },
    Case {
        name: "no token",
        spoil: |place| place.edit(OVERLAY, "        token: { env: SMALL_API_TOKEN }\n", ""),
        file: OVERLAY,
        pointer: Some(WHOAMI),
        says: &["missing field `token`", "help: "],
        ..RIGHT
    },
    Case {
        name: "a form that is no regular expression",
        spoil: |place| place.edit(OVERLAY, "SMALL_API_TOKEN", "SMALL_API_TOKEN, form: \"^(x\""),
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/token/form"),
        says: &["\"^(x\" is not a regular expression"],
        ..RIGHT
    },
    Case {
        name: "a text in place of the mapping",
        spoil: |place| {
            let head = SMALL_OVERLAY.split("        identity").next().unwrap();
            place.write(OVERLAY, head.replace("x-whoami:", "x-whoami: yes"));
        },
        file: OVERLAY,
        pointer: Some(WHOAMI),
        says: &["\"yes\"", "expected an object", "help: "],
        ..RIGHT
    },
];

#[test]
fn the_overlay() {
    check(OVERLAYS);
}

const OVERLAYS: &[Case] = &[
    Case {
        name: "an operation that does not exist",
        spoil: |place| place.edit(OVERLAY, "$.paths['/me'].get", "$.paths['/me'].post"),
        file: OVERLAY,
        pointer: Some("/actions/0/target"),
        says: &[
            "$.paths['/me'].post matches nothing in the description",
            "help: ",
        ],
        ..RIGHT
    },
    Case {
        name: "a target that is no JSONPath",
        spoil: |place| place.edit(OVERLAY, "$.paths['/me'].get", "$.paths["),
        file: OVERLAY,
        pointer: Some("/actions/0/target"),
        says: &["$.paths["],
        ..RIGHT
    },
    Case {
        name: "a target that is a text",
        spoil: |place| place.edit(OVERLAY, "$.paths['/me'].get", "$.info.title"),
        file: OVERLAY,
        pointer: Some("/actions/0/target"),
        says: &["$.info.title"],
        ..RIGHT
    },
    Case {
        name: "a key that an action does not have",
        spoil: |place| place.edit(OVERLAY, "update:", "updates:"),
        file: OVERLAY,
        pointer: Some("/actions/0/updates"),
        says: &["is not a key of an action", "help: there is: ", "update"],
        ..RIGHT
    },
    Case {
        name: "an action that does nothing",
        spoil: |place| {
            let head = SMALL_OVERLAY.split("    update").next().unwrap();
            place.write(OVERLAY, head);
        },
        file: OVERLAY,
        pointer: Some("/actions/0"),
        says: &["the action does nothing", "help: "],
        ..RIGHT
    },
    Case {
        name: "an action that is none",
        spoil: |place| {
            let head = SMALL_OVERLAY.split("  - target").next().unwrap();
            place.write(OVERLAY, format!("{head}  - $.info\n"));
        },
        file: OVERLAY,
        pointer: Some("/actions/0"),
        says: &["is not an action"],
        ..RIGHT
    },
    Case {
        name: "a reference that it adds",
        spoil: |place| {
            let more = "get\n    update: { responses: { \"202\": { $ref: \"#/components/responses/No\" } } }\n  - target: $.paths['/me'].get";
            place.edit(OVERLAY, "get\n", &format!("{more}\n"));
        },
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/responses/202/$ref"),
        says: &["`#/components/responses/No` points to nothing", "help: "],
        ..RIGHT
    },
    Case {
        name: "no version",
        spoil: |place| place.edit(OVERLAY, "overlay: 1.0.0\n", ""),
        file: OVERLAY,
        pointer: Some("/overlay"),
        says: &["is missing", "help: begin the file with `overlay: 1.0.0`"],
        ..RIGHT
    },
    Case {
        name: "a version to come",
        spoil: |place| place.edit(OVERLAY, "overlay: 1.0.0", "overlay: 2.0.0"),
        file: OVERLAY,
        pointer: Some("/overlay"),
        says: &["2.0.0", "help: use 1.0.0 or 1.1.0"],
        ..RIGHT
    },
    Case {
        name: "a version that YAML reads as a number",
        spoil: |place| place.edit(OVERLAY, "overlay: 1.0.0", "overlay: 1.0"),
        file: OVERLAY,
        pointer: Some("/overlay"),
        says: &["version 1.0 is not one that is understood", "help: "],
        ..RIGHT
    },
    Case {
        name: "no info",
        spoil: |place| {
            place.edit(
                OVERLAY,
                "info: { title: Corrections, version: \"1\" }\n",
                "",
            );
        },
        file: OVERLAY,
        pointer: Some("the root"),
        says: &["is not an overlay", "`info`"],
        ..RIGHT
    },
    Case {
        name: "actions that are no list",
        spoil: |place| {
            place.write(
                OVERLAY,
                "overlay: 1.0.0\ninfo: { title: x, version: \"1\" }\nactions: { target: $ }\n",
            );
        },
        file: OVERLAY,
        pointer: Some("/actions"),
        says: &["is not a list"],
        ..RIGHT
    },
    Case {
        name: "a list",
        spoil: |place| place.write(OVERLAY, "- overlay: 1.0.0\n"),
        file: OVERLAY,
        pointer: Some("/overlay"),
        says: &["is missing", "help: "],
        ..RIGHT
    },
];

#[test]
fn the_folder_of_descriptions() {
    check(SPECS);
}

const SPECS: &[Case] = &[
    Case {
        name: "two descriptions of one provider",
        spoil: |place| place.write("specs/small.json", "{}"),
        file: SPEC,
        says: &["small is described by specs/small.json already", "help: "],
        ..RIGHT
    },
    Case {
        name: "a provider that is right beside one that is not",
        spoil: |place| {
            place.write("specs/first.yaml", SMALL);
            place.write("specs/first.overlay.yaml", SMALL_OVERLAY);
            place.edit(OVERLAY, "sub: /id", "sub: /uid");
        },
        file: OVERLAY,
        pointer: Some("/paths/~1me/get/x-whoami/identity/sub"),
        says: &["the answer has no /uid"],
        ..RIGHT
    },
    Case {
        name: "two overlays of one provider",
        spoil: |place| place.write("specs/small.overlay.yml", SMALL_OVERLAY),
        file: "specs/small.overlay.yml",
        says: &["small", "specs/small.overlay.yaml", "help: "],
        ..RIGHT
    },
    Case {
        name: "an overlay without a description",
        spoil: |place| place.remove(SPEC),
        file: OVERLAY,
        says: &["small, which has no description", "help: ", "small.yaml"],
        ..RIGHT
    },
    Case {
        name: "upper case",
        spoil: |place| place.write("specs/Acme.yaml", SMALL),
        file: "specs/Acme.yaml",
        says: &[
            "\"Acme\" is not a name that a provider can have",
            "help: use lower-case letters",
        ],
        ..RIGHT
    },
    Case {
        name: "an underscore",
        spoil: |place| place.write("specs/a_b.yaml", SMALL),
        file: "specs/a_b.yaml",
        says: &["\"a_b\" is not a name that a provider can have", "help: "],
        ..RIGHT
    },
    Case {
        name: "a digit in front",
        spoil: |place| place.write("specs/2fast.yaml", SMALL),
        file: "specs/2fast.yaml",
        says: &["\"2fast\" is not a name that a provider can have", "help: "],
        ..RIGHT
    },
    Case {
        name: "a crate's name",
        spoil: |place| place.write("specs/core.yaml", SMALL),
        file: "specs/core.yaml",
        says: &["\"core\" has another meaning and cannot be a provider's name"],
        ..RIGHT
    },
    Case {
        name: "a feature's name",
        spoil: |place| place.write("specs/rustls.yaml", SMALL),
        file: "specs/rustls.yaml",
        says: &["\"rustls\" has another meaning and cannot be a provider's name"],
        ..RIGHT
    },
    Case {
        name: "no descriptions",
        spoil: |place| {
            place.remove(SPEC);
            place.remove(OVERLAY);
            place.write("specs/README.md", "# Descriptions\n");
        },
        file: "specs",
        says: &["holds no descriptions", "help: "],
        ..RIGHT
    },
    Case {
        name: "no folder",
        spoil: |place| fs::remove_dir_all(place.path("specs")).unwrap(),
        file: "specs",
        says: &["cannot be read: "],
        ..RIGHT
    },
    Case {
        name: "a provider that is misspelt",
        arguments: &["smal"],
        file: "specs",
        says: &[
            "there is no description of \"smal\"",
            "help: did you mean \"small\"?",
        ],
        ..RIGHT
    },
    Case {
        name: "a provider that there is not",
        arguments: &["small", "zebra"],
        file: "specs",
        says: &[
            "there is no description of \"zebra\"",
            "help: there is: small",
        ],
        ..RIGHT
    },
];

#[test]
fn the_folder_of_crates() {
    check(CRATES);
}

const CRATES: &[Case] = &[
    Case {
        name: "a folder with other things",
        spoil: |place| place.write("out/thesis.txt", "Years of work.\n"),
        file: "out",
        says: &[
            "is not a folder of generated crates",
            "help: ",
            "nothing was written",
        ],
        ..RIGHT
    },
    Case {
        name: "a file",
        spoil: |place| place.write("out", "Years of work.\n"),
        file: "out",
        says: &["is a file, not a folder"],
        ..RIGHT
    },
    Case {
        name: "a file in place of a crate's folder",
        spoil: |place| {
            place.codegen(&[]).success();
            fs::remove_dir_all(place.path("out/providers/small")).unwrap();
            place.write("out/providers/small", "Years of work.\n");
            place.edit("out/keyholder/src/lib.rs", "use std::sync::LazyLock;", "");
        },
        file: "out/providers/small/Cargo.toml",
        says: &["cannot be read: "],
        ..RIGHT
    },
    Case {
        name: "a file of the user's in the way",
        spoil: |place| {
            place.codegen(&[]).success();
            place.write("out/providers/small/src/lib.rs", "//! My own.\n");
        },
        file: "out/providers/small/src/lib.rs",
        says: &[
            "is in the way: it was not generated",
            "help: ",
            "nothing was written",
        ],
        ..RIGHT
    },
    Case {
        name: "a crate of the user's in the way",
        spoil: |place| {
            place.codegen(&[]).success();
            place.write(
                "out/providers/other/Cargo.toml",
                "[package]\nname = \"other\"\n",
            );
            place.write("specs/other.yaml", SMALL);
            place.write("specs/other.overlay.yaml", SMALL_OVERLAY);
        },
        file: "out/providers/other/Cargo.toml",
        says: &["is in the way: it was not generated", "help: "],
        ..RIGHT
    },
    Case {
        name: "a folder in the way",
        spoil: |place| {
            place.codegen(&[]).success();
            place.remove("out/providers/small/src/lib.rs");
            fs::create_dir(place.path("out/providers/small/src/lib.rs")).unwrap();
        },
        file: "out/providers/small/src/lib.rs",
        says: &["cannot be read: "],
        ..RIGHT
    },
    Case {
        name: "a file that is not text in the way",
        spoil: |place| {
            place.codegen(&[]).success();
            place.write("out/providers/small/README.md", [0xff, 0xfe, 0x00]);
        },
        file: "out/providers/small/README.md",
        says: &[],
        ..RIGHT
    },
];

#[test]
fn a_folder_of_crates_inside_of_a_file() {
    let place = Place::new();
    place.write("file", "Years of work.\n");
    let arguments = ["codegen", "--specs", "specs", "--out", "file/out"];
    let run = run(&place.path(""), &arguments);
    run.status(2);
    let head = "error: file/out/Cargo.toml: cannot be read: ";
    assert!(run.stderr.starts_with(head), "{}", run.stderr);
}

/// The same with `--check`: what is wrong with the input is not a difference.
#[test]
fn check_answers_alike() {
    let place = Place::new();
    place.write(SPEC, "openapi: [");
    let (write, check) = (place.codegen(&[]), place.codegen(&["--check"]));
    write.status(2);
    check.status(2);
    assert_eq!((write.stdout, write.stderr), (check.stdout, check.stderr));
}

/// What is no error: nothing of it is to become one.
#[test]
fn a_server_variable_without_a_default_is_left_to_the_caller() {
    let place = Place::new();
    place.edit(
        SPEC,
        "https://small.acme.dev",
        "'https://{tenant}.acme.dev/v1'",
    );
    let run = place.codegen(&[]);
    run.success();
    assert_eq!(
        run.stderr,
        "remark: specs/small.yaml: at /servers/0/url: https://{tenant}.acme.dev/v1 has the variable \"tenant\" without a default: the caller gives tenant, or the base URL\n"
    );
    let readme = place.read("out/providers/small/README.md");
    assert!(
        readme.contains("std::env::var(\"SMALL_TENANT\")"),
        "{readme}"
    );
    assert!(
        readme.contains("`https://{tenant}.acme.dev/v1`"),
        "{readme}"
    );
}

#[test]
fn a_published_server_that_no_client_can_use_is_left_out_with_a_remark() {
    let place = Place::new();
    place.edit(SPEC, "https://small", "http://small");
    for arguments in [[].as_slice(), &["--check"]] {
        let run = place.codegen(arguments);
        run.success();
        assert_eq!(
            run.stderr,
            "remark: specs/small.yaml: at /servers/0/url: http://small.acme.dev is not https: the server is left out\n"
        );
    }
    let readme = place.read("out/providers/small/README.md");
    assert!(
        readme.contains(
            "The caller gives the base URL; for the command it is in `SMALL_BASE_URL`. The server `http://small.acme.dev` is not https."
        ),
        "{readme}"
    );
}

#[test]
fn what_is_fine() {
    type Change = fn(&Place);
    let cases: [(&str, Change); 5] = [
        ("other files", |place| {
            place.write("specs/README.md", "# Descriptions\n");
            place.write("specs/.DS_Store", [0, 0xff]);
            place.write("specs/small.yaml~", "an editor's copy");
        }),
        ("a byte order mark", |place| {
            place.write(SPEC, format!("\u{feff}{SMALL}"));
        }),
        ("line ends of Windows", |place| {
            place.write(SPEC, SMALL.replace('\n', "\r\n"));
            place.write(OVERLAY, SMALL_OVERLAY.replace('\n', "\r\n"));
        }),
        ("an empty folder to write to", |place| {
            fs::create_dir(place.path("out")).unwrap();
        }),
        ("an answer that is nested deeply", |place| {
            let schema = "{ type: object, properties: { a: ";
            let deep = format!(
                "{}{{ type: string }}{}",
                schema.repeat(25),
                " } }".repeat(25)
            );
            place.edit(
                SPEC,
                "        email:",
                &format!("        deep: {deep}\n        email:"),
            );
        }),
    ];
    for (name, change) in cases {
        let place = Place::new();
        change(&place);
        let run = place.codegen(&[]);
        assert_eq!(run.status, 0, "{name}: {}", run.stderr);
        place.codegen(&["--check"]).success();
    }
}

#[test]
fn a_wrong_argument_is_an_error_of_usage() {
    let place = Place::new();
    let wrong = run(&place.path(""), &["codegen", "--chekc"]);
    wrong.status(2);
    assert!(wrong.stderr.contains("--check"), "{}", wrong.stderr);
}

/// Runs every case, and fails with all that are not as they should be.
fn check(cases: &[Case]) {
    let failures: Vec<_> = cases
        .iter()
        .filter_map(|case| case.run().err().map(|it| format!("{}:\n{it}", case.name)))
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

impl Case {
    fn run(&self) -> Result<(), String> {
        let place = Place::new();
        (self.spoil)(&place);
        let before = place.out();
        let run = place.codegen(self.arguments);
        let message = run.stderr;
        let fail = |reason: &str| Err(format!("{reason}, in\n{message}"));

        if run.status != 2 {
            return fail(&format!("exit status {}", run.status));
        }
        if !run.stdout.is_empty() {
            return fail(&format!("{:?} on standard output", run.stdout));
        }
        if place.out() != before {
            return fail("something was written");
        }
        let pointer = self.pointer.map(|pointer| format!("at {pointer}: "));
        let head = format!("error: {}: {}", self.file, pointer.unwrap_or_default());
        if !message.starts_with(&head) {
            return fail(&format!("does not begin with {head:?}"));
        }
        let lines: Vec<_> = message.lines().collect();
        if !matches!(lines[..], [_] | [_, _])
            || lines[1..].iter().any(|it| !it.starts_with("  help: "))
        {
            return fail("is not one line and one of help");
        }
        for debug in ["panicked", "Error(", "Some(", " { ", "None"] {
            if lines[0].contains(debug) {
                return fail(&format!("{debug:?} is not for users"));
            }
        }
        match self.says.iter().find(|text| !message.contains(**text)) {
            Some(text) => fail(&format!("{text:?} is not said")),
            None => Ok(()),
        }
    }
}
