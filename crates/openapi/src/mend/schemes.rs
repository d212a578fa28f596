//! Security schemes: types by other names, and what is missing of them and follows from the rest.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Mender, chosen, folded};
use crate::load::notice::Step;
use crate::structure::objects::security_scheme;
use crate::swagger;

/// Where a key may go.
const PLACES: [&str; 3] = ["header", "query", "cookie"];

/// The fields of each flow that 3.0 asks for. Nobody asks for a token here.
const FLOWS: [(&str, &[&str]); 4] = [
    ("implicit", &["authorizationUrl"]),
    ("password", &["tokenUrl"]),
    ("clientCredentials", &["tokenUrl"]),
    ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
];

impl Mender {
    /// The security schemes. One of which nothing can be read is left out: it is then one that is not declared.
    pub(super) fn schemes(&mut self, value: &mut Value, at: Option<&Step<'_>>) {
        let Some(schemes) = value.as_object_mut() else {
            return;
        };
        let mut lost = Vec::new();
        let known: BTreeSet<_> = schemes.keys().cloned().collect();
        for (name, scheme) in schemes.iter_mut() {
            let here = Step::key(at, name);
            match scheme.as_object_mut() {
                Some(members) if members.contains_key("$ref") => {
                    let reference = members.get("$ref").and_then(Value::as_str);
                    let name_of = reference.and_then(|it| it.rsplit('/').next());
                    if name_of.is_none_or(|it| !known.contains(it)) {
                        lost.push(name.clone());
                        self.say(Some(&here), "is left out: its reference leads nowhere");
                    }
                }
                Some(members) => {
                    let before = members.clone();
                    scheme_of(name, members);
                    if !is_whole(members) {
                        lost.push(name.clone());
                        self.say(Some(&here), "is left out: what it is is not said");
                    } else if *members != before {
                        self.say(Some(&here), read_as(members));
                    }
                }
                None => {
                    lost.push(name.clone());
                    self.say(Some(&here), "is left out: what it is is not said");
                }
            }
        }
        for name in lost {
            schemes.remove(&name);
        }
    }
}

/// Completes a scheme by what it says otherwise.
fn scheme_of(name: &str, scheme: &mut Map<String, Value>) {
    if !scheme.get("description").is_none_or(Value::is_string) {
        scheme.remove("description");
    }
    // It says itself what it is.
    if scheme.get("type").and_then(Value::as_str) == Some("mutualTLS") {
        return;
    }
    let text = |scheme: &Map<String, Value>, key: &str| {
        let value = scheme.get(key).and_then(Value::as_str);
        value.unwrap_or_default().trim().to_owned()
    };
    let has_place = scheme.contains_key("name") && scheme.contains_key("in");
    let folded = folded(&text(scheme, "type"));
    let of_type = match folded.as_str() {
        "apikey" | "key" | "header" | "query" | "cookie" => "apiKey",
        "oauth2" | "oauth" | "oauth20" => "oauth2",
        "openidconnect" | "openid" | "oidc" => "openIdConnect",
        "http" if has_place && !is_of_http(scheme) => "apiKey",
        "http" | "https" => "http",
        "basic" | "httpbasic" | "basicauth" => "basic",
        "bearer" | "jwt" | "token" | "httpbearer" | "bearertoken" | "bearerauth"
        | "accesstoken" | ""
            if has_place =>
        {
            "apiKey"
        }
        "bearer" | "jwt" | "token" | "httpbearer" | "bearertoken" | "bearerauth"
        | "accesstoken" => "bearer",
        "" if scheme.contains_key("scheme") => "http",
        "" if scheme.contains_key("flows") || scheme.contains_key("flow") => "oauth2",
        "" if scheme.contains_key("openIdConnectUrl") => "openIdConnect",
        _ => return,
    };
    let mut set = |key: &str, value: &str| {
        if text(scheme, key) != value {
            scheme.insert(key.to_owned(), value.into());
        }
    };
    match of_type {
        "basic" | "bearer" => {
            set("type", "http");
            set("scheme", of_type);
        }
        _ => set("type", of_type),
    }
    if of_type == "apiKey" && PLACES.contains(&folded.as_str()) {
        scheme.entry("in").or_insert_with(|| folded.as_str().into());
    }
    if of_type == "apiKey" && folded == "http" {
        scheme.remove("scheme");
    }
    match of_type {
        "apiKey" => place(scheme),
        "http" => http(name, scheme),
        "oauth2" => flows(scheme),
        "openIdConnect" => {
            scheme
                .entry("openIdConnectUrl")
                .or_insert_with(|| json!(""));
        }
        _ => {}
    }
}

