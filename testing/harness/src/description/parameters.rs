//! What a request to the operation carries, beside the credentials: path, query, headers and body.

use percent_encoding::percent_decode_str;
use regex::Regex;
use serde_json::Value;

use super::{Place, list, members, resolve};
use crate::server::Request;

/// Headers that a description cannot make parameters of (OpenAPI 3.0.3, section 4.7.12.1).
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

/// The request, as the description has it.
#[derive(Debug)]
pub struct Parameters {
    /// The path, as a template.
    path: String,
    parameters: Vec<Parameter>,
    body: Body,
    /// What people read of the operation.
    text: String,
}

#[derive(Debug)]
struct Parameter {
    place: String,
    name: String,
    is_required: bool,
    /// The only values that it takes, if they are listed.
    allowed: Vec<String>,
    /// Values that the description gives: examples and the default.
    known: Vec<String>,
    text: String,
}

#[derive(Debug, Default)]
struct Body {
    is_described: bool,
    is_required: bool,
}

impl Parameters {
    /// What is described at `place`, for an operation at `path`.
    pub fn read(place: Place<'_>, path: &str) -> Self {
        let levels = [place.operation, place.item].map(|level| &level["parameters"]);
        let described: Vec<_> = levels
            .into_iter()
            .flat_map(list)
            .map(|parameter| resolve(place.document, parameter))
            .collect();
        let texts = ["summary", "description"];
        let texts = texts.map(|key| place.operation[key].as_str().unwrap_or_default());
        Self {
            path: path.to_owned(),
            parameters: described
                .iter()
                .map(|parameter| Parameter::read(place.document, parameter))
                .collect(),
            body: Body::read(place, &described),
            text: texts.join(" "),
        }
    }

    /// Whether `path`, without the base path, is the operation's.
    pub fn is_path(&self, path: &str) -> bool {
        self.path_arguments(path).is_some()
    }

    /// Whether a header of that name is described.
    pub fn is_header(&self, name: &str) -> bool {
        let mut parameters = self.parameters.iter();
        parameters.any(|it| it.place == "header" && it.name.eq_ignore_ascii_case(name))
    }

    /// Holds a request against the description; `keys` are the query's parameters for keys, and `given` what a caller
    /// gives for what belongs to a key.
    ///
    /// # Errors
    ///
    /// What it lacks, or has that the description does not know.
    pub fn check(
        &self,
        path: &str,
        request: &Request,
        keys: &[&str],
        given: &[&str],
    ) -> Result<(), String> {
        for (name, value) in self.path_arguments(path).unwrap_or_default() {
            // Who stands last in the path is whom it is about, and no caller knows that.
            let is_last = self.path.ends_with(&format!("{{{name}}}"));
            if is_last || !given.contains(&value.as_str()) {
                self.check_path_argument(&name, &value)?;
            }
        }
        for parameter in &self.parameters {
            let value = match parameter.place.as_str() {
                "query" => request.query(&parameter.name),
                "header" if !IGNORED.contains(&parameter.name.to_ascii_lowercase().as_str()) => {
                    request.header(&parameter.name)
                }
                _ => continue,
            };
            parameter.check(value)?;
        }
        let known = |name: &str| {
            let mut parameters = self.parameters.iter();
            keys.contains(&name)
                || parameters.any(|known| known.place == "query" && known.name == name)
        };
        match request.query.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(format!("no parameter {name} of the query is described")),
            None => self.body.check(request),
        }
    }

    /// The values of the path's parameters, if it is the operation's path.
    fn path_arguments(&self, path: &str) -> Option<Vec<(String, String)>> {
        let mut pattern = String::from("^");
        let mut names = Vec::new();
        let mut rest = self.path.as_str();
        while let Some((literal, (name, after))) = rest
            .split_once('{')
            .and_then(|(literal, after)| Some((literal, after.split_once('}')?)))
        {
            pattern.push_str(&regex::escape(literal));
            pattern.push_str("([^/]+)");
            names.push(name.to_owned());
            rest = after;
        }
        pattern.push_str(&regex::escape(rest));
        pattern.push('$');
        let captures = Regex::new(&pattern).ok()?.captures(path)?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let values = captures.iter().skip(1).flatten();
        let values = values.map(|value| decode(value.as_str()));
        Some(names.into_iter().zip(values).collect())
    }

    /// A value in the path is one that the description speaks of, as in "or `me`".
    fn check_path_argument(&self, name: &str, value: &str) -> Result<(), String> {
        let mut parameters = self.parameters.iter();
        let Some(parameter) = parameters.find(|it| it.place == "path" && it.name == name) else {
            return Ok(());
        };
        parameter.check(Some(value))?;
        let spoken_of = [&parameter.text, &self.text]
            .into_iter()
            .any(|text| words(text).any(|word| word == value));
        let is_known = |values: &[String]| values.iter().any(|known| known == value);
        if spoken_of || is_known(&parameter.allowed) || is_known(&parameter.known) {
            Ok(())
        } else {
            Err(format!("nothing is said of {value:?} as the {name}"))
        }
    }
}

