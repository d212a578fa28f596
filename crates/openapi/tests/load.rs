//! What `load` reads, how much of it, and what it says of what it does not read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;

use keyholder_openapi::load::{load, parse, read_noted};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

fn yaml(text: &str) -> Value {
    parse(text, false).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn refusal(text: &str) -> String {
    parse(text, false).expect_err(text).to_string()
}

/// What `load` makes of a file of these bytes.
fn file(name: &str, bytes: impl AsRef<[u8]>) -> Result<Value, String> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let prefix = format!("{}: ", path.display());
    load(&path).map_err(|error| {
        let error = error.to_string();
        error.strip_prefix(&prefix).expect(&error).to_owned()
    })
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Time that grows with the square of a document would be many minutes in the tests of large ones.
const MANY: usize = 20_000;

#[test]
fn many_properties_are_read_in_every_style() {
    let text = "a text of some words, 'quoted' and \\\"quoted\\\"";
    let json = |separator: &str| {
        let member = |number| format!("\"p{number}\": {{\"type\": \"string\", \"x\": \"{text}\"}}");
        format!(
            "{{{}}}",
            (0..MANY).map(member).collect::<Vec<_>>().join(separator)
        )
    };
    let block = |form: fn(usize, &mut String)| {
        let mut document = String::new();
        for number in 0..MANY {
            write!(document, "p{number}:\n  type: string\n  x: ").unwrap();
            form(number, &mut document);
        }
        document
    };
    let expected = {
        let text = text.replace('\\', "");
        let member = |number| (format!("p{number}"), json!({ "type": "string", "x": text }));
        Value::Object((0..MANY).map(member).collect())
    };

    assert!(parse(&json(","), true).unwrap() == expected);
    for (style, document) in [
        ("flow, on one line", json(", ")),
        ("flow, on many lines", json(",\n  ")),
        (
            "plain",
            block(|_, it| *it += "a text of some words, 'quoted' and \"quoted\"\n"),
        ),
        (
            "single quotes",
            block(|_, it| *it += "'a text of some words, ''quoted'' and \"quoted\"'\n"),
        ),
        (
            "double quotes",
            block(|_, it| *it += "\"a text of some words, 'quoted' and \\\"quoted\\\"\"\n"),
        ),
        (
            "literal",
            block(|_, it| *it += "|-\n    a text of some words, 'quoted' and \"quoted\"\n"),
        ),
        (
            "on several lines",
            block(|_, it| *it += "'a text\n    of some words, ''quoted''\n    and \"quoted\"'\n"),
        ),
        (
            "with comments",
            block(|_, it| {
                *it += "a text of some words, 'quoted' and \"quoted\" # It's \"one\".\n# Two.\n";
            }),
        ),
        (
            "on several lines at the margin",
            block(|_, it| *it += "'a text\nof some words, ''quoted''\nand \"quoted\"'\n"),
        ),
    ] {
        assert!(yaml(&document) == expected, "{style}");
    }
}

#[test]
fn many_quoted_texts_at_the_margin_are_read() {
    let mut document = "properties:\n".to_owned();
    for number in 0..60_000 {
        writeln!(document, "  p{number}: {{ type: string }}").unwrap();
    }
    document += "enum:\n";
    for number in 0..6_000 {
        let quote = if number % 2 == 0 { '"' } else { '\'' };
        write!(document, "  - {quote}item\n{number}{quote}\n").unwrap();
    }
    let document = yaml(&document);
    assert_eq!(document["properties"].as_object().unwrap().len(), 60_000);
    let items = document["enum"].as_array().unwrap();
    assert_eq!(items.len(), 6_000);
    for (number, item) in items.iter().enumerate() {
        assert_eq!(*item, format!("item {number}"));
    }
}

#[test]
fn one_quoted_text_of_many_lines_at_the_margin_is_read() {
    let lines: Vec<_> = (0..MANY).map(|number| format!("line {number}")).collect();
    let document = yaml(&format!("a:\n  b: '{}'\n  c: d\n", lines.join("\n")));
    assert_eq!(document["a"]["b"], lines.join(" "));
    assert_eq!(document["a"]["c"], "d");
}

#[test]
fn quoted_texts_may_have_lines_that_are_not_indented() {
    for (text, expected) in [
        ("a: 'one\ntwo'\nb: c\n", json!({ "a": "one two", "b": "c" })),
        ("a: \"one\ntwo\"\n", json!({ "a": "one two" })),
        // As far as the key, which is not enough either.
        (
            "a:\n  b: 'one\n  two'\n  c: d\n",
            json!({ "a": { "b": "one two", "c": "d" } }),
        ),
        // Some lines are.
        (
            "a:\n  b: 'one\n    two\nthree\n \n\tfour'\n",
            json!({ "a": { "b": "one two three\nfour" } }),
        ),
        // The text starts on a line of its own.
        (
            "a:\n  b:\n    'one\ntwo'\n  c: d\n",
            json!({ "a": { "b": "one two", "c": "d" } }),
        ),
        (
            "a:\n- - 'one\ntwo'\n  - three\n- four\n",
            json!({ "a": [["one two", "three"], "four"] }),
        ),
        (
            "a:\n  - b: 'one\n two'\n    c: \"three\n   four\"\n",
            json!({ "a": [{ "b": "one two", "c": "three four" }] }),
        ),
        (
            "'k: \"': 'one\ntwo'\n\"k: '\": \"one\ntwo\"\n",
            json!({ "k: \"": "one two", "k: '": "one two" }),
        ),
        // What looks like the end is none.
        (
            "a: 'it''s\n''one'''\nb: 'x\ny'\n",
            json!({ "a": "it's 'one'", "b": "x y" }),
        ),
        (
            "a: \"one \\\\\n\\\"two\\\\\"\nb: \"x\ny\"\n",
            json!({ "a": "one \\ \"two\\", "b": "x y" }),
        ),
        (
            "a: \"one \\\ntwo\nthree\"\nb: 'c\nd\n'\n",
            json!({ "a": "one two three", "b": "c d " }),
        ),
        ("a: 'one  \n\n\ntwo'\n", json!({ "a": "one\n\ntwo" })),
        (
            "a: \"one\\ \ntwo\u{a0}\n\u{a0}three\"\n",
            json!({ "a": "one  two\u{a0} \u{a0}three" }),
        ),
        ("a: '\none'\n", json!({ "a": " one" })),
        (
            "a: '\u{1f600}\n\u{1f600}'\n",
            json!({ "a": "\u{1f600} \u{1f600}" }),
        ),
        // Nothing else looks like a text.
        (
            "a: it's\nb: 'one\ntwo' # it's\n# \"no\nc: |\n  it's\n  y: 'x\n  z\n\nd: 'one\ntwo'\n",
            json!({ "a": "it's", "b": "one two", "c": "it's\ny: 'x\nz\n", "d": "one two" }),
        ),
        (
            "a: &a !!str 'one\ntwo'\nb: *a\nc: [ 'x\ny', \"z\nz\" ]\nd: { e: 'x\ny' }\nf: 'x\ny'\n",
            json!({
                "a": "one two", "b": "one two", "c": ["x y", "z z"], "d": { "e": "x y" }, "f": "x y",
            }),
        ),
        (
            "a:\r\n  b: 'one\r\ntwo'\r\n  c: |\r\n    x\r\n    y\r\n",
            json!({ "a": { "b": "one two", "c": "x\ny\n" } }),
        ),
        ("\u{feff}a: 'one\ntwo'\n", json!({ "a": "one two" })),
    ] {
        assert_eq!(yaml(text), expected, "{text}");
    }
}

/// A part of a document whose texts have more than one line.
#[derive(Clone, Debug)]
enum Part {
    Quoted(char, Vec<&'static str>),
    Literal(Vec<&'static str>),
    Plain(&'static str),
    List(Vec<Part>),
    Mapping(Vec<Part>),
}

fn part() -> impl Strategy<Value = Part> {
    let lines = || {
        let line = [
            "one two", "it's", "\"so\"", "k: 'v", "- x", "# no", "{", "]", "''", "\\", "...x", "'",
            "a: |",
        ];
        vec(select(line.to_vec()), 1..4)
    };
    let text = prop_oneof![
        4 => (select(vec!['\'', '"']), lines()).prop_map(|(quote, lines)| Part::Quoted(quote, lines)),
        1 => lines().prop_map(Part::Literal),
        1 => select(vec!["it's", "a 'b", "x \"y\" z", "a#b", "1"]).prop_map(Part::Plain),
    ];
    text.prop_recursive(4, 24, 4, |part| {
        prop_oneof![
            vec(part.clone(), 1..4).prop_map(Part::List),
            vec(part, 1..4).prop_map(Part::Mapping),
        ]
    })
}

impl Part {
    fn value(&self) -> Value {
        match self {
            Self::Quoted(_, lines) => lines.join(" ").into(),
            Self::Literal(lines) => format!("{}\n", lines.join("\n")).into(),
            Self::Plain(text) => yaml(text),
            Self::List(parts) => parts.iter().map(Self::value).collect(),
            Self::Mapping(parts) => {
                let members = parts.iter().enumerate();
                members
                    .map(|(key, part)| (format!("k{key}"), part.value()))
                    .collect()
            }
        }
    }

    /// Writes it after a key or a dash at `indent`, with the lines of quoted texts at `margin`.
    fn write(&self, indent: usize, margin: &dyn Fn(usize) -> usize, to: &mut String) {
        let inner = indent + 2;
        match self {
            Self::Quoted(quote, lines) => {
                let lines: Vec<_> = lines
                    .iter()
                    .map(|line| match quote {
                        '\'' => line.replace('\'', "''"),
                        _ => line.replace('\\', "\\\\").replace('"', "\\\""),
                    })
                    .collect();
                let next = format!("\n{}", " ".repeat(margin(indent)));
                writeln!(to, " {quote}{}{quote} # It's \"one\".", lines.join(&next)).unwrap();
            }
            Self::Literal(lines) => {
                *to += " |\n";
                for line in lines {
                    writeln!(to, "{:inner$}{line}", "").unwrap();
                }
            }
            Self::Plain(text) => writeln!(to, " {text}").unwrap(),
            Self::List(parts) => {
                *to += "\n# It's \"a list.\n";
                for part in parts {
                    write!(to, "{:inner$}-", "").unwrap();
                    part.write(inner, margin, to);
                }
            }
            Self::Mapping(parts) => {
                *to += "\n";
                for (key, part) in parts.iter().enumerate() {
                    write!(to, "{:inner$}k{key}:", "").unwrap();
                    part.write(inner, margin, to);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn lines_of_quoted_texts_mean_the_same_wherever_they_start(
        parts in vec(part(), 1..5),
        margin in 0usize..6,
    ) {
        let expected = Part::Mapping(parts.clone()).value();
        let document = |margin: &dyn Fn(usize) -> usize| {
            let mut document = String::new();
            for (key, part) in parts.iter().enumerate() {
                write!(document, "k{key}:").unwrap();
                part.write(0, margin, &mut document);
            }
            document
        };
        for document in [document(&|indent| indent + 1), document(&|_| margin)] {
            prop_assert_eq!(parse(&document, false).unwrap(), expected.clone(), "{}", document);
        }
    }
}

#[test]
fn what_is_wrong_has_its_place_in_the_text_as_it_was() {
    for (text, place) in [
        ("a:\n  b: [\n", "at line 2, column 6"),
        ("a:\n  b: 1\n  b: 2\n", "at line 3, column 3"),
        ("a:\n  b: 'one\ntwo'\n  c: [\n", "at line 4, column 6"),
        (
            "a:\n  b: 'one\ntwo'\n  c: 1\n  c: 2\n",
            "at line 5, column 3",
        ),
        // On a line that was indented.
        ("a:\n  b: 'one\ntwo' three\n  c: 1\n", "at line 3, column 6"),
        (
            "a:\n  b: 'one\n two' three\n  c: 1\n",
            "at line 3, column 7",
        ),
        ("a:\n  b: 'one\ntwo'\n  c: *d\n", "at line 4, column 6"),
        // Two texts, of which the second has no end.
        ("a: 'one\ntwo'\nb: 'one\ntwo\n", "at line 4, column 1"),
        // Plain texts are not mended: their next line could be anything.
        ("a:\n  b: one\ntwo\n  c: 1\n", "at line 3, column 1"),
        ("\u{feff}a: [\n", "at line 1, column 4"),
        ("\u{feff}a: 1\nb: [\n", "at line 2, column 4"),
    ] {
        let message = refusal(text);
        assert!(message.starts_with("is not YAML: "), "{message}");
        assert!(message.contains(place), "{message}\n{text}");
    }
    assert_eq!(
        parse("\u{feff}{\n  \"a\": }", true)
            .unwrap_err()
            .to_string(),
        "is not JSON: expected value at line 2 column 8"
    );
}

#[test]
fn hundreds_and_thousands_of_aliases_are_read() {
    let anchor: String = (0..50).map(|key| format!("  k{key}: [{key}]\n")).collect();
    let member = |key| (format!("k{key}"), json!([key]));
    let expected = Value::Object((0..50).map(member).collect::<Map<_, _>>());
    for count in [1, 99, 100, 101, 500, 5_000] {
        let document = yaml(&format!("a: &a\n{anchor}b:\n{}", "- *a\n".repeat(count)));
        let items = document["b"].as_array().unwrap();
        assert_eq!(items.len(), count);
        assert!(items.iter().all(|item| *item == expected));
    }

    let mut each_once = String::new();
    for number in 0..MANY {
        writeln!(
            each_once,
            "a{number}: &a{number} {{ x: {number} }}\nb{number}: *a{number}"
        )
        .unwrap();
    }
    let each_once = yaml(&each_once);
    assert_eq!(each_once.as_object().unwrap().len(), 2 * MANY);
    assert_eq!(each_once["b17"], json!({ "x": 17 }));

    // Anchors that hold aliases of others, each of the one before.
    let mut stairs = "a0: &a0 [x]\n".to_owned();
    for step in 1..50 {
        writeln!(stairs, "a{step}: &a{step} [*a{}, y]", step - 1).unwrap();
    }
    assert_eq!(yaml(&stairs)["a2"], json!([[["x"], "y"], "y"]));
}

#[test]
fn what_aliases_make_is_bounded() {
    let ten = |alias: &str| [alias; 10].join(", ");
    let laughs = |first: &str, rest: &dyn Fn(usize) -> String| {
        let mut document = format!("a0: &a0 {first}\n");
        for number in 1..60 {
            writeln!(document, "a{number}: &a{number} {}", rest(number - 1)).unwrap();
        }
        document
    };
    let text = "x".repeat(1_000_000);
    let list: String = (0..1_000).map(|item| format!("  - {item}\n")).collect();
    for (document, says) in [
        (
            laughs("[lol]", &|before| {
                format!("[{}]", ten(&format!("*a{before}")))
            }),
            "its nested anchors and aliases make more than 500000 parts",
        ),
        (
            laughs("{ x: lol }", &|before| {
                format!("{{ x: *a{before}, y: *a{before} }}")
            }),
            "its nested anchors and aliases make more than 500000 parts",
        ),
        (
            laughs("{ x: lol }", &|before| {
                format!("{{ <<: [{}] }}", ten(&format!("*a{before}")))
            }),
            "its nested anchors and aliases make more than 500000 parts",
        ),
        (
            format!("a: &a\n{list}b:\n{}", "- *a\n".repeat(4_000)),
            "its aliases make more than 3000000 parts",
        ),
        (
            format!("a: &a {text}\nb:\n{}", "- *a\n".repeat(400)),
            "its aliases make more than 256 MiB",
        ),
    ] {
        let message = refusal(&document);
        let says = format!("is not YAML that can be read: {says} of it at line ");
        assert!(message.starts_with(&says), "{message}");
    }
    for document in [
        "a: &a [*a]\n",
        "a: &a { b: { c: *a } }\n",
        "a: &a { <<: *a }\n",
    ] {
        let message = refusal(document);
        assert!(message.starts_with("is not YAML: "), "{message}");
        assert!(message.contains(" at line 1, column "), "{message}");
    }
}

#[test]
fn nesting_is_bounded() {
    let lists = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let blocks = |depth| {
        (0..depth)
            .map(|at| format!("{:at$}a:\n", ""))
            .collect::<String>()
    };
    let aliases = |depth| {
        let step = |step: usize| format!("a{step}: &a{step} [*a{}]\n", step - 1);
        "a0: &a0 []\n".to_owned() + &(1..depth).map(step).collect::<String>()
    };
    for document in [lists(120), blocks(120), aliases(119)] {
        yaml(&document);
    }
    for document in [
        lists(121),
        blocks(121),
        aliases(121),
        lists(100_000),
        blocks(1_000),
        aliases(1_000),
    ] {
        let message = refusal(&document);
        let says = "is not YAML that can be read: it is nested more than 120 levels deep at line ";
        assert!(message.starts_with(says), "{message}");
    }
    assert!(parse(&lists(120), true).is_ok());
    let message = parse(&lists(1_000), true).unwrap_err().to_string();
    assert!(
        message.contains("nested more than 127 levels deep at line 1 column "),
        "{message}"
    );
}

#[test]
fn a_file_may_begin_with_a_byte_order_mark() {
    let expected = Ok(json!({ "a": "\u{e9}\u{1f600}" }));
    for text in [
        "a: \u{e9}\u{1f600}\n",
        "# One.\n---\na: \u{e9}\u{1f600}\n",
        "%YAML 1.2\n---\na: \u{e9}\u{1f600}\n",
        "{ \"a\": \"\u{e9}\u{1f600}\" }",
    ] {
        let marked = format!("\u{feff}{text}");
        let names: &[_] = if text.starts_with('{') {
            &["it.json", "it.yaml"]
        } else {
            &["it.yaml"]
        };
        for name in names {
            assert_eq!(file(name, text), expected, "{text}");
            assert_eq!(file(name, &marked), expected, "{text}");
            assert_eq!(
                file(name, utf16(&marked, u16::to_le_bytes)),
                expected,
                "{text}"
            );
            assert_eq!(
                file(name, utf16(&marked, u16::to_be_bytes)),
                expected,
                "{text}"
            );
        }
    }
    for name in ["it.json", "it.yaml"] {
        for text in ["", "\u{feff}", "\u{feff}\n"] {
            assert_eq!(
                file(name, text),
                Err("is empty".to_owned()),
                "{name} {text:?}"
            );
        }
        assert_eq!(
            file(name, [0xff, 0xfe]),
            Err("is empty".to_owned()),
            "{name}"
        );
    }
}

#[test]
fn what_is_no_text_is_said_with_its_place() {
    let half = [utf16("\u{feff}a: \n b", u16::to_le_bytes), vec![0x3d, 0xd8]].concat();
    let odd = [utf16("\u{feff}a: 1", u16::to_be_bytes), vec![0]].concat();
    for (bytes, says) in [
        (
            b"a: b\n# caf\xe9 \n".as_slice(),
            "it is not UTF-8: byte 0xe9 at line 2, column 6",
        ),
        (
            "\u{e9}\u{e9}: \u{e9}\n"
                .as_bytes()
                .split_last()
                .unwrap()
                .1
                .split_last()
                .unwrap()
                .1,
            "it is not UTF-8: byte 0xc3 at line 1, column 5",
        ),
        (
            &half,
            "it is not UTF-16, little-endian: half a pair at line 2, column 3",
        ),
        (
            &odd,
            "it is not UTF-16, big-endian: its last byte is one too many",
        ),
        (b"\xff\xfe\0\0a\0\0\0", "it is in UTF-32"),
        (b"\0\0\xfe\xff\0\0\0a", "it is in UTF-32"),
    ] {
        for name in ["it.yaml", "it.json"] {
            assert_eq!(
                file(name, bytes),
                Err(format!(
                    "cannot be read: {says}\n  help: save the file as UTF-8"
                ))
            );
        }
    }
    let place = tempfile::tempdir().unwrap();
    let message = load(&place.path().join("it.yaml")).unwrap_err().to_string();
    assert!(message.contains("it.yaml: cannot be read: "), "{message}");
}

#[test]
fn merge_keys_bring_what_a_mapping_does_not_say_itself() {
    for (text, expected) in [
        ("<<: *a\ny: own", json!({ "x": 1, "y": "own" })),
        ("y: own\n<<: *a", json!({ "x": 1, "y": "own" })),
        ("y: own\n!!merge <<: *a", json!({ "x": 1, "y": "own" })),
        (
            "<<: [*a, *b]",
            json!({ "x": 1, "y": 2, "z": 6, "200": "b" }),
        ),
        (
            "<<: [*b, *a]",
            json!({ "x": 4, "y": 2, "z": 6, "200": "b" }),
        ),
        (
            "<<: *a\n<<: *b",
            json!({ "x": 1, "y": 2, "z": 6, "200": "b" }),
        ),
        (
            "<<: { x: 9 }\nw: { <<: *a, x: { <<: *a } }",
            json!({ "x": 9, "w": { "x": { "x": 1, "y": 2 }, "y": 2 } }),
        ),
        // However the key is written.
        (
            "<<: *b\n\"200\": own",
            json!({ "x": 4, "z": 6, "200": "own" }),
        ),
        (
            "\"200\": own\n<<: *b",
            json!({ "x": 4, "z": 6, "200": "own" }),
        ),
        // A text is no merge key.
        ("\"<<\": *a", json!({ "<<": { "x": 1, "y": 2 } })),
    ] {
        let text: String = text.lines().map(|line| format!("  {line}\n")).collect();
        let text = format!("a: &a {{ x: 1, y: 2 }}\nb: &b {{ x: 4, z: 6, 200: b }}\nc:\n{text}");
        assert_eq!(yaml(&text)["c"], expected, "{text}");
    }
    for (text, place) in [
        ("a: &a text\nb:\n  <<: *a\n", "at line "),
        (
            "a: &a { x: 1 }\nb:\n  <<: *a\n  y: 1\n  y: 2\n",
            "at line 5, column 3",
        ),
    ] {
        let message = refusal(text);
        assert!(message.contains(place), "{message}");
    }
}

#[test]
fn keys_are_texts() {
    assert_eq!(
        yaml("200: a\n404: b\n4XX: c\ndefault: d\n"),
        json!({ "200": "a", "404": "b", "4XX": "c", "default": "d" })
    );
    assert_eq!(
        yaml("true: a\nno: b\n1.10: c\n'null': d\n0x10: e\n-1: f\n"),
        json!({ "true": "a", "no": "b", "1.10": "c", "null": "d", "0x10": "e", "-1": "f" })
    );
    for (text, place) in [
        ("a: 1\nnull: b\n", "at line 2, column 1"),
        ("a:\n  : b\n", "at line 2, column 3"),
        ("[a]: b\n", "at line 1, column 1"),
        ("{ a: b }: c\n", "at line 1, column 1"),
        (
            "a: 1\nb: 2\na: 3\n",
            "duplicate mapping key `a`, expected each key once at line 3, column 1",
        ),
        ("x:\n  200: a\n  '200': b\n", "at line 3, column 3"),
        ("x:\n  '200': a\n  b: c\n  200: b\n", "at line 4, column 3"),
    ] {
        let message = refusal(text);
        assert!(message.starts_with("is not YAML: "), "{message}");
        assert!(message.contains(place), "{message}\n{text}");
    }
}

/// Makers of examples put identifiers of noughts in the place of real ones.
#[test]
fn a_key_that_stands_twice_in_an_example_spoils_nothing() {
    let document = yaml("example:\n  ids: { '0': 1, '0': 2 }\nexamples: [{ a: 1, a: 2 }]\n");
    assert_eq!(
        document,
        json!({ "example": { "ids": { "0": 1 } }, "examples": [{ "a": 1 }] })
    );
    assert!(parse("paths:\n  example: x\n  a: 1\n  a: 2\n", false).is_err());
}

#[test]
fn numbers_keep_their_values() {
    for (text, expected) in [
        ("1", "1"),
        ("1.0", "1.0"),
        ("-0.5", "-0.5"),
        ("+1", "1"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("1e3", "1000.0"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        // As JSON is read, too: the nearest that there is.
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("1_000", "\"1_000\""),
        ("'1'", "\"1\""),
        ("1.0.0", "\"1.0.0\""),
        ("2020-01-01", "\"2020-01-01\""),
        ("no", "\"no\""),
        ("~", "null"),
    ] {
        assert_eq!(
            yaml(&format!("a: {text}\n"))["a"].to_string(),
            expected,
            "{text}"
        );
    }
    for json in [
        "1",
        "1.0",
        "18446744073709551615",
        "123456789012345678901234567890",
        "0.1234567890123456789",
    ] {
        assert_eq!(
            parse(json, true).unwrap(),
            parse(json, false).unwrap(),
            "{json}"
        );
    }
    let message = parse("{\n\"a\": 1e400}", true).unwrap_err().to_string();
    assert!(
        message.contains("number out of range at line 2 column "),
        "{message}"
    );
}

/// A hash of digits and one `e` looks like a number that is too large for any value.
#[test]
fn numbers_that_are_not_finite_are_the_texts_that_they_are_written_as() {
    let huge = "9".repeat(400);
    for text in [
        "600e27371700",
        "1e400",
        "-1e400",
        "+1.5E999",
        ".inf",
        "-.Inf",
        ".NAN",
        &huge,
    ] {
        let document = yaml(&format!(
            "a: {text}\nb: [{text}, &x {text}, 1e3]\n{text}: # {text}\n  *x\nc: '{text}'\n\
             d: |\n  {text}\ne: {text} # A comment.\n"
        ));
        assert_eq!(
            document,
            json!({ "a": text, "b": [text, text, 1e3], text: text, "c": text, "d": format!("{text}\n"), "e": text })
        );
    }
    // So it is where other lines are mended, before it and after.
    let at_margin = "a:\n  'one\ntwo'\n";
    for text in [
        format!("{at_margin}b: 1e999\n"),
        format!("b: 1e999\n{at_margin}"),
    ] {
        assert_eq!(yaml(&text), json!({ "a": "one two", "b": "1e999" }));
    }
    // Who says that it is a number is told that there is none.
    for text in ["!!float .inf", "&x !!float 1e999", "!!float &x 1e999"] {
        let message = refusal(&format!("a: 1e999\nb: {text}\n"));
        assert!(
            message.contains("is not a finite number at line 2"),
            "{message}"
        );
    }
    // What else is wrong keeps its place.
    let message = refusal("a: [1e999, *b]\n");
    assert!(message.contains("line 1, column"), "{message}");
}

#[test]
fn any_number_of_comments_may_stand_in_a_row() {
    let comments = |indent: usize| format!("{:indent$}# One.\n", "").repeat(200);
    let text = format!(
        "{}a:\n{}  - b\n{}  - c: [1,\n{} 2]\n{}d: e\n{}",
        comments(0),
        comments(2),
        comments(2),
        comments(1),
        comments(0),
        comments(0),
    );
    assert_eq!(
        yaml(&text),
        json!({ "a": ["b", { "c": [1, 2] }], "d": "e" })
    );
}

#[test]
fn openapi_3_2_is_read_as_3_1() {
    let text = r##"
openapi: 3.2.0
$self: https://api.acme.com/openapi
info: { title: Acme, version: "1" }
servers: [{ url: https://api.acme.com, name: first }]
paths:
  /me:
    get:
      parameters:
        - { name: whole, in: querystring, content: { application/x-www-form-urlencoded: {} } }
        - { $ref: "https://api.acme.com/openapi#/components/parameters/Page" }
      responses:
        "200":
          summary: The caller.
          content: { application/json: { $ref: "#/components/mediaTypes/Me" } }
        "401": { content: { application/json: { examples: { a: { dataValue: { code: x } } } } } }
      additionalOperations: { COPY: {} }
    query: { responses: {} }
components:
  parameters: { Page: { name: page, in: query, schema: { type: string } } }
  mediaTypes: { Me: { schema: { type: object, properties: { id: { type: string } } } } }
"##;
    let document = file("a.yaml", text).unwrap();
    assert_eq!(document["openapi"], "3.1.1");
    assert_eq!(document["servers"][0]["description"], "first");
    let get = &document["paths"]["/me"]["get"];
    assert_eq!(
        get["parameters"],
        json!([{ "$ref": "#/components/parameters/Page" }])
    );
    let success = &get["responses"]["200"];
    assert_eq!(success["description"], "The caller.");
    let schema = &success["content"]["application/json"]["schema"];
    assert_eq!(schema["properties"]["id"]["type"], "string");
    let refusal = &get["responses"]["401"];
    assert_eq!(refusal["description"], "");
    let example = &refusal["content"]["application/json"]["examples"]["a"];
    assert_eq!(example["value"], json!({ "code": "x" }));
    let lowered = keyholder_openapi::lower::lower(&document).unwrap();
    assert_eq!(lowered.document["openapi"], "3.0.3");
}

#[test]
fn a_key_that_stands_twice_in_a_schema_is_read_as_in_json() {
    let text = "schemas: { Me: { type: string, properties: { id: { type: string }, id: { type: integer } } } }\n";
    let expected = json!({ "schemas": { "Me": { "type": "string", "properties": { "id": { "type": "integer" } } } } });
    assert_eq!(yaml(text), expected);
    let message = refusal("paths: { /me: { get: {}, get: { x: 1 } } }\n");
    assert!(message.contains("duplicate mapping key `get`"), "{message}");
}

#[test]
fn what_no_yaml_has_is_marked_in_its_texts() {
    let text = "a: a \u{7} bell\nb: \"a \u{b}tab\"\n# \u{1}\nc: |\n  one\u{8}\n";
    assert_eq!(
        yaml(text),
        json!({ "a": "a \u{fffd} bell", "b": "a \u{fffd}tab", "c": "one\u{fffd}\n" })
    );
}

#[test]
fn json_that_is_too_deep_is_told_as_such() {
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&deep(127), true).is_ok());
    let message = parse(&deep(128), true).unwrap_err().to_string();
    assert_eq!(
        message,
        "is not JSON that can be read: it is nested more than 127 levels deep at line 1 column 128"
    );
}

#[test]
fn a_version_that_is_a_number_is_the_text_that_is_meant() {
    for (text, version) in [
        ("openapi: 3.0\n", "3.0.0"),
        ("openapi: 3.1\n", "3.1.0"),
        ("openapi: '3.0'\n", "3.0.0"),
        ("openapi: 3.0.2\n", "3.0.2"),
        ("openapi: 4.0\n", "4.0"),
        ("openapi: 3.2\n", "3.1.1"),
        ("swagger: 2.0\n", "3.0.3"),
    ] {
        let document = file("api.yaml", text).unwrap();
        let stated = keyholder_openapi::scalar::text(&document["openapi"]);
        assert_eq!(stated.as_deref(), Some(version), "{text}");
    }
}

#[test]
fn null_says_nothing_but_where_it_is_a_value() {
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1", "description": null, "x-own": null },
        "tags": null,
        "paths": { "/me": { "get": { "parameters": null, "responses": { "200": {
            "description": null, "content": { "application/json": { "example": null, "schema": {
                "type": null, "description": null, "default": null, "enum": [null], "format": null,
                "properties": { "description": { "nullable": null } },
            } } },
        } } } } },
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "bearerFormat": null } } },
    });
    let expected = json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1", "x-own": null },
        "paths": { "/me": { "get": { "responses": { "200": {
            "description": "", "content": { "application/json": { "example": null, "schema": {
                "type": "null", "default": null, "enum": [null], "properties": { "description": {} },
            } } },
        } } } } },
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
    });
    assert_eq!(file("api.json", document.to_string()).unwrap(), expected);
}

#[test]
fn a_base_path_begins_with_a_slash() {
    for (path, url) in [
        ("v1/", "https://acme.dev/v1"),
        ("/v1/", "https://acme.dev/v1"),
        ("/", "https://acme.dev"),
    ] {
        let text = json!({ "swagger": "2.0", "host": "acme.dev", "basePath": path }).to_string();
        assert_eq!(file("api.json", text).unwrap()["servers"][0]["url"], url);
    }
}

/// What is remarked on a text.
fn noticed(text: &str, json: bool) -> Vec<String> {
    read_noted(text, json).unwrap().2
}

#[test]
fn a_key_that_stands_twice_is_told_of() {
    let text = "a:\n  - summary: x\n    summary: y\n";
    assert_eq!(yaml(text), json!({ "a": [{ "summary": "y" }] }));
    let once = "at /a/0: the key \"summary\" stands there more than once, and the last counts";
    assert_eq!(noticed(text, false), [once]);
    let more = "a: { summary: x, summary: y }\nexample: { a: 1, a: 2, a: 3 }\n";
    let found = noticed(more, false);
    let expected = "at /a: the key \"summary\" stands there more than once, and the last counts; so it is with 2 more keys";
    assert_eq!(found, [expected]);
    let example = "at /example: the key \"a\" stands there more than once, and the first counts";
    assert_eq!(noticed("example: { a: 1, a: 2 }\n", false), [example]);
    let nested = r#"{ "paths": { "/me": [{ "get": {}, "get": { "x": { "b": 1, "b": 2 } } }] } }"#;
    assert_eq!(
        noticed(nested, true),
        ["at /paths/~1me/0: the key \"get\" stands there more than once, and the last counts"]
    );
    // What a merge key brings is no second one.
    let merged = "a: &a { x: 1 }\nb: { <<: *a, x: 2 }\n";
    assert_eq!(noticed(merged, false), Vec::<String>::new());
    assert_eq!(
        noticed(r#"{ "a": { "x": 1 }, "b": { "x": [1, 1] } }"#, true),
        Vec::<String>::new()
    );
}

#[test]
fn characters_that_are_none_of_a_text_are_told_of() {
    let text = "a: one\nb: a \u{7} bell\nc: \"\u{b}\"\n";
    let expected = "at line 2, column 6: the character U+0007 is none of a text, and is read as U+FFFD; so it is with one more";
    assert_eq!(noticed(text, false), [expected]);
    let text = "{\"a\": \"x\u{8}y\"}";
    assert_eq!(parse(text, true).unwrap(), json!({ "a": "x\u{fffd}y" }));
    let expected =
        "at line 1, column 9: the character U+0008 is none of a text, and is read as U+FFFD";
    assert_eq!(noticed(text, true), [expected]);
    // They may be both of a kind.
    let both = "{\"a\": \"\u{8}\", \"a\": 1}";
    assert_eq!(noticed(both, true).len(), 2);
    assert_eq!(
        noticed("{ \"a\": \"x\\u0007\" }", true),
        Vec::<String>::new()
    );
}

#[test]
fn line_breaks_and_tabs_in_a_text_of_json_are_what_they_are() {
    let text = "{\n\t\"a\": \"one\ttwo\nthree\r\n\", \"b\": \"\\\"\t\\\\\", \"c\": \"x\\\ny\"\n}";
    let expected = json!({ "a": "one\ttwo\nthree\r\n", "b": "\"\t\\", "c": "x\\\ny" });
    assert_eq!(parse(text, true).unwrap(), expected);
    assert_eq!(noticed(text, true), Vec::<String>::new());
    // What is wrong beside them is told of as it stands.
    let message = parse("{\"a\": \"\t\" \"b\": 1}", true)
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("is not JSON: "), "{message}");
}

/// A description of one operation, with `parts` in their places, as it is read, and where it is read otherwise than written.
fn mended(parts: &[(&str, Value)]) -> (Value, Vec<String>) {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme", "version": "1" },
        "paths": { "/me": { "get": {
            "parameters": [{ "name": "lang", "in": "query", "schema": { "type": "string" } }],
            "responses": { "200": { "description": "x", "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/User" },
            } } } },
        } } },
        "components": {
            "schemas": {
                "User": { "type": "object", "properties": { "id": { "type": "string" } } },
                "Team": { "type": "object" },
            },
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
        },
    });
    for (at, value) in parts {
        if let Some(part) = document.pointer_mut(at) {
            *part = value.clone();
            continue;
        }
        let (holder, name) = at.rsplit_once('/').unwrap();
        document.pointer_mut(holder).unwrap()[name] = value.clone();
    }
    let read = keyholder_openapi::load::read_mended(&document.to_string(), true).unwrap();
    let places = read.repairs.into_iter().map(|it| it.pointer).collect();
    (read.document, places)
}

