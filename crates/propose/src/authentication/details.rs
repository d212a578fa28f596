//! What a scheme needs beside itself, by its own words: a prefix, an encoding, the fixed half of a pair.

use serde_json::{Value, json};

use crate::words;

use super::Context;
use super::encoding::{self, Encoding, Half};
use super::prefix::{self, Prefix};
use super::scheme::{self, Scheme};
use super::secrets::Secret;
use super::shown;

/// What one scheme needs beside itself.
#[derive(Default)]
pub(super) struct Detail {
    /// Members of `token`, each with what it rests on.
    pub members: Vec<(&'static str, String, String)>,
    pub remarks: Vec<String>,
    /// What the scheme is really.
    pub replacement: Option<(Value, String)>,
}

impl Context<'_> {
    /// What a scheme needs beside itself, by its own words.
    pub(super) fn detail(&self, scheme: &Scheme<'_>) -> Detail {
        if scheme.is_basic() {
            return self.basic(scheme);
        }
        if let Some(name) = scheme.unusual() {
            return unusual(scheme, name);
        }
        if scheme.is_bearer() {
            return bearer(scheme);
        }
        match scheme.header() {
            Some(header) => self.key(scheme, &self.beside(header)),
            None => Detail::default(),
        }
    }

    /// The same of a header that is the credential, without a scheme.
    pub(super) fn detail_of_secret(&self, secret: &Secret<'_>) -> Detail {
        if secret.place != "header" {
            return Detail::default();
        }
        let object = json!({ "type": "apiKey", "in": "header", "name": secret.name });
        let scheme = Scheme {
            name: "",
            object: &object,
        };
        let mut detail = self.key(&scheme, &secret.shown());
        if detail.replacement.take().is_some() {
            detail.remarks.push(
                "It is Basic authentication: describe it as a security scheme `{type: http, scheme: basic}`."
                    .to_owned(),
            );
        }
        detail
    }

    /// What is said of a parameter that is the same header.
    fn beside(&self, header: &str) -> String {
        let mut text = String::new();
        for parameter in self.operation.parameters() {
            if parameter.place() != "header" || !parameter.name().eq_ignore_ascii_case(header) {
                continue;
            }
            let shape = parameter.shape(self.operation.resolver);
            text.push_str(&format!(
                "{}\n{}\n",
                parameter.description(),
                shape.description()
            ));
            let sample = parameter.object["x-example"].as_str();
            for sample in shape.samples().into_iter().chain(sample) {
                text.push_str(&format!("{}\n", shown::sample(header, sample)));
            }
        }
        text
    }

    /// A key in a header.
    fn key(&self, scheme: &Scheme<'_>, beside: &str) -> Detail {
        let mut detail = Detail::default();
        let own = shown::plain(&format!("{}\n{beside}", scheme.words()));
        let encoding = encoding::find(&own);
        let prefix = prefix::find(self.description, self.operation, scheme, beside);
        let colon = encoding::ends_in_colon(&own);
        let basic = match &prefix {
            Prefix::Known(shown, why) if shown.is("basic") => {
                let is_encoded = matches!(encoding, Some(Encoding::Base64(_) | Encoding::Doubt(_)));
                let is_pair = encoding::is_pair(&shown.value) || colon.is_some();
                (is_encoded || is_pair).then(|| why.clone())
            }
            Prefix::Known(..) | Prefix::Bare(_) => None,
            // A colon after the key is Basic's, with no password.
            _ if colon.is_some() && words::says(&words::line(&own), "basic") => colon
                .clone()
                .map(|quote| format!("The scheme's own words: \"{quote}\"")),
            // "Basic" is said of plans and of much else.
            _ if matches!(encoding, Some(Encoding::Base64(_))) || encoding::tells_pair(&own) => {
                encoding::basic(&own).map(|quote| format!("The scheme's own words: \"{quote}\""))
            }
            _ => None,
        };
        let is_replaced = basic.is_some() && !matches!(encoding, Some(Encoding::Already(_)));
        if let (Some(why), true) = (basic, is_replaced && scheme.is_authorization()) {
            let whole = encoding::whole_pair(&own);
            let is_half = whole.is_none() && add_half(&own, &mut detail);
            if let Some(remark) = whole {
                detail.remarks.push(remark);
            } else if let (Some(quote), false) = (colon, is_half) {
                detail.remarks.push(format!("A token without a colon is the user name, and the password is empty: \"{quote}\""));
            } else if !encoding::tells_pair(&own) {
                detail.remarks.push("A pair is sent: the key as the user name, a colon, and no password. If the key alone is to be encoded, keep the scheme and say `prefix: \"Basic \"` and `encoding: base64`.".to_owned());
            }
            detail.replacement = Some((
                json!({ "type": "http", "scheme": "basic" }),
                format!("It is Basic authentication, a pair in Base64. {why}"),
            ));
            return detail;
        }
        match prefix {
            Prefix::Known(shown, why) => {
                if shown.is("basic") && encoding.is_none() {
                    detail.remarks.push("Nothing says whether the token is the encoded pair already. If a user name and a password are to be encoded, describe the scheme as `{type: http, scheme: basic}` in place of the prefix.".to_owned());
                }
                detail.members.push(("prefix", shown.prefix, why));
            }
            Prefix::Bare(why) => detail
                .remarks
                .push(format!("Nothing stands before the key. {why}")),
            Prefix::Doubt(remark) => detail.remarks.push(remark),
            Prefix::Unsaid => {}
        }
        match encoding {
            Some(Encoding::Base64(quote)) => {
                detail
                    .members
                    .push(("encoding", "base64".to_owned(), format!("\"{quote}\"")));
            }
            Some(Encoding::Already(quote)) => detail
                .remarks
                .push(format!("The token is taken to be encoded already: \"{quote}\"")),
            Some(Encoding::Doubt(quote)) => detail.remarks.push(format!(
                "Base64 is spoken of, and whether the token is to be encoded is not plain: \"{quote}\". If it is, say `encoding: base64`."
            )),
            None => {}
        }
        detail
    }