impl Parameter {
    fn read(document: &Value, parameter: &Value) -> Self {
        let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
        // Swagger 2.0 has a parameter's keywords beside its name.
        let schema = resolve(document, parameter.get("schema").unwrap_or(parameter));
        let named = members(&parameter["examples"]).map(|(_, example)| &example["value"]);
        let known = [
            &parameter["example"],
            &schema["example"],
            &schema["default"],
        ];
        Self {
            place: text("in"),
            name: text("name"),
            is_required: parameter["required"] == true,
            allowed: list(&schema["enum"]).map(plain).collect(),
            known: known.into_iter().chain(named).map(plain).collect(),
            text: text("description"),
        }
    }

    fn check(&self, value: Option<&str>) -> Result<(), String> {
        let Self { place, name, .. } = self;
        match value {
            None if self.is_required => {
                Err(format!("the required {place} parameter {name} is missing"))
            }
            Some(value)
                if !self.allowed.is_empty() && !self.allowed.iter().any(|it| it == value) =>
            {
                Err(format!(
                    "the {place} parameter {name} does not take {value:?}"
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Body {
    fn read(place: Place<'_>, parameters: &[&Value]) -> Self {
        // Swagger 2.0 has the body among the parameters.
        let old = || {
            parameters
                .iter()
                .filter(|it| it["in"] == "body" || it["in"] == "formData")
        };
        match place.operation.get("requestBody") {
            Some(body) => Self {
                is_described: true,
                is_required: resolve(place.document, body)["required"] == true,
            },
            None => Self {
                is_described: old().next().is_some(),
                is_required: old().any(|it| it["required"] == true),
            },
        }
    }

    fn check(&self, request: &Request) -> Result<(), String> {
        match (self.is_described, request.body.is_empty()) {
            (_, true) if self.is_required => Err("the required body is missing".to_owned()),
            (false, false) => Err("a body was sent, and none is described".to_owned()),
            _ => Ok(()),
        }
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '@'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::Parameters;
    use crate::description::Place;
    use crate::server::Request;

    /// What is said to a request for `target` with `body`.
    fn check(target: &str, headers: &[(&str, &str)], body: &str) -> Result<(), String> {
        let operation = json!({
            "parameters": [
                { "name": "user", "in": "path", "required": true, "description": "An id, or \"me\"." },
                { "name": "fields", "in": "query", "schema": { "enum": ["a", "b"] } },
                { "name": "X-Version", "in": "header", "required": true, "schema": { "type": "string" } },
            ],
            "requestBody": { "content": {} },
        });
        let place = Place {
            document: &Value::Null,
            item: &Value::Null,
            operation: &operation,
        };
        let request = Request::new("GET", target, headers, body.as_bytes().to_vec());
        let parameters = Parameters::read(place, "/users/{user}/profile.json");
        assert!(parameters.is_path(&request.path));
        assert!(!parameters.is_path("/users/me/profile_json"));
        assert!(!parameters.is_path("/v1/users/me/profile.json"));
        parameters.check(&request.path, &request, &["api_key"], &["b7"])
    }

    #[test]
    fn a_request_has_what_is_described_and_nothing_else() {
        let version = [("x-version", "1")];
        assert_eq!(check("/users/me/profile.json", &version, ""), Ok(()));
        let target = "/users/me/profile.json?fields=a&api_key=secret";
        assert_eq!(check(target, &version, "{}"), Ok(()));

        // What belongs to a key is given.
        assert_eq!(check("/users/b7/profile.json", &version, ""), Ok(()));

        let refused = [
            ("/users/me/profile.json", &[][..], "X-Version is missing"),
            (
                "/users/7/profile.json",
                &version,
                "nothing is said of \"7\"",
            ),
            (
                "/users/me/profile.json?fields=c",
                &version,
                "does not take \"c\"",
            ),
            (
                "/users/me/profile.json?other=1",
                &version,
                "no parameter other",
            ),
        ];
        for (target, headers, expected) in refused {
            let reason = check(target, headers, "").unwrap_err();
            assert!(reason.contains(expected), "{target}: {reason}");
        }
    }

    #[test]
    fn a_body_is_sent_where_one_is_described() {
        let check = |operation: &Value, body: &str| {
            let place = Place {
                document: &Value::Null,
                item: &Value::Null,
                operation,
            };
            let request = Request::new("POST", "/me", &[], body.as_bytes().to_vec());
            Parameters::read(place, "/me").check("/me", &request, &[], &[])
        };
        let required = json!({ "requestBody": { "required": true } });
        let old = json!({ "parameters": [{ "name": "body", "in": "body", "required": true }] });
        for operation in [required, old] {
            assert!(check(&operation, "").is_err());
            assert!(check(&operation, "{}").is_ok());
        }
        assert!(check(&json!({}), "{}").is_err());
        assert!(check(&json!({}), "").is_ok());
    }
}
