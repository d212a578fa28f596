#![doc = include_str!("../README.md")]

mod answer;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod config;
pub mod customary;
mod error;
mod http;
mod identity;
mod packed;
mod provider;
mod secret;
mod string_enum;
mod text;
mod timestamp;
mod token;
mod verdict;
mod whoami;

pub use crate::http::{Answer, HttpClients, Parameter, Plan, PlannedRequest, Response, Transport};
pub use client::Client;
pub use config::{Config, Retry, http_client_builder};
pub use error::{Error, ErrorKind, ErrorResponse, OperationError, Reason};
pub use identity::{Identity, Limited, Organization, Permission, Quota, SubjectType, TokenInfo};
pub use provider::{
    Argument, Authentication, Body, Checksum, ChecksumAlgorithm, ChecksumEncoding, Claims,
    Conditions, Content, Credential, Encoding, KeyParameter, Limit, Meaning, NotAPointer,
    Operation, OrganizationClaims, Part, PartSource, PermissionClaims, Place, Pointer, Provider,
    ProviderInfo, QuotaClaims, Refusal, Rule, Scalar, Server, Source, Status, SubjectTypeSource,
    Success, Test, Text, TokenClaims, TokenForm, TokenSource,
};
pub use secret::{Exposed, Secret};
pub use timestamp::Timestamp;
pub use token::Token;
pub use verdict::{Verdict, VerdictKind};
pub use whoami::{BoxFuture, WhoAmI};

/// What the code of the generated crates and of the facade refers to; not for use elsewhere.
#[doc(hidden)]
pub mod support {
    pub use crate::client::prepared;
    pub use crate::http::backoff;
    pub use crate::http::carries;
    pub use crate::packed::{pack, unpack};
    pub use crate::provider::{embedded, reads_parameters_from_tokens};
    pub use crate::string_enum::{UnknownValue, text_of, unknown};
    #[cfg(feature = "schemars")]
    pub use schemars;
    pub use serde;
}
