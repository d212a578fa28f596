//! What is held of bodies that are being read.
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(any(feature = "rustls", feature = "rustls-ring"))]

use std::alloc::System;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier};
use std::thread;

use cap::Cap;
use keyholder_core::{
    Client, Config, ErrorKind, HttpClients, Operation, Provider, ProviderInfo, WhoAmI,
};

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

const KEYS: usize = 32;
const MEBIBYTE: usize = 1024 * 1024;

static PIECE: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// Sends a body without an end. All of them stop just before the bound, until all of that is held.
fn answer(mut stream: TcpStream, all: &Barrier, before: usize) {
    let _ = stream.read(&mut [0; 4096]);
    let mut left = MEBIBYTE - 1;
    let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
    while left > 0 && sent.is_ok() {
        let piece = &PIECE[..PIECE.len().min(left)];
        sent = stream.write_all(piece);
        left -= piece.len();
    }
    all.wait();
    while HEAP.allocated() < before + KEYS * (MEBIBYTE - PIECE.len()) {
        thread::yield_now();
    }
    all.wait();
    while stream.write_all(&PIECE).is_ok() {}
}

#[tokio::test]
async fn a_body_takes_no_more_than_its_bound_and_some_pieces() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let before = HEAP.allocated();
    thread::spawn(move || {
        let all = Arc::new(Barrier::new(KEYS));
        for stream in listener.incoming() {
            let (stream, all) = (stream.unwrap(), Arc::clone(&all));
            thread::spawn(move || answer(stream, &all, before));
        }
    });
    let provider = Provider::from(ProviderInfo::new(
        "example",
        Operation::new("me", "GET", "/me"),
    ));
    let shared = HttpClients::default();
    let asked = (0..KEYS).map(|number| {
        let config = Config::new(format!("kh_{number:016x}")).base_url(base_url.as_str());
        let client = Client::new(&provider, config.http_clients(shared.clone())).unwrap();
        tokio::spawn(async move { client.whoami().await })
    });
    for asked in asked.collect::<Vec<_>>() {
        let error = asked.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    }
    // Beside what came of each there are what was read last, and what is read next.
    let most = HEAP.max_allocated() - before;
    assert!(
        most < KEYS * (MEBIBYTE + MEBIBYTE / 4) + MEBIBYTE,
        "{most} bytes"
    );
}
