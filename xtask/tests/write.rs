//! How `cargo xtask codegen` writes: what stops it leaves what was there or what is to be there, and what is not ours stays.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use keyholder_codegen::write::{self, Change};
use support::{Place, SMALL, SMALL_OVERLAY};

const NOTHING: &str = "nothing to write: everything is as the descriptions make it\n";

/// Something in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Folder(u32),
    File(u32, Vec<u8>),
    Link(PathBuf),
}

type Tree = BTreeMap<PathBuf, Entry>;

/// All that is below a folder, by its path there; links are not followed.
fn tree(folder: &Path) -> Tree {
    fn collect(root: &Path, path: &Path, found: &mut Tree) {
        let it = path.symlink_metadata().unwrap();
        let mode = it.permissions().mode() & 0o7777;
        let entry = if it.is_symlink() {
            Entry::Link(fs::read_link(path).unwrap())
        } else if it.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                collect(root, &entry.unwrap().path(), found);
            }
            Entry::Folder(mode)
        } else {
            Entry::File(mode, fs::read(path).unwrap())
        };
        found.insert(path.strip_prefix(root).unwrap().to_owned(), entry);
    }
    let mut found = Tree::new();
    if folder.is_dir() {
        collect(folder, &folder.canonicalize().unwrap(), &mut found);
    }
    found
}

/// The same for a place, where what a path below the folder of crates is must be seen.
fn all(place: &Place) -> Tree {
    tree(&place.path("").canonicalize().unwrap())
}

fn files(place: &Place, folder: &str) -> Vec<String> {
    let folder = Path::new(folder);
    tree(&place.path("").canonicalize().unwrap().join(folder))
        .into_iter()
        .filter(|(_, entry)| matches!(entry, Entry::File(..)))
        .map(|(path, _)| folder.join(path).to_str().unwrap().to_owned())
        .collect()
}

/// A place with the crates of `small` and `other`.
fn generated() -> Place {
    let place = Place::new();
    place.write("specs/other.yaml", SMALL);
    place.write("specs/other.overlay.yaml", SMALL_OVERLAY);
    place.codegen(&[]).success();
    place
}

/// Another description in all files of `small`.
fn redescribe(place: &Place) {
    place.edit("specs/small.yaml", "Where to write to.", "An address.");
}

/// `cargo xtask` in this place, by a shell that sets something first.
fn shell(place: &Place, setting: &str, arguments: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_xtask");
    Command::new("sh")
        .args(["-c", &format!("{setting}; exec '{program}' {arguments}")])
        .current_dir(place.path(""))
        .output()
        .unwrap()
}

const CODEGEN: &str = "codegen --specs specs --out out";

fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(".keyholder-"))
}

#[test]
fn a_file_that_was_cut_is_mended() {
    let place = generated();
    let right = tree(&place.path("out"));
    for (number, file) in files(&place, "out").iter().enumerate() {
        let content = fs::read(place.path(file)).unwrap();
        // Within the comment, the mark, the name of the command, and the file.
        for length in [0, 1, 10, 25, content.len() / 2] {
            place.write(file, &content[..length]);
            if number % 4 == 0 {
                let check = place.codegen(&["--check"]);
                check.status(1);
                let line = format!("\n~ {file}\n");
                let stdout = &check.stdout;
                assert!(stdout.ends_with(&line), "{file} at {length}\n{stdout}");
                assert_eq!(fs::read(place.path(file)).unwrap(), content[..length]);
            }
            let mended = place.codegen(&[]);
            mended.success();
            assert_eq!(mended.stdout, format!("~ {file}\n"), "at {length}");
            assert!(tree(&place.path("out")) == right, "{file} at {length}");
        }
    }
}

