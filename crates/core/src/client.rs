//! A client of any provider.

use crate::{
    Answer, BoxFuture, Config, Error, Identity, Provider, Token, Transport, Verdict, WhoAmI,
};

/// A client made from a provider's data alone, with no code of the provider's: what a program has that reads descriptions
/// as it runs. It gives the same verdicts and identities as the generated client, and lacks its typed method.
///
/// ```
/// use keyholder_core::{Client, Config, Operation, Provider, ProviderInfo, WhoAmI};
///
/// let provider = Provider::from(ProviderInfo::new("acme", Operation::new("get_me", "GET", "/me")));
/// let client = Client::new(&provider, Config::new("a-token").base_url("https://acme.example"))?;
/// assert_eq!(client.provider().name, "acme");
/// # Ok::<(), keyholder_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// A client of `provider`, made as `config` says.
    ///
    /// # Errors
    ///
    /// A token or a base URL that cannot be used. Nothing is sent.
    pub fn new(provider: &Provider, config: impl Into<Config>) -> Result<Self, Error> {
        let transport = Transport::new(provider, &config.into())?;
        Ok(Self { transport })
    }
}

/// A client that is yet to be given a token, by [`WhoAmI::with_token`]: what is made of the one in `config` is not kept. Its
/// HTTP client is made when it is first asked.
///
/// # Errors
///
/// As [`Client::new`].
#[doc(hidden)]
pub fn prepared(provider: &Provider, config: &Config) -> Result<Client, Error> {
    let transport = Transport::prepare(provider, config)?.without_token();
    Ok(Client { transport })
}

impl From<Token> for Config {
    fn from(token: Token) -> Self {
        Self::new(token)
    }
}

impl WhoAmI for Client {
    fn provider(&self) -> &Provider {
        self.transport.provider()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Identity, Error>> {
        Box::pin(self.transport.whoami())
    }

    fn read_answer(&self, answer: Answer) -> Result<Identity, Error> {
        self.transport.read_answer(answer)
    }

    fn verify(&self) -> BoxFuture<'_, Verdict> {
        Box::pin(async {
            match self.transport.whoami_boxed().await {
                Ok(identity) => Verdict::Valid(identity),
                Err(error) => Verdict::from(Err(error)),
            }
        })
    }

    fn with_token(&self, token: &Token) -> Result<Box<dyn WhoAmI>, Error> {
        let transport = self.transport.with_token(token)?;
        Ok(Box::new(Self { transport }))
    }
}
