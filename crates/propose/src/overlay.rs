//! The overlay: corrections with their reasons, and `x-whoami`.

use super::yaml::{self, Map, Node};

/// One action of an overlay (Overlay Specification 1.0, section 4.4.3).
#[derive(Clone, Debug)]
pub(super) struct Action {
    /// The `JSONPath` of what it changes.
    pub target: String,
    /// Its reason.
    description: String,
    /// What it merges in; without it, the action removes.
    update: Option<Map>,
}

impl Action {
    /// An action that merges `update` into its target.
    pub(super) fn update(
        target: impl Into<String>,
        description: impl Into<String>,
        update: Map,
    ) -> Self {
        Self {
            target: target.into(),
            description: description.into(),
            update: Some(update),
        }
    }

    /// An action that removes its target.
    pub(super) fn remove(target: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            description: description.into(),
            update: None,
        }
    }

    fn node(self) -> Node {
        let mut map = Map::default();
        map.add("target", self.target);
        map.add("description", self.description);
        match self.update {
            Some(update) => map.add("update", update),
            None => map.add("remove", Node::Scalar(true.into())),
        }
        map.into()
    }
}

/// The overlay's text.
pub(super) fn write(provider: &str, preface: &[String], actions: Vec<Action>) -> String {
    let mut info = Map::default();
    info.add(
        "title",
        format!("Corrections to the description of {provider}"),
    );
    info.add("version", "1.0.0");
    let mut overlay = Map::default();
    overlay.add("overlay", "1.0.0");
    overlay.add("info", info);
    overlay.add(
        "actions",
        Node::List(actions.into_iter().map(Action::node).collect()),
    );
    let mut text = String::new();
    for paragraph in preface {
        if !text.is_empty() {
            text.push_str("#\n");
        }
        text.push_str(&yaml::comment(paragraph, 0));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&yaml::write(&overlay));
    text
}