#[test]
fn a_file_that_was_cut_within_a_character_is_mended() {
    let place = Place::new();
    place.edit("specs/small.yaml", "Where to write to.", "Où écrire ✉.");
    place.codegen(&[]).success();
    let right = tree(&place.path("out"));
    let file = "out/providers/small/src/types.rs";
    let content = place.read(file);
    let at = content.find('✉').unwrap() + 1;
    place.write(file, &content.as_bytes()[..at]);
    let check = place.codegen(&["--check"]);
    check.status(1);
    assert!(
        check.stdout.contains("\n+    /// Où écrire ✉.\n"),
        "{}",
        check.stdout
    );
    place.codegen(&[]).success();
    assert!(tree(&place.path("out")) == right);

    // `update` takes back what it removes, if need be: that can be such a file.
    place.write("out/providers/small/src/old.rs", &content.as_bytes()[..at]);
    place.write("new.yaml", SMALL);
    let update = shell(
        &place,
        ":",
        "update --specs specs --out out small --spec new.yaml",
    );
    assert!(update.status.success(), "{update:?}");
    assert!(!place.path("out/providers/small/src/old.rs").exists());
}

/// Many files at once, as a system that goes down may leave them.
#[test]
fn many_files_that_were_cut_are_mended() {
    type Spoil = fn(&Place, &str);
    let empty: Spoil = |place, file| place.write(file, "");
    let cut: Spoil = |place, file| {
        let content = fs::read(place.path(file)).unwrap();
        place.write(file, &content[..30]);
    };
    // Room was made for them, and never filled.
    let unfilled: Spoil = |place, file| {
        let length = fs::read(place.path(file)).unwrap().len();
        place.write(file, vec![0; length]);
    };
    for (name, spoil) in [("empty", empty), ("cut", cut), ("unfilled", unfilled)] {
        for folder in ["out/providers/small", "out/keyholder", "out"] {
            let place = generated();
            let right = tree(&place.path("out"));
            for file in files(&place, folder) {
                spoil(&place, &file);
            }
            place.codegen(&["--check"]).status(1);
            place.codegen(&[]).success();
            assert!(tree(&place.path("out")) == right, "{folder}: {name}");
        }
    }
}

#[test]
fn a_crate_that_was_cut_goes_with_its_description() {
    for file in ["Cargo.toml", "README.md", "src/lib.rs", "src/types.rs"] {
        let place = generated();
        place.write(&format!("out/providers/other/{file}"), "");
        place.remove("specs/other.yaml");
        place.remove("specs/other.overlay.yaml");
        place.codegen(&[]).success();
        assert!(!place.path("out/providers/other").exists(), "{file}");
        place.codegen(&["--check"]).success();
    }
    // Without its manifest, too.
    let place = generated();
    place.remove("out/providers/other/Cargo.toml");
    place.remove("specs/other.yaml");
    place.remove("specs/other.overlay.yaml");
    place.codegen(&[]).success();
    assert!(!place.path("out/providers/other").exists());
}

#[test]
fn an_empty_file_of_the_users_stays() {
    // Beside ours, whether the crate stays or goes.
    let place = generated();
    let own = [
        "out/providers/small/src/own.rs",
        "out/providers/other/src/own.rs",
        "out/notes.txt",
        "out/mine/Cargo.toml",
    ];
    for file in own {
        place.write(file, "");
    }
    let second = place.codegen(&[]);
    second.success();
    assert_eq!(second.stdout, NOTHING);
    place.remove("specs/other.yaml");
    place.remove("specs/other.overlay.yaml");
    place.codegen(&[]).success();
    assert!(!place.path("out/providers/other/src/lib.rs").exists());
    for file in own {
        assert_eq!(place.read(file), "");
    }

    // In the place of one of ours, in a folder that is not.
    for file in ["README.md", "Cargo.toml", "src/lib.rs"] {
        let place = Place::new();
        place.codegen(&[]).success();
        fs::remove_dir_all(place.path("out/providers/small")).unwrap();
        let file = format!("out/providers/small/{file}");
        place.write(&file, "");
        let before = all(&place);
        let run = place.codegen(&[]);
        run.status(2);
        let head = format!("error: {file}: is in the way: it was not generated");
        assert!(run.stderr.starts_with(&head), "{}", run.stderr);
        assert!(all(&place) == before, "{file}");
    }

    // As all that is there.
    for file in ["out/notes.txt", "out/Cargo.toml"] {
        let place = Place::new();
        place.write(file, "");
        let before = all(&place);
        let run = place.codegen(&[]);
        run.status(2);
        let message = "error: out: is not a folder of generated crates";
        assert!(run.stderr.starts_with(message), "{}", run.stderr);
        assert!(all(&place) == before, "{file}");
    }
}

