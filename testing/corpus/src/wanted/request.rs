//! Whether a request carries a token where it is wanted, and there alone.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use testing_harness::server::Request;

use super::{AUTHORIZATION, Before, Pair, Secret, Wanted, words};

/// What came of holding a request against what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Judgement {
    /// The token came where it is wanted.
    AsWanted,
    /// It came where it may be right: nothing says.
    Unsaid,
    /// It did not.
    Otherwise,
}

impl Wanted {
    /// Whether the request carries `token`, whose parts have colons between, as one of the alternatives says, and
    /// nowhere else. `path` is the operation's path as it was asked, and `template` as it is described.
    pub(in super::super) fn judge(
        &self,
        request: &Request,
        template: &str,
        path: &str,
        token: &str,
    ) -> Judgement {
        let parts: Vec<_> = token.split(':').map(str::to_owned).collect();
        let mut judgement = Judgement::Otherwise;
        for secrets in &self.alternatives {
            if secrets.contains(&Secret::Anywhere) {
                if parts.iter().all(|part| carries(request, part)) {
                    judgement = Judgement::Unsaid;
                }
                continue;
            }
            let found: Option<Vec<_>> = secrets
                .iter()
                .map(|secret| secret.find(request, template, path, &parts))
                .collect();
            let Some(found) = found else { continue };
            let mut carried: Vec<_> = found.into_iter().flatten().collect();
            let mut expected = parts.clone();
            carried.sort();
            expected.sort();
            if carried != expected || is_elsewhere(request, path, secrets, &parts) {
                continue;
            }
            let is_unsaid = secrets.iter().any(|secret| {
                matches!(
                    secret,
                    Secret::Header {
                        before: Before::Unsaid(_),
                        ..
                    }
                )
            });
            if !is_unsaid {
                return Judgement::AsWanted;
            }
            judgement = Judgement::Unsaid;
        }
        judgement
    }
}

impl Secret {
    /// The parts of the token that stand there; nothing where something else does.
    fn find(
        &self,
        request: &Request,
        template: &str,
        path: &str,
        parts: &[String],
    ) -> Option<Vec<String>> {
        let one = |found: String| Some(vec![found]);
        match self {
            Self::Header {
                name,
                before,
                is_encoded,
            } => {
                let value = only(headers(request, name))?;
                let key = match before {
                    Before::Exactly(before) => {
                        let (given, key) = value.split_at_checked(before.len())?;
                        // Of the other words, nobody says that they have no case.
                        let is_bearer = before.eq_ignore_ascii_case("bearer ");
                        let is_it =
                            given == before || (is_bearer && given.eq_ignore_ascii_case(before));
                        is_it.then(|| key.to_owned())?
                    }
                    Before::Scheme(scheme) => {
                        let (given, key) = value.split_once(' ')?;
                        given.eq_ignore_ascii_case(scheme).then(|| key.to_owned())?
                    }
                    Before::Unsaid(own) => {
                        let part = parts.iter().find(|part| value.ends_with(part.as_str()))?;
                        let before = value.strip_suffix(part.as_str())?;
                        let word = before.trim_end_matches([' ', '=']).to_ascii_lowercase();
                        let may_be = words::stands_before_keys(&word) || own.contains(&word);
                        let is_apart = before.is_empty() || (word.len() < before.len() && may_be);
                        is_apart.then(|| part.clone())?
                    }
                };
                one(if *is_encoded { from_base64(&key)? } else { key })
            }
            Self::Basic(pair) => {
                let value = only(headers(request, AUTHORIZATION))?;
                let (given, encoded) = value.split_once(' ')?;
                if !given.eq_ignore_ascii_case("basic") {
                    return None;
                }
                if *pair == Pair::Encoded {
                    return one(encoded.to_owned());
                }
                let decoded = from_base64(encoded)?;
                // A pair has exactly one colon before the password (RFC 7617, section 2).
                let (user, password) = decoded.split_once(':')?;
                let is = |fixed: &Option<String>, half: &str| {
                    fixed.as_ref().is_none_or(|fixed| fixed == half)
                };
                match pair {
                    Pair::User(fixed) if is(fixed, password) => one(user.to_owned()),
                    Pair::Password(fixed) if is(fixed, user) => one(password.to_owned()),
                    Pair::Both => Some(vec![user.to_owned(), password.to_owned()]),
                    _ => None,
                }
            }
            Self::Query(name) => {
                let values = request.query.iter().filter(|(it, _)| it == name);
                one(only(values.map(|(_, value)| value.clone()))?)
            }
            Self::Cookie(name) => one(request.cookie(name)?),
            Self::Path(name) => one(argument(template, path, name)?),
            Self::Body(name) => one(member(request, name)?),
            Self::Anywhere => None,
        }
    }

