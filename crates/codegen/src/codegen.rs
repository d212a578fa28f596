//! From a folder of descriptions to what differs in a folder of crates.

use std::path::PathBuf;

use keyholder_describe::Described;
use keyholder_describe::specs;
use keyholder_openapi::Result;

use crate::destination::PROVIDERS;
use crate::write::Change;
use crate::{Destination, Provider, generate_from};

/// What to generate, and where.
#[derive(Clone, Debug)]
pub struct Codegen {
    /// The folder of the descriptions.
    pub specs: PathBuf,
    /// Where the crates are written to.
    pub destination: Destination,
    /// The providers to write; all when empty.
    pub providers: Vec<String>,
}

/// What a run comes to. Nothing is written yet.
#[derive(Debug)]
pub struct Outcome {
    /// What differs, for [`write::apply`](crate::write::apply).
    pub changes: Vec<Change>,
    /// The providers that are described.
    pub providers: Vec<Provider>,
    /// What of the descriptions was left out, a line each.
    pub remarks: Vec<String>,
}

impl Codegen {
    /// What differs between the folder of crates and what the descriptions make.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with a description; a folder that is not ours. Nothing is written.
    pub fn plan(&self) -> Result<Outcome> {
        let specs = specs::specs(&self.specs)?;
        specs::check_described(&specs, &self.providers, &self.specs)?;
        // One after the other: a description may be large.
        self.plan_described(specs.iter().map(Described::read))
    }

    /// The same, for descriptions that were read already.
    ///
    /// # Errors
    ///
    /// Those of reading, and as [`Codegen::plan`].
    pub fn plan_described(
        &self,
        described: impl IntoIterator<Item = Result<Described>>,
    ) -> Result<Outcome> {
        self.destination.check()?;
        let generated = described
            .into_iter()
            .map(|described| generate_from(&described?, &self.destination))
            .collect::<Result<Vec<_>>>()?;
        let names: Vec<_> = generated
            .iter()
            .map(|it| it.provider.name.clone())
            .collect();
        let providers = generated.iter().map(|it| it.provider.clone()).collect();
        let remarks = generated
            .iter()
            .filter(|it| self.providers.is_empty() || self.providers.contains(&it.provider.name))
            .flat_map(|it| it.remarks.clone())
            .collect();
        let mut changes = self.destination.changes(generated)?;
        changes.retain(|change| self.is_asked_for(change, &names));
        Ok(Outcome {
            changes,
            providers,
            remarks,
        })
    }

    /// Whether a change is in a provider that was asked for, or in what all providers share.
    fn is_asked_for(&self, change: &Change, described: &[String]) -> bool {
        let (Change::Write { file, .. } | Change::Remove { file }) = change;
        let folder = file
            .strip_prefix(self.destination.out().join(PROVIDERS))
            .ok()
            .and_then(|path| path.iter().next())
            .and_then(|folder| folder.to_str())
            .unwrap_or_default();
        self.providers.is_empty()
            || self.providers.iter().any(|name| name == folder)
            || !described.iter().any(|name| name == folder)
    }
}
