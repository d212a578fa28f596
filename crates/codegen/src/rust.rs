//! What progenitor generates, made small and pleasant to read.
//!
//! Works on the syntax tree: nothing here depends on how the code is laid out.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, Fields, File, Item, ItemEnum, Lit, Meta, Path, Type, parse_quote,
};

use keyholder_openapi::{Error, Result};

/// The `types` module of progenitor's output, tidied, and what stands beside it.
pub(crate) struct Generated {
    /// The types of parameters and answers.
    pub types: Types,
    /// Everything else: progenitor's client.
    pub rest: Vec<Item>,
}

/// The generated types.
pub(crate) struct Types {
    /// Structs, unions and their impls.
    pub items: Vec<Item>,
    /// Enums of strings.
    pub enums: Vec<StringEnum>,
}

/// An enum of strings.
#[derive(Debug)]
pub(crate) struct StringEnum {
    /// Its name.
    pub name: String,
    /// Whether it takes no other value: the forms of a union are told apart by it.
    pub is_closed: bool,
    /// Its documentation, a line each.
    pub docs: Vec<String>,
    /// The variants: documentation, name and value.
    pub variants: Vec<(String, String)>,
}

/// Parses generated tokens.
///
/// # Errors
///
/// Tokens that are not Rust, which is a defect of the generator that made them.
pub(crate) fn parse(tokens: TokenStream) -> Result<File> {
    syn::parse2(tokens)
        .map_err(|error| Error::new(format!("the generated code is not Rust: {error}")))
}

/// Splits progenitor's output, and tidies it.
///
/// # Errors
///
/// Output without a `types` module.
pub(crate) fn split(mut file: File, closed: &BTreeSet<String>) -> Result<Generated> {
    tidy(&mut file);
    let mut types = None;
    let mut rest = Vec::new();
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                types = module.content.map(|(_, items)| items);
            }
            other => rest.push(other),
        }
    }
    let items = types.ok_or_else(|| Error::new("progenitor generated no `types` module"))?;
    Ok(Generated {
        types: types_of(items, closed),
        rest,
    })
}

