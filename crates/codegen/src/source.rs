//! Rust, written from syntax trees alone, and read again before it is a file.
//!
//! Whatever stood in a text, the file holds the code of its tree and no other.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, File, Item, ItemEnum, Lit};

use keyholder_openapi::text;

use crate::{markdown, rust};
use keyholder_openapi::{Error, Result};

/// Lets `cargo fmt` pass generated Rust by: it is laid out already, by a printer that is the same everywhere.
const UNFORMATTED: &str = "#![cfg_attr(rustfmt, rustfmt_skip)]";

/// The file of a tree, below the mark.
///
/// # Errors
///
/// A file that does not read as the tree, holds what cannot be seen, or documents with an example that is none of ours:
/// each of them a defect of this generator.
pub(crate) fn write(mark: &str, tree: &File) -> Result<String> {
    let code = rust::render(tree);
    let file = format!("// {mark}\n{UNFORMATTED}\n\n{code}");
    match defect(&file, tree) {
        None => Ok(file),
        Some(defect) => Err(Error::new(format!(
            "the description makes the generator write what it must not: {defect}"
        ))
        .with_help("this is a defect of the generator: please report it, with the description")),
    }
}

/// What is wrong with `file` as the file of `tree`.
fn defect(file: &str, tree: &File) -> Option<String> {
    if let Some(hidden) = file.chars().find(|c| *c != '\n' && text::is_hidden(*c)) {
        return Some(format!("a file with the character {hidden:?}"));
    }
    let mut read = match syn::parse_file(file) {
        Ok(read) => read,
        Err(error) => return Some(format!("a file that is not Rust ({error})")),
    };
    let meant = quote!(#![cfg_attr(rustfmt, rustfmt_skip)] #tree);
    let (mut leaves, mut meant_leaves) = (Vec::new(), Vec::new());
    collect(read.to_token_stream(), &mut leaves);
    collect(meant, &mut meant_leaves);
    if leaves != meant_leaves {
        let mut pairs = leaves.iter().zip(&meant_leaves);
        let other = pairs.find(|(read, meant)| read != meant);
        return Some(match other {
            Some((read, meant)) => format!("{read:?} in the place of {meant:?}"),
            None => "a file of another length".to_owned(),
        });
    }
    let mut examples = Examples::default();
    examples.visit_file_mut(&mut read);
    let example = examples.0.into_iter().next();
    example.map(|example| format!("an example in documentation: {}", text::line(&example)))
}

/// A token, by what it means.
#[derive(Debug, PartialEq, Eq)]
enum Leaf {
    /// A name, a sign, or a literal that is no string.
    Code(String),
    /// The value of a string.
    Text(String),
}

/// The tokens in order, without what a printer may add or leave out: commas, parentheses and braces.
///
/// A text that had become code would not be the text that it was.
fn collect(tokens: TokenStream, leaves: &mut Vec<Leaf>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), leaves),
            TokenTree::Punct(punct) if punct.as_char() == ',' => {}
            TokenTree::Punct(punct) => leaves.push(Leaf::Code(punct.as_char().to_string())),
            TokenTree::Ident(name) => leaves.push(Leaf::Code(name.to_string())),
            TokenTree::Literal(literal) => leaves.push(match Lit::new(literal) {
                Lit::Str(text) => Leaf::Text(text.value()),
                other => Leaf::Code(other.to_token_stream().to_string()),
            }),
        }
    }
}

/// The examples in the documentation of items. What is generated has some in READMEs alone.
#[derive(Default)]
struct Examples(Vec<String>);

impl Examples {
    fn add(&mut self, attributes: &[Attribute]) {
        let lines: Vec<_> = attributes.iter().filter_map(rust::doc_line).collect();
        // rustdoc takes off the blanks that all lines begin with.
        let lines: Vec<_> = lines
            .iter()
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        self.0.extend(markdown::examples(&lines.join("\n")));
    }
}

impl VisitMut for Examples {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        self.add(attributes);
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Some((_, inner)) = enum_call(item) {
            self.add(&inner.attrs);
            for variant in &inner.variants {
                self.add(&variant.attrs);
            }
        }
        visit_mut::visit_item_mut(self, item);
    }
}

/// The enum that a macro is called with, and the macro's path.
pub(crate) fn enum_call(item: &Item) -> Option<(String, ItemEnum)> {
    let Item::Macro(call) = item else { return None };
    let inner = syn::parse2(call.mac.tokens.clone()).ok()?;
    let path = call.mac.path.segments.iter();
    let path: Vec<_> = path.map(|segment| segment.ident.to_string()).collect();
    Some((path.join("::"), inner))
}

#[cfg(test)]
mod tests {
    use syn::{File, parse_quote};

    use super::{defect, write};

    fn tree(doc: &str, value: &str) -> File {
        parse_quote! {
            #[doc = #doc]
            pub const A: &str = #value;

            keyholder_core::open_enum! {
                #[doc = #doc]
                pub enum B {
                    #[doc = #doc]
                    C = #value,
                }
            }
        }
    }

    #[test]
    fn texts_stay_texts() {
        for value in [
            "a",
            "\n",
            "*/ fn x() {}",
            "\"#",
            "\u{202e}",
            "\r",
            "\0",
            "{}",
            "é",
            "}\npub fn x() {}",
        ] {
            let file = write("a mark", &tree(" A text.", value)).unwrap_or_default();
            assert!(file.starts_with("// a mark\n"), "{file}");
        }
    }

    #[test]
    fn documentation_that_would_be_more_is_refused() {
        for doc in [
            " a\rb",
            " \u{202e}",
            " a\u{0}",
            " ```\n fn x() {}\n ```",
            "      fn x() {}",
            " - a\n\n       fn x() {}",
        ] {
            assert!(write("a mark", &tree(doc, "a")).is_err(), "{doc:?}");
        }
    }

    #[test]
    fn code_that_is_not_in_the_tree_is_found() {
        let tree = tree(" A text.", "a");
        let file = write("a mark", &tree).unwrap_or_default();
        assert_eq!(defect(&file, &tree), None);
        for (from, to) in [
            ("A text.", "A text.\npub const D: u8 = 1;"),
            ("A text.", "Another text."),
            ("\"a\"", "\"b\""),
            ("\"a\"", "include_str!(\"a\")"),
            ("// a mark\n", ""),
            ("pub const", "const"),
            ("    /// A text.\n    pub enum B", "    pub enum B"),
        ] {
            let other = file.replacen(from, to, 1);
            let is_same = from == "// a mark\n";
            assert_eq!(
                defect(&other, &tree).is_none(),
                is_same,
                "{from:?} -> {to:?}"
            );
        }
    }
}
