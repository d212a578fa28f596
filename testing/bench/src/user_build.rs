//! A user's build: a program that uses one provider, beside the same program with reqwest by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::program::output;
use super::report::{Figure, Table};
use super::{Bench, cost};
use keyholder_openapi::{Error, Result};
use testing_harness::cargo::cargo;

/// The programs, by their folders in `program/user`.
const PROGRAMS: [&str; 3] = ["keyholder", "keyholder-ring", "reqwest"];

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    let mut figures = Vec::new();
    for name in PROGRAMS {
        (bench.say)(&format!("building a program with {name}, cold"));
        let folder = bench.root.join("testing/bench/program/user").join(name);
        let (tree, _) = output(
            cargo()
                .args(["tree", "--edges=normal", "--prefix=none", "--no-dedupe"])
                .args(["--format={p}", "--color=never"])
                .current_dir(&folder),
        )?;
        // Names and versions, without where a crate lies; the program itself does not count.
        let crates: BTreeSet<_> = tree.lines().skip(1).map(first_two_words).collect();
        let target = bench.folder("user")?.join(name);
        remove(&target)?;
        let cost = cost::run(
            cargo()
                .args(["build", "--release", "--quiet", "--locked", "--target-dir"])
                .arg(&target)
                .current_dir(&folder),
        )?;
        let program = target.join(format!("release/{name}-user"));
        let size = fs::metadata(&program)
            .map_err(|error| Error::new(format!("cannot be read: {error}")).in_file(&program))?
            .len();
        #[allow(clippy::cast_precision_loss)]
        figures.extend([
            Figure::new(name, "crates", crates.len() as f64, ""),
            Figure::new(name, "CPU", cost.cpu_seconds, "s"),
            Figure::new(name, "clock", cost.seconds, "s"),
            Figure::new(name, "stripped binary", size as f64 / 1e6, "MB"),
        ]);
        remove(&target)?;
    }
    Ok(vec![Table {
        name: "A user's build",
        about: "A program that asks one provider whose token it has, with TLS by rustls as by default, and by the feature \
                `rustls-ring`, beside the same program with reqwest (`json`, `rustls`) and serde by hand. Crates are those that are linked. Both are built in \
                release into an empty target folder, from sources that are fetched already. CPU is user and system time of all \
                compilers, linkers and build scripts."
            .to_owned(),
        reference: Some("reqwest"),
        figures,
    }])
}

fn first_two_words(line: &str) -> String {
    line.split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::new(format!("cannot be removed: {error}")).in_file(folder))
        }
        _ => Ok(()),
    }
}