fn types_of(items: Vec<Item>, closed: &BTreeSet<String>) -> Types {
    let enums: Vec<_> = items
        .iter()
        .filter_map(|item| string_enum(item, closed))
        .collect();
    let open: BTreeSet<_> = enums.iter().map(|open| open.name.as_str()).collect();
    let mut kept = Vec::new();
    for mut item in items {
        match &mut item {
            Item::Enum(item) if open.contains(item.ident.to_string().as_str()) => continue,
            Item::Impl(item)
                if open.contains(item.self_ty.to_token_stream().to_string().as_str()) =>
            {
                continue;
            }
            Item::Struct(item) => {
                let all_absent = item.fields.iter().all(|field| has_default(&field.ty));
                let named = matches!(item.fields, Fields::Named(_));
                derive(&mut item.attrs, named && all_absent);
                if named {
                    item.attrs.push(parse_quote!(#[non_exhaustive]));
                }
                document(&mut item.attrs, &format!("The schema `{}`.", item.ident));
                unique_names(&mut item.fields);
                for field in &mut item.fields {
                    let name =
                        wire_name(&field.attrs).or(field.ident.as_ref().map(ToString::to_string));
                    let fallback = name.map_or_else(
                        || "The value.".to_owned(),
                        |name| format!("The property `{name}`."),
                    );
                    document(&mut field.attrs, &fallback);
                }
            }
            Item::Enum(item) => {
                derive(&mut item.attrs, false);
                item.attrs.push(parse_quote!(#[non_exhaustive]));
                document(
                    &mut item.attrs,
                    &format!("One of the forms of `{}`.", item.ident),
                );
                for variant in &mut item.variants {
                    name_fallback(variant);
                    document(
                        &mut variant.attrs,
                        &format!("The form `{}`.", variant.ident),
                    );
                }
            }
            // Conversions into unions: the variants are there to be written.
            Item::Impl(item) if is_conversion(item) => continue,
            _ => {}
        }
        kept.push(item);
    }
    let used = kept.iter().any(|item| match item {
        Item::Mod(_) => false,
        other => other
            .to_token_stream()
            .to_string()
            .contains("ConversionError"),
    });
    kept.retain(|item| used || !matches!(item, Item::Mod(module) if module.ident == "error"));
    Types { items: kept, enums }
}

/// The form that takes anything is for what the description does not have.
fn name_fallback(variant: &mut syn::Variant) {
    if let Fields::Unnamed(fields) = &variant.fields
        && let Some(Type::Path(ty)) = fields.unnamed.first().map(|field| &field.ty)
        && ty
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Value")
    {
        variant.ident = format_ident!("Other");
        variant
            .attrs
            .push(parse_quote!(#[doc = " What the description does not have."]));
    }
}

fn is_conversion(item: &syn::ItemImpl) -> bool {
    item.trait_
        .as_ref()
        .and_then(|(path, _)| path.segments.last())
        .is_some_and(|last| last.ident == "From")
}

/// Numbers the fields whose properties, such as `id` and `_id`, come out alike in Rust.
///
/// Those that are spelt as in Rust keep their names; each of the others says the property's already.
fn unique_names(fields: &mut Fields) {
    let mut taken: BTreeSet<_> = fields
        .iter()
        .filter(|field| wire_name(&field.attrs).is_none())
        .filter_map(|field| field.ident.clone())
        .collect();
    for field in fields.iter_mut() {
        let (Some(name), Some(_)) = (field.ident.clone(), wire_name(&field.attrs)) else {
            continue;
        };
        let mut unique = name.clone();
        let mut count = 1;
        while !taken.insert(unique.clone()) {
            count += 1;
            unique = format_ident!("{}_{count}", name.to_string().trim_end_matches('_'));
        }
        field.ident = Some(unique);
    }
}

/// Whether a type's default is the value that stands for nothing.
fn has_default(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| {
        matches!(
            last.ident.to_string().as_str(),
            "Option" | "Vec" | "HashMap" | "BTreeMap" | "Map"
        )
    })
}

fn derive(attrs: &mut Vec<Attribute>, default: bool) {
    attrs.retain(|attr| !attr.path().is_ident("derive"));
    attrs.push(if default {
        parse_quote!(#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)])
    } else {
        parse_quote!(#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)])
    });
    attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]));
    // Documentation first, then derives, then what serde reads.
    attrs.sort_by_key(|attr| {
        let path = attr.path();
        (
            !path.is_ident("doc"),
            !path.is_ident("derive"),
            !path.is_ident("cfg_attr"),
        )
    });
}

fn string_enum(item: &Item, closed: &BTreeSet<String>) -> Option<StringEnum> {
    let Item::Enum(ItemEnum {
        ident,
        attrs,
        variants,
        ..
    }) = item
    else {
        return None;
    };
    let is_unit = variants
        .iter()
        .all(|variant| matches!(variant.fields, Fields::Unit));
    let is_string = !attrs
        .iter()
        .any(|attr| attr.to_token_stream().to_string().contains("untagged"));
    (is_unit && is_string && !variants.is_empty()).then(|| StringEnum {
        name: ident.to_string(),
        is_closed: closed.contains(&ident.to_string()),
        docs: described(attrs, &format!("The values of `{ident}`.")),
        variants: variants
            .iter()
            .map(|variant| {
                let name = match variant.ident.to_string() {
                    // The name of the variant for what is not known.
                    name if name == "Unknown" => "UnknownValue".to_owned(),
                    name => name,
                };
                let value = wire_name(&variant.attrs).unwrap_or_else(|| variant.ident.to_string());
                (name, value)
            })
            .collect(),
    })
}

/// The name that serde reads and writes, where it is another than Rust's.
pub(crate) fn wire_name(attrs: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        // What does not parse as one of these is of no interest here.
        let _ = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    name
}

/// The lines of a documentation, without the line that only repeats the type's name.
pub(crate) fn described(attrs: &[Attribute], fallback: &str) -> Vec<String> {
    let lines: Vec<_> = attrs.iter().filter_map(doc_line).collect();
    let mut lines: Vec<_> = lines
        .iter()
        .map(|line| line.trim().to_owned())
        .skip_while(|line| line.is_empty() || (line.starts_with('`') && line.ends_with('`')))
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.is_empty() {
        lines.push(fallback.to_owned());
    }
    lines
}

/// Documents an item that says nothing of itself.
pub(crate) fn document(attrs: &mut Vec<Attribute>, fallback: &str) {
    let lines = described(attrs, fallback);
    attrs.retain(|attr| !attr.path().is_ident("doc"));
    attrs.splice(0..0, docs(&lines));
}

/// Gives an item this documentation, and no other.
pub(crate) fn document_as(attrs: &mut Vec<Attribute>, text: &str) {
    attrs.retain(|attr| !attr.path().is_ident("doc"));
    document(attrs, text);
}

/// Spells paths as a person would, and documentation a line at a time.
pub(crate) fn tidy(file: &mut File) {
    Tidy.visit_file_mut(file);
}

/// Documentation, a line each.
pub(crate) fn docs(lines: &[String]) -> Vec<Attribute> {
    lines
        .iter()
        .map(|line| {
            let line = if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            };
            parse_quote!(#[doc = #line])
        })
        .collect()
}

/// A status as it is written: without the suffix of its type.
pub(crate) fn status(status: u16) -> Literal {
    Literal::u16_unsuffixed(status)
}

/// A text as a raw string, which is the more readable the longer the text.
pub(crate) fn raw_string(text: &str) -> TokenStream {
    let mut fence = "#".to_owned();
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    format!("r{fence}\"{text}\"{fence}")
        .parse()
        .unwrap_or_else(|_| text.to_token_stream())
}

/// Text from a description, as lines of documentation that rustdoc reads without a warning and never as a test.
pub(crate) fn doc_lines(text: &str) -> Vec<String> {
    const FENCE: &str = "```";
    // More than three spaces begin code in Markdown, and code without a language is Rust to rustdoc.
    const DEEPEST: usize = 3;
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        let content = line.trim_start();
        let indent = " ".repeat((line.len() - content.len()).min(DEEPEST));
        if let Some(language) = content.strip_prefix(FENCE) {
            let language = match language {
                "" | "rust" | "rs" if !is_code => "text",
                language => language,
            };
            lines.push(format!("{indent}{FENCE}{language}"));
            is_code = !is_code;
        } else if is_code {
            lines.push(line.to_owned());
        } else {
            lines.extend(wrap(&escape(&format!("{indent}{content}"))));
        }
    }
    if is_code {
        lines.push(FENCE.to_owned());
    }
    lines
}

/// A paragraph's line in several, none of them too long to read. Code and tables stay as they are.
fn wrap(line: &str) -> Vec<String> {
    const WIDTH: usize = 96;
    if line.len() <= WIDTH || line.starts_with([' ', '|', '#']) {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let current = lines.last().map_or(0, String::len);
        if current > 0 && current + 1 + word.len() > WIDTH {
            lines.push(String::new());
        }
        if let Some(current) = lines.last_mut() {
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
    }
    lines
}

/// A bare `<` is HTML to rustdoc, a `[` a link, and a URL wants angle brackets.
fn escape(line: &str) -> String {
    let mut parts = line.split('`');
    let mut escaped = parts.next().map(escape_text).unwrap_or_default();
    while let Some(code) = parts.next() {
        escaped.push('`');
        match parts.next() {
            Some(text) => escaped.push_str(&format!("{code}`{}", escape_text(text))),
            // The code goes on in the next line.
            None => escaped.push_str(code),
        }
    }
    escaped
}

/// The same, of what is not code.
fn escape_text(text: &str) -> String {
    let mut escaped = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_url = |text: &str| text.starts_with("http://") || text.starts_with("https://");
        let kept = match c {
            '<' if is_url(&rest[1..]) => rest.find('>').map(|end| end + 1),
            '[' => link(rest)
                .filter(|end| is_url(rest[..*end].rsplit("](").next().unwrap_or_default())),
            _ => None,
        };
        if let Some(end) = kept {
            escaped.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if is_url(rest) {
            let end = rest.find([' ', '<', '>', '"']).unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ')', ';', ':', '\'']);
            escaped.push_str(&format!("<{url}>"));
            rest = &rest[url.len()..];
        } else {
            if matches!(c, '<' | '>' | '[' | ']') {
                escaped.push('\\');
            }
            escaped.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    escaped
}

/// The length of the Markdown link that `text` begins with.
fn link(text: &str) -> Option<usize> {
    let middle = text.find(']')?;
    text[middle..].strip_prefix("](")?;
    Some(middle + text[middle..].find(')')? + 1)
}

fn doc_line(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attr.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if meta.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// Spells paths as a person would, and documentation a line at a time.
struct Tidy;

impl VisitMut for Tidy {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let spelled = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect::<Vec<_>>();
        let keep = match spelled
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            ["std", "option", "Option"]
            | ["std", "string", "String"]
            | ["std", "vec", "Vec"]
            | ["std", "boxed", "Box"] => 1,
            ["std", "option", "Option", _] => 2,
            _ if path.leading_colon.is_some() => {
                path.leading_colon = None;
                return;
            }
            _ => return,
        };
        let skip = path.segments.len() - keep;
        path.leading_colon = None;
        path.segments = std::mem::take(&mut path.segments)
            .into_iter()
            .skip(skip)
            .collect();
    }

    fn visit_attributes_mut(&mut self, attrs: &mut Vec<Attribute>) {
        let mut tidied = Vec::new();
        for mut attr in attrs.drain(..) {
            if let Some(text) = doc_line(&attr) {
                tidied.extend(docs(&doc_lines(&text)));
            } else {
                self.visit_attribute_mut(&mut attr);
                tidied.push(attr);
            }
        }
        *attrs = tidied;
    }

    fn visit_lit_int_mut(&mut self, number: &mut syn::LitInt) {
        if matches!(number.suffix(), "u16" | "usize") {
            *number = syn::LitInt::new(number.base10_digits(), number.span());
        }
    }

    fn visit_lit_str_mut(&mut self, text: &mut syn::LitStr) {
        // serde's attributes name functions in strings.
        let value = text.value();
        if let Some(path) = value.strip_prefix("::std::option::") {
            *text = syn::LitStr::new(path, text.span());
        }
    }

    fn visit_attribute_mut(&mut self, attr: &mut Attribute) {
        if let Meta::List(list) = &mut attr.meta {
            let tokens = list.tokens.to_string();
            if let Ok(tokens) = tokens.replace("::std::option::Option", "Option").parse() {
                list.tokens = tokens;
            }
        }
        visit_mut::visit_attribute_mut(self, attr);
    }
}

/// Lays out a file, with a blank line between its items.
pub(crate) fn render(file: &File) -> String {
    space_out(&prettyplease::unparse(file))
}

/// Items as a file.
pub(crate) fn file(items: Vec<Item>) -> File {
    File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items,
    }
}

/// Puts a blank line between items, which the printer does not.
fn space_out(code: &str) -> String {
    let mut spaced = String::new();
    let mut previous = "";
    for line in code.lines() {
        if is_boundary(previous, line) {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        previous = line;
    }
    spaced
}

fn is_boundary(previous: &str, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_import = |line: &str| line.trim_start_matches("pub ").starts_with("use ");
    let is_module = |line: &str| line.trim_start_matches("pub ").starts_with("mod ");
    let is_inner = |line: &str| line.starts_with("//!") || line.starts_with("#![");
    if is_inner(previous) {
        return !line.starts_with("//!");
    }
    // After the end of an item, at the outside of the file or inside an impl.
    if (previous.trim() == "}" && indent(previous) <= 4) || previous == ");" {
        return indent(line) == indent(previous) && is_item(line);
    }
    if indent(line) > 0 || line.starts_with('}') || !previous.ends_with(';') {
        return false;
    }
    // Between the ends of longer items, imports and modules.
    let is_long = indent(previous) > 0 || (previous == "};" && !is_import(line));
    let changes = is_import(previous) != is_import(line) && previous != "};";
    is_long || changes || (is_module(previous) && !is_module(line) && is_import(line))
}

/// Whether a line starts an item, rather than going on in a body.
fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    [
        "///",
        "#[",
        "pub ",
        "pub(",
        "fn ",
        "async fn ",
        "impl",
        "struct ",
        "enum ",
        "mod ",
        "use ",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

impl StringEnum {
    /// The macro call that defines it: printers leave the inside of macros alone, so it is laid out here.
    pub(crate) fn render(&self) -> String {
        use std::fmt::Write as _;
        let kind = if self.is_closed {
            "closed_enum"
        } else {
            "open_enum"
        };
        let mut code = format!("keyholder_core::{kind}! {{\n");
        for line in &self.docs {
            let _ = writeln!(code, "    /// {line}");
        }
        let _ = writeln!(code, "    pub enum {} {{", self.name);
        for (name, value) in &self.variants {
            let _ = writeln!(code, "        /// The value `{}`.", value.replace('`', "'"));
            let _ = writeln!(code, "        {name} = {value:?},");
        }
        code.push_str("    }\n}\n");
        code
    }
}

/// The fields and forms of the generated types, to find one's way through an answer.
pub(crate) struct TypeIndex<'a>(BTreeMap<String, &'a Item>);

impl<'a> TypeIndex<'a> {
    /// Indexes `types`.
    pub(crate) fn new(types: &'a Types) -> Self {
        Self(
            types
                .items
                .iter()
                .filter_map(|item| match item {
                    Item::Struct(it) => Some((it.ident.to_string(), item)),
                    Item::Enum(it) => Some((it.ident.to_string(), item)),
                    Item::Type(it) => Some((it.ident.to_string(), item)),
                    _ => None,
                })
                .collect(),
        )
    }

    /// The type of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Item> {
        self.0.get(name).copied()
    }
}
