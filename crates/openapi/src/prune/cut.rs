//! Cuts out of a text in YAML or JSON, which is YAML as well, what is not kept.

use std::ops::Range;

use serde_saphyr::granit_parser::{self, Event, Parser, Span, StructureStyle};

use super::reach::{Member, Reach, Shape};
use crate::pointer;

/// The text without what is not reached; `None` for one that the parser does not take.
///
/// The text need not read as what is reached: an anchor may have been cut out, or a key be written in an odd way. That is
/// for the caller to see.
pub(super) fn cut(text: &str, reach: &Reach<'_>) -> Option<String> {
    let options = granit_parser::options! { emit_comments: false };
    let mut events = Parser::new_from_str_with_options(text, options);
    let root = loop {
        let (event, span) = events.next()?.ok()?;
        if !matches!(event, Event::StreamStart | Event::DocumentStart(..)) {
            break node(&mut events, &event, span)?;
        }
    };
    let mut cutter = Cutter {
        text,
        reach,
        cuts: Vec::new(),
    };
    cutter.node(&root, "", false, text.len());
    let mut left = String::new();
    let mut from = 0;
    for cut in cutter.cuts {
        left.push_str(text.get(from..cut.start)?);
        from = cut.end;
    }
    left.push_str(text.get(from..)?);
    Some(left)
}

/// A node of YAML, and where it is written.
struct Node {
    start: usize,
    end: usize,
    content: Content,
}

enum Content {
    Scalar,
    List,
    Mapping {
        is_flow: bool,
        members: Vec<Written>,
    },
}

/// A member of a mapping.
struct Written {
    /// `None` for a key that is no text.
    name: Option<String>,
    /// Where its key starts.
    start: usize,
    value: Node,
}

type Events<'t> = Parser<'t, granit_parser::StrInput<'t>>;

/// The node that begins with `event`.
fn node(events: &mut Events<'_>, event: &Event<'_>, span: Span) -> Option<Node> {
    let start = span.start.byte_offset()?;
    let mut end = span.end.byte_offset()?;
    let content = match event {
        Event::SequenceStart(..) => {
            end = skip(events)?;
            Content::List
        }
        Event::MappingStart(style, ..) => {
            let mut members = Vec::new();
            loop {
                let (event, span) = events.next()?.ok()?;
                let name = match &event {
                    Event::MappingEnd => {
                        end = span.end.byte_offset()?;
                        break;
                    }
                    Event::Scalar(name, ..) => Some(name.to_string()),
                    _ => None,
                };
                let key = node(events, &event, span)?;
                let (event, span) = events.next()?.ok()?;
                members.push(Written {
                    name,
                    start: key.start,
                    value: node(events, &event, span)?,
                });
            }
            Content::Mapping {
                is_flow: *style == StructureStyle::Flow,
                members,
            }
        }
        _ => Content::Scalar,
    };
    Some(Node {
        start,
        end,
        content,
    })
}

/// Passes by the rest of a list, and says where it ends.
fn skip(events: &mut Events<'_>) -> Option<usize> {
    let mut depth = 1;
    loop {
        let (event, span) = events.next()?.ok()?;
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return span.end.byte_offset();
        }
    }
}

struct Cutter<'t> {
    text: &'t str,
    reach: &'t Reach<'t>,
    /// What is cut out, in order.
    cuts: Vec<Range<usize>>,
}

impl Cutter<'_> {
    /// Cuts out of a node, after which `next` is the first that is not its own.
    fn node(&mut self, node: &Node, at: &str, is_whole: bool, next: usize) {
        let Content::Mapping { is_flow, members } = &node.content else {
            return;
        };
        if is_whole && self.reach.is_entire(at) {
            return;
        }
        let kept: Vec<_> = members
            .iter()
            .map(|member| {
                let Some(name) = &member.name else {
                    return (Member::Whole, at.to_owned());
                };
                let at = pointer::push(at, name);
                let shape = match member.value.content {
                    Content::Scalar => Shape::Scalar,
                    Content::List => Shape::List,
                    Content::Mapping { .. } => Shape::Object,
                };
                (self.reach.member(shape, &at, is_whole), at)
            })
            .collect();
        let last_kept = kept.iter().rposition(|(kept, _)| *kept != Member::None);
        for (index, (member, (kept, at))) in members.iter().zip(&kept).enumerate() {
            let following = members.get(index + 1).map(|it| it.start);
            let end = match following {
                Some(following) if !is_flow => self.start_of_lines(following),
                _ => next,
            };
            match kept {
                Member::None if *is_flow => {
                    let cut = flow_cut(members, index, last_kept);
                    self.cuts.extend(cut);
                }
                Member::None => self.cuts.push(self.start_of_lines(member.start)..end),
                kept => self.node(&member.value, at, *kept == Member::Whole, end),
            }
        }
    }

    /// Where the line of a key begins, or the first of the lines of comments above it.
    fn start_of_lines(&self, key: usize) -> usize {
        let before = self.text.get(..key).unwrap_or_default();
        let mut start = before.rfind('\n').map_or(0, |end| end + 1);
        let indent = &before[start..];
        // In front of the key stands something else, as in `? key`, or a list's dash.
        if !indent.trim_matches(' ').is_empty() {
            return start;
        }
        while let Some(above) = before[..start].strip_suffix('\n') {
            let line = above.rfind('\n').map_or(0, |end| end + 1);
            let is_comment = above[line..]
                .strip_prefix(indent)
                .is_some_and(|rest| rest.starts_with('#'));
            if !is_comment {
                break;
            }
            start = line;
        }
        start
    }
}

/// What is cut where a member of a flow mapping goes, with the comma after it, or before it where it is behind the last
/// that is kept.
fn flow_cut(members: &[Written], index: usize, last_kept: Option<usize>) -> Option<Range<usize>> {
    let member = members.get(index)?;
    match (members.get(index + 1), last_kept) {
        (Some(following), Some(last)) if index < last => Some(member.start..following.start),
        (_, Some(last)) => {
            let before = members.get(index.checked_sub(1)?.max(last))?;
            Some(before.value.end..member.value.end)
        }
        (following, None) => Some(member.start..following.map_or(member.value.end, |it| it.start)),
    }
}
