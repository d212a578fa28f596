//! Writes YAML with comments.

use std::fmt::Write as _;

use serde_json::Value;

/// Where a comment's lines end.
const WIDTH: usize = 100;

/// Words that some reader of YAML takes for something else than a string.
const RESERVED: [&str; 11] = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", "nan",
];

/// A value, whose members may have comments.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A text, a number, a boolean or null.
    Scalar(Value),
    /// An object.
    Map(Map),
    /// An array.
    List(Vec<Node>),
}

/// An object whose members keep their order and may have comments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map {
    members: Vec<Member>,
    /// Comments at the end, on what is not there.
    remarks: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Member {
    comment: Option<String>,
    key: String,
    node: Node,
}

impl Map {
    /// Adds a member.
    pub(super) fn add(&mut self, key: impl Into<String>, node: impl Into<Node>) {
        self.push(key.into(), node.into(), None);
    }

    /// Adds a member, with a comment above it.
    pub(super) fn explain(
        &mut self,
        key: impl Into<String>,
        node: impl Into<Node>,
        comment: impl Into<String>,
    ) {
        self.push(key.into(), node.into(), Some(comment.into()));
    }

    /// Adds a comment at the end.
    pub(super) fn remark(&mut self, comment: impl Into<String>) {
        self.remarks.push(comment.into());
    }

    /// The comments at the end.
    pub(super) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Whether it has no members.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether there is nothing to write, not even a comment.
    pub(super) fn is_blank(&self) -> bool {
        self.members.is_empty() && self.remarks.is_empty()
    }

    /// Leaves out the members of other names, and the comments at the end.
    pub(super) fn keep(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.members.retain(|member| is_kept(&member.key));
        self.remarks.clear();
    }

    /// Takes a member out.
    pub(super) fn remove(&mut self, key: &str) {
        self.members.retain(|member| member.key != key);
    }

    /// The value of a member.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.members
            .iter()
            .find(|member| member.key == key)
            .map(|member| &member.node)
    }

    /// The names of the members.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.key.as_str())
    }

    fn push(&mut self, key: String, node: Node, comment: Option<String>) {
        self.members.push(Member { comment, key, node });
    }
}

impl From<Map> for Node {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Scalar(Value::from(text))
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Scalar(Value::from(text))
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Self::List(items)
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                let mut map = Map::default();
                for (key, value) in members {
                    map.add(key, Self::from(value));
                }
                Self::Map(map)
            }
            scalar => Self::Scalar(scalar),
        }
    }
}

/// A status, a range of them or `default`.
#[must_use]
pub(super) fn status(status: &str) -> Node {
    match status.parse::<u16>() {
        Ok(status) => Node::from(Value::from(status)),
        Err(_) => Node::from(status),
    }
}

/// The document as YAML.
#[must_use]
pub(super) fn write(document: &Map) -> String {
    let mut out = String::new();
    write_map(document, 0, &mut out);
    out
}

/// A text as the lines of a comment.
#[must_use]
pub(super) fn comment(text: &str, indent: usize) -> String {
    let prefix = format!("{}#", " ".repeat(indent));
    let mut out = String::new();
    for line in text.lines() {
        let mut current = prefix.clone();
        for word in line.split_whitespace() {
            let is_full = current.chars().count() + 1 + word.chars().count() > WIDTH;
            if is_full && current != prefix {
                let _ = writeln!(out, "{current}");
                current.clone_from(&prefix);
            }
            current.push(' ');
            current.extend(word.chars().filter(|character| !character.is_control()));
        }
        let _ = writeln!(out, "{current}");
    }
    out
}

fn write_map(map: &Map, indent: usize, out: &mut String) {
    for Member {
        comment: text,
        key,
        node,
    } in &map.members
    {
        if let Some(text) = text {
            out.push_str(&comment(text, indent));
        }
        let _ = write!(out, "{}{}:", " ".repeat(indent), scalar_text(key));
        write_value(node, indent, out);
    }
    for remark in &map.remarks {
        out.push_str(&comment(remark, indent));
    }
}

/// Writes what follows `key:`.
fn write_value(node: &Node, indent: usize, out: &mut String) {
    match node {
        Node::Scalar(value) => {
            let _ = writeln!(out, " {}", scalar(value));
        }
        Node::Map(map) if map.is_empty() => {
            out.push_str(" {}\n");
            for remark in &map.remarks {
                out.push_str(&comment(remark, indent));
            }
        }
        Node::List(items) if items.is_empty() => out.push_str(" []\n"),
        Node::Map(map) => {
            out.push('\n');
            write_map(map, indent + 2, out);
        }
        Node::List(items) => {
            out.push('\n');
            write_list(items, indent + 2, out);
        }
    }
}

fn write_list(items: &[Node], indent: usize, out: &mut String) {
    for item in items {
        match item {
            Node::Map(map) if !map.is_empty() => {
                // The first member shares its line with the dash; a comment on it goes above.
                let mut text = String::new();
                write_map(map, indent + 2, &mut text);
                let comments = text
                    .lines()
                    .take_while(|line| line.trim_start().starts_with('#'))
                    .count();
                for (index, line) in text.lines().enumerate() {
                    let body = line.get(indent + 2..).unwrap_or_default();
                    let _ = match index {
                        _ if index < comments => {
                            writeln!(out, "{}{}", " ".repeat(indent), line.trim_start())
                        }
                        _ if index == comments => {
                            writeln!(out, "{}- {body}", " ".repeat(indent))
                        }
                        _ => writeln!(out, "{line}"),
                    };
                }
            }
            _ => {
                let _ = write!(out, "{}-", " ".repeat(indent));
                write_value(item, indent, out);
            }
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => scalar_text(text),
        other => other.to_string(),
    }
}

/// A string, in double quotes unless every reader takes it for a string without them.
fn scalar_text(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        // JSON's strings are YAML's (YAML 1.2.2, section 1.2).
        Value::from(text).to_string()
    }
}

/// Whether a text is a version such as `1.0.0`, which no reader takes for a number.
fn is_version(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}

fn is_plain(text: &str) -> bool {
    is_version(text)
        || text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '$' | '_'))
            && text.chars().all(|c| !c.is_control() && c != '\u{feff}')
            && !text.contains(": ")
            && !text.contains(" #")
            && !text.ends_with([':', ' '])
            && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}
