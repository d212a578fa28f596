//! What a call costs. Run by `cargo xtask bench`, which says what the figures mean.

mod answers;
mod clients;
mod server;
mod start;

use std::time::Instant;

use clap::{Parser, Subcommand};

use crate::clients::{Client, Kind, Result};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Answer every request alike, on a port that is printed.
    Serve,
    /// Ask again and again with one token, on one thread. Prints the seconds that the calls took.
    One {
        client: Kind,
        url: String,
        #[arg(long)]
        calls: u64,
    },
    /// Ask once with each of many tokens. Prints the seconds that it took.
    Many {
        client: Kind,
        url: String,
        #[arg(long)]
        keys: u64,
        #[arg(long)]
        threads: usize,
        #[arg(long, default_value_t = 64)]
        concurrency: usize,
    },
    /// Read an answer again and again that was made to be dear.
    Read {
        filling: answers::Filling,
        /// Of the answer, in bytes.
        #[arg(long)]
        size: usize,
        #[arg(long)]
        reads: u64,
    },
    /// Make clients for https, and ask each once where nobody listens.
    Start {
        #[arg(long)]
        clients: u64,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Serve => Ok(server::serve()?),
        Task::One { client, url, calls } => {
            let runtime = tokio::runtime::Builder::new_current_thread();
            runtime_of(runtime)?.block_on(one(client, &url, calls))
        }
        Task::Many {
            client,
            url,
            keys,
            threads,
            concurrency,
        } => {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            runtime.worker_threads(threads);
            runtime_of(runtime)?.block_on(many(client, &url, keys, threads, concurrency))
        }
        Task::Read {
            filling,
            size,
            reads,
        } => answers::read(filling, size, reads),
        Task::Start { clients } => {
            let runtime = tokio::runtime::Builder::new_current_thread();
            runtime_of(runtime)?.block_on(start::start(clients))
        }
    }
}

fn runtime_of(mut builder: tokio::runtime::Builder) -> Result<tokio::runtime::Runtime> {
    Ok(builder.enable_all().build()?)
}

async fn one(kind: Kind, url: &str, calls: u64) -> Result<()> {
    let client = Client::new(kind, url)?.prepare(&token(0))?;
    // The connection stands before the clock starts.
    let mut read = client.ask().await?;
    let start = Instant::now();
    for _ in 0..calls {
        read += client.ask().await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    std::hint::black_box(read);
    println!("{seconds}");
    Ok(())
}

async fn many(kind: Kind, url: &str, keys: u64, threads: usize, concurrency: usize) -> Result<()> {
    let client = Client::new(kind, url)?;
    let start = Instant::now();
    // A task for each thread, as many calls in each as make up the concurrency.
    let share = |thread: usize| {
        let client = client.clone();
        let tokens = (thread as u64..keys).step_by(threads).map(token);
        tokio::spawn(async move { client.ask_all(tokens, concurrency / threads).await })
    };
    let tasks: Vec<_> = (0..threads).map(share).collect();
    for task in tasks {
        std::hint::black_box(task.await??);
    }
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}

/// A token of the length that tokens have.
fn token(number: u64) -> String {
    format!("ext_live_{number:032x}")
}
