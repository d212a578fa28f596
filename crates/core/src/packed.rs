//! An identity in few bytes, for who remembers many: writing and reading it costs a fraction of what JSON does.
//!
//! The form is for one process alone, and changes as the types do.

use crate::{
    Identity, Limit, Limited, Organization, Permission, Quota, SubjectType, Timestamp, TokenInfo,
};

/// Adds `identity` to `out`.
pub fn pack(identity: &Identity, out: &mut Vec<u8>) {
    identity.pack(out);
}

/// The identity that [`pack`] wrote; nothing where it is not one.
#[must_use]
pub fn unpack(mut packed: &[u8]) -> Option<Identity> {
    let identity = Identity::unpack(&mut packed)?;
    packed.is_empty().then_some(identity)
}

trait Packed: Sized {
    fn pack(&self, out: &mut Vec<u8>);

    fn unpack(from: &mut &[u8]) -> Option<Self>;
}

impl Packed for u64 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let (bytes, rest) = from.split_first_chunk()?;
        *from = rest;
        Some(Self::from_le_bytes(*bytes))
    }
}

impl Packed for f64 {
    fn pack(&self, out: &mut Vec<u8>) {
        self.to_bits().pack(out);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        u64::unpack(from).map(Self::from_bits)
    }
}

impl Packed for u8 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        Some(*byte)
    }
}

impl Packed for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        u8::from(*self).pack(out);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        u8::unpack(from).map(|it| it != 0)
    }
}

/// How much follows. Most texts and lists are short.
fn pack_length(length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(length) if length < u8::MAX => out.push(length),
        _ => {
            out.push(u8::MAX);
            (length as u64).pack(out);
        }
    }
}

fn unpack_length(from: &mut &[u8]) -> Option<usize> {
    match u8::unpack(from)? {
        u8::MAX => usize::try_from(u64::unpack(from)?).ok(),
        length => Some(length.into()),
    }
}

impl Packed for String {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_length(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let length = unpack_length(from)?;
        let (text, rest) = from.split_at_checked(length)?;
        *from = rest;
        std::str::from_utf8(text).ok().map(str::to_owned)
    }
}

impl Packed for Timestamp {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_length(self.as_str().len(), out);
        out.extend_from_slice(self.as_str().as_bytes());
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        String::unpack(from).map(Self::from)
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.pack(out);
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        match u8::unpack(from)? {
            0 => Some(None),
            _ => T::unpack(from).map(Some),
        }
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_length(self.len(), out);
        for item in self {
            item.pack(out);
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let length = unpack_length(from)?;
        (0..length).map(|_| T::unpack(from)).collect()
    }
}

/// One of few, by its place among them.
macro_rules! packed_choice {
    ($type:ident { $($name:ident),+ $(,)? }) => {
        impl Packed for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                const ALL: &[$type] = &[$($type::$name),+];
                // Whatever is added to the type is to be added here: this does not compile without it.
                match self { $(Self::$name)|+ => {} }
                let place = ALL.iter().position(|it| it == self);
                out.push(place.and_then(|it| it.try_into().ok()).unwrap_or(u8::MAX));
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                const ALL: &[$type] = &[$($type::$name),+];
                ALL.get(usize::from(u8::unpack(from)?)).copied()
            }
        }
    };
}

macro_rules! packed {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl Packed for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $($field.pack(out);)+
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: Packed::unpack(from)?),+ })
            }
        }
    };
}

packed_choice!(SubjectType {
    User,
    ServiceAccount,
    Organization,
    Application,
    Unknown,
});
packed_choice!(Limit {
    Scope,
    Network,
    Kind,
    Account,
});
packed!(Organization {
    id,
    name,
    slug,
    role,
    active,
});
packed!(Permission {
    permission,
    resource,
    resource_type,
    environment,
});
packed!(Quota {
    name,
    unit,
    limit,
    used,
    remaining,
    resets_at,
});
packed!(Limited { by, code });
packed!(TokenInfo {
    id,
    name,
    expires_at,
    issued_at,
    last_used_at,
    limited,
});
packed!(Identity {
    provider,
    iss,
    subject_type,
    sub,
    name,
    given_name,
    family_name,
    preferred_username,
    email,
    email_verified,
    picture,
    created_at,
    updated_at,
    organizations,
    permissions,
    scopes,
    quotas,
    token,
});

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{pack, unpack};
    use crate::Identity;

    #[test]
    fn what_is_packed_is_what_is_unpacked() {
        let long = "é".repeat(300);
        let identities = [
            serde_json::json!({}),
            serde_json::json!({ "provider": "acme", "iss": "https://acme.example", "subject_type": "service_account" }),
            serde_json::json!({
                "provider": "acme", "iss": "https://acme.example", "subject_type": "user", "sub": "1", "name": long,
                "given_name": "a", "family_name": "b", "preferred_username": "c", "email": "d", "email_verified": false,
                "picture": "e", "created_at": "2026-05-01", "updated_at": "1",
                "organizations": [{ "id": "1", "name": "n", "slug": "s", "role": "r", "active": true }, {}],
                "permissions": [{ "permission": "p", "resource": "r", "resource_type": "t", "environment": "e" }],
                "scopes": vec!["a"; 300],
                "quotas": [{ "name": "q", "unit": "u", "limit": 1.5, "used": 2, "remaining": -3e200, "resets_at": "x" }],
                "token": { "id": "1", "name": "2", "expires_at": "3", "issued_at": "4", "last_used_at": "5",
                    "limited": { "by": "network", "code": "c" } },
            }),
            serde_json::json!({ "organizations": [], "permissions": [], "scopes": [], "quotas": [], "token": {} }),
        ];
        for identity in identities {
            let identity: Identity = serde_json::from_value(identity).unwrap();
            let mut packed = Vec::new();
            pack(&identity, &mut packed);
            assert_eq!(unpack(&packed), Some(identity));
            for cut in 0..packed.len() {
                assert_eq!(unpack(&packed[..cut]), None, "{cut}");
            }
        }
    }
}
