//! How servers are reached: whose certificates are trusted, and by which proxy.

use std::fs;
use std::path::PathBuf;

use keyholder_core::http_client_builder;
use reqwest::{Certificate, Client, NoProxy, Proxy};

use crate::arguments::unreadable;

/// The addresses of this machine, which no proxy gets to see.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

#[derive(clap::Args)]
pub(crate) struct Network {
    /// Trust the authorities in this file too, in PEM, beside those that the system trusts. Without it, `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name those to trust in place of the system's, on Linux.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Ask by this proxy, an http or https URL, but for this machine and what `NO_PROXY` names. Without it, `HTTPS_PROXY`,
    /// `HTTP_PROXY` and `ALL_PROXY` name it.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
}

impl Network {
    /// The HTTP client that they ask for; nothing where that is the one that there is without them.
    ///
    /// # Errors
    ///
    /// A file that has no certificates, or a URL that is none. It is not shown: it may have a password in it.
    pub(crate) fn client(&self) -> Result<Option<Client>, String> {
        if self.ca_file.is_none() && self.proxy.is_none() {
            return Ok(None);
        }
        let mut builder = http_client_builder();
        if let Some(file) = &self.ca_file {
            let pem = fs::read(file)
                .map_err(|error| unreadable("the file of --ca-file", file, &error))?;
            let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
            if certificates.is_empty() {
                return Err("the file of --ca-file has no certificates in PEM".to_owned());
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(url) = &self.proxy {
            let is_http = url.starts_with("http://") || url.starts_with("https://");
            let proxy = Proxy::all(url).ok().filter(|_| is_http);
            let proxy = proxy.ok_or("--proxy is not an http or https URL")?;
            let but = std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy"));
            let but = format!("{LOOPBACK},{}", but.unwrap_or_default());
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(&but)));
        }
        let client = builder.build();
        client
            .map(Some)
            .map_err(|error| format!("the HTTP client cannot be made: {}", error.without_url()))
    }
}
