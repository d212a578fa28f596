//! What Prism is given of a provider, and what of it is expected: the description with its overlay, not lowered.

use serde_json::Value;

use keyholder_openapi::{Error, Result};
use testing_harness::description::{Credentials, Parameters, Place, base_path, is_json, resolve};
use testing_harness::description::{list, members};

/// The extension that marks the operation.
const EXTENSION: &str = "x-whoami";

/// The path and the method of the operation that is marked.
fn marked(document: &Value) -> Option<(String, String)> {
    members(&document["paths"])
        .flat_map(|(path, item)| members(item).map(move |(method, it)| (path, method, it)))
        .find(|(_, _, operation)| operation.get(EXTENSION).is_some())
        .map(|(path, method, _)| (path.to_owned(), method.to_owned()))
}

/// A provider's operation, as its corrected description has it.
#[derive(Debug)]
pub struct Described {
    /// The provider's name.
    pub provider: String,
    /// The corrected description, as Prism reads it.
    pub document: Value,
    /// The path of the operation.
    pub path: String,
    /// The method of the operation, in lower case.
    pub method: String,
    /// The path of the server's address, without a slash at its end. Prism serves without it.
    pub base_path: String,
    pub(super) parameters: Parameters,
    pub(super) credentials: Credentials,
}

/// A described answer.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Its key in the description: a status, a range such as `4XX`, or `default`.
    pub key: &'a str,
    /// The media type and the media type object of its JSON body.
    pub json: Option<(&'a str, &'a Value)>,
}

impl Described {
    /// Reads the operation that carries `x-whoami`.
    ///
    /// # Errors
    ///
    /// There is no such operation.
    pub fn read(provider: &str, document: Value) -> Result<Self> {
        let (path, method) =
            marked(&document).ok_or_else(|| Error::at("/paths", "no operation has `x-whoami`"))?;
        let place = Place {
            document: &document,
            item: &document["paths"][&path],
            operation: &document["paths"][&path][&method],
        };
        if place.operation["responses"].as_object().is_none() {
            return Err(Error::at(
                "/paths",
                format!("{method} {path} has no answers"),
            ));
        }
        Ok(Self {
            provider: provider.to_owned(),
            base_path: base_path(place),
            parameters: Parameters::read(place, &path),
            credentials: Credentials::read(place, None),
            path,
            method,
            document,
        })
    }

    fn operation(&self) -> &Value {
        &self.document["paths"][&self.path][&self.method]
    }

    /// The mapping.
    #[must_use]
    pub fn whoami(&self) -> &Value {
        &self.operation()[EXTENSION]
    }

    /// The described answers.
    pub fn responses(&self) -> impl Iterator<Item = Response<'_>> {
        members(&self.operation()["responses"]).map(|(key, response)| {
            let response = resolve(&self.document, response);
            Response {
                key,
                json: members(&response["content"]).find(|(media_type, _)| is_json(media_type)),
            }
        })
    }

    /// The answer that describes `status`: of its own, of its range, or the default (OpenAPI 3.1.0, section 4.8.16).
    #[must_use]
    pub fn response(&self, status: u16) -> Option<Response<'_>> {
        let range = format!("{}XX", status / 100);
        [status.to_string(), range, "default".to_owned()]
            .iter()
            .find_map(|key| {
                self.responses()
                    .find(|response| response.key.eq_ignore_ascii_case(key))
            })
    }

    /// Whether `status` is the described success: the first status of a success with JSON.
    #[must_use]
    pub fn is_success(&self, status: u16) -> bool {
        let mut successes: Vec<_> = self
            .responses()
            .filter(|response| response.key.starts_with('2') && response.json.is_some())
            .map(|response| response.key)
            .collect();
        successes.sort_unstable();
        match successes.first() {
            Some(key) if key.parse() == Ok(status) => true,
            Some(key) => key.ends_with(['X', 'x']) && status / 100 == 2,
            None => status / 100 == 2,
        }
    }

    /// Whether all that the operation takes as a credential has a scheme before it, in `Authorization`: one whose
    /// form Prism checks.
    #[must_use]
    pub fn checks_scheme(&self) -> bool {
        let own = self.operation().get("security");
        let security = own.or(self.document.get("security"));
        let schemes = &self.document["components"]["securitySchemes"];
        let mut names = security
            .into_iter()
            .flat_map(list)
            .flat_map(members)
            .map(|(name, _)| resolve(&self.document, &schemes[name]))
            .peekable();
        names.peek().is_some() && names.all(|scheme| scheme["type"] != "apiKey")
    }

    /// What stands for a token. Prism looks at its form alone.
    #[must_use]
    pub fn token(&self) -> String {
        self.credentials.token(&self.provider)
    }

    /// Whether the operation takes any credential.
    #[must_use]
    pub fn has_security(&self) -> bool {
        let own = self.operation().get("security");
        let security = own.or(self.document.get("security"));
        security
            .into_iter()
            .flat_map(list)
            .any(|it| members(it).next().is_some())
    }
}