#[test]
fn a_member_that_is_nullable_and_nothing_else_is_meant_of_the_whole() {
    let id = "/components/schemas/User/properties/id";
    let team = json!({ "$ref": "#/components/schemas/Team" });
    let written = json!({ "allOf": [team, { "nullable": true }] });
    let (document, places) = mended(&[(id, written)]);
    let read = json!({ "allOf": [team], "nullable": true });
    assert_eq!(document.pointer(id), Some(&read));
    assert_eq!(places, [format!("{id}/allOf")]);
    let whole = json!({ "allOf": [team, { "nullable": true, "type": "object" }] });
    let (document, _) = mended(&[(id, whole.clone())]);
    assert_eq!(document.pointer(id), Some(&whole));
}

#[test]
fn types_by_other_names_are_those_that_are_meant() {
    let id = "/components/schemas/User/properties/id";
    for (written, read) in [
        (json!("uuid"), json!({ "type": "string", "format": "uuid" })),
        (
            json!("DateTime"),
            json!({ "type": "string", "format": "date-time" }),
        ),
        (
            json!("Int64"),
            json!({ "type": "integer", "format": "int64" }),
        ),
        (json!("String"), json!({ "type": "string" })),
        (json!("varchar(20)"), json!({ "type": "string" })),
        (json!("dict"), json!({ "type": "object" })),
        (json!("string|null"), json!({ "type": ["string", "null"] })),
        (json!(["str", null]), json!({ "type": ["string", "null"] })),
        (json!("any"), json!({ "description": "Any JSON." })),
        // A text here, and a number there.
        (json!("timestamp"), json!({ "description": "Any JSON." })),
        (
            json!("Team"),
            json!({ "$ref": "#/components/schemas/Team" }),
        ),
        (
            json!("Team[]"),
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/Team" } }),
        ),
    ] {
        let (document, places) = mended(&[(&format!("{id}/type"), written.clone())]);
        assert_eq!(document.pointer(id), Some(&read), "{written}");
        assert_eq!(places, [format!("{id}/type")], "{written}");
    }
    // What is none of them stays, and so does what is right.
    for written in [json!("Frob"), json!("string"), json!(["string", "null"])] {
        let (document, places) = mended(&[(&format!("{id}/type"), written.clone())]);
        let read = document.pointer(&format!("{id}/type"));
        assert_eq!((read, places), (Some(&written), vec![]), "{written}");
    }
}

