//! Two schemas, form by form and field by field, and what a difference does to whoever reads the values.

use std::collections::BTreeSet;

use super::change::{Change, Kind, Place};
use super::form::{Form, Kind as Type, Resolver, Schemas, Shape};
use super::words;
use keyholder_openapi::Result;

/// Who reads the values of the two schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Our client reads answers that are as theirs describes. It is tolerant: see `generate/tolerance.rs`.
    Client,
    /// Their server reads what is sent as ours describes. It is taken to be strict.
    Server,
    /// Nobody whose reading could fail: differences are only listed.
    Nobody,
}

/// How a value is read in the place where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Context {
    /// It may be null whatever its schema says: it is the property of an object.
    takes_null: bool,
    /// What does not fit is kept as it is: it is in a union that is not the whole answer.
    takes_anything: bool,
    /// It is the whole.
    is_root: bool,
    /// Its values are all that there are: the forms of the whole are told apart by them.
    is_telling: bool,
}

/// What is compared, by the addresses of the schemas of ours and of theirs.
type Addresses = (Vec<usize>, Vec<usize>);

/// What is being compared.
#[derive(PartialEq, Eq)]
enum Open {
    /// Schemas.
    Schemas(Addresses),
    /// Objects, by the schemas of their properties.
    Objects(Addresses),
}

/// Compares the schemas of two documents.
pub(super) struct Comparison<'a> {
    ours: Resolver<'a>,
    theirs: Resolver<'a>,
    reader: Reader,
    /// What is being compared, from the outside to the inside: what is within itself ends there.
    open: Vec<Open>,
    /// What has been compared.
    done: BTreeSet<(Addresses, Context)>,
    /// How many comparisons are left before no pair is compared twice.
    budget: usize,
    changes: Vec<Change>,
}

/// Compares the schemas of a whole: an answer's, a parameter's or a body's.
///
/// # Errors
///
/// A reference that points nowhere.
pub(super) fn compare<'a>(
    ours: (Resolver<'a>, &Schemas<'a>),
    theirs: (Resolver<'a>, &Schemas<'a>),
    reader: Reader,
    place: &Place,
) -> Result<Vec<Change>> {
    const BUDGET: usize = 20_000;
    let mut comparison = Comparison {
        ours: ours.0,
        theirs: theirs.0,
        reader,
        open: Vec::new(),
        done: BTreeSet::new(),
        budget: BUDGET,
        changes: Vec::new(),
    };
    let context = Context {
        takes_null: false,
        takes_anything: false,
        is_root: true,
        is_telling: false,
    };
    comparison.schemas(ours.1, theirs.1, place, context)?;
    Ok(comparison.changes)
}

impl<'a> Comparison<'a> {
    fn schemas(
        &mut self,
        ours: &Schemas<'a>,
        theirs: &Schemas<'a>,
        place: &Place,
        context: Context,
    ) -> Result<()> {
        let pair = (addresses(ours), addresses(theirs));
        let open = Open::Schemas(pair.clone());
        if self.open.contains(&open) {
            let (our_shape, their_shape) = (self.ours.shape(ours)?, self.theirs.shape(theirs)?);
            // The inside tolerates what the outside does, but for null.
            return if context.takes_null {
                Ok(())
            } else {
                self.null(&our_shape, &their_shape, place, context, (ours, theirs))
            };
        }
        // A schema that occurs at several places is compared at each, as long as that ends.
        let is_new = self.done.insert((pair, context));
        if !is_new && self.budget == 0 {
            return Ok(());
        }
        self.budget = self.budget.saturating_sub(1);
        self.open.push(open);
        let result = self.shapes(ours, theirs, place, context);
        self.open.pop();
        result
    }

