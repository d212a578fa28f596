//! The generator: seconds and memory, for the providers there are and over the size of a description.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use super::report::{Figure, Table};
use super::{Bench, cost};
use keyholder_openapi::{Error, Result};
use testing_harness::file;

/// How large the descriptions are.
const SIZES: [usize; 4] = [1, 10, 100, 1_000];

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Table>> {
    (bench.say)("running the generator");
    let mut figures = Vec::new();
    let mut add = |subject: String, specs: &Path| -> Result<()> {
        let out = bench.folder("generator/crates")?;
        let cost = codegen(bench, specs, &out)?;
        figures.push(Figure::new(&subject, "time", cost.seconds, "s"));
        figures.push(Figure::new(subject, "peak memory", cost.mebibytes, "MiB"));
        std::fs::remove_dir_all(&out)
            .map_err(|error| Error::new(format!("cannot be removed: {error}")).in_file(&out))
    };
    add(
        "the providers in specs/".to_owned(),
        &bench.root.join("specs"),
    )?;
    for (kind, description) in [
        (
            "operations beside the one asked for",
            operations as fn(usize) -> Value,
        ),
        ("schemas that the answer is made of", schemas),
    ] {
        for size in SIZES {
            let specs = bench.folder(&format!("generator/specs/{size}"))?;
            file::write(&specs.join("sized.yaml"), &description(size).to_string())?;
            add(format!("{size} {kind}"), &specs)?;
        }
    }
    Ok(vec![Table {
        name: "The generator",
        about: "`cargo xtask codegen` into an empty folder, as it is built for development. The memory is the most that the \
                process held, as the system says every millisecond."
            .to_owned(),
        reference: None,
        figures,
    }])
}

fn codegen(bench: &Bench<'_>, specs: &Path, out: &Path) -> Result<cost::Cost> {
    // target/debug/testing-bench
    let program = std::env::current_exe()
        .map_err(|error| Error::new(format!("this program cannot be found: {error}")))?
        .with_file_name("xtask");
    cost::run(
        Command::new(program)
            .arg("codegen")
            .arg("--specs")
            .arg(specs)
            .arg("--out")
            .arg(out)
            .current_dir(&bench.root),
    )
}

/// A description of so many operations, each with a schema of its own.
fn operations(count: usize) -> Value {
    let paths = (0..count).map(|number| (format!("/things/{number}"), get(number, None)));
    description(count, paths.collect(), |_| None)
}

/// A description of one operation, whose answer is made of so many schemas.
fn schemas(count: usize) -> Value {
    description(count, Map::new(), |number| {
        (number + 1 < count).then(|| number + 1)
    })
}

/// `next` gives the schema that a schema refers to.
fn description(
    count: usize,
    mut paths: Map<String, Value>,
    next: impl Fn(usize) -> Option<usize>,
) -> Value {
    let whoami = json!({ "identity": { "sub": "/id" }, "token": { "env": "SIZED_TOKEN" } });
    paths.insert("/me".to_owned(), get(0, Some(whoami)));
    let schemas = (0..count).map(|number| {
        let mut properties = json!({
            "id": { "type": "string" },
            "name": { "type": ["string", "null"] },
            "count": { "type": "integer" },
            "tags": { "type": "array", "items": { "type": "string" } },
        });
        if let Some(next) = next(number) {
            properties["next"] = json!({ "$ref": format!("#/components/schemas/Thing{next}") });
        }
        let schema = json!({ "type": "object", "required": ["id"], "properties": properties });
        (format!("Thing{number}"), schema)
    });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Sized", "version": "1.0.0" },
        "servers": [{ "url": "https://api.example.com" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas.collect::<Map<_, _>>(),
        },
    })
}

fn get(schema: usize, whoami: Option<Value>) -> Value {
    let mut operation = json!({
        "operationId": match whoami {
            Some(_) => "get-me".to_owned(),
            None => format!("get-thing-{schema}"),
        },
        "responses": { "200": {
            "description": "The thing.",
            "content": { "application/json": {
                "schema": { "$ref": format!("#/components/schemas/Thing{schema}") },
            } },
        } },
    });
    if let Some(whoami) = whoami {
        operation["x-whoami"] = whoami;
    }
    json!({ "get": operation })
}
