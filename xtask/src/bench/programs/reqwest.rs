#[derive(serde::Deserialize)]
struct User { user_id: String, email: String }
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("EXTRUCT_API_TOKEN")?;
    let user: User = reqwest::Client::new().get("https://api.extruct.ai/v1/user").bearer_auth(token).send().await?.error_for_status()?.json().await?;
    println!("{:?} {:?}", user.user_id, user.email);
    Ok(())
}