#[test]
#[allow(clippy::too_many_lines)]
fn what_has_another_form_is_read_as_it_is_meant() {
    let get = "/paths/~1me/get";
    let id = "/components/schemas/User/properties/id";
    let response = format!("{get}/responses/200");
    let schema = json!({ "$ref": "#/components/schemas/User" });
    let whole = json!({ "application/json": { "schema": schema } });
    for (at, written, place, read) in [
        (
            format!("{get}/parameters/0/in"),
            json!("Header"),
            "",
            json!("header"),
        ),
        (
            format!("{get}/parameters/0/required"),
            json!("false"),
            "",
            json!(false),
        ),
        (format!("{get}/tags"), json!("users"), "", json!(["users"])),
        (
            format!("{get}/security"),
            json!({ "key": null }),
            "",
            json!([{ "key": [] }]),
        ),
        (
            format!("{get}/security"),
            json!(["key"]),
            "",
            json!([{ "key": [] }]),
        ),
        (
            format!("{get}/parameters/0"),
            json!({ "name": "lang", "in": "query", "type": "int" }),
            "",
            json!({ "name": "lang", "in": "query", "schema": { "type": "integer" } }),
        ),
        (
            format!("{get}/parameters/0"),
            json!({ "name": "lang", "in": "query" }),
            "",
            json!({ "name": "lang", "in": "query", "schema": { "type": "string" } }),
        ),
        (
            response.clone(),
            json!({ "description": "x", "schema": schema }),
            "/content",
            whole.clone(),
        ),
        (
            format!("{response}/content"),
            json!({ "schema": schema }),
            "",
            whole.clone(),
        ),
        (
            format!("{response}/content"),
            json!({ "application/json": schema }),
            "",
            whole.clone(),
        ),
        (response.clone(), schema.clone(), "/content", whole.clone()),
        (
            format!("{get}/responses"),
            json!({ "200 OK": { "description": "x" } }),
            "",
            json!({ "200": { "description": "x" } }),
        ),
        (
            format!("{get}/responses/401"),
            json!("Unauthorized"),
            "",
            json!({ "description": "Unauthorized" }),
        ),
        (format!("{id}/maxLength"), json!("20"), "", json!(20)),
        (format!("{id}/nullable"), json!("true"), "", json!(true)),
        (
            "/components/schemas/User/required".to_owned(),
            json!("id"),
            "",
            json!(["id"]),
        ),
        (
            "/servers".to_owned(),
            json!("https://acme.dev"),
            "",
            json!([{ "url": "https://acme.dev" }]),
        ),
        (
            format!("{response}/content/application~1json/schema/$ref"),
            json!("#/definitions/User"),
            "",
            json!("#/components/schemas/User"),
        ),
        (
            format!("{response}/content/application~1json/schema/$ref"),
            json!("user"),
            "",
            json!("#/components/schemas/User"),
        ),
    ] {
        let (document, places) = mended(&[(&at, written.clone())]);
        let found = document.pointer(&format!("{at}{place}"));
        assert_eq!(found, Some(&read), "{at} {written}");
        assert!(!places.is_empty(), "{at} {written}");
    }
    // Of a property, it says nothing of its values.
    let (document, _) = mended(&[(&format!("{id}/required"), json!(true))]);
    assert_eq!(document.pointer(id), Some(&json!({ "type": "string" })));
    // What leads nowhere and is no component's name alone is left as it is.
    let at = format!("{response}/content/application~1json/schema/$ref");
    for lost in [
        "#/components/schemas/Nobody",
        "#/paths/~1x/User",
        "other.json#/User",
    ] {
        let (document, places) = mended(&[(&at, json!(lost))]);
        assert_eq!(
            (document.pointer(&at), places),
            (Some(&json!(lost)), vec![]),
            "{lost}"
        );
    }
}

