//! Every provider of `specs/`: its generated client and the one that is made of its two files at run time say the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use keyholder::{Client, Config, Error, Provider, Verdict, WhoAmI};
use keyholder_describe::{Described, provider, specs};
use serde_json::{Value, json};
use testing_corpus::answers::{Answer, answers};

/// The generated clients, by the names of their providers.
fn generated(name: &str, config: Config) -> Result<Box<dyn WhoAmI>, Error> {
    Ok(match name {
        "extruct" => Box::new(keyholder::extruct::Client::with_config(config)?),
        "katapult" => Box::new(keyholder::katapult::Client::with_config(config)?),
        "nextdocs" => Box::new(keyholder::nextdocs::Client::with_config(config)?),
        "unleash" => Box::new(keyholder::unleash::Client::with_config(config)?),
        _ => panic!("{name} is new: add it here"),
    })
}

fn verdict(client: &dyn WhoAmI, answer: &Answer) -> Verdict {
    client.read_answer(answer.http().unwrap().into()).into()
}

#[test]
fn clients_made_at_run_time_say_what_generated_ones_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let specs = specs::specs(&folder).unwrap();
    let names: Vec<_> = specs.iter().map(|spec| spec.provider.as_str()).collect();
    let known: Vec<_> = keyholder::providers()
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, known);
    for spec in &specs {
        let name = &spec.provider;
        let (info, _) = provider(&Described::read(spec).unwrap()).unwrap();
        // The version is the crate's own.
        let mut carried = (**keyholder::provider(name).unwrap()).clone();
        carried.version.clone_from(&info.version);
        assert_eq!(carried, info, "{name}: run `cargo xtask codegen`");

        let config = || Config::new("a-token-0123456789").base_url("http://127.0.0.1:1");
        let generated = generated(name, config()).unwrap();
        let made = Client::new(&Provider::from(info.clone()), config()).unwrap();
        let examples = keyholder::examples(name);
        let (status, success) = examples[0];
        let success: Value = serde_json::from_str(success).unwrap();
        let examples = examples.iter().map(|(status, body)| Answer {
            status: *status,
            headers: Vec::new(),
            body: (*body).to_owned(),
        });
        let answers: Vec<_> = examples.chain(answers(&info, &[success])).collect();
        let mut kinds = std::collections::BTreeSet::new();
        for answer in &answers {
            let (one, other) = (verdict(&*generated, answer), verdict(&made, answer));
            assert_eq!(json!(one), json!(other), "{name}: {answer:?}");
            kinds.insert(one.kind());
        }
        assert!(answers.len() > 1500, "{name}: {}", answers.len());
        assert_eq!(kinds.len(), 3, "{name}: {kinds:?}");
        assert!(verdict(&made, &answers[0]).is_valid(), "{name}: {status}");
    }
}
