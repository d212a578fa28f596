//! The server that all are measured against: it reads a request's head, and answers with bytes made beforehand.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

/// The success that the description gives as an example.
const BODY: &str = r#"{"user_id":"5f0c7c1e-2d4b-4a86-9a57-3c1f6e0b8d21","email":"jane@example.com","available_credits":1250,"organization_id":"9b1d6a40-7e35-4f0a-8c2e-14d5b7f3a968","organization_name":"Example Ltd","organization_slug":"example","organization_is_active":true}"#;

/// Serves on a port of the system's choice, and prints the base URL. Ends when the process does.
pub fn serve() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("http://{}", listener.local_addr()?);
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\nserver: bench\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    for connection in listener.incoming() {
        let connection = connection?;
        let answer = answer.clone();
        // A connection that breaks ends its thread, and nothing else.
        std::thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn(move || answer_all(connection, answer.as_bytes()))?;
    }
    Ok(())
}

fn answer_all(mut connection: TcpStream, answer: &[u8]) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = [0; 8192];
    let mut filled = 0;
    loop {
        let read = connection.read(&mut buffer[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            connection.write_all(answer)?;
            filled = 0;
        }
    }
}