/// What somebody else wrote, though it speaks of us.
#[test]
fn a_file_that_names_the_mark_is_no_file_of_ours() {
    let place = generated();
    let mark = "@generated by `keyholder-codegen`";
    let own = format!("//! Counts the files that begin with {mark}.\n");
    place.write("out/providers/small/src/own.rs", &own);
    place.codegen(&["--check"]).success();
    place.write("out/providers/small/src/lib.rs", &own);
    let run = place.codegen(&[]);
    run.status(2);
    let head = "error: out/providers/small/src/lib.rs: is in the way: it was not generated";
    assert!(run.stderr.starts_with(head), "{}", run.stderr);
    assert_eq!(place.read("out/providers/small/src/lib.rs"), own);
}

#[test]
fn what_is_no_text_is_in_the_way() {
    let place = generated();
    for bytes in [&b"\xff\xfe\0"[..], &b"\x7fELF\x02\x01\x01\0\0\0\0"[..]] {
        place.write("out/providers/small/README.md", bytes);
        place.write("out/providers/small/picture.png", bytes);
        let before = all(&place);
        let run = place.codegen(&[]);
        run.status(2);
        let head = "error: out/providers/small/README.md: is in the way: it was not generated";
        assert!(run.stderr.starts_with(head), "{}", run.stderr);
        assert!(all(&place) == before);
    }
}

/// Reading one would wait for who writes to it.
#[test]
fn a_pipe_is_in_the_way() {
    let place = generated();
    let pipe = |path| {
        let made = Command::new("mkfifo").arg(place.path(path)).status();
        assert!(made.unwrap().success());
    };
    pipe("out/providers/small/src/own.rs");
    place.codegen(&["--check"]).success();
    place.remove("out/providers/small/src/lib.rs");
    pipe("out/providers/small/src/lib.rs");
    let run = place.codegen(&[]);
    run.status(2);
    let head = "error: out/providers/small/src/lib.rs: is in the way: it is no file";
    assert!(run.stderr.starts_with(head), "{}", run.stderr);
}

#[test]
fn a_link_where_something_is_to_be_written_is_an_error() {
    // What stands behind each link is a copy of what stood in its place, to tempt.
    let places = [
        "out/Cargo.toml",
        "out/keyholder",
        "out/keyholder/src/lib.rs",
        "out/providers/small",
        "out/providers/small/Cargo.toml",
        "out/providers/small/src",
        "out/providers/small/src/lib.rs",
    ];
    for path in places {
        for (target, is_right) in [
            ("elsewhere", true),
            ("elsewhere", false),
            ("nowhere", false),
        ] {
            let place = generated();
            let kept = place.path("elsewhere");
            fs::rename(place.path(path), &kept).unwrap();
            symlink(place.path(target), place.path(path)).unwrap();
            if !is_right {
                redescribe(&place);
            }
            let before = all(&place);
            for arguments in [&["--check"][..], &[]] {
                let run = place.codegen(arguments);
                run.status(2);
                let head = format!("error: {path}: is a symbolic link, and ");
                assert!(run.stderr.starts_with(&head), "{}", run.stderr);
                let help = "\n  help: move it, or choose another";
                assert!(run.stderr.contains(help), "{}", run.stderr);
                assert!(all(&place) == before, "{path} to {target}");
            }
        }
    }
}

