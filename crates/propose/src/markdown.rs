//! The description that a documentation page in Markdown embeds.
//!
//! Two platforms publish such pages: one writes a block fenced by four backticks whose info string ends with the
//! operation, as in `yaml get /v1/user`; the other a `yaml` block under the heading "OpenAPI Specification". In older pages of
//! the first, the block has no fence, or the front matter names a file and the operation in it. What older pages say by tags
//! is read in `tags`.

use serde_json::Value;

use super::operation;
use super::source::Format;
use keyholder_openapi::load;
use keyholder_openapi::structure::METHODS;
use keyholder_openapi::{Error, Result};

/// A description found in a page.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    /// Its text, as it stands there.
    pub text: String,
    /// YAML or JSON.
    pub format: Format,
    /// The document.
    pub document: Value,
    /// The operation that the block is said to describe, as in `GET /v1/user`.
    pub operation: Option<String>,
    /// What of its text is read otherwise than it is written.
    pub noticed: Vec<String>,
}

/// A fenced code block (`CommonMark` 0.31, section 4.5).
pub(super) struct Block {
    /// What stands after the fence that opens it.
    pub info: String,
    /// What it holds.
    pub text: String,
}

/// Finds the description in a page: the one that has `operation`, where it is given.
///
/// # Errors
///
/// A page that embeds none, and several of which nothing says which is meant.
pub(super) fn extract(page: &str, operation: Option<&str>) -> Result<Embedded> {
    let mut blocks = blocks(page);
    if !blocks
        .iter()
        .any(|block| read(block).is_ok_and(|it| it.is_some()))
    {
        blocks.extend(unfenced(page));
    }
    let mut wrong = None;
    let mut found = Vec::new();
    for block in &blocks {
        match read(block) {
            Ok(Some(embedded)) => found.push(embedded),
            Ok(None) => {}
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    if let Some(wanted) = operation.filter(|_| found.len() > 1) {
        found.retain(|embedded| has(embedded, wanted));
    }
    let first = (!found.is_empty()).then(|| found.remove(0));
    match first {
        Some(first) if found.iter().all(|other| other.document == first.document) => Ok(first),
        Some(first) => {
            let names: Vec<_> = std::iter::once(&first).chain(&found).map(title).collect();
            Err(Error::new("embeds several descriptions").with_help(format!(
                "name the operation with --operation: {}",
                names.join(", ")
            )))
        }
        None => Err(wrong.unwrap_or_else(|| match operation {
            Some(operation) if blocks.iter().any(|block| read(block).is_ok_and(|it| it.is_some())) => {
                Error::new(format!("embeds no description of {operation}"))
            }
            _ => Error::new("embeds no OpenAPI description: no fenced block of YAML or JSON has `openapi` and `paths`")
                .with_help("give the description itself, or --operation, --auth and --example without --spec"),
        })),
    }
}

/// The description in a block, if it is one.
fn read(block: &Block) -> Result<Option<Embedded>> {
    let mut words = block.info.split_whitespace();
    let language = words.next().unwrap_or_default().to_ascii_lowercase();
    let format = match language.as_str() {
        "yaml" | "yml" => Format::Yaml,
        "json" => Format::Json,
        _ => return Ok(None),
    };
    let mentions = ["openapi", "swagger"]
        .iter()
        .any(|key| block.text.contains(key));
    if !mentions || !block.text.contains("paths") {
        return Ok(None);
    }
    let (document, _, noticed) = load::read_noted(&block.text, format == Format::Json)?;
    let is_description = document.get("paths").is_some()
        && (document.get("openapi").is_some() || document.get("swagger").is_some());
    Ok(is_description.then(|| Embedded {
        text: block.text.clone(),
        format,
        operation: named(&block.info),
        document,
        noticed,
    }))
}

/// The operation at the end of an info string, as in `yaml openapi.yaml get /v1/user`.
fn named(info: &str) -> Option<String> {
    let mut words = info.split_whitespace().rev();
    let path = words.next().filter(|path| path.starts_with('/'))?;
    let method = words.next()?.to_ascii_lowercase();
    METHODS
        .contains(&method.as_str())
        .then(|| format!("{} {path}", method.to_ascii_uppercase()))
}

fn title(embedded: &Embedded) -> String {
    match &embedded.operation {
        Some(operation) => operation.clone(),
        None => operation::names(&embedded.document).join(", "),
    }
}

fn has(embedded: &Embedded, wanted: &str) -> bool {
    let path = wanted.split_whitespace().next_back().unwrap_or(wanted);
    let is = |name: &String| {
        name.eq_ignore_ascii_case(wanted)
            || (!wanted.contains(' ') && name.ends_with(&format!(" {path}")))
    };
    embedded.operation.as_ref().is_some_and(is)
        || operation::names(&embedded.document).iter().any(is)
        || super::shape::members(&embedded.document["paths"]).any(|(_, item)| {
            METHODS
                .iter()
                .any(|method| item[method]["operationId"] == wanted)
        })
}

/// What the front matter of a page says of its operation: the file of a description, where it names one, and the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The file's path, as it stands there.
    pub file: Option<String>,
    /// The operation, as in `GET /v1/user`.
    pub operation: String,
}

/// The lines of the front matter; nothing where a page has none.
pub(super) fn front_matter_lines(page: &str) -> Option<Vec<&str>> {
    let rest = load::without_mark(page)
        .strip_prefix("---")?
        .trim_start_matches([' ', '\r']);
    let rest = rest.strip_prefix('\n')?;
    let lines = rest.lines().take_while(|line| line.trim_end() != "---");
    Some(lines.collect())
}

/// What the front matter names, as in `openapi: api/openapi.json GET /v1/user`.
pub(super) fn front_matter(page: &str) -> Option<Named> {
    let lines = front_matter_lines(page)?;
    let line = lines
        .into_iter()
        .find_map(|line| line.strip_prefix("openapi:"))?;
    let line = line.trim().trim_matches(['"', '\'']);
    let operation = named(line)?;
    let mut words: Vec<_> = line.split_whitespace().collect();
    words.truncate(words.len().saturating_sub(2));
    let file = words.join(" ");
    Some(Named {
        file: (!file.is_empty()).then_some(file),
        operation,
    })
}

/// A description that stands in a page without a fence: from the line that states its version, as long as lines are those
/// of a document in YAML.
fn unfenced(page: &str) -> Option<Block> {
    let states_version = |line: &str| {
        let value = line
            .strip_prefix("openapi:")
            .or_else(|| line.strip_prefix("swagger:"))?;
        let value = value.trim().trim_start_matches(['"', '\'']);
        value
            .starts_with(|c: char| c.is_ascii_digit())
            .then_some(())
    };
    let is_key = |line: &str| {
        line.split_once(':').is_some_and(|(key, _)| {
            !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$' | '"'))
        })
    };
    let is_yaml =
        |line: &&str| line.is_empty() || line.starts_with([' ', '\t', '-', '#']) || is_key(line);
    let lines = page.lines().map(str::trim_end);
    let lines: Vec<_> = lines
        .skip_while(|line| states_version(line).is_none())
        .take_while(is_yaml)
        .collect();
    (!lines.is_empty()).then(|| Block {
        info: "yaml".to_owned(),
        text: lines.join("\n") + "\n",
    })
}

/// The fenced code blocks of a page.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(Fence, Block)> = None;
    for line in page.lines() {
        match open.take() {
            None => {
                open = Fence::opening(line).map(|(fence, info)| {
                    let text = String::new();
                    (fence, Block { info, text })
                });
            }
            Some((fence, block)) if fence.is_closed_by(line) => blocks.push(block),
            Some((fence, mut block)) => {
                block.text.push_str(fence.unindent(line));
                block.text.push('\n');
                open = Some((fence, block));
            }
        }
    }
    // A fence that is not closed goes to the end of the page.
    blocks.extend(open.map(|(_, block)| block));
    blocks
}

/// The line that opens a block.
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
}

impl Fence {
    fn opening(line: &str) -> Option<(Self, String)> {
        let rest = line.trim_start();
        let mark = rest
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
        is_fence.then(|| {
            let fence = Self {
                mark,
                length,
                indent: line.len() - rest.len(),
            };
            (fence, info.trim().to_owned())
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }

    /// A line without as much white space as the fence has before it.
    fn unindent<'l>(&self, line: &'l str) -> &'l str {
        let spaces = line.len() - line.trim_start().len();
        line.get(spaces.min(self.indent)..).unwrap_or_default()
    }
}
