//! The findings of JSON documents, one by one, however large the documents are.
//!
//! A finding is an object: an item of an array, or a document of its own. Reports put their arrays into an object: the items
//! of `findings`, and those of `results` in each of SARIF's `runs`, are findings too. Everything else is passed over
//! without being held.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected,
    Visitor,
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
        place: Place::Document,
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

    /// Counts what was read.
    #[inline]
    fn count(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            return Err(self.too_long());
        };
        self.left = left;
        for byte in bytes {
            match *byte {
                b'\n' => self.line += 1,
                byte if self.started.is_none() && !byte.is_ascii_whitespace() && byte != b',' => {
                    self.started = Some(self.line);
                }
                _ => {}
            }
        }
        Ok(())
    }

    #[cold]
    fn too_long(&self) -> io::Error {
        io::Error::other(format!(
            "line {}: a finding is longer than {MAX_FINDING} bytes",
            self.line
        ))
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
    /// Reads as much as there is, mostly a byte: that is what `serde_json` asks for.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state.borrow_mut();
        if self.input.buffer().is_empty() && !state.sink.wait() {
            state.is_over = true;
            return Ok(0);
        }
        let buffer = self.input.fill_buf()?;
        let read = match (&mut *out, buffer) {
            ([only], [byte, ..]) => {
                *only = *byte;
                1
            }
            (out, mut buffer) => buffer.read(out)?,
        };
        self.input.consume(read);
        state.count(&out[..read])?;
        Ok(read)
    }
}

/// What is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A document: a finding, a report, or an array of findings.
    Document,
    /// An array of findings.
    List,
    /// An array of SARIF's runs.
    Runs,
    /// One of those.
    Run,
}

impl Place {
    /// Where the member of that name leads; nothing where there are no findings in it.
    fn member(self, name: &str) -> Option<Self> {
        match self {
            Self::Document | Self::Run if LISTS.contains(&name) => Some(Self::List),
            Self::Document if name == RUNS => Some(Self::Runs),
            _ => None,
        }
    }
}

/// Visits what may be findings. Null has none: that is what a scanner writes that has found nothing.
#[derive(Clone, Copy)]
struct Findings<'f, 's> {
    state: &'f RefCell<State<'s>>,
    make: Make<'f>,
    place: Place,
}

impl Findings<'_, '_> {
    fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

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
        f.write_str(match self.place {
            Place::Document => "an object or an array of objects",
            Place::List | Place::Runs => "an array",
            Place::Run => "an object",
        })
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        match self.place {
            Place::Run => return Err(A::Error::invalid_type(Unexpected::Seq, &self)),
            Place::Runs => {
                while items.next_element_seed(self.at(Place::Run))?.is_some() {}
                return Ok(());
            }
            Place::Document | Place::List => {}
        }
        loop {
            self.state.borrow_mut().start();
            let Some(item) = items.next_element::<Box<RawValue>>()? else {
                return Ok(());
            };
            self.give(item.get())?;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        // What is held of a document until it is known to be a report.
        let mut document = match self.place {
            Place::Document => Some(String::from("{")),
            Place::Run => None,
            Place::List | Place::Runs => {
                return Err(A::Error::invalid_type(Unexpected::Map, &self));
            }
        };
        loop {
            if document.is_none() {
                self.state.borrow_mut().skip();
            }
            let Some(name) = members.next_key::<String>()? else {
                break;
            };
            if let Some(place) = self.place.member(&name) {
                document = None;
                members.next_value_seed(self.at(place))?;
            } else if let Some(document) = &mut document {
                let value: Box<RawValue> = members.next_value()?;
                let name = serde_json::to_string(&name).map_err(A::Error::custom)?;
                if document.len() > 1 {
                    document.push(',');
                }
                document.push_str(&name);
                document.push(':');
                document.push_str(value.get());
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        match document {
            Some(document) => self.give(&(document + "}")),
            None => Ok(()),
        }
    }
}