#[test]
fn what_stands_behind_a_link_stays() {
    let place = generated();
    let old = place.read("out/providers/other/src/lib.rs");
    // A crate of ours, a folder and a file of ours, each where nothing is to be written; and one of a crate that goes.
    fs::create_dir(place.path("elsewhere")).unwrap();
    let copy = |from: &str, to: &str| {
        let copied = Command::new("cp")
            .args(["-r", from, to])
            .current_dir(place.path(""))
            .status();
        assert!(copied.unwrap().success());
    };
    copy("out/providers/other", "elsewhere/crate");
    copy("out/providers/other", "elsewhere/folder");
    place.write("elsewhere/old.rs", &old);
    let link = |target: &str, path: &str| symlink(place.path(target), place.path(path)).unwrap();
    link("elsewhere/crate", "out/providers/acme");
    link("elsewhere", "out/group");
    link("elsewhere/folder", "out/providers/small/tests");
    link("elsewhere/old.rs", "out/providers/small/src/old.rs");
    link("elsewhere/folder", "out/providers/other/tests");
    link("elsewhere/nothing", "out/providers/small/nothing");
    let elsewhere = tree(&place.path("elsewhere"));

    let second = place.codegen(&[]);
    second.success();
    assert_eq!(second.stdout, NOTHING);
    place.codegen(&["--check"]).success();

    place.remove("specs/other.yaml");
    place.remove("specs/other.overlay.yaml");
    redescribe(&place);
    place.codegen(&[]).success();
    assert!(tree(&place.path("elsewhere")) == elsewhere);
    let other: Vec<_> = tree(&place.path("out/providers/other"))
        .into_keys()
        .collect();
    assert_eq!(other, [Path::new(""), Path::new("tests")]);
    for path in [
        "providers/acme",
        "group",
        "providers/small/tests",
        "providers/small/src/old.rs",
        "providers/small/nothing",
    ] {
        assert!(place.path("out").join(path).is_symlink(), "{path}");
    }
}

/// The user chose it.
#[test]
fn the_folder_of_crates_may_be_a_link() {
    let place = generated();
    let right = tree(&place.path("out"));
    fs::rename(place.path("out"), place.path("elsewhere")).unwrap();
    symlink("elsewhere", place.path("out")).unwrap();
    let old = place.read("out/providers/small/src/lib.rs");
    place.write("out/providers/small/src/old.rs", old);
    place.write("out/providers/small/src/types.rs", "");
    place.remove("out/providers/other/README.md");
    place.codegen(&[]).success();
    assert!(place.path("out").is_symlink());
    assert!(tree(&place.path("elsewhere")) == right);

    fs::rename(place.path("elsewhere"), place.path("moved")).unwrap();
    let run = place.codegen(&[]);
    run.status(2);
    let head = "error: out: is a symbolic link to nothing";
    assert!(run.stderr.starts_with(head), "{}", run.stderr);
}

/// A description may be one: it is the user's.
#[test]
fn update_writes_a_description_where_its_link_leads() {
    let place = Place::new();
    place.codegen(&[]).success();
    place.write("kept/small.yaml", SMALL);
    place.remove("specs/small.yaml");
    symlink("../kept/small.yaml", place.path("specs/small.yaml")).unwrap();
    let new = SMALL.replace("Where to write to.", "An address.");
    place.write("new.yaml", &new);
    let update = shell(
        &place,
        ":",
        "update --specs specs --out out small --spec new.yaml",
    );
    assert!(update.status.success(), "{update:?}");
    assert!(place.path("specs/small.yaml").is_symlink());
    assert_eq!(place.read("kept/small.yaml"), new);
    place.codegen(&["--check"]).success();
}

/// No file of more than 2 KiB can be written, as on a disk that gets full in the midst: `ulimit -f` counts 512 bytes.
const FULL: &str = "trap '' XFSZ; ulimit -f 4";
const FULL_KILLS: &str = "ulimit -c 0; ulimit -f 4";

