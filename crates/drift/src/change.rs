//! One difference between two descriptions: where, what, and whether it breaks a reader.

use std::fmt;

use serde_json::{Value, json};

use keyholder_openapi::pointer;

/// What became of the thing at a place, seen from ours to theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not in ours.
    Added,
    /// It is not in theirs.
    Removed,
    /// It is elsewhere: another path, another server, another status of success.
    Moved,
    /// Its values are of other types.
    Type,
    /// It may be left out in ours, and not in theirs.
    Required,
    /// It may be left out in theirs, and not in ours.
    Optional,
    /// It may be null in theirs alone.
    Nullable,
    /// It may be null in ours alone.
    NotNullable,
    /// It has values that ours does not have.
    ValuesAdded,
    /// It lacks values that ours has.
    ValuesRemoved,
    /// Its format is another.
    Format,
    /// What else is said of its values is something else: their length, their range, their pattern.
    Constraint,
    /// Its object has no other properties (`additionalProperties: false`) in theirs alone.
    Closed,
    /// Its object may have other properties in theirs alone.
    Opened,
    /// It is deprecated in theirs alone.
    Deprecated,
    /// What `x-whoami` reads there cannot be read from theirs.
    Unread,
}

impl Kind {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Type => "type",
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Nullable => "nullable",
            Self::NotNullable => "not_nullable",
            Self::ValuesAdded => "values_added",
            Self::ValuesRemoved => "values_removed",
            Self::Format => "format",
            Self::Constraint => "constraint",
            Self::Closed => "closed",
            Self::Opened => "opened",
            Self::Deprecated => "deprecated",
            Self::Unread => "unread",
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Required => "now required",
            Self::Optional => "no longer required",
            Self::Nullable => "may be null",
            Self::NotNullable => "no longer null",
            Self::ValuesAdded => "values added",
            Self::ValuesRemoved => "values removed",
            Self::Closed => "no other properties",
            Self::Opened => "other properties",
            Self::Unread => "cannot be read",
            other => other.name(),
        }
    }
}

/// A part of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The operation as a whole.
    Operation,
    /// Its path.
    Path,
    /// Where it is served.
    Server,
    /// What it asks for as a credential.
    Security,
    /// A parameter: where it goes, and its name.
    Parameter(String, String),
    /// The request's body.
    Body,
    /// The answer of a status, a range of statuses, or the default.
    Answer(String),
    /// A header of such an answer: its status, and its name.
    Header(String, String),
}

/// Where a difference is: in a part of the operation, at a JSON pointer (RFC 6901) into its value.
///
/// An item of a list, and the value of a map under any name, is `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The operation, as in `GET /me`, where it is another than the one that is asked first.
    pub operation: Option<String>,
    /// The part.
    pub part: Part,
    /// The pointer; empty for the whole.
    pub pointer: String,
}

impl Place {
    pub(super) fn whole(part: Part) -> Self {
        Self {
            operation: None,
            part,
            pointer: String::new(),
        }
    }

    pub(super) fn push(&self, token: &str) -> Self {
        Self {
            pointer: pointer::push(&self.pointer, token),
            ..self.clone()
        }
    }

    /// Whether the other place is this one or in it.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let rest = other.pointer.strip_prefix(&self.pointer);
        let is_same = self.part == other.part && self.operation == other.operation;
        is_same && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.operation {
            write!(f, "{operation} ")?;
        }
        match &self.part {
            Part::Operation => f.write_str("operation")?,
            Part::Path => f.write_str("path")?,
            Part::Server => f.write_str("server")?,
            Part::Security => f.write_str("security")?,
            Part::Parameter(place, name) => write!(f, "{place} {name}")?,
            Part::Body => f.write_str("body")?,
            Part::Answer(status) => f.write_str(status)?,
            Part::Header(status, name) => write!(f, "{status} header {name}")?,
        }
        if !self.pointer.is_empty() {
            write!(f, " {}", self.pointer)?;
        }
        Ok(())
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Where it is.
    pub place: Place,
    /// What became of it.
    pub kind: Kind,
    /// What ours says; empty for nothing.
    pub ours: String,
    /// What theirs says; empty for nothing.
    pub theirs: String,
    /// Whether it breaks a reader.
    pub breaks: bool,
    /// What it means for a reader, where that is not plain.
    pub note: String,
}

impl Change {
    pub(super) fn new(
        place: &Place,
        kind: Kind,
        ours: impl Into<String>,
        theirs: impl Into<String>,
    ) -> Self {
        Self {
            place: place.clone(),
            kind,
            ours: ours.into(),
            theirs: theirs.into(),
            breaks: false,
            note: String::new(),
        }
    }

    /// Says that it breaks a reader, and how; and keeps what was said before.
    pub(super) fn breaking(mut self, note: impl AsRef<str>) -> Self {
        self.breaks = true;
        self.noted(note)
    }

    /// Says what it means for a reader.
    pub(super) fn noted(mut self, note: impl AsRef<str>) -> Self {
        if !self.note.is_empty() {
            self.note.push_str("; ");
        }
        self.note.push_str(note.as_ref());
        self
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        json!({
            "place": self.place.to_string(),
            "change": self.kind.name(),
            "ours": text(&self.ours),
            "theirs": text(&self.theirs),
            "breaks": self.breaks,
            "note": text(&self.note),
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.kind.words())?;
        match (self.ours.as_str(), self.theirs.as_str()) {
            ("", "") => {}
            (ours, "") => write!(f, " ({ours})")?,
            ("", theirs) => write!(f, " ({theirs})")?,
            (ours, theirs) => write!(f, " ({ours} → {theirs})")?,
        }
        if !self.note.is_empty() {
            write!(f, ": {}", self.note)?;
        }
        Ok(())
    }
}
