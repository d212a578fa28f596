//! `keyholder providers`.

use std::io::{self, Write};
use std::process::ExitCode;

use keyholder::Provider;
use serde::Serialize;

use crate::table::table;

/// A provider, as a line of JSON.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    title: &'static str,
    method: &'static str,
    path: &'static str,
    base_url: Option<&'static str>,
    token_variable: &'static str,
    base_url_variable: &'static str,
    token_form: Option<&'static str>,
}

/// Lists the providers.
pub(crate) fn run(json: bool) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let lines = Provider::ALL.iter().map(|provider| {
        let info = provider.info();
        Line {
            name: info.name,
            title: info.title,
            method: info.whoami.method,
            path: info.whoami.path,
            base_url: info.base_url,
            token_variable: info.token_variable,
            base_url_variable: info.base_url_variable,
            token_form: info.token_form,
        }
    });
    if json {
        for line in lines {
            serde_json::to_writer(&mut out, &line)?;
            writeln!(out)?;
        }
    } else {
        let mut table = table(&["provider", "token in", "base URL in", "base URL", "asks"]);
        for line in lines {
            let asks = format!("{} {}", line.method, line.path);
            let base_url = line.base_url.unwrap_or("(your own)");
            table.add_row([
                line.name,
                line.token_variable,
                line.base_url_variable,
                base_url,
                &asks,
            ]);
        }
        writeln!(out, "{}", table.trim_fmt())?;
    }
    Ok(ExitCode::SUCCESS)
}