/// Another description in all files of `small`, one of which is long then.
fn redescribe_at_length(place: &Place) {
    let long = "To write to. ".repeat(5000);
    place.edit("specs/small.yaml", "Where to write to.", &long);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let fails = |place: &Place, arguments: &str| {
        let before = all(place);
        let output = shell(place, FULL, arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("cannot be written: File too large"),
            "{stderr}"
        );
        assert!(output.stdout.is_empty());
        assert!(all(place) == before, "{arguments}");
        stderr
    };
    // Nothing yet.
    let place = Place::new();
    redescribe_at_length(&place);
    fails(&place, CODEGEN);

    // Other content, a crate more, and one less.
    let place = generated();
    redescribe_at_length(&place);
    place.write("specs/third.yaml", SMALL);
    place.write("specs/third.overlay.yaml", SMALL_OVERLAY);
    place.remove("specs/other.yaml");
    place.remove("specs/other.overlay.yaml");
    fails(&place, CODEGEN);
    place.codegen(&[]).success();
    place.codegen(&["--check"]).success();

    // Content is taken back where there is no room for it: nothing needs to be.
    let description = place.read("specs/small.yaml");
    place.write("new.yaml", description.replace("Small", "Smaller"));
    let said = fails(
        &place,
        "update --specs specs --out out small --spec new.yaml",
    );
    assert!(said.ends_with("help: everything is as it was\n"), "{said}");
}