#[test]
fn sections_of_both_major_versions_are_one_document() {
    let user = json!({ "type": "object" });
    let newer = json!({
        "openapi": "3.0.3", "host": "acme.dev", "basePath": "/v1",
        "definitions": { "User": user }, "securityDefinitions": { "basic": { "type": "basic" } },
    });
    let newer = file("api.json", newer.to_string()).unwrap();
    assert_eq!(newer["components"]["schemas"]["User"], user);
    assert_eq!(
        newer["components"]["securitySchemes"]["basic"]["scheme"],
        "basic"
    );
    assert_eq!(newer["servers"][0]["url"], "https://acme.dev/v1");
    let older = json!({
        "swagger": "2.0", "servers": [{ "url": "https://acme.dev" }], "definitions": { "Team": user },
        "components": { "schemas": { "User": user } },
        "paths": { "/me": { "get": { "responses": { "200": { "description": "x", "content": { "application/json": {
            "schema": { "$ref": "#/definitions/Team" },
        } } } } } } },
    });
    let older = file("api.json", older.to_string()).unwrap();
    assert_eq!(
        older["components"]["schemas"],
        json!({ "User": user, "Team": user })
    );
    assert_eq!(older["servers"][0]["url"], "https://acme.dev");
    let schema = "/paths/~1me/get/responses/200/content/application~1json/schema/$ref";
    assert_eq!(
        older.pointer(schema),
        Some(&json!("#/components/schemas/Team"))
    );
}

