//! Which names say of a property that it is a secret.

use heck::ToSnakeCase as _;

/// What a name ends in, also in the middle of a word: `accessToken`, `access_token` and `accesstoken`.
const STEMS: [&str; 10] = [
    "apikey",
    "jwt",
    "mnemonic",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "token",
];

/// What the last words of a name are, with nothing between them.
const ENDINGS: [&str; 29] = [
    "accesskey",
    "accountkey",
    "adminkey",
    "authkey",
    "backupcode",
    "bearer",
    "connectionstring",
    "credential",
    "cvc",
    "cvv",
    "encryptionkey",
    "hmackey",
    "licensekey",
    "masterkey",
    "otp",
    "privkey",
    "pwd",
    "recoverycode",
    "recoverykey",
    "secretkey",
    "seedphrase",
    "servicekey",
    "sessionkey",
    "sharedkey",
    "signingkey",
    "storagekey",
    "streamkey",
    "totp",
    "webhookkey",
];

/// What stands after a secret's name where it is told in another form.
const FORMS: [&str; 9] = [
    "confirmation",
    "digest",
    "encrypted",
    "hash",
    "pem",
    "plain",
    "plaintext",
    "salt",
    "value",
];

/// Words of what everyone may see.
const PUBLIC: [&str; 5] = ["masked", "obfuscated", "public", "publishable", "redacted"];

/// Words of a token that marks a place in a list.
const OF_LISTS: [&str; 6] = [
    "continuation",
    "cursor",
    "page",
    "pagination",
    "paging",
    "sync",
];

/// What a question begins with.
const QUESTIONS: [&str; 6] = ["can", "has", "is", "must", "needs", "requires"];

/// Whether a name says that what it names is a secret: by its last words, whatever case and separators it has.
///
/// `token_type`, `token_id` and `password_changed_at` end otherwise. A key is one only with a word that says of what.
pub(super) fn is_secret(name: &str) -> bool {
    let folded = name.to_snake_case();
    let mut words: Vec<_> = folded
        .split('_')
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    while words.len() > 1 && words.last().is_some_and(|last| FORMS.contains(last)) {
        words.pop();
    }
    let Some(last) = words.last().copied() else {
        return false;
    };
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let is_place =
        singular(last).ends_with("token") && (has(&OF_LISTS) || words == ["next", "token"]);
    let is_question =
        words.len() > 1 && words.first().is_some_and(|first| QUESTIONS.contains(first));
    if has(&PUBLIC) || is_place || is_question {
        return false;
    }
    let joined = |count: usize| {
        let from = words.len().saturating_sub(count);
        words.get(from..).unwrap_or_default().concat()
    };
    let is_ending = |text: String| {
        let text = singular(&text);
        ENDINGS.contains(&text) || STEMS.iter().any(|stem| text.ends_with(stem))
    };
    is_ending(joined(1)) || is_ending(joined(2)) || words == ["pin"]
}

/// Whether a name inside of a secret's object is that of the secret itself.
pub(super) fn is_secret_inside(name: &str) -> bool {
    matches!(name.to_snake_case().as_str(), "key" | "plaintext" | "value")
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_of_secrets() {
        for name in [
            "token",
            "Token",
            "tokens",
            "token2",
            "accessToken",
            "access_token",
            "accesstoken",
            "ACCESS_TOKEN",
            "refresh-token",
            "id_token",
            "auth.token",
            "sessionToken",
            "csrf_token",
            "api_key",
            "apiKey",
            "APIKey",
            "apikey",
            "api-keys",
            "X-Api-Key",
            "live_api_key",
            "secret",
            "secrets",
            "client_secret",
            "clientSecret",
            "signing_secret",
            "webhookSecret",
            "totp_secret",
            "two_factor_secret",
            "secret_key",
            "secretAccessKey",
            "private_key",
            "privateKeyPem",
            "password",
            "userPassword",
            "password_hash",
            "hashedPassword",
            "passwordConfirmation",
            "passphrase",
            "pwd",
            "passwd",
            "recovery_codes",
            "backupCodes",
            "otp",
            "jwt",
            "credentials",
            "access_key",
            "signingKey",
            "encryption_key",
            "token_value",
            "connectionString",
            "pin",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn names_of_what_is_none() {
        for name in [
            "",
            "_",
            "1",
            "id",
            "key",
            "keys",
            "value",
            "code",
            "hash",
            "token_type",
            "tokenType",
            "token_id",
            "token_name",
            "token_expires_at",
            "tokenPrefix",
            "token_count",
            "tokenization",
            "has_password",
            "is_secret",
            "requiresPassword",
            "password_changed_at",
            "passwordPolicy",
            "page_token",
            "nextPageToken",
            "next_token",
            "pagination_token",
            "sync_token",
            "public_key",
            "public_api_key",
            "publishableApiKey",
            "masked_token",
            "api_key_id",
            "access_key_id",
            "secret_name",
            "idempotency_key",
            "primary_key",
            "sort_key",
            "key_id",
            "secretary",
            "tokens_used",
            "email",
            "opinion",
            "shopping",
            "spin",
            "author",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
