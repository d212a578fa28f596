//! Which forms of tokens begin so that no other token does by chance.

use keyholder::{Provider, ProviderInfo};

/// How many characters a form must begin with, for a token to be told by it among everything that scanners find.
const PREFIX: usize = 3;

/// `provider` with those of its forms alone that begin with a prefix.
pub(crate) fn with_prefixes(provider: &Provider) -> Provider {
    let mut info = ProviderInfo::clone(provider);
    info.token.forms.retain(|form| has_prefix(&form.pattern));
    info.into()
}

/// Whether a regular expression begins with so many characters that no other token begins so by chance.
fn has_prefix(pattern: &str) -> bool {
    let Some(pattern) = pattern.strip_prefix('^') else {
        return false;
    };
    let mut literal = 0;
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            // One of a few characters, as in `gh[pou]_`; more than a few are no prefix.
            '[' => {
                let few = characters.by_ref().take_while(|c| *c != ']').count();
                if few > 4 {
                    break;
                }
                literal += 1;
            }
            '\\' => {
                if characters.next().is_none_or(|c| c.is_ascii_alphanumeric()) {
                    break;
                }
                literal += 1;
            }
            '{' | '+' | '*' | '.' | '$' => break,
            '(' | ')' | '?' | ':' | '|' | '<' | '>' => {}
            _ => literal += 1,
        }
    }
    literal >= PREFIX
}

#[cfg(test)]
mod tests {
    use super::has_prefix;

    #[test]
    fn a_form_with_a_prefix_is_told_from_one_without() {
        for pattern in [
            "^nxd_",
            r"^(user:|\*:\*\.)",
            "^gh[pou]_(?<body>[0-9A-Za-z]{30})",
            "^sk-[0-9A-Za-z]+T3BlbkFJ",
            r"^SG\.[0-9A-Za-z_-]{20,24}",
            "^[sr]k_(?:live|test)_[0-9A-Za-z]{10,247}$",
            "^(hf|api_org)_[0-9A-Za-z]{34}$",
        ] {
            assert!(has_prefix(pattern), "{pattern}");
        }
        for pattern in [
            "^[0-9]{8,10}:[0-9A-Za-z_-]{35}$",
            "^[0-9a-f]{32}-(?<dc>us[0-9]{1,3})$",
            r"^[MNO][0-9A-Za-z_-]{23,27}\.",
            "nxd_",
            r"^\d{3}abc",
            "^[^:@]+@[^:@]+:ATATT",
        ] {
            assert!(!has_prefix(pattern), "{pattern}");
        }
    }
}
