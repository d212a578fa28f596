//! The providers that the tests ask.

#![allow(unused_imports)] // Each test uses a part of it.

pub(crate) use keyholder_extruct::PROVIDER as EXTRUCT;
pub(crate) use keyholder_katapult::PROVIDER as KATAPULT;
pub(crate) use keyholder_unleash::PROVIDER as UNLEASH;
