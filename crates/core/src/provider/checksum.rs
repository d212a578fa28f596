//! Check digits: by them a mistyped token is told before it is sent anywhere.

use regex_lite::{Captures, Regex};
use serde::{Deserialize, Serialize};

/// Check digits that tokens of a form carry.
///
/// Digits that do not match tell a token that was mistyped, cut or made up. Digits that match prove nothing: anybody can
/// work them out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Checksum {
    /// What is worked out.
    pub algorithm: ChecksumAlgorithm,
    /// How it is written.
    pub encoding: ChecksumEncoding,
    /// The named group of the form's pattern that it is worked out of.
    pub of: String,
    /// The named group of the form's pattern that holds the digits.
    pub digits: String,
}

/// What a checksum is worked out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// The CRC-32 of Ethernet and gzip (RFC 1952, section 8).
    Crc32,
}

/// How a checksum is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChecksumEncoding {
    /// To the base 62, with the digits `0-9`, `A-Z` and `a-z` in this order, and zeros before it.
    Base62,
}

/// The digits to the base 62.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Checksum {
    /// The checksum by `algorithm`, written in `encoding`, of what the group `of` holds, in the group `digits`.
    pub fn new(
        algorithm: ChecksumAlgorithm,
        encoding: ChecksumEncoding,
        of: impl Into<String>,
        digits: impl Into<String>,
    ) -> Self {
        Self {
            algorithm,
            encoding,
            of: of.into(),
            digits: digits.into(),
        }
    }

    /// The groups that a pattern must have for it.
    #[must_use]
    pub fn groups(&self) -> [&str; 2] {
        [&self.of, &self.digits]
    }

    /// Whether the digits of `token`, which has the form of `pattern`, are wrong. Of a token without them nothing is said.
    pub(super) fn refutes(&self, pattern: &Regex, token: &str) -> bool {
        pattern
            .captures(token)
            .and_then(|captures| self.matches(&captures))
            .is_some_and(|matches| !matches)
    }

    fn matches(&self, captures: &Captures<'_>) -> Option<bool> {
        let of = captures.name(&self.of)?.as_str();
        let digits = captures.name(&self.digits)?.as_str();
        let ChecksumAlgorithm::Crc32 = self.algorithm;
        let sum = crc32(of.as_bytes());
        let ChecksumEncoding::Base62 = self.encoding;
        Some(base62(sum, digits.len()) == digits.as_bytes())
    }
}

/// The CRC-32 of `bytes` (RFC 1952, section 8), bit by bit: a token has few of them.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let bit = |sum: u32, _| (sum >> 1) ^ ((sum & 1) * POLYNOMIAL);
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), bit);
    !bytes.iter().fold(u32::MAX, byte)
}

/// A number to the base 62, with zeros before it up to `width` digits.
fn base62(mut number: u32, width: usize) -> Vec<u8> {
    let mut digits = Vec::with_capacity(width);
    while number > 0 || digits.len() < width {
        digits.push(BASE62[(number % 62) as usize]);
        number /= 62;
    }
    digits.reverse();
    digits
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_sum_is_the_published_one() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
