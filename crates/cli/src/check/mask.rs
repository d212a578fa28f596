//! Tokens as they may be shown.

/// From how many characters on a token is long enough that some of it may be shown.
const LONG: usize = 20;

/// The longest prefix that is shown.
const MAX_PREFIX: usize = 12;

/// How many of the last characters are shown.
const END: usize = 3;

/// What stands for what is not shown.
const MASK: &str = "…";

/// A token as it may be shown: its prefix, which says what it is, and its last three characters, as in `nxd_…3f9`. Of a short
/// one, nothing.
pub(super) fn mask(token: &str) -> String {
    let characters: Vec<_> = token.chars().collect();
    if characters.len() < LONG || !token.is_ascii() {
        return MASK.to_owned();
    }
    let end: String = characters[characters.len() - END..].iter().collect();
    format!("{}{MASK}{end}", prefix(token))
}

/// What stands before the secret part of a token: words of letters, each with a separator behind it.
fn prefix(token: &str) -> &str {
    let mut end = 0;
    for (at, c) in token.char_indices().take(MAX_PREFIX) {
        match c {
            '_' | '-' | ':' if at > 0 => end = at + 1,
            _ if c.is_ascii_alphabetic() => {}
            _ => break,
        }
    }
    &token[..end]
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn the_prefix_and_the_end_are_shown_of_a_long_token_alone() {
        for (token, shown) in [
            ("nxd_0123456789abcdef03f9", "nxd_…3f9"),
            ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_…7dc"),
            ("user:0f3c9b1d8e7a6f5c4b3a2918", "user:…918"),
            ("16C7e42F292c6912E7710c838347Ae17", "…e17"),
            ("abcdefghijklmnopqrstuvwxyz", "…xyz"),
            ("nxd_0123456789", "…"),
            ("", "…"),
        ] {
            assert_eq!(mask(token), shown);
        }
    }
}