/// Whether a scheme of HTTP that has the place of a key is one nevertheless: it stands in `Authorization`, and has a name.
fn is_of_http(scheme: &Map<String, Value>) -> bool {
    let member = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_named = !member("scheme").trim().is_empty();
    let is_known = ["basic", "bearer"]
        .iter()
        .any(|it| member("scheme").eq_ignore_ascii_case(it));
    is_known || is_named && member("name").eq_ignore_ascii_case("authorization")
}

/// Where a key goes: in other letters, or by a name that only a header has.
fn place(scheme: &mut Map<String, Value>) {
    let name = scheme
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_header = name.contains('-') || name.eq_ignore_ascii_case("authorization");
    match scheme.get("in").and_then(Value::as_str) {
        Some(place) => {
            if let Some(meant) = chosen(&PLACES, place) {
                scheme.insert("in".to_owned(), meant.into());
            }
        }
        None if is_header => {
            scheme.insert("in".to_owned(), "header".into());
        }
        None => {}
    }
}

/// What stands before the token, by the words beside.
fn http(name: &str, scheme: &mut Map<String, Value>) {
    if scheme.get("scheme").is_some_and(Value::is_string) {
        return;
    }
    let folded = name.to_ascii_lowercase();
    let is_bearer = scheme.contains_key("bearerFormat")
        || ["bearer", "jwt", "token"]
            .iter()
            .any(|it| folded.contains(it));
    let read = match (is_bearer, folded.contains("basic")) {
        (true, false) => "bearer",
        (false, true) => "basic",
        _ => return,
    };
    scheme.insert("scheme".to_owned(), read.into());
}

/// The flows, as Swagger 2.0 has one, and what is missing of them. A client has its token already.
fn flows(scheme: &mut Map<String, Value>) {
    if !scheme.get("flows").is_some_and(Value::is_object) {
        let described = scheme.get("description").cloned();
        let is_old = scheme.contains_key("flow");
        scheme.remove("flows");
        let converted = swagger::security_scheme(Value::Object(std::mem::take(scheme)));
        if let Value::Object(converted) = converted {
            *scheme = converted;
        }
        scheme.extend(described.map(|it| ("description".to_owned(), it)));
        if !is_old {
            scheme.insert("flows".to_owned(), json!({}));
        }
    }
    let flows = scheme.get_mut("flows").and_then(Value::as_object_mut);
    let Some(flows) = flows else { return };
    flows.retain(|name, flow| flow.is_object() || !FLOWS.iter().any(|(known, _)| known == name));
    for (name, urls) in FLOWS {
        let Some(flow) = flows.get_mut(name).and_then(Value::as_object_mut) else {
            continue;
        };
        for url in urls {
            if !flow.get(*url).is_some_and(Value::is_string) {
                flow.insert((*url).to_owned(), json!(""));
            }
        }
        if flow.get("refreshUrl").is_some_and(|it| !it.is_string()) {
            flow.remove("refreshUrl");
        }
        let scopes = flow.entry("scopes").or_insert_with(|| json!({}));
        if let Some(scopes) = scopes.as_object_mut() {
            for said in scopes.values_mut().filter(|it| !it.is_string()) {
                *said = json!("");
            }
        } else {
            let names = scopes.as_array().into_iter().flatten();
            let names = names.filter_map(Value::as_str);
            *scopes = names.map(|name| (name.to_owned(), json!(""))).collect();
        }
    }
}

/// Whether a scheme has what OpenAPI asks for.
fn is_whole(scheme: &Map<String, Value>) -> bool {
    let of_type = scheme
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some(object) = security_scheme(of_type) else {
        return of_type == "mutualTLS";
    };
    let has = |name: &str| {
        let value = scheme.get(name);
        value.is_some_and(|it| {
            if name == "flows" {
                it.is_object()
            } else {
                it.is_string()
            }
        })
    };
    let is_placed = |scheme: &Map<String, Value>| {
        let place = scheme.get("in").and_then(Value::as_str).unwrap_or_default();
        of_type != "apiKey" || PLACES.contains(&place)
    };
    object.required.iter().all(|name| has(name)) && is_placed(scheme)
}

/// What a scheme is read as, for a remark.
fn read_as(scheme: &Map<String, Value>) -> String {
    let member = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    match member("type") {
        "apiKey" => format!(
            "is read as a key in the {}, `{}`",
            member("in"),
            member("name")
        ),
        "http" => format!("is read as the scheme `{}` of HTTP", member("scheme")),
        "oauth2" => "is read as OAuth 2.0, without what its flows lack".to_owned(),
        _ => "is read as OpenID Connect".to_owned(),
    }
}
