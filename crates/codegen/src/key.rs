//! What a client of a key is made from, beside its token.

use std::collections::BTreeSet;

use keyholder_core::{
    Answer, Argument, Client, Config, KeyParameter, Provider, ProviderInfo, Verdict, WhoAmI as _,
};
use regex_lite::Regex;

use crate::example::Example;
use crate::names;
use crate::rust::StringEnum;

/// A value that belongs to a key, as code names it.
pub(crate) struct Parameter<'a> {
    /// What is known of it.
    pub info: &'a KeyParameter,
    /// Its argument of the constructor.
    pub argument: String,
    /// The enum of its values, where they are listed.
    pub values: Option<StringEnum>,
    /// Whether it has a value only where the caller gives one.
    pub is_required: bool,
}

/// The parameters of a provider's keys. Their arguments stand beside those that are `taken`.
pub(crate) fn parameters<'a>(
    provider: &'a ProviderInfo,
    taken: &mut BTreeSet<String>,
) -> Vec<Parameter<'a>> {
    let mut types = BTreeSet::new();
    let parameters = provider.parameters.iter();
    parameters
        .map(|info| Parameter {
            argument: names::unique(&names::function_name(&info.name), "_", taken),
            values: (!info.values.is_empty()).then(|| values(info, &mut types)),
            is_required: info.default.is_none()
                && !comes_from_token(provider, &info.name)
                && is_needed(provider, &info.name),
            info,
        })
        .collect()
}

/// The enum of a parameter's values.
fn values(info: &KeyParameter, types: &mut BTreeSet<String>) -> StringEnum {
    let mut taken = BTreeSet::new();
    let variants = info.values.iter();
    let variants = variants.map(|value| {
        // As the enums of answers have it.
        let is_number = value.starts_with(|c: char| c.is_ascii_digit());
        let name = names::type_name(&format!("{}{value}", if is_number { "X" } else { "" }));
        (names::unique(&name, "", &mut taken), value.clone())
    });
    StringEnum {
        name: names::unique(&names::type_name(&info.name), "", types),
        is_closed: true,
        docs: crate::markdown::prose(&if info.description.is_empty() {
            format!("The values of the parameter `{}`.", info.name)
        } else {
            info.description.clone()
        }),
        variants: variants.collect(),
    }
}

/// Whether some form of the tokens has a parameter's value.
fn comes_from_token(provider: &ProviderInfo, name: &str) -> bool {
    let forms = provider.token.forms.iter();
    let patterns = forms.filter_map(|form| Regex::new(&form.pattern).ok());
    let mut patterns = patterns.into_iter();
    patterns.any(|pattern| pattern.capture_names().flatten().any(|it| it == name))
}

/// Whether every client needs a parameter, and not only one that asks another server than the first.
fn is_needed(provider: &ProviderInfo, name: &str) -> bool {
    let in_braces = format!("{{{name}}}");
    let stands_for = |(_, argument): &(String, Argument)| matches!(argument, Argument::Parameter { parameter } if parameter == name);
    let mut operations = provider.operations.iter();
    let first = provider.servers.first();
    first.is_some_and(|server| server.base_url.contains(&in_braces))
        || operations.any(|it| {
            it.path.contains(&in_braces) || it.query.iter().chain(&it.headers).any(stands_for)
        })
}

/// Whether the caller has to name a base URL.
pub(crate) fn needs_base_url(provider: &ProviderInfo) -> bool {
    provider.base_url.is_none() && provider.servers.is_empty()
}

/// What a client for an example is made from.
pub(crate) struct Sample {
    /// The token.
    pub token: String,
    /// The values of the parameters that have none of their own.
    pub parameters: Vec<(String, String)>,
    /// Whether a client can be made from it; of a documented form, no text is known.
    pub is_usable: bool,
}

impl Sample {
    /// What a client made from it says of an answer: of an example that is not run, that it is valid.
    pub(crate) fn verdict(
        &self,
        provider: &ProviderInfo,
        answer: Option<&Example>,
    ) -> &'static str {
        let config = self.config().base_url("http://127.0.0.1:1");
        let client = Client::new(&Provider::from(provider.clone()), config);
        let (Ok(client), Some(answer)) = (client, answer) else {
            return "valid";
        };
        let answer = Answer::new(answer.status, answer.body.as_str());
        Verdict::from(client.read_answer(answer)).kind().as_str()
    }

    fn config(&self) -> Config {
        let config = Config::new(self.token.as_str());
        let parameters = self.parameters.iter();
        parameters.fold(config, |config, (name, value)| {
            config.parameter(name, value)
        })
    }
}

/// A token and values for an example.
pub(crate) fn sample(provider: &ProviderInfo) -> Sample {
    let parts = provider.authentication().map(|it| it.parts());
    let parts = parts.unwrap_or_default();
    let token = match parts.as_slice() {
        [] => "a-token".to_owned(),
        parts => parts.join(":"),
    };
    let parameters = parameters(provider, &mut BTreeSet::new());
    // The token of an example says nothing of them.
    let open = parameters.iter().filter(|it| it.info.default.is_none());
    let values: Vec<_> = open
        .map(|it| (it.info.name.clone(), value(it.info)))
        .collect();
    let mut sample = Sample {
        is_usable: false,
        token,
        parameters: values,
    };
    // Nothing is sent.
    let config = sample.config().base_url("http://127.0.0.1:1");
    sample.is_usable = Client::new(&Provider::from(provider.clone()), config).is_ok();
    sample
}

/// A value that a parameter may have, as far as one is known.
fn value(info: &KeyParameter) -> String {
    const CUSTOMARY: [&str; 5] = [
        "acme",
        "1",
        "12345678",
        "a1b2c3d4e5f6",
        "00000000-0000-4000-8000-000000000000",
    ];
    if let Some(first) = info.values.first() {
        return first.clone();
    }
    let pattern = info.pattern.as_ref();
    let pattern = pattern.and_then(|it| Regex::new(&format!("^(?:{it})$")).ok());
    let fits = |value: &&str| pattern.as_ref().is_none_or(|it| it.is_match(value));
    CUSTOMARY
        .into_iter()
        .find(fits)
        .unwrap_or(CUSTOMARY[0])
        .to_owned()
}
