//! A program that asks one provider whose token it has.

use keyholder_extruct::{Client, WhoAmI};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(std::env::var("EXTRUCT_API_TOKEN")?)?;
    let identity = client.whoami().await?;
    println!("{:?} {:?}", identity.sub, identity.email);
    Ok(())
}