    fn shapes(
        &mut self,
        ours: &Schemas<'a>,
        theirs: &Schemas<'a>,
        place: &Place,
        context: Context,
    ) -> Result<()> {
        let our_shape = self.ours.shape(ours)?;
        let their_shape = self.theirs.shape(theirs)?;
        if their_shape.is_deprecated && !our_shape.is_deprecated {
            self.changes
                .push(Change::new(place, Kind::Deprecated, "", ""));
        }
        if our_shape.is_anything() && their_shape.is_anything() {
            return Ok(());
        }
        let pairs = self.pairs(&our_shape, &their_shape)?;
        let is_union = our_shape.forms.len() > 1;
        // What fits no form of a union is kept as it is, unless the union is the whole answer.
        let inner = Context {
            takes_anything: context.takes_anything || (is_union && !context.is_root),
            ..context
        };
        let differs = self.kinds(&our_shape, &their_shape, &pairs, place, inner)?;
        if !differs {
            self.null(&our_shape, &their_shape, place, context, (ours, theirs))?;
        }
        let telling = if context.is_root {
            self.telling(&our_shape)?
        } else {
            BTreeSet::new()
        };
        for (our_form, their_form) in pairs {
            let forms = (&our_shape.forms[our_form], &their_shape.forms[their_form]);
            self.forms(forms, place, inner, &telling)?;
        }
        Ok(())
    }

    /// The properties by whose values the forms of a union are told apart, as `generate/unions.rs` finds them: every
    /// form has them, with values that no other form has.
    fn telling(&self, ours: &Shape<'a>) -> Result<BTreeSet<&'a str>> {
        let is_object = |form: &&Form<'a>| form.kind == Some(Type::Object);
        let objects: Vec<_> = ours.forms.iter().filter(is_object).collect();
        let mut telling = BTreeSet::new();
        let Some((first, others)) = objects
            .split_first()
            .filter(|(_, others)| !others.is_empty())
        else {
            return Ok(telling);
        };
        for name in first.properties.keys() {
            let mut seen = BTreeSet::new();
            let mut is_telling = true;
            for form in std::iter::once(first).chain(others) {
                let shape = match form.properties.get(name) {
                    Some(schemas) => self.ours.shape(schemas)?,
                    None => Shape::default(),
                };
                let values = match shape.forms.as_slice() {
                    [form] if form.kind == Some(Type::String) => form.values.clone(),
                    _ => None,
                };
                is_telling &= values.is_some_and(|values| {
                    let count = seen.len() + values.len();
                    seen.extend(values);
                    seen.len() == count
                });
            }
            if is_telling {
                telling.insert(*name);
            }
        }
        Ok(telling)
    }

    /// Which of our forms reads which of theirs, by their indices: those of a type; where ours has several of it, each
    /// the one that differs least.
    fn pairs(&self, ours: &Shape<'a>, theirs: &Shape<'a>) -> Result<Vec<(usize, usize)>> {
        let mut candidates = Vec::new();
        for (our_index, our_form) in ours.forms.iter().enumerate() {
            for (their_index, their_form) in theirs.forms.iter().enumerate() {
                if is_same_type(our_form, their_form) {
                    candidates.push((our_index, their_index));
                }
            }
        }
        let is_ambiguous = |(our_index, their_index): &(usize, usize)| {
            let others = candidates
                .iter()
                .filter(|(ours, theirs)| (ours == our_index) != (theirs == their_index));
            others.count() > 0
        };
        if !candidates.iter().any(is_ambiguous) {
            return Ok(candidates);
        }
        // One form of ours reads whatever of its type there is.
        let is_alone = |our_index: usize| {
            let our_form = &ours.forms[our_index];
            let mut others = ours.forms.iter().enumerate();
            !others.any(|(index, form)| index != our_index && is_same_type(our_form, form))
        };
        let (mut pairs, candidates): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|(our_index, _)| is_alone(*our_index));
        let mut scored = Vec::new();
        for (our_index, their_index) in candidates {
            let score = self.distance(&ours.forms[our_index], &theirs.forms[their_index])?;
            scored.push((score, our_index, their_index));
        }
        scored.sort_unstable();
        let (mut our_taken, mut their_taken) = (BTreeSet::new(), BTreeSet::new());
        for (_, our_index, their_index) in scored {
            if !our_taken.contains(&our_index) && !their_taken.contains(&their_index) {
                our_taken.insert(our_index);
                their_taken.insert(their_index);
                pairs.push((our_index, their_index));
            }
        }
        pairs.sort_unstable();
        Ok(pairs)
    }

