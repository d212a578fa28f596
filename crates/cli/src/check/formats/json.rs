//! The findings of JSON documents, one by one, however large the documents are.
//!
//! A finding is an object: an item of an array, or a document of its own. Reports put their arrays into an object: the items
//! of `findings`, and those of `results` in each of SARIF's `runs`, are findings too. Everything else is passed over
//! without being held.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::{Broken, MAX_FINDING, Sink};
use crate::check::line::{Found, Refusal};

/// The members whose items are findings.
const LISTS: [&str; 3] = ["findings", "results", "Findings"];

/// The member whose items have such members: SARIF's.
const RUNS: &str = "runs";

/// What makes a finding of a JSON text. Nothing where it is none.
type Make<'m> = &'m dyn Fn(&str) -> Option<Result<Found, Refusal>>;

/// Gives the findings of `input` to `sink`.
pub(super) fn walk(
    input: Box<dyn Read>,
    sink: &mut dyn Sink,
    make: Make<'_>,
) -> Result<(), Broken> {
    let state = RefCell::new(State {
        sink,
        line: 1,
        started: None,
        left: u64::MAX,
        is_over: false,
    });
    let counted = Counted {
        input: BufReader::with_capacity(64 * 1024, input),
        state: &state,
    };
    let mut documents = serde_json::Deserializer::from_reader(counted);
    let findings = Findings {
        state: &state,
        make,
    };
    loop {
        state.borrow_mut().start();
        if documents.end().is_ok() {
            return Ok(());
        }
        let read = findings.deserialize(&mut documents);
        if state.borrow().is_over {
            return Ok(());
        }
        if let Err(error) = read {
            return Err(broken(error));
        }
    }
}

fn broken(error: serde_json::Error) -> Broken {
    let line = error.line() as u64;
    let what = if error.is_eof() {
        "it ends in the middle"
    } else if error.is_io() {
        return Broken::Io(error.into());
    } else if error.is_data() {
        "there is neither an object nor an array of objects"
    } else {
        "not JSON"
    };
    let column = error.column();
    Broken::Malformed(line, format!("{what}, at column {column}"))
}

/// What the walk is at.
struct State<'s> {
    sink: &'s mut dyn Sink,
    line: u64,
    /// The line on which what is read began.
    started: Option<u64>,
    /// How much more of it is read.
    left: u64,
    is_over: bool,
}

impl State<'_> {
    /// Something begins, with the next byte that is neither a blank nor a comma.
    fn start(&mut self) {
        self.started = None;
        self.left = MAX_FINDING;
    }

    /// What is read is passed over, however long it is.
    fn skip(&mut self) {
        self.left = u64::MAX;
    }
}

/// An input whose lines are counted.
struct Counted<'s, 'r, R> {
    input: BufReader<R>,
    state: &'r RefCell<State<'s>>,
}

impl<R: Read> Read for Counted<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state.borrow_mut();
        if self.input.buffer().is_empty() && !state.sink.wait() {
            state.is_over = true;
            return Ok(0);
        }
        let read = self.input.fill_buf()?.read(out)?;
        self.input.consume(read);
        state.left = state.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::other(format!(
                "line {}: a finding is longer than {MAX_FINDING} bytes",
                state.line
            ))
        })?;
        for byte in &out[..read] {
            if *byte == b'\n' {
                state.line += 1;
            } else if state.started.is_none() && !byte.is_ascii_whitespace() && *byte != b',' {
                state.started = Some(state.line);
            }
        }
        Ok(read)
    }
}

/// Visits what may be findings.
#[derive(Clone, Copy)]
struct Findings<'f, 's> {
    state: &'f RefCell<State<'s>>,
    make: Make<'f>,
}

impl Findings<'_, '_> {
    /// Gives what a text is. An error where no more is wanted.
    fn give<E: serde::de::Error>(&self, text: &str) -> Result<(), E> {
        let Some(found) = (self.make)(text) else {
            return Ok(());
        };
        let mut state = self.state.borrow_mut();
        let number = state.started.unwrap_or(state.line);
        if state.sink.take(number, found) {
            return Ok(());
        }
        state.is_over = true;
        Err(E::custom("over"))
    }
}

impl<'de> DeserializeSeed<'de> for Findings<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Findings<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    /// What a scanner writes that has found nothing.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        loop {
            self.state.borrow_mut().start();
            let Some(item) = items.next_element::<Box<RawValue>>()? else {
                return Ok(());
            };
            self.give(item.get())?;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut document = String::from("{");
        let mut is_report = false;
        while let Some(name) = members.next_key::<String>()? {
            let is_list = LISTS.contains(&name.as_str());
            if is_list || name == RUNS {
                is_report = true;
                members.next_value_seed(List {
                    findings: self,
                    is_runs: !is_list,
                })?;
                self.state.borrow_mut().skip();
            } else if is_report {
                self.state.borrow_mut().skip();
                members.next_value::<IgnoredAny>()?;
            } else {
                let value: Box<RawValue> = members.next_value()?;
                let name = serde_json::to_string(&name).map_err(A::Error::custom)?;
                if document.len() > 1 {
                    document.push(',');
                }
                document.push_str(&name);
                document.push(':');
                document.push_str(value.get());
            }
        }
        if is_report {
            return Ok(());
        }
        document.push('}');
        self.give(&document)
    }
}

/// Visits a member whose items are findings, or runs with such members. One that is no list has none.
struct List<'f, 's> {
    findings: Findings<'f, 's>,
    is_runs: bool,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if !self.is_runs {
            return self.findings.visit_seq(items);
        }
        while items.next_element_seed(Run(self.findings))?.is_some() {}
        Ok(())
    }
}

/// Visits a run.
struct Run<'f, 's>(Findings<'f, 's>);

impl<'de> DeserializeSeed<'de> for Run<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Run<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.state.borrow_mut().skip();
        while let Some(name) = members.next_key::<String>()? {
            if LISTS.contains(&name.as_str()) {
                members.next_value_seed(List {
                    findings: self.0,
                    is_runs: false,
                })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
            self.0.state.borrow_mut().skip();
        }
        Ok(())
    }
}
