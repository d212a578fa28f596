//! Whether a client made of an answer what the description says.

use serde_json::{Value, json};

use super::description::Described;
use super::difference::differences;
use super::identity::identity;
use super::places::Place;
use super::question::Question;
use super::rules::{Meaning, meaning};
use testing_harness::description::{list, resolve};

/// What Prism calls the errors that it makes up itself.
const OWN: &[u8] = b"https://stoplight.io/prism/errors#";

/// An answer, as Prism sent it.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// The headers, by their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether a challenge says so (RFC 6750, section 3.1).
    #[must_use]
    pub(super) fn challenges_with(&self, error: &str) -> bool {
        let challenge = self.header("www-authenticate").unwrap_or_default();
        challenge
            .to_ascii_lowercase()
            .contains(&format!("error=\"{error}\""))
    }
}

/// What is wrong with what a client says, to a call of the operation and to a call of `verify`, of what came.
///
/// `said` is a line of the program that asks: `called` and `verified`.
#[must_use]
pub fn wrong(
    described: &Described,
    question: &Question,
    came: &[Received],
    base_url: &str,
    said: &Value,
) -> Vec<String> {
    let [called, verified] = came else {
        let count = came.len();
        return vec![format!("{count} requests came, and 2 were to come")];
    };
    let mut wrong = Vec::new();
    for answer in came {
        if answer.status != question.status {
            let text = String::from_utf8_lossy(&answer.body);
            wrong.push(format!(
                "Prism answered {} and not {}: {text}",
                answer.status, question.status
            ));
            return wrong;
        }
    }
    let judge = Judge { described, wrong };
    judge.judge(
        called,
        &said["called"],
        verified,
        &said["verified"],
        base_url,
    )
}

struct Judge<'a> {
    described: &'a Described,
    wrong: Vec<String>,
}

