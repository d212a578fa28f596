//! What generated crates stand on.
//!
//! A package cannot read its workspace's manifest once it is published, so that the versions are said here as well. A
//! test holds them to that manifest: `tests/destination.rs`.

/// The version of the packages that are published together with this one.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The edition that generated code is written in.
pub(crate) const EDITION: &str = "2024";

/// The highest `rust-version` of what generated crates stand on.
pub(crate) const RUST_VERSION: &str = "1.88";

/// A dependency of generated crates: where it comes from, and what of it they need.
pub(crate) struct Dependency {
    name: &'static str,
    pub version: &'static str,
    pub default_features: bool,
    pub features: &'static [&'static str],
}

const DEPENDENCIES: &[Dependency] = &[
    with_features("futures-util", "0.3.34", false, &["alloc"]),
    of("httpmock", "0.9.0"),
    with_features("keyholder-check", VERSION, false, &[]),
    with_features("keyholder-core", VERSION, false, &[]),
    of("regex", "1.13"),
    of("schemars", "1.2.3"),
    with_features("serde", "1.0.228", true, &["derive"]),
    // A figure comes out as it went in, to its last place.
    with_features("serde_json", "1.0.150", true, &["float_roundtrip"]),
    of("tokio", "1.53"),
];

const fn of(name: &'static str, version: &'static str) -> Dependency {
    with_features(name, version, true, &[])
}

const fn with_features(
    name: &'static str,
    version: &'static str,
    default_features: bool,
    features: &'static [&'static str],
) -> Dependency {
    Dependency {
        name,
        version,
        default_features,
        features,
    }
}

/// The dependency of that name.
pub(crate) fn find(name: &str) -> Option<&'static Dependency> {
    DEPENDENCIES.iter().find(|it| it.name == name)
}