    /// Whether a request carries it in that header.
    fn is_in(&self, header: &str) -> bool {
        match self {
            Self::Header { name, .. } => name.eq_ignore_ascii_case(header),
            Self::Basic(_) => header.eq_ignore_ascii_case(AUTHORIZATION),
            Self::Cookie(_) => header.eq_ignore_ascii_case("cookie"),
            _ => false,
        }
    }
}

/// Whether a part of the token stands where none of `secrets` is, too.
fn is_elsewhere(request: &Request, path: &str, secrets: &[Secret], parts: &[String]) -> bool {
    let is_held = |text: &str| parts.iter().any(|part| holds(text, part));
    let in_headers = request
        .headers
        .iter()
        .filter(|(name, _)| !secrets.iter().any(|secret| secret.is_in(name)))
        .any(|(_, value)| is_held(value));
    let in_query = request
        .query
        .iter()
        .filter(|(name, _)| !secrets.contains(&Secret::Query(name.clone())))
        .any(|(_, value)| is_held(value));
    let is_in_path = |secret: &Secret| matches!(secret, Secret::Path(_));
    let is_in_body = |secret: &Secret| matches!(secret, Secret::Body(_));
    let in_path = !secrets.iter().any(is_in_path) && is_held(path);
    let body = String::from_utf8_lossy(&request.body);
    let in_body = !secrets.iter().any(is_in_body) && is_held(&body);
    in_headers || in_query || in_path || in_body
}

/// Whether a request carries a text anywhere.
pub(in super::super) fn carries(request: &Request, text: &str) -> bool {
    holds(&request.target, text)
        || request.headers.iter().any(|(_, value)| holds(value, text))
        || request.query.iter().any(|(_, value)| holds(value, text))
        || holds(&String::from_utf8_lossy(&request.body), text)
}

/// Whether a text holds another: as it is, percent-encoded, or Base64-encoded at its end.
fn holds(text: &str, part: &str) -> bool {
    let encoded = text.rsplit(' ').next().and_then(from_base64);
    text.contains(part)
        || percent_decode_str(text).decode_utf8_lossy().contains(part)
        || encoded.is_some_and(|text| text.contains(part))
}

/// What came: where a request carries parts of `tokens`, without them.
pub(in super::super) fn came(request: &Request, path: &str, token: &str) -> String {
    let parts: Vec<_> = token.split(':').collect();
    let blanked = |text: &str| {
        let mut text = text.to_owned();
        for (index, part) in parts.iter().enumerate() {
            let name = if parts.len() == 1 {
                "KEY".to_owned()
            } else {
                format!("KEY{}", index + 1)
            };
            text = text.replace(part, &name);
        }
        text
    };
    let is_held = |text: &str| parts.iter().any(|part| holds(text, part));
    let mut found = Vec::new();
    for (name, value) in &request.headers {
        let (before, last) = value.rsplit_once(' ').unwrap_or(("", value));
        if let Some(decoded) =
            from_base64(last).filter(|it| parts.iter().any(|part| it.contains(part)))
        {
            found.push(format!("`{name}: {before} base64({})`", blanked(&decoded)));
        } else if is_held(value) {
            found.push(format!(
                "`{name}: {}`",
                blanked(&percent_decode_str(value).decode_utf8_lossy())
            ));
        } else if name == AUTHORIZATION {
            found.push(format!("`{name}` without the key"));
        }
    }
    for (name, value) in &request.query {
        if is_held(value) {
            found.push(format!("`?{name}={}`", blanked(value)));
        }
    }
    if is_held(path) {
        found.push(format!(
            "`{}`",
            blanked(&percent_decode_str(path).decode_utf8_lossy())
        ));
    }
    let body = String::from_utf8_lossy(&request.body);
    if is_held(&body) {
        found.push(format!(
            "the body `{}`",
            blanked(&percent_decode_str(&body).decode_utf8_lossy())
        ));
    }
    if found.is_empty() {
        "no key".to_owned()
    } else {
        found.join(" and ")
    }
}

