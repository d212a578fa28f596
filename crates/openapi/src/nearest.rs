//! The name that was likely meant by one that is not there.

use crate::Error;

/// How alike two names have to be, from 0 to 1.
const ALIKE: f64 = 0.7;

/// How many bytes a name has at most that is compared: the work is that of its length, squared.
const LONGEST: usize = 200;

/// The name of `names` that is most like `name`, if any is; upper and lower case do not count.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    names
        .into_iter()
        .filter(|other| other.len() <= LONGEST)
        .map(|other| {
            let alike = strsim::jaro_winkler(&name, &other.to_lowercase());
            (alike, other)
        })
        .filter(|(alike, _)| *alike > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

/// `error`, with the name of `names` that is most like `name` for help, or with all that there are, up to a few.
#[must_use]
pub fn help<'n>(error: Error, name: &str, names: impl IntoIterator<Item = &'n str>) -> Error {
    const SHOWN: usize = 8;
    let mut names: Vec<_> = names.into_iter().collect();
    match nearest(name, names.iter().copied()) {
        Some(known) if known == name => error,
        Some(known) => error.with_help(format!("did you mean {known:?}?")),
        None if names.is_empty() => error,
        None => {
            if names.len() > SHOWN {
                names.truncate(SHOWN);
                names.push("…");
            }
            error.with_help(format!("there is: {}", names.join(", ")))
        }
    }
}