    /// How far two forms are from each other: by the values and the names that only one of them has.
    fn distance(&self, ours: &Form<'a>, theirs: &Form<'a>) -> Result<usize> {
        // What tells forms apart weighs more than any field.
        const TELLING: usize = 100;
        let names = |form: &Form<'a>| form.properties.keys().copied().collect::<BTreeSet<_>>();
        let (our_names, their_names) = (names(ours), names(theirs));
        let mut distance = our_names.symmetric_difference(&their_names).count()
            + ours.required.symmetric_difference(&theirs.required).count();
        for name in our_names.intersection(&their_names) {
            let our_property = self.ours.shape(&ours.properties[name])?;
            let their_property = self.theirs.shape(&theirs.properties[name])?;
            distance += match (
                our_property.forms.as_slice(),
                their_property.forms.as_slice(),
            ) {
                ([a], [b]) if a.kind != b.kind => 2,
                ([a], [b]) if a.values != b.values => TELLING,
                _ => 0,
            };
        }
        if let (Some(Type::Array), [a, ..], [b, ..]) =
            (ours.kind, ours.items.as_slice(), theirs.items.as_slice())
        {
            let ours = words::describe(self.ours, &[a])?;
            let theirs = words::describe(self.theirs, &[b])?;
            distance += usize::from(ours != theirs);
        }
        Ok(distance)
    }

    /// The types of the values; whether they differ.
    fn kinds(
        &mut self,
        ours: &Shape<'a>,
        theirs: &Shape<'a>,
        pairs: &[(usize, usize)],
        place: &Place,
        context: Context,
    ) -> Result<bool> {
        let is_exact = |&(our_index, their_index): &(usize, usize)| {
            ours.forms[our_index].kind == theirs.forms[their_index].kind
        };
        let is_gone = (0..ours.forms.len()).any(|index| !pairs.iter().any(|pair| pair.0 == index));
        let is_new = (0..theirs.forms.len()).any(|index| !pairs.iter().any(|pair| pair.1 == index));
        let is_alike = ours.forms.len() == theirs.forms.len() && pairs.iter().all(is_exact);
        if !is_gone && !is_new && is_alike {
            return Ok(false);
        }
        let breaks = match self.reader {
            Reader::Client => {
                !context.takes_anything
                    && (self.is_some_unread(ours, theirs, pairs, place, context)?
                        || (theirs.takes_null() && !ours.takes_null() && !context.takes_null))
            }
            Reader::Server => {
                let is_refused = |form: &Form<'a>| !theirs.forms.iter().any(|it| reads(it, form));
                ours.forms.iter().any(is_refused)
            }
            Reader::Nobody => false,
        };
        let (our_types, their_types) = (
            shape_words(self.ours, ours, theirs)?,
            shape_words(self.theirs, theirs, ours)?,
        );
        let change = Change::new(place, Kind::Type, our_types, their_types);
        self.changes.push(match (breaks, self.reader) {
            (true, Reader::Client) => change.breaking("the answer does not read"),
            (true, _) => change.breaking("the server may refuse what is sent"),
            (false, _) => change,
        });
        Ok(true)
    }