#[test]
fn a_file_that_cannot_be_put_in_its_place_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = |path: &str| folder.path().join(path);
    let content = |text: &str| format!("// @generated by `keyholder-codegen`\n{text}\n");
    fs::write(path("there.rs"), content("old")).unwrap();
    fs::set_permissions(path("there.rs"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(path("folder.rs")).unwrap();
    let before = tree(folder.path());
    let changes = ["there.rs", "new/src/new.rs", "folder.rs", "more/new.rs"].map(|name| {
        let file = path(name);
        Change::Write {
            before: fs::read_to_string(&file).ok(),
            after: content("new"),
            file,
        }
    });
    let error = write::apply(&changes).unwrap_err();
    assert_eq!(error.file(), Some(&*path("folder.rs")));
    let said = error.to_string();
    assert!(
        said.ends_with("\n  help: everything is as it was"),
        "{said}"
    );
    assert!(tree(folder.path()) == before);

    fs::remove_dir(path("folder.rs")).unwrap();
    write::apply(&changes).unwrap();
    for change in &changes {
        let Change::Write { file, after, .. } = change else {
            continue;
        };
        assert_eq!(fs::read_to_string(file).unwrap(), *after);
    }
    let left: Vec<_> = tree(folder.path()).into_keys().collect();
    assert!(!left.iter().any(|path| is_temporary(path)), "{left:?}");
}

/// In the midst of staging: the signal comes with the first file that is too long.
#[test]
fn the_next_run_clears_what_a_kill_left() {
    let killed = |place: &Place| {
        let output = shell(place, FULL_KILLS, CODEGEN);
        assert!(output.status.signal().is_some(), "{output:?}");
        let left = all(place).into_keys().filter(|path| is_temporary(path));
        let left: Vec<_> = left.collect();
        assert!(!left.is_empty(), "{left:?}");
        left
    };

    // Nothing was there: nothing is now.
    let place = Place::new();
    redescribe_at_length(&place);
    let left = killed(&place);
    assert!(!place.path("out").exists());
    let next = place.codegen(&[]);
    next.success();
    for path in left {
        let line = format!("- ./{}\n", path.display());
        assert!(next.stdout.contains(&line), "{}", next.stdout);
    }
    assert!(!all(&place).into_keys().any(|path| is_temporary(&path)));
    place.codegen(&["--check"]).success();

    // What was there is; and a crate more is not begun, as it would be one without a manifest.
    let place = generated();
    let right = all(&place);
    let out = tree(&place.path("out"));
    redescribe_at_length(&place);
    place.write("specs/third.yaml", SMALL);
    place.write("specs/third.overlay.yaml", SMALL_OVERLAY);
    killed(&place);
    let mut left = tree(&place.path("out"));
    left.retain(|path, _| !is_temporary(path));
    assert!(left == out);
    let left = all(&place);
    place.codegen(&["--check"]).status(1);
    assert!(all(&place) == left, "--check wrote something");
    // They go when there is nothing else to do, too.
    place.write("specs/small.yaml", SMALL);
    place.remove("specs/third.yaml");
    place.remove("specs/third.overlay.yaml");
    let check = place.codegen(&["--check"]);
    check.status(1);
    assert!(check.stdout.contains("\n- out/keyholder/.keyholder-"));
    place.codegen(&[]).success();
    assert!(all(&place) == right);
}

/// What was made before the first file was put in its place is no reason to take the folder for another's.
#[test]
fn folders_without_files_are_filled() {
    let place = generated();
    let right = tree(&place.path("out"));
    for file in files(&place, "out") {
        place.remove(&file);
    }
    place.codegen(&[]).success();
    assert!(tree(&place.path("out")) == right);
}

/// At any time: each file is as it was or as it is to be, and the next run makes what a fresh one makes.
#[test]
fn a_kill_leaves_what_the_next_run_mends() {
    let place = generated();
    let begins: [fn(&Place); 2] = [
        |place| {
            let _ = fs::remove_dir_all(place.path("out"));
        },
        |place| {
            place.write("specs/small.yaml", SMALL);
            place.write("specs/other.yaml", SMALL);
            place.write("specs/other.overlay.yaml", SMALL_OVERLAY);
            let _ = fs::remove_file(place.path("specs/third.yaml"));
            let _ = fs::remove_file(place.path("specs/third.overlay.yaml"));
            place.codegen(&[]).success();
            redescribe(place);
            place.write("specs/third.yaml", SMALL);
            place.write("specs/third.overlay.yaml", SMALL_OVERLAY);
            place.remove("specs/other.yaml");
            place.remove("specs/other.overlay.yaml");
        },
    ];
    let mut kills = 0;
    for begin in begins {
        begin(&place);
        let old = tree(&place.path("out"));
        place.codegen(&[]).success();
        let new = tree(&place.path("out"));
        for round in 0..20 {
            begin(&place);
            assert!(tree(&place.path("out")) == old);
            let delay = Duration::from_micros(round * 100);
            if kill_while_writing(&place, delay).signal().is_some() {
                kills += 1;
            }
            for (path, entry) in tree(&place.path("out")) {
                let is_whole = [&old, &new].iter().any(|it| it.get(&path) == Some(&entry));
                assert!(is_whole || is_temporary(&path), "{}", path.display());
            }
            place.codegen(&[]).success();
            assert!(tree(&place.path("out")) == new, "after {delay:?}");
            assert!(!all(&place).into_keys().any(|path| is_temporary(&path)));
        }
    }
    assert!(kills >= 5, "{kills} of 40");
}

/// Kills `codegen` some time after it has begun to write.
fn kill_while_writing(place: &Place, delay: Duration) -> ExitStatus {
    let before = listing(place);
    let mut child = start(place);
    let begun = Instant::now();
    while listing(place) == before && begun.elapsed() < Duration::from_secs(10) {
        if child.try_wait().unwrap().is_some() {
            break;
        }
    }
    let seen = Instant::now();
    while seen.elapsed() < delay {}
    child.kill().unwrap();
    child.wait().unwrap()
}

fn start(place: &Place) -> Child {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(CODEGEN.split(' '))
        .current_dir(place.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The names where the first temporary files are to be seen.
fn listing(place: &Place) -> Vec<PathBuf> {
    let names = |folder| {
        let entries = fs::read_dir(place.path(folder)).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path()))
    };
    let mut found: Vec<_> = names("").chain(names("out")).collect();
    found.sort();
    found
}

#[test]
fn runs_at_the_same_time_make_the_same() {
    let place = Place::new();
    for _ in 0..8 {
        let _ = fs::remove_dir_all(place.path("out"));
        for child in [(); 4].map(|()| start(&place)) {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}");
        }
        place.codegen(&["--check"]).success();
        assert!(!all(&place).into_keys().any(|path| is_temporary(&path)));
    }
}

