//! Clients through pointers, and answers that are read without a request.
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::Arc;

use keyholder_core::{
    Answer, Client, Config, ErrorKind, Operation, Provider, ProviderInfo, Verdict, WhoAmI,
};

fn client() -> Client {
    let mut operation = Operation::new("get_me", "GET", "/me");
    operation.identity.sub = serde_json::from_str("\"/id\"").unwrap();
    let provider = Provider::from(ProviderInfo::new("acme", operation));
    let config = Config::new("a-token").base_url("https://acme.example");
    Client::new(&provider, config).unwrap()
}

/// Whose token a client says it is, which it is handed whole.
fn sub(client: impl WhoAmI) -> Option<String> {
    let other = client.with_token(&"another".into()).unwrap();
    assert_eq!(other.provider().name, "acme");
    let answer = Answer::new(200, r#"{"id": 17}"#);
    client.read_answer(answer).unwrap().sub
}

#[test]
fn a_pointer_to_a_client_is_a_client() {
    let (client, seventeen) = (client(), Some("17".to_owned()));
    let object: &dyn WhoAmI = &client;
    let shared: Arc<dyn WhoAmI> = Arc::new(client.clone());
    assert_eq!(sub(&client), seventeen);
    assert_eq!(sub(object), seventeen);
    assert_eq!(sub(Box::new(client.clone())), seventeen);
    assert_eq!(sub(Box::new(object)), seventeen);
    assert_eq!(sub(Box::new(client.clone()) as Box<dyn WhoAmI>), seventeen);
    assert_eq!(sub(Arc::new(client)), seventeen);
    assert_eq!(sub(&shared), seventeen);
    assert_eq!(sub(shared), seventeen);
}

#[test]
fn an_answer_is_what_it_is_made_of() {
    let client = client();
    let read = |answer| Verdict::from(client.read_answer(answer));
    assert!(read(Answer::new(200, b"{\"id\": 17}")).is_valid());
    assert!(read(Answer::new(401, "{}")).is_invalid());
    // What allows no "invalid" counts here too.
    let later = read(Answer::new(401, "{}").header("Retry-After", "60"));
    assert!(later.is_indeterminate());
    assert_eq!(later.error().unwrap().status().unwrap().as_u16(), 401);

    let response = http::Response::builder().status(401).body("{}").unwrap();
    assert!(read(response.into()).is_invalid());
}

#[test]
fn what_is_no_answer_is_told() {
    let client = client();
    for (answer, message) in [
        (
            Answer::new(1401, "{}").header("a", "b"),
            "acme: the answer's status, 1401, is none of HTTP's",
        ),
        (
            Answer::new(401, "{}").header("no name", "60"),
            "acme: a header of the answer is none that HTTP has",
        ),
        (
            Answer::new(401, "{}")
                .header("a", "1\r\n2")
                .header("b", "c"),
            "acme: a header of the answer is none that HTTP has",
        ),
    ] {
        let error = client.read_answer(answer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), message);
    }
    let secret = Answer::new(200, "s3cret").header("cookie", "s3cret");
    assert_eq!(format!("{secret:?}"), "Answer { status: 200, .. }");
}
