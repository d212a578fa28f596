//! The first call over https.

use keyholder::extruct;
use keyholder::{Config, Retry, WhoAmI};

use crate::clients::Result;

/// Makes so many clients, each by itself, and asks each once at a port of this machine that nobody listens on.
pub async fn start(clients: u64) -> Result<()> {
    for number in 0..clients {
        let config = Config::new(format!("ext_live_{number:032x}"))
            .base_url("https://localhost:1")
            .retry(Retry::OFF);
        let client = extruct::Client::with_config(config)?;
        if client.whoami().await.is_ok() {
            return Err("somebody listens on port 1".into());
        }
    }
    Ok(())
}