impl Judge<'_> {
    fn judge(
        mut self,
        called: &Received,
        call: &Value,
        verified: &Received,
        verdict: &Value,
        base_url: &str,
    ) -> Vec<String> {
        if self.described.is_success(called.status) {
            self.success(called, call);
        } else {
            self.error(called, &meaning(self.described, called), call);
        }
        self.verdict(verified, verdict, base_url);
        self.wrong
    }

    fn expect(&mut self, what: &str, expected: &Value, said: &Value) {
        for difference in differences(expected, said, &Place::open()) {
            let difference = difference.replace("sent", "expected");
            self.wrong.push(format!("{what} {difference}"));
        }
    }

    /// The typed answer is what was sent.
    fn success(&mut self, came: &Received, call: &Value) {
        if call["error"].is_object() {
            self.wrong.push(format!(
                "the answer is not read: {}",
                call["error"]["message"]
            ));
            return;
        }
        self.expect("the status", &json!(came.status), &call["status"]);
        self.typed("the typed answer", came, &call["value"]);
    }

    fn typed(&mut self, what: &str, came: &Received, value: &Value) {
        let json = self
            .described
            .response(came.status)
            .and_then(|response| response.json);
        let schema = json.and_then(|(_, media)| media.get("schema"));
        let place = schema.map_or_else(Place::open, |schema| {
            Place::new(&self.described.document, schema)
        });
        match serde_json::from_slice(&came.body) {
            Ok(sent) => {
                let found = differences(&sent, value, &place);
                self.wrong
                    .extend(found.into_iter().map(|it| format!("{what} {it}")));
            }
            Err(error) => self
                .wrong
                .push(format!("what Prism sent is not JSON: {error}")),
        }
    }

    /// The error says what was sent, and its documented answer is decoded.
    fn error(&mut self, came: &Received, meaning: &Meaning, call: &Value) {
        let error = &call["error"];
        if !error.is_object() {
            let status = came.status;
            self.wrong
                .push(format!("an answer of {status} is taken for a success"));
            return;
        }
        // Where the description has none, any code in a customary place may stand for it.
        let said_code = error["code"].as_str().unwrap_or_default();
        let mut customary = meaning.customary.iter();
        let customary = customary.find(|code| *code == said_code);
        let expected = json!({
            "kind": meaning.kind,
            "status": came.status,
            "code": meaning.code.as_ref().or(customary).or(meaning.customary.first()),
            "retry_after": came.header("retry-after").and_then(|it| it.parse::<u64>().ok()),
        });
        let said = json!({
            "kind": error["kind"],
            "status": error["status"],
            "code": error["code"],
            "retry_after": error["retry_after"],
        });
        self.expect("the error", &expected, &said);
        if came.body.windows(OWN.len()).any(|part| part == OWN) {
            return;
        }
        let response = &call["response"];
        let is_decoded = response.is_object();
        match self.documented(came.status, meaning.code.as_deref()) {
            Documented::Nothing if is_decoded => {
                let variant = &response["variant"];
                self.wrong.push(format!(
                    "an answer that is not described is read as {variant}"
                ));
            }
            Documented::Nothing => {}
            _ if !is_decoded => {
                self.wrong
                    .push("the documented error is not read".to_owned());
            }
            Documented::Status => {}
            Documented::Json => self.typed("the typed error", came, &response["body"]),
        }
    }

    /// What is described of an error answer.
    fn documented(&self, status: u16, code: Option<&str>) -> Documented {
        let Some(response) = self.described.response(status) else {
            return Documented::Nothing;
        };
        let schema = response.json.and_then(|(_, media)| media.get("schema"));
        let (Some(schema), document) = (schema, &self.described.document) else {
            return Documented::Status;
        };
        let schema = resolve(document, schema);
        let branches = ["oneOf", "anyOf"].map(|keyword| list(&schema[keyword]));
        let mut branches: Vec<_> = branches.into_iter().flatten().collect();
        if branches.is_empty() {
            branches.push(schema);
        }
        let codes: Option<Vec<_>> = branches
            .into_iter()
            .map(|branch| self.constant(branch))
            .collect();
        // Where each has a code of its own, an answer with another is none of them.
        match codes {
            Some(codes) if !codes.iter().any(|known| Some(known.as_str()) == code) => {
                Documented::Nothing
            }
            _ => Documented::Json,
        }
    }

    /// The only code that an error of `schema` has.
    fn constant(&self, schema: &Value) -> Option<String> {
        let at = self.described.whoami()["code"].as_str()?;
        let document = &self.described.document;
        let mut schema = resolve(document, schema);
        for name in at.split('/').skip(1) {
            schema = resolve(document, &schema["properties"][name]);
        }
        let only = schema
            .get("const")
            .or_else(|| match list(&schema["enum"]).count() {
                1 => schema["enum"].get(0),
                _ => None,
            });
        only?.as_str().map(str::to_owned)
    }

    /// The verdict is what the rules say, and its identity what the answer says.
    fn verdict(&mut self, came: &Received, said: &Value, base_url: &str) {
        let asked = json!({ "provider": self.described.provider, "iss": base_url });
        let meaning = meaning(self.described, came);
        let verdict = meaning.verdict;
        let is_success = self.described.is_success(came.status);
        let claims = match verdict {
            "valid" if is_success => {
                let answer = serde_json::from_slice(&came.body).unwrap_or_default();
                identity(&self.described.whoami()["identity"], &answer)
            }
            "valid" => {
                let mut nobody = json!({ "subject_type": "unknown" });
                if let Some(limited) = meaning.limited {
                    nobody["token"] = json!({ "limited": limited });
                }
                nobody
            }
            _ => Value::Null,
        };
        if verdict != "valid" && !is_success {
            let kind = &said["error"]["kind"];
            self.expect("the verdict's error", &json!(meaning.kind), kind);
        }
        self.expect("the verdict", &json!(verdict), &said["verdict"]);
        let mut expected = claims;
        if let (Some(expected), Some(asked)) = (expected.as_object_mut(), asked.as_object()) {
            expected.extend(asked.clone());
        }
        self.expect("the identity", &expected, &said["identity"]);
    }
}

/// What is described of an error answer.
enum Documented {
    /// Nothing.
    Nothing,
    /// Its status.
    Status,
    /// Its JSON body.
    Json,
}