fn headers<'a>(request: &'a Request, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let headers = request.headers.iter();
    let headers = headers.filter(move |(it, _)| it.eq_ignore_ascii_case(name));
    headers.map(|(_, value)| value.clone())
}

/// The only one there is.
fn only(mut values: impl Iterator<Item = String>) -> Option<String> {
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

fn from_base64(text: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}

/// The value of a parameter of the path.
fn argument(template: &str, path: &str, name: &str) -> Option<String> {
    let pattern = format!("{{{name}}}");
    let (before, after) = template.split_once(&pattern)?;
    // Segment by segment: others may be parameters, too.
    let index = before.matches('/').count();
    let segment = path.split('/').nth(index)?;
    let before = before.rsplit('/').next().unwrap_or_default();
    let after = after.split('/').next().unwrap_or_default();
    let value = segment.strip_prefix(before)?.strip_suffix(after)?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// A member of the body, JSON or a form.
fn member(request: &Request, name: &str) -> Option<String> {
    let media_type = request.header("content-type").unwrap_or_default();
    let bare = name.trim_start_matches('/');
    if media_type.starts_with("application/x-www-form-urlencoded") {
        let body = String::from_utf8_lossy(&request.body);
        let form = Request::new("POST", &format!("/?{body}"), &[], Vec::new());
        return form.query(bare).map(str::to_owned);
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    let pointer = format!("/{bare}");
    Some(body.pointer(&pointer)?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testing_harness::description::Place;
    use testing_harness::server::Request;

    use super::{Judgement, Wanted, came};

    /// A summary, a token, and a request: its target, its headers and its body.
    type Case<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

    fn judged((said, token, target, headers, body): Case<'_>) -> Judgement {
        let place = Place {
            document: &Value::Null,
            item: &Value::Null,
            operation: &Value::Null,
        };
        let request = Request::new("POST", target, headers, body.into());
        let template = if said.starts_with("path") {
            "/of/{key}/me"
        } else {
            "/me"
        };
        Wanted::read(place, Some(said), None).judge(&request, template, &request.path, token)
    }

    const JSON: (&str, &str) = ("content-type", "application/json");
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    #[test]
    fn a_token_counts_where_it_is_wanted() {
        let cases: &[Case<'_>] = &[
            (
                "http bearer",
                "abc",
                "/me",
                &[("authorization", "Bearer abc")],
                "",
            ),
            (
                "http bearer",
                "abc",
                "/me",
                &[("authorization", "bearer abc")],
                "",
            ),
            (
                "apiKey header Authorization: Token token=KEY",
                "abc",
                "/me",
                &[("authorization", "Token token=abc")],
                "",
            ),
            ("apiKey header X-Key", "abc", "/me", &[("x-key", "abc")], ""),
            (
                "header X-Key (base64)",
                "abc",
                "/me",
                &[("x-key", "YWJj")],
                "",
            ),
            (
                "basic",
                "one:two",
                "/me",
                &[("authorization", "Basic b25lOnR3bw==")],
                "",
            ),
            (
                "basic (key as user)",
                "one",
                "/me",
                &[("authorization", "Basic b25lOg==")],
                "",
            ),
            (
                "basic (user one)",
                "two",
                "/me",
                &[("authorization", "Basic b25lOnR3bw==")],
                "",
            ),
            (
                "basic (base64)",
                "b25lOnR3bw==",
                "/me",
                &[("authorization", "Basic b25lOnR3bw==")],
                "",
            ),
            ("query k", "a b", "/me?k=a+b", &[], ""),
            (
                "cookie sid",
                "abc",
                "/me",
                &[("cookie", "a=b; sid=abc")],
                "",
            ),
            ("path key", "a/c", "/of/a%2Fc/me", &[], ""),
            ("body key", "abc", "/me", &[JSON], r#"{"key":"abc"}"#),
            (
                "body /auth/key",
                "abc",
                "/me",
                &[JSON],
                r#"{"auth":{"key":"abc"}}"#,
            ),
            ("body key", "a b", "/me", &[FORM], "x=1&key=a+b"),
            (
                "header X-A AND header X-B",
                "one:two",
                "/me",
                &[("x-a", "one"), ("x-b", "two")],
                "",
            ),
            ("header X-A OR query k", "one", "/me?k=one", &[], ""),
        ];
        for case in cases {
            assert_eq!(judged(*case), Judgement::AsWanted, "{case:?}");
        }
    }

    #[test]
    fn a_token_elsewhere_or_twice_is_not_as_wanted() {
        let cases: &[Case<'_>] = &[
            ("http bearer", "abc", "/me", &[], ""),
            ("http bearer", "abc", "/me", &[("authorization", "abc")], ""),
            (
                "http bearer",
                "abc",
                "/me",
                &[("authorization", "Token abc")],
                "",
            ),
            (
                "http bearer",
                "abc",
                "/me",
                &[("authorization", "Bearer abd")],
                "",
            ),
            (
                "http bearer",
                "abc",
                "/me?token=abc",
                &[("authorization", "Bearer abc")],
                "",
            ),
            (
                "http bearer",
                "abc",
                "/me",
                &[("authorization", "Bearer abc"), ("x-key", "abc")],
                "",
            ),
            (
                "apiKey header Authorization: Token token=KEY",
                "abc",
                "/me",
                &[("authorization", "Token abc")],
                "",
            ),
            (
                "apiKey header X-Key",
                "abc",
                "/me",
                &[("x-key", "Bearer abc")],
                "",
            ),
            (
                "apiKey header X-Key",
                "abc",
                "/me",
                &[("x-key", "abc"), ("x-key", "abc")],
                "",
            ),
            (
                "basic",
                "one",
                "/me",
                &[("authorization", "Basic b25lOg==")],
                "",
            ),
            (
                "basic (user two)",
                "two",
                "/me",
                &[("authorization", "Basic b25lOnR3bw==")],
                "",
            ),
            (
                "query k",
                "abc",
                "/me?k=abc",
                &[("authorization", "Bearer abc")],
                "",
            ),
            ("query k", "abc", "/me?key=abc", &[], ""),
            ("path key", "abc", "/of/abc/me", &[("x-key", "abc")], ""),
            ("body key", "abc", "/me", &[JSON], r#"{"other":"abc"}"#),
            (
                "header X-A AND header X-B",
                "one:two",
                "/me",
                &[("x-a", "one")],
                "",
            ),
            (
                "header X-A AND header X-B",
                "one:two",
                "/me",
                &[("x-a", "one:two"), ("x-b", "two")],
                "",
            ),
        ];
        for case in cases {
            assert_eq!(judged(*case), Judgement::Otherwise, "{case:?}");
        }
    }

    #[test]
    fn where_nothing_says_nothing_is_right() {
        let cases: &[(Case<'_>, Judgement)] = &[
            (
                (
                    "apiKey header Authorization",
                    "abc",
                    "/me",
                    &[("authorization", "abc")],
                    "",
                ),
                Judgement::Unsaid,
            ),
            (
                (
                    "apiKey header Authorization",
                    "abc",
                    "/me",
                    &[("authorization", "Bot abc")],
                    "",
                ),
                Judgement::Unsaid,
            ),
            (
                (
                    "apiKey header Authorization",
                    "abc",
                    "/me",
                    &[("authorization", "Metrics abc")],
                    "",
                ),
                Judgement::Otherwise,
            ),
            (
                (
                    "apiKey header Authorization",
                    "abc",
                    "/me",
                    &[("x-key", "abc")],
                    "",
                ),
                Judgement::Otherwise,
            ),
            (
                ("none declared", "abc", "/me", &[("x-key", "abc")], ""),
                Judgement::Unsaid,
            ),
            (
                ("none declared", "abc", "/me", &[], ""),
                Judgement::Otherwise,
            ),
        ];
        for (case, expected) in cases {
            assert_eq!(judged(*case), *expected, "{case:?}");
        }
    }

    #[test]
    fn what_came_is_told_without_the_key() {
        let told = |target: &str, headers: &[(&str, &str)], body: &str| {
            let request = Request::new("GET", target, headers, body.into());
            came(&request, &request.path, "one:two")
        };
        assert_eq!(
            told("/me", &[("authorization", "Bearer one:two")], ""),
            "`authorization: Bearer KEY1:KEY2`"
        );
        assert_eq!(
            told("/me", &[("authorization", "Basic b25lOnR3bw==")], ""),
            "`authorization: Basic base64(KEY1:KEY2)`"
        );
        assert_eq!(
            told("/me?k=one", &[], &json!({ "a": "two" }).to_string()),
            "`?k=KEY1` and the body `{\"a\":\"KEY2\"}`"
        );
        assert_eq!(
            told("/me", &[("authorization", "Bearer x")], ""),
            "`authorization` without the key"
        );
        assert_eq!(told("/me", &[], ""), "no key");
    }
}