    /// Whether some form of theirs is read by none of ours: by the one that it is paired with, or else by any.
    fn is_some_unread(
        &mut self,
        ours: &Shape<'a>,
        theirs: &Shape<'a>,
        pairs: &[(usize, usize)],
        place: &Place,
        context: Context,
    ) -> Result<bool> {
        for (index, form) in theirs.forms.iter().enumerate() {
            let is_read = match pairs.iter().find(|pair| pair.1 == index) {
                Some(pair) => reads(&ours.forms[pair.0], form),
                None if is_told_apart(ours, form) => false,
                // What another form reads is read, though differently.
                None => self.is_read_by_any(ours, form, place, context)?,
            };
            if !is_read {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether one of our forms reads a form of theirs, with all that is in it.
    fn is_read_by_any(
        &mut self,
        ours: &Shape<'a>,
        theirs: &Form<'a>,
        place: &Place,
        context: Context,
    ) -> Result<bool> {
        for form in ours.forms.iter().filter(|it| reads(it, theirs)) {
            let told = std::mem::take(&mut self.changes);
            let result = self.forms((form, theirs), place, context, &BTreeSet::new());
            let found = std::mem::replace(&mut self.changes, told);
            result?;
            if !found.iter().any(|change| change.breaks) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether it may be null.
    fn null(
        &mut self,
        ours: &Shape<'a>,
        theirs: &Shape<'a>,
        place: &Place,
        context: Context,
        schemas: (&Schemas<'a>, &Schemas<'a>),
    ) -> Result<()> {
        let words = (
            words::describe(self.ours, schemas.0)?,
            words::describe(self.theirs, schemas.1)?,
        );
        match (ours.takes_null(), theirs.takes_null()) {
            (false, true) => {
                let change = Change::new(place, Kind::Nullable, words.0, words.1);
                let is_read = context.takes_null || context.takes_anything;
                self.changes
                    .push(if self.reader == Reader::Client && !is_read {
                        change.breaking("a null does not read here")
                    } else {
                        change
                    });
            }
            (true, false) => {
                self.changes
                    .push(Change::new(place, Kind::NotNullable, words.0, words.1));
            }
            _ => {}
        }
        Ok(())
    }

    /// Two forms of a type.
    fn forms(
        &mut self,
        (ours, theirs): (&Form<'a>, &Form<'a>),
        place: &Place,
        context: Context,
        telling: &BTreeSet<&'a str>,
    ) -> Result<()> {
        self.values(ours, theirs, place, context);
        if ours.format != theirs.format && ours.kind.is_some() && theirs.kind.is_some() {
            let text = |format: &Option<String>| format.clone().unwrap_or_default();
            let change = Change::new(
                place,
                Kind::Format,
                text(&ours.format),
                text(&theirs.format),
            );
            let is_unread = ours.is_unsigned != theirs.is_unsigned
                && self.reader == Reader::Client
                && !context.takes_anything;
            self.changes.push(if is_unread {
                change.breaking("the number may not fit")
            } else {
                change
            });
        } else if ours.is_unsigned != theirs.is_unsigned
            && self.reader == Reader::Client
            && (ours.kind, theirs.kind) == (Some(Type::Integer), Some(Type::Integer))
        {
            let change = Change::new(place, Kind::Constraint, limit(ours), limit(theirs));
            self.changes.push(if context.takes_anything {
                change
            } else {
                change.breaking("the number may not fit")
            });
        }
        self.constraints(ours, theirs, place);
        match (ours.kind, theirs.kind) {
            (Some(Type::Array), Some(Type::Array)) => {
                let inner = Context {
                    takes_null: false,
                    is_root: false,
                    is_telling: false,
                    ..context
                };
                self.schemas(&ours.items, &theirs.items, &place.push("*"), inner)
            }
            (Some(Type::Object), Some(Type::Object)) => {
                self.objects(ours, theirs, place, context, telling)
            }
            _ => Ok(()),
        }
    }

    fn values(&mut self, ours: &Form<'a>, theirs: &Form<'a>, place: &Place, context: Context) {
        let all = "any".to_owned();
        let listed = |form: &Form<'a>| form.values.as_ref().map(join);
        match (&ours.values, &theirs.values) {
            (Some(our_values), Some(their_values)) => {
                let added: BTreeSet<_> = their_values.difference(our_values).cloned().collect();
                let removed: BTreeSet<_> = our_values.difference(their_values).cloned().collect();
                if !added.is_empty() {
                    self.added_values(place, String::new(), join(&added), context);
                }
                if !removed.is_empty() {
                    self.removed_values(place, join(&removed), String::new());
                }
            }
            (None, Some(_)) => {
                self.removed_values(place, all, listed(theirs).unwrap_or_default());
            }
            (Some(_), None) => {
                self.added_values(place, listed(ours).unwrap_or_default(), all, context);
            }
            (None, None) => {}
        }
    }

    fn added_values(&mut self, place: &Place, ours: String, theirs: String, context: Context) {
        let change = Change::new(place, Kind::ValuesAdded, ours, theirs);
        let is_unread = context.is_telling && self.reader == Reader::Client;
        self.changes.push(if is_unread {
            change.breaking("the forms of the answer are told apart by it")
        } else {
            change
        });
    }

    fn removed_values(&mut self, place: &Place, ours: String, theirs: String) {
        let change = Change::new(place, Kind::ValuesRemoved, ours, theirs);
        self.changes.push(if self.reader == Reader::Server {
            change.breaking("the server may refuse what is sent")
        } else {
            change
        });
    }

    /// What else is said of the values. No reader of ours checks it.
    fn constraints(&mut self, ours: &Form<'a>, theirs: &Form<'a>, place: &Place) {
        let keywords: BTreeSet<_> = ours
            .constraints
            .keys()
            .chain(theirs.constraints.keys())
            .filter(|keyword| ours.constraints.get(*keyword) != theirs.constraints.get(*keyword))
            .collect();
        let said = |form: &Form<'a>| {
            let said = keywords.iter().filter_map(|keyword| {
                let value = form.constraints.get(*keyword)?;
                Some(format!("{keyword} {value}"))
            });
            said.collect::<Vec<_>>().join(", ")
        };
        if !keywords.is_empty() && ours.kind == theirs.kind {
            let change = Change::new(place, Kind::Constraint, said(ours), said(theirs));
            self.changes.push(change);
        }
    }

    fn objects(
        &mut self,
        ours: &Form<'a>,
        theirs: &Form<'a>,
        place: &Place,
        context: Context,
        telling: &BTreeSet<&'a str>,
    ) -> Result<()> {
        let property = Context {
            takes_null: true,
            is_root: false,
            is_telling: false,
            ..context
        };
        let names: BTreeSet<_> = ours
            .properties
            .keys()
            .chain(theirs.properties.keys())
            .chain(&ours.required)
            .chain(&theirs.required)
            .copied()
            .collect();
        // A form of a union may be within itself: what it is made of tells.
        let properties = |form: &Form<'a>| form.properties.values().flat_map(addresses).collect();
        let open = Open::Objects((properties(ours), properties(theirs)));
        if !ours.properties.is_empty() && self.open.contains(&open) {
            return Ok(());
        }
        self.open.push(open);
        for name in names {
            let property = Context {
                is_telling: telling.contains(name),
                ..property
            };
            self.property(name, (ours, theirs), &place.push(name), property)?;
        }
        self.open.pop();
        self.others(ours, theirs, place, context)
    }

    /// One property of two objects.
    fn property(
        &mut self,
        name: &str,
        (ours, theirs): (&Form<'a>, &Form<'a>),
        place: &Place,
        context: Context,
    ) -> Result<()> {
        let is_required = (ours.required.contains(name), theirs.required.contains(name));
        let anything = Schemas::new();
        let our_schemas = ours.property(name);
        // Of an object of which nothing is said, any property may be anything.
        let is_free = theirs.properties.is_empty() && theirs.others.is_none() && !theirs.is_closed;
        let their_schemas = theirs.property(name).or(is_free.then_some(&anything));
        let is_said =
            |form: &Form<'a>| form.properties.contains_key(name) || form.required.contains(name);
        // The values of a map that another description names one by one are no properties more.
        let is_ours = is_said(ours) || ours.others.is_some();
        let is_theirs = is_said(theirs) || theirs.others.is_some() || is_free;
        match (is_ours, is_theirs) {
            (true, false) => {
                let words = described(self.ours, our_schemas)?;
                let change = Change::new(place, Kind::Removed, words, "");
                let is_missing =
                    is_required.0 && self.reader == Reader::Client && !context.takes_anything;
                let is_refused = is_required.0 && self.reader == Reader::Server && theirs.is_closed;
                self.changes.push(if is_missing {
                    change.breaking("it was required: the answer does not read without it")
                } else if is_refused {
                    change.breaking("the server may refuse what is sent")
                } else {
                    change
                });
                return Ok(());
            }
            (false, true) => {
                let words = described(self.theirs, their_schemas)?;
                let change = Change::new(place, Kind::Added, "", words);
                self.changes
                    .push(if is_required.1 && self.reader == Reader::Server {
                        change.breaking("it is required, and it is not sent")
                    } else {
                        change
                    });
                return Ok(());
            }
            _ => {}
        }
        match is_required {
            (true, false) => {
                let change = Change::new(place, Kind::Optional, "", "");
                self.changes.push(
                    if self.reader == Reader::Client && !context.takes_anything {
                        change.breaking("the answer does not read without it")
                    } else {
                        change
                    },
                );
            }
            (false, true) => {
                let change = Change::new(place, Kind::Required, "", "");
                self.changes.push(if self.reader == Reader::Server {
                    change.breaking("it may be left out of what is sent")
                } else {
                    change
                });
            }
            _ => {}
        }
        // A value of a map is read as one, whatever its name.
        let context = Context {
            takes_null: context.takes_null && ours.properties.contains_key(name),
            ..context
        };
        self.schemas(
            our_schemas.unwrap_or(&anything),
            their_schemas.unwrap_or(&anything),
            place,
            context,
        )
    }

    /// The properties that no name is given of.
    fn others(
        &mut self,
        ours: &Form<'a>,
        theirs: &Form<'a>,
        place: &Place,
        context: Context,
    ) -> Result<()> {
        match (ours.is_closed, theirs.is_closed) {
            (false, true) if ours.others.is_none() => {
                self.changes.push(Change::new(place, Kind::Closed, "", ""));
            }
            (true, false) if theirs.others.is_none() => {
                self.changes.push(Change::new(place, Kind::Opened, "", ""));
            }
            _ => {}
        }
        let inner = Context {
            takes_null: false,
            is_root: false,
            is_telling: false,
            ..context
        };
        let none = Schemas::new();
        let place = place.push("*");
        match (&ours.others, &theirs.others) {
            (Some(ours), Some(theirs)) => self.schemas(ours, theirs, &place, inner),
            // What names its properties has no others, as far as it says.
            (Some(_), None) if theirs.is_closed || !theirs.properties.is_empty() => {
                let words = described(self.ours, ours.others.as_ref())?;
                self.changes
                    .push(Change::new(&place, Kind::Removed, words, ""));
                Ok(())
            }
            (Some(ours), None) => self.schemas(ours, &none, &place, inner),
            (None, Some(_)) => {
                let words = described(self.theirs, theirs.others.as_ref())?;
                self.changes
                    .push(Change::new(&place, Kind::Added, "", words));
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }
}

fn described(resolver: Resolver<'_>, schemas: Option<&Schemas<'_>>) -> Result<String> {
    words::describe(resolver, schemas.map_or(&[][..], Vec::as_slice))
}

fn addresses(schemas: &Schemas<'_>) -> Vec<usize> {
    let address = |schema: &&serde_json::Value| std::ptr::from_ref(*schema).addr();
    schemas.iter().map(address).collect()
}

/// Whether one form reads every type of value that the other has.
fn reads(reader: &Form<'_>, written: &Form<'_>) -> bool {
    match (reader.kind, written.kind) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(reader), Some(written)) => {
            reader == written || (reader == Type::Number && written == Type::Integer)
        }
    }
}

/// Whether two forms are of a type, or of two that differ in how wide they are.
fn is_same_type(ours: &Form<'_>, theirs: &Form<'_>) -> bool {
    ours.kind == theirs.kind || reads(ours, theirs) || reads(theirs, ours)
}

/// Whether a form that is not among ours is of a type of which ours has several, which are told apart.
fn is_told_apart(ours: &Shape<'_>, form: &Form<'_>) -> bool {
    form.kind == Some(Type::Object) && ours.forms.iter().any(|it| it.kind == form.kind)
}

/// The types of a shape; objects by their properties, where there are several in either.
fn shape_words(resolver: Resolver<'_>, shape: &Shape<'_>, other: &Shape<'_>) -> Result<String> {
    let count = |shape: &Shape<'_>| {
        let is_object = |form: &&Form<'_>| form.kind == Some(Type::Object);
        shape.forms.iter().filter(is_object).count()
    };
    let is_named = count(shape) > 1 || count(other) > 1;
    let mut words = Vec::new();
    for form in &shape.forms {
        let word = words::describe_form(resolver, form, is_named, 2)?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if shape.nullable && !shape.is_anything() {
        words.push("null".to_owned());
    }
    Ok(if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" | ")
    })
}

fn limit(form: &Form<'_>) -> &'static str {
    if form.is_unsigned {
        "up to 2^64"
    } else {
        "up to 2^63"
    }
}

fn join(values: &BTreeSet<String>) -> String {
    values.iter().cloned().collect::<Vec<_>>().join(", ")
}