#[test]
fn permissions_are_as_of_any_file() {
    let modes = |place: &Place| {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for entry in tree(&place.path("out")).into_values() {
            match entry {
                Entry::File(mode, _) => files.push(mode),
                Entry::Folder(mode) => folders.push(mode),
                Entry::Link(_) => {}
            }
        }
        for modes in [&mut files, &mut folders] {
            modes.sort_unstable();
            modes.dedup();
        }
        (files, folders)
    };
    for (umask, file, folder) in [("022", 0o644, 0o755), ("027", 0o640, 0o750)] {
        let place = Place::new();
        let output = shell(&place, &format!("umask {umask}"), CODEGEN);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(modes(&place), (vec![file], vec![folder]), "{umask}");
    }

    // Who has given one file others keeps them.
    let place = Place::new();
    shell(&place, "umask 022", CODEGEN);
    let file = place.path("out/providers/small/src/types.rs");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    redescribe(&place);
    let output = shell(&place, "umask 022", CODEGEN);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        stdout.contains("~ out/providers/small/src/types.rs\n"),
        "{stdout}"
    );
    assert_eq!(modes(&place).0, [0o644, 0o664]);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o664);
}

/// Crates may stand in folders of the folder, and by themselves.
#[test]
fn crates_one_folder_deeper() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mark = |comment: &str| format!("{comment} @generated by `keyholder-codegen` here.\n");
    let file = |name: &str, path: &str, comment: &str| {
        (PathBuf::from(format!("{name}/{path}")), mark(comment))
    };
    let generated = |name: &str| {
        [
            file(name, "Cargo.toml", "#"),
            file(name, "README.md", "<!--"),
            file(name, "src/lib.rs", "//"),
        ]
    };
    let write = |wanted: &BTreeMap<PathBuf, String>| {
        let changes = write::changes(&out, wanted).unwrap();
        write::apply(&changes).unwrap();
        let changes = changes.iter().map(Change::summary);
        changes
            .map(|line| line.replace(out.to_str().unwrap(), "out"))
            .collect::<Vec<_>>()
    };
    let mut wanted: BTreeMap<_, _> = ["providers/a", "providers/b", "keyholder"]
        .iter()
        .flat_map(|name| generated(name))
        .collect();
    write(&wanted);
    // By hand: one beside them, and one that looks like them where it is looked at.
    let own = [
        ("core/Cargo.toml", "[package]\n".to_owned()),
        ("core/tests/golden/src/lib.rs", mark("//")),
        ("core/tests/golden/Cargo.toml", mark("#")),
        ("providers/mine/Cargo.toml", "[package]\n".to_owned()),
        ("providers/mine/src/lib.rs", mark("//")),
    ];
    for (path, content) in &own {
        fs::create_dir_all(out.join(path).parent().unwrap()).unwrap();
        fs::write(out.join(path), content).unwrap();
    }
    assert_eq!(write(&wanted), Vec::<String>::new());

    fs::write(out.join("providers/a/Cargo.toml"), "").unwrap();
    wanted.retain(|path, _| !path.starts_with("providers/b"));
    assert_eq!(
        write(&wanted),
        [
            "~ out/providers/a/Cargo.toml",
            "- out/providers/b/Cargo.toml",
            "- out/providers/b/README.md",
            "- out/providers/b/src/lib.rs",
        ]
    );
    assert!(!out.join("providers/b").exists());
    for (path, content) in &own {
        assert_eq!(fs::read_to_string(out.join(path)).unwrap(), *content);
    }
}

/// However little is left in it.
#[test]
fn the_folder_of_crates_stays() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("above/out");
    let wanted = BTreeMap::from([
        (
            PathBuf::from("a/Cargo.toml"),
            "# @generated by `keyholder-codegen`\n",
        ),
        (
            PathBuf::from("a/src/x/lib.rs"),
            "// @generated by `keyholder-codegen`\n",
        ),
        (
            PathBuf::from("a/src/lib.rs"),
            "// @generated by `keyholder-codegen`\n",
        ),
    ])
    .into_iter()
    .map(|(path, content)| (path, content.to_owned()))
    .collect();
    for without_manifest in [false, true] {
        write::apply(&write::changes(&out, &wanted).unwrap()).unwrap();
        if without_manifest {
            fs::remove_file(out.join("a/Cargo.toml")).unwrap();
        }
        write::apply(&write::changes(&out, &BTreeMap::new()).unwrap()).unwrap();
        assert!(out.is_dir() && !out.join("a").exists());
    }
}
