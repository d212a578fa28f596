//! The providers that the tests ask.

#![allow(dead_code)]

use keyholder_check::Provider;

pub(crate) const EXTRUCT: Provider = Provider::new(&keyholder_extruct::PROVIDER, |config| {
    Ok(Box::new(keyholder_extruct::Client::with_config(config)?))
});

pub(crate) const KATAPULT: Provider = Provider::new(&keyholder_katapult::PROVIDER, |config| {
    Ok(Box::new(keyholder_katapult::Client::with_config(config)?))
});

pub(crate) const UNLEASH: Provider = Provider::new(&keyholder_unleash::PROVIDER, |config| {
    Ok(Box::new(keyholder_unleash::Client::with_config(config)?))
});
