//! What the operations of a document reach.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::pointer;
use crate::references::Resolver;
use crate::structure::{KEYWORDS, Kind, METHODS, Version};

/// The members of the root that are kept whatever is reached: what they say, they say of every operation.
const ROOT: [&str; 13] = [
    "openapi",
    "swagger",
    "$self",
    "info",
    "jsonSchemaDialect",
    "externalDocs",
    "servers",
    "host",
    "basePath",
    "schemes",
    "consumes",
    "produces",
    "security",
];

/// The members of a path item that are operations, beside [`METHODS`] (OpenAPI 3.2.0, section 4.9.1).
const NEWER_METHODS: [&str; 2] = ["query", "additionalOperations"];

/// The places of a document that are reached, each with all that stands in it.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    resolver: Resolver<'a>,
    /// The document's own URI (OpenAPI 3.2.0, section 4.1.2.2.1).
    own: &'a str,
    /// The pointers of what is reached.
    whole: BTreeSet<String>,
    /// The pointers of what stands in that, and nevertheless is not.
    left_out: BTreeSet<String>,
}

impl<'a> Reach<'a> {
    /// That of a document without any operation: what speaks of all of them.
    pub(crate) fn new(document: &'a Value) -> Self {
        let mut reach = Self {
            resolver: Resolver::new(document),
            own: document["$self"].as_str().unwrap_or_default(),
            whole: BTreeSet::new(),
            left_out: BTreeSet::new(),
        };
        for name in ROOT {
            reach.place(&pointer::push("", name));
        }
        reach
    }

    /// Adds an operation, which may stand behind a path item by reference.
    pub(crate) fn operation(&mut self, path: &str, method: &str) {
        let mut at = pointer::push("/paths", path);
        let mut seen = BTreeSet::new();
        let mut has_operation = false;
        while seen.insert(at.clone()) {
            let Some(item) = self.document().pointer(&at).and_then(Value::as_object) else {
                return;
            };
            for name in item.keys() {
                let is_operation =
                    METHODS.contains(&name.as_str()) || NEWER_METHODS.contains(&name.as_str());
                let is_meant = name == method && !has_operation;
                has_operation |= is_meant;
                if !is_operation || is_meant {
                    self.place(&pointer::push(&at, name));
                }
            }
            let reference = item.get("$ref").and_then(Value::as_str);
            match reference.and_then(|reference| self.target(reference, &at)) {
                Some(target) => at = target,
                None => return,
            }
        }
    }

    /// Adds a security scheme, if it is described.
    pub(crate) fn security_scheme(&mut self, name: &str) {
        let section = match self.resolver.version() {
            Version::V2_0 => "/securityDefinitions",
            Version::V3_0 | Version::V3_1 => "/components/securitySchemes",
        };
        self.place(&pointer::push(section, name));
    }

    /// Adds what stands at a pointer, if something does.
    pub(crate) fn place(&mut self, at: &str) {
        self.keep(at, Kind::at(self.resolver.version(), at));
    }

    /// Whether what stands at a pointer is reached, or something in it.
    pub(crate) fn has(&self, at: &str) -> bool {
        self.is_whole(at) || self.has_inside(at)
    }

    /// What of the document is reached; `None` where nothing is.
    pub(crate) fn prune(&self, document: &Value) -> Option<Value> {
        self.pruned(document, "", false)
    }

    /// Whether a member of an object is kept in what is left. `is_whole` says whether the object is reached as such, and
    /// the answer whether the member is.
    pub(super) fn member(&self, value: Shape, at: &str, is_whole: bool) -> Member {
        let is_whole = self.whole.contains(at) || (is_whole && !self.left_out.contains(at));
        let is_root = pointer::parent(at) == Some("");
        let is_reference = at.ends_with("/$ref");
        match value {
            _ if is_whole => Member::Whole,
            // An object of which a part is kept says itself what it is.
            Shape::Scalar if !is_root && !is_reference && !self.left_out.contains(at) => {
                Member::Whole
            }
            Shape::Object if self.has_inside(at) => Member::Part,
            _ => Member::None,
        }
    }

    /// Whether nothing in what is reached at a pointer is left out.
    pub(super) fn is_entire(&self, at: &str) -> bool {
        !has_below(&self.left_out, at)
    }

