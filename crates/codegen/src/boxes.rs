//! Boxes what is large in types, so that none of them is.
//!
//! Types that nest by value grow with every level: a property of such a type needs its room, on the stack as well, in
//! every answer, also where it is absent.

use std::collections::BTreeMap;

use quote::ToTokens as _;
use syn::{Fields, GenericArgument, Item, PathArguments, Type, parse_quote};

/// As many bytes as a value of a generated type takes where it stands.
const LARGEST_PART: usize = 512;

/// As many as all parts of generated types take together in one type, and there is always room for a pointer each.
const LARGEST_WHOLE: usize = 1024;

/// What a pointer takes.
const POINTER: usize = 8;

/// A text or a list: a pointer, a length and a capacity.
const TEXT: usize = 3 * POINTER;

/// Any JSON.
const ANYTHING: usize = 4 * POINTER;

/// The sizes of types, in bytes and roughly: rustc says what they are exactly, and nothing here depends on that.
#[derive(Debug, Default)]
pub(crate) struct Sizes(BTreeMap<String, usize>);

impl Sizes {
    /// Whether a value of the generated type of that name is kept in a box.
    pub(crate) fn is_large(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|size| *size > LARGEST_PART)
    }
}

/// Boxes the large parts of types.
pub(crate) fn boxed(items: &mut [Item]) -> Sizes {
    let mut indices = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let name = match item {
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            _ => continue,
        };
        indices.insert(name.to_string(), index);
    }
    let mut sizes = Sizes::default();
    for index in inside_out(items, &indices) {
        let Some(item) = items.get_mut(index) else {
            continue;
        };
        let (name, size) = match item {
            Item::Struct(item) => (item.ident.to_string(), fields(&mut item.fields, &sizes)),
            Item::Enum(item) => {
                let forms = item.variants.iter_mut();
                let largest = forms.map(|form| fields(&mut form.fields, &sizes)).max();
                (
                    item.ident.to_string(),
                    largest.unwrap_or_default() + POINTER,
                )
            }
            _ => continue,
        };
        sizes.0.insert(name, size);
    }
    sizes
}

/// The types in an order in which each comes after those that stand in it by value: there is no circle of such.
fn inside_out(items: &[Item], indices: &BTreeMap<String, usize>) -> Vec<usize> {
    let mut order = Vec::new();
    let mut is_seen = vec![false; items.len()];
    for start in indices.values() {
        let mut open = vec![(*start, false)];
        while let Some((index, is_done)) = open.pop() {
            if is_done {
                order.push(index);
                continue;
            }
            if std::mem::replace(&mut is_seen[index], true) {
                continue;
            }
            open.push((index, true));
            let parts = types(&items[index]).filter_map(by_value);
            open.extend(parts.filter_map(|name| Some((*indices.get(&name)?, false))));
        }
    }
    order
}

/// The types of the parts of a type.
fn types(item: &Item) -> Box<dyn Iterator<Item = &Type> + '_> {
    match item {
        Item::Struct(item) => Box::new(item.fields.iter().map(|field| &field.ty)),
        Item::Enum(item) => {
            let forms = item.variants.iter();
            Box::new(forms.flat_map(|form| form.fields.iter().map(|field| &field.ty)))
        }
        _ => Box::new(std::iter::empty()),
    }
}

/// Boxes the large ones of some fields. Returns their size together.
fn fields(fields: &mut Fields, sizes: &Sizes) -> usize {
    // A tuple struct of one field is that value, to which it derefs.
    let mut measured: Vec<_> = fields.iter().map(|field| size(&field.ty, sizes)).collect();
    let mut by_size: Vec<_> = (0..measured.len()).collect();
    by_size.sort_by_key(|index| std::cmp::Reverse(measured[*index]));
    let is_own = |ty: &Type| by_value(ty).is_some_and(|name| sizes.0.contains_key(&name));
    let own: Vec<_> = fields.iter().map(|field| is_own(&field.ty)).collect();
    let mut whole: usize = (0..measured.len())
        .filter(|it| own[*it])
        .map(|it| measured[it])
        .sum();
    for index in by_size {
        let Some(field) = fields.iter_mut().nth(index) else {
            continue;
        };
        let is_large = measured[index] > LARGEST_PART || whole > LARGEST_WHOLE;
        if own[index] && is_large && measured[index] > POINTER {
            put_into_box(&mut field.ty);
            whole = whole - measured[index] + POINTER;
            measured[index] = POINTER;
        }
    }
    measured.iter().sum()
}

/// Puts what a type holds by value into a box.
fn put_into_box(ty: &mut Type) {
    match option(ty) {
        Some(inner) => {
            let inner = inner.clone();
            *ty = parse_quote!(Option<Box<#inner>>);
        }
        None => *ty = parse_quote!(Box<#ty>),
    }
}

/// What an option is of.
fn option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Option" => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The name of the type that stands in a type by value, if it may be a generated one.
fn by_value(ty: &Type) -> Option<String> {
    let ty = option(ty).unwrap_or(ty);
    let Type::Path(path) = ty else { return None };
    path.path.get_ident().map(ToString::to_string)
}

fn size(ty: &Type, sizes: &Sizes) -> usize {
    if let Some(inner) = option(ty) {
        return match size(inner, sizes) {
            size @ (TEXT | ANYTHING) => size,
            size => size + POINTER,
        };
    }
    let own = by_value(ty).and_then(|name| sizes.0.get(&name));
    let Type::Path(path) = ty else { return TEXT };
    let last = path.path.segments.last();
    match (own, last.map(|last| last.ident.to_string()).as_deref()) {
        (Some(size), _) => *size,
        (_, Some("Box" | "bool" | "f64" | "i64" | "u64")) => POINTER,
        (_, Some("Value")) => ANYTHING,
        _ if ty.to_token_stream().is_empty() => 0,
        // Texts, lists and maps, secrets, and enums of texts.
        _ => TEXT,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::{File, parse_quote};

    use super::boxed;

    #[test]
    fn what_is_large_is_boxed_and_nothing_else() {
        let large = (0..40).map(|index| quote::format_ident!("p{index}"));
        let mut file: File = parse_quote! {
            pub struct Outer { a: Option<Large>, b: Large, c: Option<Small>, d: Vec<Large>, e: Option<Box<Outer>> }
            pub enum Either { A(Large), B(Small), C { x: Option<Outer> } }
            pub struct Many { a: Small, b: Small, c: Small, d: Half, e: Half, f: Half }
            pub struct Large { #(#large: Option<String>),* }
            pub struct Half { a: Small, b: Small, c: Small, d: Small }
            pub struct Small { a: Option<String>, b: String, c: bool, d: i64, e: Option<i64> }
        };
        let sizes = boxed(&mut file.items);
        assert!(sizes.is_large("Large") && !sizes.is_large("Outer"));
        let wanted: File = parse_quote! {
            pub struct Outer { a: Option<Box<Large>>, b: Box<Large>, c: Option<Small>, d: Vec<Large>, e: Option<Box<Outer>> }
            pub enum Either { A(Box<Large>), B(Small), C { x: Option<Outer> } }
            pub struct Many { a: Small, b: Small, c: Small, d: Box<Half>, e: Half, f: Half }
        };
        file.items.truncate(wanted.items.len());
        let [made, wanted] = [file, wanted].map(|it| it.to_token_stream().to_string());
        assert_eq!(made, wanted);
    }
}