    /// A user name and a password.
    fn basic(&self, scheme: &Scheme<'_>) -> Detail {
        let mut detail = Detail::default();
        let own = shown::plain(&scheme.words());
        if let Some(Encoding::Already(quote)) = encoding::find(&own) {
            detail
                .members
                .push(("encoding", "none".to_owned(), format!("\"{quote}\"")));
            return detail;
        }
        if let Some(remark) = encoding::whole_pair(&own) {
            detail.remarks.push(remark);
            return detail;
        }
        if add_half(&own, &mut detail) {
            return detail;
        }
        let schemes = scheme::all(self.description);
        let is_only = schemes.iter().filter(|it| it.is_basic()).count() < 2;
        if is_only {
            let info = self.description.root()["info"]["description"].as_str();
            let text = format!(
                "{}\n{}",
                prefix::texts(self.operation),
                info.unwrap_or_default()
            );
            let text = shown::plain(&text);
            match encoding::whole_pair(&text) {
                Some(remark) => detail.remarks.push(remark),
                None => {
                    add_half(&text, &mut detail);
                }
            }
        }
        detail
    }
}

/// Adds the half of a pair that is fixed, if a text says so.
fn add_half(text: &str, detail: &mut Detail) -> bool {
    let Some((half, quote)) = encoding::half(text) else {
        return false;
    };
    let (key, value) = match half {
        Half::Username(value) => ("username", value),
        Half::Password(value) => ("password", value),
    };
    detail.members.push((key, value, format!("\"{quote}\"")));
    true
}

/// A bearer token; by its own words, one that another scheme stands before.
fn bearer(scheme: &Scheme<'_>) -> Detail {
    let mut detail = Detail::default();
    let own = shown::plain(&scheme.words());
    let mut found = shown::in_header(&own, "Authorization");
    let format = scheme.object["bearerFormat"].as_str().unwrap_or_default();
    found.extend(shown::anywhere(format, "Authorization"));
    if scheme.http().is_none() {
        // How a client asks for tokens (RFC 6749, section 2.3.1) is not how one is sent.
        found.retain(|it| !it.is("basic"));
    }
    if found.is_empty() {
        // No header is shown: what shows the token in its place.
        found = shown::anywhere(&own, "Authorization");
        found.retain(|it| !it.value.is_empty() && !it.is("basic"));
    }
    if let Some(first) = found.first()
        && found.iter().all(|it| it.is_same(first))
        && !first.prefix.is_empty()
        && !first.is("bearer")
        && !first.is("basic")
    {
        let why = format!(
            "Not `Bearer`, by the scheme's own words: \"{}\"",
            first.quote
        );
        detail.members.push(("prefix", first.prefix.clone(), why));
    }
    detail
}

/// A scheme of HTTP that stands before a token as `Bearer` does.
fn unusual(scheme: &Scheme<'_>, name: &str) -> Detail {
    let mut detail = Detail::default();
    let found = shown::anywhere(&shown::plain(&scheme.words()), "Authorization");
    let shown = found
        .first()
        .filter(|first| found.iter().all(|it| it.is_same(first)) && !first.prefix.is_empty());
    let (prefix, why) = match shown {
        Some(shown) => (
            shown.prefix.clone(),
            format!("The scheme's own words: \"{}\"", shown.quote),
        ),
        None => (
            format!("{name} "),
            format!(
                "The scheme's own: \"scheme: {name}\". It is no registered one; check that it is spelt like this."
            ),
        ),
    };
    detail.members.push(("prefix", prefix, why));
    detail.replacement = Some((
        json!({ "type": "apiKey", "in": "header", "name": "Authorization" }),
        format!("A token stands after `{name}` as it is: a key in the header, with a prefix."),
    ));
    detail
}