#[test]
fn security_schemes_are_what_they_are_meant_to_be() {
    let bearer = json!({ "type": "http", "scheme": "bearer" });
    let key = json!({ "type": "apiKey", "in": "header", "name": "X-Key" });
    let token_url = json!({ "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "", "scopes": {} } } });
    for (written, read) in [
        (json!({ "type": "bearer" }), bearer.clone()),
        (
            json!({ "type": "HTTP", "scheme": "bearer" }),
            bearer.clone(),
        ),
        (json!({ "scheme": "bearer" }), bearer.clone()),
        (
            json!({ "type": "basic" }),
            json!({ "type": "http", "scheme": "basic" }),
        ),
        (
            json!({ "type": "ApiKey", "in": "Header", "name": "X-Key" }),
            key.clone(),
        ),
        (
            json!({ "type": "http", "scheme": "apiKey", "in": "header", "name": "X-Key" }),
            key.clone(),
        ),
        (json!({ "type": "apiKey", "name": "X-Key" }), key.clone()),
        (
            json!({ "type": "token", "in": "header", "name": "X-Key" }),
            key,
        ),
        (
            json!({ "type": "OAuth2", "flows": { "clientCredentials": {} } }),
            token_url,
        ),
        (
            json!({ "type": "oauth2" }),
            json!({ "type": "oauth2", "flows": {} }),
        ),
        (
            json!({ "type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://acme.dev", "scopes": ["me"] }),
            json!({ "type": "oauth2", "flows": { "authorizationCode": {
                "authorizationUrl": "https://acme.dev", "tokenUrl": "", "scopes": { "me": "" },
            } } }),
        ),
    ] {
        let at = "/components/securitySchemes/own";
        let (document, places) = mended(&[(at, written.clone())]);
        assert_eq!(
            (document.pointer(at), places),
            (Some(&read), vec![at.to_owned()]),
            "{written}"
        );
    }
    // Of one of which this is not plain, nothing is read.
    for written in [
        json!(null),
        json!("bearer"),
        json!({ "type": "http" }),
        json!({ "type": "secret" }),
        json!({ "type": "apiKey", "name": "key" }),
        json!({ "$ref": "#/components/securitySchemes/gone" }),
    ] {
        let at = "/components/securitySchemes/own";
        let (document, places) = mended(&[(at, written.clone())]);
        assert_eq!(
            (document.pointer(at), places),
            (None, vec![at.to_owned()]),
            "{written}"
        );
    }
}
