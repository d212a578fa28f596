//! What progenitor generates, made small and pleasant to read.
//!
//! Works on the syntax tree: nothing here depends on how the code is laid out.

use std::collections::BTreeSet;

use proc_macro2::{Literal, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, ExprPath, Fields, File, Item, ItemEnum, Lit, Meta, Path, Type,
    parse_quote,
};

use super::boxes::{self, Sizes};
use super::{markdown, names, secrets, source};
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
    /// How large they are.
    pub sizes: Sizes,
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
    let impossible: BTreeSet<_> = items
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if item.variants.is_empty() => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    let mut kept = Vec::new();
    for mut item in items {
        match &mut item {
            Item::Enum(enumeration) if enumeration.variants.is_empty() => {
                item = anything(enumeration);
            }
            Item::Impl(item)
                if impossible.contains(&item.self_ty.to_token_stream().to_string()) =>
            {
                continue;
            }
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
                tidy_fields(&mut item.fields);
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
                    if matches!(variant.fields, Fields::Named(_)) {
                        tidy_fields(&mut variant.fields);
                    }
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
    let sizes = boxes::boxed(&mut kept);
    Types {
        items: kept,
        enums,
        sizes,
    }
}

/// Any JSON in the place of a type without values, as typify makes of parts that exclude each other: what comes is kept.
fn anything(item: &ItemEnum) -> Item {
    let name = &item.ident;
    let about = docs(&described(
        &item.attrs,
        &format!("Any JSON: what `{name}` is described as excludes itself."),
    ));
    parse_quote! {
        #(#about)*
        pub type #name = serde_json::Value;
    }
}

/// The form that takes anything is for what the description does not have.
fn name_fallback(variant: &mut syn::Variant) {
    if let Fields::Unnamed(fields) = &variant.fields
        && let Some(ty) = fields.unnamed.first().map(|field| &field.ty)
        && is_anything(ty)
    {
        variant.ident = format_ident!("Other");
        variant
            .attrs
            .push(parse_quote!(#[doc = " What the description does not have."]));
    }
}

/// Whether a type takes any JSON.
fn is_anything(ty: &Type) -> bool {
    let is_value = |path: &Path| {
        let mut segments = path.segments.iter();
        segments
            .next_back()
            .is_some_and(|last| last.ident == "Value")
    };
    let is_secret = ty.to_token_stream().to_string().replace(' ', "") == secrets::TYPE;
    is_secret || matches!(ty, Type::Path(ty) if is_value(&ty.path))
}

fn is_conversion(item: &syn::ItemImpl) -> bool {
    item.trait_
        .as_ref()
        .and_then(|(path, _)| path.segments.last())
        .is_some_and(|last| last.ident == "From")
}

/// Names fields so that each is another, and documents those of which nothing is said.
fn tidy_fields(fields: &mut Fields) {
    plain_names(fields);
    unique_names(fields);
    for field in fields.iter_mut() {
        let name = wire_name(&field.attrs).or(field.ident.as_ref().map(ToString::to_string));
        let fallback = name.map_or_else(
            || "The value.".to_owned(),
            |name| format!("The property {}.", markdown::code(&name)),
        );
        document(&mut field.attrs, &fallback);
    }
}

/// Names the fields in ASCII whose properties have other letters.
fn plain_names(fields: &mut Fields) {
    for field in fields.iter_mut() {
        let Some(name) = field.ident.as_ref().map(ToString::to_string) else {
            continue;
        };
        if names::is_plain(&name) {
            continue;
        }
        let property = wire_name(&field.attrs).unwrap_or_else(|| {
            field.attrs.push(parse_quote!(#[serde(rename = #name)]));
            name
        });
        field.ident = Some(format_ident!("{}", names::function_name(&property)));
    }
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
        variants: string_variants(variants.iter()),
    })
}

/// The names and values of variants. The names are in ASCII, and each is another.
fn string_variants<'a>(variants: impl Iterator<Item = &'a syn::Variant>) -> Vec<(String, String)> {
    let mut taken = BTreeSet::new();
    variants
        .map(|variant| {
            let name = variant.ident.to_string();
            let value = wire_name(&variant.attrs).unwrap_or_else(|| name.clone());
            let name = match name {
                // The name of the variant for what is not known.
                name if name == "Unknown" => "UnknownValue".to_owned(),
                // typify spells signs out: `+1` is `plus1`.
                name if names::is_plain(&name) => {
                    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                        names::type_name(&name)
                    } else {
                        name
                    }
                }
                _ => names::type_name(&value),
            };
            (names::unique(&name, "", &mut taken), value)
        })
        .collect()
}

/// The name that serde reads and writes, where it is another than Rust's.
fn wire_name(attrs: &[Attribute]) -> Option<String> {
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
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
        .skip_while(|line| line.is_empty() || is_name(line))
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.is_empty() {
        lines.push(fallback.to_owned());
    }
    lines
}

/// Whether a line is nothing but the name of a type.
fn is_name(line: &str) -> bool {
    let name = line
        .strip_prefix('`')
        .and_then(|line| line.strip_suffix('`'));
    name.is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// Documents an item that says nothing of itself.
pub(crate) fn document(attrs: &mut Vec<Attribute>, fallback: &str) {
    let lines = described(attrs, fallback);
    attrs.retain(|attr| !attr.path().is_ident("doc"));
    attrs.splice(0..0, docs(&lines));
}

/// Spells paths as a person would, and documentation a line at a time.
fn tidy(file: &mut File) {
    Tidy.visit_file_mut(file);
}

/// Documentation, a line each.
pub(crate) fn docs(lines: &[String]) -> Vec<Attribute> {
    lines
        .iter()
        .map(|line| {
            let line = format!(" {line}");
            let line = line.trim_end();
            parse_quote!(#[doc = #line])
        })
        .collect()
}

/// Whether code names anything of the module `types`.
pub(crate) fn names_types(code: TokenStream) -> bool {
    let mut is_after_types = false;
    for token in code {
        match token {
            TokenTree::Punct(punct) if is_after_types && punct.as_char() == ':' => {
                // One colon alone stands between a name and its type.
                if punct.spacing() == Spacing::Joint {
                    return true;
                }
                is_after_types = false;
            }
            TokenTree::Ident(name) => is_after_types = name == "types",
            TokenTree::Group(group) if names_types(group.stream()) => return true,
            _ => is_after_types = false,
        }
    }
    false
}

/// A status as it is written: without the suffix of its type.
pub(crate) fn status(status: u16) -> Literal {
    Literal::u16_unsuffixed(status)
}

/// A text as a raw string, which is the more readable the longer the text.
pub(crate) fn raw_string(text: &str) -> Literal {
    // More signs than that no literal has.
    const LONGEST_FENCE: usize = 255;
    let mut fence = "#".to_owned();
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    let raw = format!("r{fence}\"{text}\"{fence}").parse::<Literal>().ok();
    let raw = raw.filter(|raw| match Lit::new(raw.clone()) {
        Lit::Str(literal) => literal.value() == text && fence.len() <= LONGEST_FENCE,
        _ => false,
    });
    raw.unwrap_or_else(|| Literal::string(text))
}

/// The line that an attribute documents with.
pub(crate) fn doc_line(attr: &Attribute) -> Option<String> {
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
    /// After `<T>` alone, the colons are no leading ones.
    fn visit_expr_path_mut(&mut self, expression: &mut ExprPath) {
        let colon = expression.path.leading_colon;
        visit_mut::visit_expr_path_mut(self, expression);
        if expression.qself.as_ref().is_some_and(|it| it.position == 0) {
            expression.path.leading_colon = colon;
        }
    }

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
        // What progenitor writes of an item is what the description says of it.
        let mut described: Option<String> = None;
        for mut attr in attrs.drain(..) {
            if let Some(line) = doc_line(&attr) {
                described = Some(match described {
                    Some(before) => format!("{before}\n{line}"),
                    None => line,
                });
            } else {
                tidied.extend(
                    described
                        .take()
                        .iter()
                        .flat_map(|text| docs(&markdown::prose(text))),
                );
                self.visit_attribute_mut(&mut attr);
                tidied.push(attr);
            }
        }
        tidied.extend(
            described
                .iter()
                .flat_map(|text| docs(&markdown::prose(text))),
        );
        *attrs = tidied;
    }

    fn visit_lit_int_mut(&mut self, number: &mut syn::LitInt) {
        if matches!(number.suffix(), "u16" | "usize") {
            *number = syn::LitInt::new(number.base10_digits(), number.span());
        }
    }

    fn visit_attribute_mut(&mut self, attr: &mut Attribute) {
        if attr.path().is_ident("serde")
            && let Meta::List(list) = &mut attr.meta
        {
            list.tokens = with_short_functions(std::mem::take(&mut list.tokens));
        }
        visit_mut::visit_attribute_mut(self, attr);
    }
}

/// serde's attributes name functions in strings, which are no paths to a visitor.
fn with_short_functions(tokens: TokenStream) -> TokenStream {
    const OPTION: &str = "::std::option::";
    let mut key = String::new();
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(name) => {
                key = name.to_string();
                TokenTree::Ident(name)
            }
            TokenTree::Literal(literal) if key != "rename" => match Lit::new(literal.clone()) {
                Lit::Str(text) if text.value().starts_with(OPTION) => {
                    TokenTree::Literal(Literal::string(&text.value()[OPTION.len()..]))
                }
                _ => TokenTree::Literal(literal),
            },
            other => other,
        })
        .collect()
}