    fn document(&self) -> &'a Value {
        self.resolver.document()
    }

    fn has_inside(&self, at: &str) -> bool {
        has_below(&self.whole, at)
    }

    fn is_whole(&self, at: &str) -> bool {
        for outer in pointer::around(at) {
            if self.whole.contains(outer) {
                return true;
            }
            if self.left_out.contains(outer) {
                return false;
            }
        }
        false
    }

    fn target(&self, reference: &str, at: &str) -> Option<String> {
        let within = reference
            .strip_prefix(self.own)
            .filter(|rest| !self.own.is_empty() && rest.starts_with('#'));
        let target = self.resolver.resolve(within.unwrap_or(reference), at);
        // The whole document is no part of itself.
        Some(target.ok()?.pointer).filter(|target| !target.is_empty())
    }

    fn keep(&mut self, at: &str, kind: Option<Kind>) {
        // What refers to what goes as deep as there are schemas: no recursion.
        let mut pending = vec![(at.to_owned(), kind)];
        while let Some((at, kind)) = pending.pop() {
            let (at, kind) = match self.list_around(&at) {
                Some(list) => {
                    let kind = Kind::at(self.resolver.version(), &list);
                    (list, kind)
                }
                None => (at, kind),
            };
            let Some(value) = self.document().pointer(&at) else {
                continue;
            };
            if !self.is_whole(&at) {
                self.whole.insert(at.clone());
                self.visit(kind, value, &at, &mut pending);
            }
        }
    }

    /// The outermost list that a place stands in. It is kept whole: an item's place is its number.
    fn list_around(&self, at: &str) -> Option<String> {
        let mut outer: Vec<_> = pointer::around(at).skip(1).collect();
        outer.reverse();
        let mut lists = outer.into_iter().filter(|it| {
            let value = self.document().pointer(it);
            value.is_some_and(Value::is_array)
        });
        lists.next().map(str::to_owned)
    }

    /// Finds what `value` refers to. What the tables do not know is looked into as well: of what is kept, no reference
    /// leads nowhere.
    fn visit(
        &mut self,
        kind: Option<Kind>,
        value: &'a Value,
        at: &str,
        pending: &mut Vec<(String, Option<Kind>)>,
    ) {
        match (kind, value) {
            (Some(Kind::Data | Kind::Text | Kind::Flag | Kind::Choice(_)), _) => {}
            (Some(Kind::Security), _) => self.requirements(value),
            (_, Value::Object(members)) => {
                self.references(kind, members, at, pending);
                for (name, member) in members {
                    // An example, or a value, refers to nothing.
                    if matches!(kind, Some(Kind::Schema)) && is_data(name) {
                        continue;
                    }
                    let at = pointer::push(at, name);
                    let kind = kind.and_then(|kind| kind.step(name));
                    // A client does not receive them.
                    if matches!(kind, Some(Kind::Callbacks)) {
                        self.left_out.insert(at);
                        continue;
                    }
                    self.visit(kind, member, &at, pending);
                }
            }
            (_, Value::Array(items)) => {
                let kind = kind.and_then(Kind::item);
                for (index, item) in items.iter().enumerate() {
                    self.visit(kind, item, &pointer::push(at, index.to_string()), pending);
                }
            }
            _ => {}
        }
    }

    fn references(
        &self,
        kind: Option<Kind>,
        members: &Map<String, Value>,
        at: &str,
        pending: &mut Vec<(String, Option<Kind>)>,
    ) {
        let reference = members.get("$ref").and_then(Value::as_str);
        if let Some(target) = reference.and_then(|reference| self.target(reference, at)) {
            pending.push((target, kind));
        }
        let discriminator = members.get("discriminator");
        let mapping = discriminator.and_then(|it| it["mapping"].as_object());
        for name in mapping.into_iter().flat_map(|mapping| mapping.values()) {
            let Some(name) = name.as_str() else { continue };
            // By reference or by name (OpenAPI 3.1.0, section 4.8.25).
            let component = pointer::push("/components/schemas", name);
            let target = match self.document().pointer(&component) {
                Some(_) => Some(component),
                None => self.target(name, at),
            };
            pending.extend(target.map(|target| (target, Some(Kind::Schema))));
        }
    }

    fn requirements(&mut self, security: &Value) {
        let requirements = security.as_array().into_iter().flatten();
        for requirement in requirements.filter_map(Value::as_object) {
            for name in requirement.keys() {
                self.security_scheme(name);
            }
        }
    }

    fn pruned(&self, value: &Value, at: &str, is_whole: bool) -> Option<Value> {
        if is_whole && self.is_entire(at) {
            return Some(value.clone());
        }
        let Value::Object(members) = value else {
            return is_whole.then(|| value.clone());
        };
        let mut left = Map::new();
        for (name, member) in members {
            let at = pointer::push(at, name);
            let member = match self.member(Shape::of(member), &at, is_whole) {
                Member::Whole => self.pruned(member, &at, true),
                Member::Part => self.pruned(member, &at, false),
                Member::None => None,
            };
            left.extend(member.map(|member| (name.clone(), member)));
        }
        (is_whole || !left.is_empty()).then(|| left.into())
    }

    /// The names of the components that are reached, or of which a part is, by section.
    pub(crate) fn components(&self) -> BTreeMap<String, Vec<String>> {
        let mut components = BTreeMap::<String, BTreeSet<String>>::new();
        for at in &self.whole {
            let mut tokens = pointer::tokens(at);
            if let (Some("components"), Some(section), Some(name)) =
                (tokens.next().as_deref(), tokens.next(), tokens.next())
            {
                components.entry(section).or_default().insert(name);
            }
        }
        let names =
            |(section, names): (String, BTreeSet<String>)| (section, names.into_iter().collect());
        components.into_iter().map(names).collect()
    }
}

/// What a value is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar,
    Object,
    List,
}

impl Shape {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::List,
            _ => Self::Scalar,
        }
    }
}

/// How much of a member of an object is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// All that is not left out of it.
    Whole,
    /// What of it is reached.
    Part,
    None,
}

/// Whether a keyword of a schema has a value that holds no schema.
fn is_data(keyword: &str) -> bool {
    Kind::Schema.step(keyword).is_none() && KEYWORDS.iter().any(|(known, _)| *known == keyword)
}

/// Whether a set of pointers has one to something that stands in what stands at `at`.
fn has_below(pointers: &BTreeSet<String>, at: &str) -> bool {
    let inside = format!("{at}/");
    let next = pointers.range(inside.clone()..).next();
    next.is_some_and(|it| it.starts_with(&inside))
}
