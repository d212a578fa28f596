//! TOML, written value by value, and read again before it is a file.

use toml::{Table, Value};

use keyholder_openapi::{Error, Result};

/// A TOML file in the making. Comments and the order of what is set stay as they are written.
#[derive(Debug, Default)]
pub(crate) struct TomlFile {
    text: String,
    meant: Table,
    section: Vec<String>,
}

impl TomlFile {
    /// Begins the table of this name; its parts are separated by dots. As all keys, they are ours, and need no quotes.
    pub(crate) fn section(&mut self, name: &str) -> &mut Self {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.section = name.split('.').map(str::to_owned).collect();
        self.text.push_str(&format!("[{name}]\n"));
        self
    }

    /// Sets a key of the section.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        self.text.push_str(&format!("{name} = {value}\n"));
        let mut table = Some(&mut self.meant);
        for part in &self.section {
            table = table.and_then(|table| {
                let inner = table.entry(part.clone());
                inner.or_insert_with(|| Table::new().into()).as_table_mut()
            });
        }
        if let Some(table) = table {
            table.insert(name.to_owned(), value);
        }
        self
    }

    /// Sets several keys of the section.
    pub(crate) fn extend(
        &mut self,
        entries: impl IntoIterator<Item = (impl AsRef<str>, Value)>,
    ) -> &mut Self {
        for (name, value) in entries {
            self.set(name.as_ref(), value);
        }
        self
    }

    /// A comment of ours, in one line.
    pub(crate) fn comment(&mut self, text: &str) -> &mut Self {
        self.text.push_str(&format!("## {text}\n"));
        self
    }

    /// The file.
    ///
    /// # Errors
    ///
    /// A file that does not read as what was set, which is a defect of this generator.
    pub(crate) fn finish(&self) -> Result<String> {
        match self.text.parse::<Table>() {
            Ok(read) if read == self.meant => Ok(self.text.clone()),
            Ok(_) => Err(Error::new("the manifest does not say what it is to say")),
            Err(error) => Err(Error::new(format!("the manifest is not TOML: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use toml::Table;

    use super::TomlFile;

    #[test]
    fn whatever_is_set_is_read() {
        let texts = [
            "plain",
            "",
            "\"quoted\"",
            "\"\"\"\n[dependencies]\nevil = \"1\"",
            "'''",
            "a\r\nb\u{0}\u{7f}\u{202e}",
            "\\",
            "# no comment",
        ];
        let mut file = TomlFile::default();
        file.section("package")
            .set("name", "a")
            .comment("A comment.");
        file.section("texts");
        for (index, text) in texts.iter().enumerate() {
            file.set(&format!("text-{index}"), *text);
        }
        let read: Table = match file.finish() {
            Ok(text) => text.parse().unwrap_or_default(),
            Err(error) => panic!("{error}: {}", file.text),
        };
        assert_eq!(read.len(), 2, "{read:?}");
        for (index, text) in texts.iter().enumerate() {
            assert_eq!(
                read["texts"][&format!("text-{index}")].as_str(),
                Some(*text)
            );
        }
    }

    #[test]
    fn what_would_say_more_is_refused() {
        let mut file = TomlFile::default();
        file.section("package").set("a = 1\nb", 2);
        assert!(file.finish().is_err());
        let mut file = TomlFile::default();
        file.section("package").comment("x\nname = \"a\"");
        assert!(file.finish().is_err());
    }
}