/// Lays out a file, with a blank line between its items, and enums of strings at its end.
pub(crate) fn render(file: &File) -> String {
    let mut enums = Vec::new();
    let mut others = file.clone();
    others.items.retain(|item| {
        let call = source::enum_call(item);
        let is_other = call.is_none();
        enums.extend(call);
        is_other
    });
    let mut code = space_out(&prettyplease::unparse(&others));
    for (path, item) in enums {
        code.push_str(&format!("\n{path}! {{\n"));
        // Printers leave the inside of macros alone: it is laid out as the enum that it looks like.
        for line in prettyplease::unparse(&self::file(vec![Item::Enum(item)])).lines() {
            code.push_str(&format!("    {line}\n"));
        }
        code.push_str("}\n");
    }
    code
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
    /// The macro call that defines it.
    pub(crate) fn item(&self) -> Item {
        let kind = if self.is_closed {
            format_ident!("closed_enum")
        } else {
            format_ident!("open_enum")
        };
        let (name, about) = (format_ident!("{}", self.name), docs(&self.docs));
        let variants = self.variants.iter().map(|(variant, value)| {
            let about = docs(&[format!("The value {}.", markdown::code(value))]);
            let variant = format_ident!("{variant}");
            quote!(#(#about)* #variant = #value,)
        });
        parse_quote! {
            keyholder_core::#kind! {
                #(#about)*
                pub enum #name {
                    #(#variants)*
                }
            }
        }
    }
}
