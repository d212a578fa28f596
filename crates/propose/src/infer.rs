//! A schema from examples: what they show, as optional and nullable as they force.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::shape::type_of;
use super::yaml::{Map, Node};

/// What the examples of one value have shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen<'a> {
    count: usize,
    types: BTreeSet<&'static str>,
    nulls: usize,
    strings: Vec<&'a str>,
    objects: usize,
    properties: BTreeMap<&'a str, Seen<'a>>,
    items: Option<Box<Seen<'a>>>,
}

impl<'a> Seen<'a> {
    /// What these examples show together.
    pub(super) fn of(examples: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut seen = Self::default();
        for example in examples {
            seen.add(example);
        }
        seen
    }

    fn add(&mut self, example: &'a Value) {
        self.count += 1;
        match example {
            Value::Null => self.nulls += 1,
            other => {
                self.types.insert(type_of(other));
            }
        }
        match example {
            Value::String(text) => self.strings.push(text),
            Value::Array(items) => {
                let seen = self.items.get_or_insert_default();
                for item in items {
                    seen.add(item);
                }
            }
            Value::Object(members) => {
                self.objects += 1;
                for (name, value) in members {
                    self.properties.entry(name).or_default().add(value);
                }
            }
            _ => {}
        }
    }

    /// The schema that the examples force.
    pub(super) fn schema(&self) -> Map {
        let mut schema = Map::default();
        if let Some(types) = self.type_keyword() {
            schema.add("type", types);
        }
        if let Some((format, _)) = self.format() {
            schema.add("format", format);
        }
        if let Some(items) = &self.items {
            match items.remarks().as_str() {
                "" => schema.add("items", items.schema()),
                remarks => schema.explain("items", items.schema(), remarks),
            }
        }
        if self.objects > 0 {
            self.add_properties(&mut schema);
        }
        schema
    }

    fn add_properties(&self, schema: &mut Map) {
        let required: Vec<Node> = self
            .properties
            .iter()
            .filter(|(_, property)| property.count == self.objects)
            .map(|(name, _)| Node::from(*name))
            .collect();
        if !required.is_empty() {
            let comment = match self.objects {
                1 => "In the only example, which cannot show what may be left out.".to_owned(),
                count => format!("In all of the {count} examples."),
            };
            schema.explain("required", required, comment);
        }
        let mut properties = Map::default();
        for (name, property) in &self.properties {
            let mut remarks = property.remarks();
            let missing = self.objects - property.count;
            if missing > 0 {
                let missing = format!("Left out in {missing} of {} examples.", self.objects);
                remarks.insert_str(0, if remarks.is_empty() { "" } else { " " });
                remarks.insert_str(0, &missing);
            }
            match remarks.as_str() {
                "" => properties.add(*name, property.schema()),
                remarks => properties.explain(*name, property.schema(), remarks),
            }
        }
        schema.add("properties", properties);
    }

    /// The types, an integer being a number as well.
    fn type_keyword(&self) -> Option<Node> {
        let mut types = self.types.clone();
        if types.contains("number") {
            types.remove("integer");
        }
        let mut names: Vec<Node> = types.into_iter().map(Node::from).collect();
        if names.is_empty() {
            return None;
        }
        if self.nulls > 0 {
            names.push("null".into());
        }
        Some(match names.as_slice() {
            [one] => one.clone(),
            _ => Node::List(names),
        })
    }

    /// What the types do not say.
    fn remarks(&self) -> String {
        let mut remarks = Vec::new();
        if self.count == 0 {
            remarks.push("Empty in every example: what it holds is not known.".to_owned());
        } else if self.types.is_empty() {
            remarks.push("Null in every example: its type is not known.".to_owned());
        } else if self.nulls > 0 {
            remarks.push(format!(
                "Null in {} of {} examples.",
                self.nulls, self.count
            ));
        }
        if self.types.contains("integer") && self.types.contains("number") {
            remarks.push("A whole number in some examples only.".to_owned());
        } else if self.types.len() > 1 {
            remarks.push("Of several types in the examples.".to_owned());
        }
        if let Some((_, remark)) = self.format() {
            remarks.push(remark.to_owned());
        }
        remarks.join(" ")
    }

    /// The format that every string has.
    fn format(&self) -> Option<(&'static str, &'static str)> {
        let all = |test: fn(&str) -> bool| {
            !self.strings.is_empty() && self.strings.iter().all(|text| test(text))
        };
        if all(is_date_time) {
            Some(("date-time", "An RFC 3339 time in every example."))
        } else if all(is_email) {
            Some(("email", "An e-mail address in every example."))
        } else {
            None
        }
    }
}

/// Whether a text is a `date-time` of RFC 3339, section 5.6.
fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_once(['T', 't']) else {
        return false;
    };
    let Some(zone) = rest.find(['Z', 'z', '+', '-']) else {
        return false;
    };
    let (time, zone) = rest.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    is_like(date, "0000-00-00")
        && is_like(time, "00:00:00")
        && !fraction.is_empty()
        && fraction.chars().all(|c| c.is_ascii_digit())
        && (zone.eq_ignore_ascii_case("z") || is_like(&zone[1..], "00:00"))
}

/// Whether a text has digits and other characters where `form` has.
fn is_like(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.chars().zip(form.chars()).all(|(c, form)| {
            if form == '0' {
                c.is_ascii_digit()
            } else {
                c == form
            }
        })
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.contains('@')
            && !text.contains(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | ','))
    })
}
