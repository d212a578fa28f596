//! The same program with reqwest and serde by hand.

use serde::Deserialize;

#[derive(Deserialize)]
struct User {
    user_id: String,
    email: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let user = reqwest::Client::new()
        .get("https://api.extruct.ai/v1/user")
        .bearer_auth(std::env::var("EXTRUCT_API_TOKEN")?)
        .send()
        .await?
        .error_for_status()?
        .json::<User>()
        .await?;
    println!("{:?} {:?}", user.user_id, user.email);
    Ok(())
}
