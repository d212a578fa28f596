//! Prism, Stoplight's mock server, running on a description.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use keyholder_openapi::{Error, Result};
use testing_programs::npm;
use testing_programs::process::Process;

use super::log::Log;

const PACKAGE: &str = "@stoplight/prism-cli";

/// The newest stable version. It asks for Node.js 24, and was seen to run on 20 as well.
const VERSION: &str = "5.16.0";

/// How long it may take to start, and to write its log.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Prism; it is stopped when this is dropped.
#[derive(Debug)]
pub(super) struct Prism {
    process: Process,
    address: Option<SocketAddr>,
}

/// Installs Prism below `tools`, unless it is there, and gives the file to run.
///
/// # Errors
///
/// A machine without Node.js, and whatever npm says.
pub(super) fn install(tools: &Path) -> Result<std::path::PathBuf> {
    npm::node()?;
    let folder = npm::install(tools, PACKAGE, VERSION, &[])?;
    let folder = std::path::absolute(&folder)
        .map_err(|error| Error::new(error.to_string()).in_file(&folder))?;
    Ok(folder
        .join("node_modules")
        .join(PACKAGE)
        .join("dist/index.js"))
}

impl Prism {
    /// Starts it on `document`, which is written to `folder` for it, and where its log stands as well.
    ///
    /// # Errors
    ///
    /// A file that cannot be written; a program that cannot be started.
    pub(super) fn start(
        program: &Path,
        provider: &str,
        document: &Value,
        folder: &Path,
    ) -> Result<Self> {
        let file = folder.join(format!("{provider}.json"));
        testing_harness::file::write(&file, &format!("{document:#}\n"))?;
        let mut command = Command::new("node");
        command
            .arg(program)
            .args(["mock", "--host", "127.0.0.1", "--port", "0"])
            .args(["--multiprocess", "false", "--verboseLevel", "info"])
            .arg(&file)
            // Nothing but the log's own lines, and none of them coloured.
            .envs([("NODE_NO_WARNINGS", "1"), ("FORCE_COLOR", "0")]);
        let log = folder.join(format!("{provider}.log"));
        let process = Process::start(&format!("Prism, on {provider}"), &command, &log)?;
        Ok(Self {
            process,
            address: None,
        })
    }

    /// Where it listens, once it does.
    ///
    /// # Errors
    ///
    /// It ends first, most often over a description that it cannot read, or takes too long.
    pub(super) fn address(&mut self) -> Result<SocketAddr> {
        if let Some(address) = self.address {
            return Ok(address);
        }
        let address = self.process.wait_until(PATIENCE, |log| {
            let (_, rest) = log.split_once("Prism is listening on http://")?;
            // The line is there as a whole.
            rest.split_once('\n')?.0.trim().parse().ok()
        })?;
        self.address = Some(address);
        Ok(address)
    }

    /// What it complains of, once it has written of `requests` requests and of one more, which ends the log: what it
    /// writes of a request is there when the next has begun.
    ///
    /// # Errors
    ///
    /// It does not come to that.
    pub(super) fn log(&mut self, requests: usize) -> Result<Log> {
        let mut log = self.process.wait_until(PATIENCE, |text| {
            let log = Log::read(text);
            (log.requests.len() > requests).then_some(log)
        })?;
        log.requests.truncate(requests);
        Ok(log)
    }
}
