//! The quick way over JSON as most answers are: strict, and without escapes. It gives up where something else comes.

use super::scan::Node;

/// How deep it goes.
const DEEPEST: usize = 32;

/// Fills `slots` with what `node` and the nodes below it ask for, if `json` is an object that can be read so. Otherwise they
/// may hold anything.
pub(super) fn scan<'a>(node: &Node, json: &'a str, slots: &mut [Option<&'a str>]) -> Option<()> {
    let mut scan = Scan {
        text: json,
        bytes: json.as_bytes(),
        at: 0,
        slots,
    };
    scan.bytes.starts_with(b"{").then_some(())?;
    scan.value(Some(node), 0)?;
    scan.blanks();
    (scan.at == json.len()).then_some(())
}

struct Scan<'a, 's> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    slots: &'s mut [Option<&'a str>],
}

impl<'a> Scan<'a, '_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self, node: Option<&Node>, depth: usize) -> Option<()> {
        let start = self.at;
        if let Some(node) = node {
            node.clear(self.slots);
        }
        match self.peek()? {
            b'"' => {
                self.string()?;
            }
            b'{' if depth < DEEPEST => self.object(node, depth)?,
            b'[' if depth < DEEPEST => self.list(node, depth)?,
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.literal("true")?,
            b'f' => self.literal("false")?,
            b'n' => self.literal("null")?,
            _ => return None,
        }
        if let Some(slot) = node.and_then(|it| it.slot) {
            *self.slots.get_mut(slot)? = self.text.get(start..self.at);
        }
        Some(())
    }

    fn object(&mut self, node: Option<&Node>, depth: usize) -> Option<()> {
        self.at += 1;
        self.blanks();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            let name = self.string()?;
            self.blanks();
            self.take(b':')?;
            self.blanks();
            self.value(node.and_then(|it| it.member(name)), depth + 1)?;
            self.blanks();
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
            self.blanks();
        }
    }

    fn list(&mut self, node: Option<&Node>, depth: usize) -> Option<()> {
        // Most that are looked for are objects.
        let node = node.filter(|it| !it.members.is_empty());
        self.at += 1;
        self.blanks();
        if self.take(b']').is_some() {
            return Some(());
        }
        for index in 0.. {
            self.value(node.and_then(|it| it.item(index)), depth + 1)?;
            self.blanks();
            if self.take(b',').is_none() {
                return self.take(b']');
            }
            self.blanks();
        }
        None
    }

    /// What is between the quotation marks.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let rest = self.bytes.get(self.at..)?;
        let length = plain_length(rest);
        self.at += length;
        self.take(b'"')?;
        rest.get(..length)
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        rest.starts_with(literal.as_bytes())
            .then(|| self.at += literal.len())
    }

    /// A number (RFC 8259, section 6).
    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// How many bytes at the start of `text` are neither a quotation mark, nor a backslash, nor a control. Eight are looked at at
/// once: most of an answer is text.
fn plain_length(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is zero is set, and of none before the first of them.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut chunks = text.chunks_exact(8);
    let mut length = 0;
    for chunk in chunks.by_ref() {
        let Ok(bytes) = chunk.try_into() else { break };
        let word = u64::from_le_bytes(bytes);
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let others =
            zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        let first = (controls | others).trailing_zeros() / 8;
        length += first as usize;
        if first < 8 {
            return length;
        }
    }
    let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
    length + chunks.remainder().iter().take_while(is_plain).count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use crate::Pointer;
    use crate::answer::scan::Plan;

    #[test]
    fn eight_at_once_are_as_one_by_one() {
        for byte in 0..=u8::MAX {
            for at in 0..20 {
                let mut text = [b'a'; 20];
                text[at] = byte;
                // What comes after it may look like more.
                text.iter_mut().skip(at + 1).for_each(|it| *it = byte ^ 1);
                let one_by_one = text
                    .iter()
                    .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
                let expected = one_by_one.unwrap_or(text.len());
                assert_eq!(super::plain_length(&text), expected, "{byte} at {at}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn it_finds_what_the_other_way_finds(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"a\""), Just("\"b\""),
                    Just("\"a\":"), Just("\"b\":{"), Just("\"é\""), Just("\"\\n\""), Just("\"\t\""), Just("\u{1}"),
                    Just("true"), Just("null"), Just("false"), Just("0"), Just("-1.5e+3"), Just("01"), Just("1."), Just(".5"),
                    Just("-"), Just("1e"), Just(" "), Just("\n"), Just("\"a\":1,"), Just("{\"a\":{\"b\":[1,{\"a\":2}]}}"),
                ],
                0..12,
            ),
        ) {
            let text = format!("{{{}}}", pieces.concat());
            let mut plan = Plan::default();
            for pointer in ["/a", "/b", "/a/b", "/b/a", "/a/b/1/a", "/b/b", "/b/0"] {
                let pointer: Pointer = serde_json::from_str(&format!("\"{pointer}\"")).unwrap();
                plan.slot(&pointer);
            }
            let quick = plan.scan_quickly(&text);
            let whole = plan.scan_whole(&text).ok();
            if quick.is_some() {
                prop_assert_eq!(quick, whole, "{}", text);
            } else {
                let has_escape = text.contains('\\');
                let is_json = serde_json::from_str::<IgnoredAny>(&text).is_ok();
                prop_assert!(has_escape || !is_json, "{} is not read quickly", text);
            }
        }
    }
}
