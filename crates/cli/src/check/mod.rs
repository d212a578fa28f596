//! `keyholder check`: many tokens, a line of JSON each.
//!
//! - `line`: what a line asks for, or what is wrong with it.
//! - `input`: a thread that reads the lines.
//! - `resume`: what an earlier run has answered.
//! - `output`: a thread that writes the answers.
//! - `report`: what is said on standard error.
//! - `signals`: who wants it to end.

mod input;
mod line;
mod output;
mod report;
mod resume;
mod signals;

use std::fs::File;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use keyholder::Checker;

use crate::complain;
use crate::output::Line;
use crate::providers::Specs;
use crate::whoami::seconds;
use input::{Input, Source};
use line::Reader;
use output::Output;
use report::Report;
use resume::Answered;
use signals::Signals;

/// What to check, and how.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The file to read; `-`, or none, for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// How many tokens to ask about at once.
    #[arg(long, value_name = "N", default_value = "64", value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// At most so many requests a second to one server; a fraction, as in 0.5, is one in so many seconds.
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<Duration>,
    /// How long one try may take in all.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
    /// The longest time for which a server may ask to be left alone. The tokens of one that asks for more are
    /// indeterminate at once.
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    max_pause: Duration,
    /// The provider of the lines that name none; without it, the one whose tokens have that form.
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
    #[command(flatten)]
    specs: Specs,
    /// The base URL of that provider's lines that have none, rather than the one in `<PROVIDER>_BASE_URL`.
    #[arg(long, value_name = "URL", requires = "provider")]
    base_url: Option<String>,
    /// Let tokens travel unencrypted, over http, to another machine.
    #[arg(long)]
    allow_http: bool,
    /// Refuse all when one line is malformed: before anything is asked about a file, at the first such line of a stream.
    #[arg(long)]
    strict: bool,
    /// Skip the lines whose `id` the output of an earlier run has.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Show neither progress nor summary.
    #[arg(long)]
    quiet: bool,
}

const HELP: &str = "\
Input, an object a line, in UTF-8, of at most 1 MiB:
  {\"id\": \"17\", \"provider\": \"unleash\", \"token\": \"user:…\", \"base_url\": \"https://unleash.example.com\"}
  token     the token; the only field that must be there
  provider  as `keyholder providers` has it; without it, --provider or the token's form decides
  base_url  without it, --base-url, <PROVIDER>_BASE_URL, or the provider's own
  id        a string, number or boolean that comes back as it is; without it, null
  Other fields and empty lines are passed over.

Output, an object a line, as soon as it is known and in no order, as `keyholder schema` says:
  {\"id\", \"provider\", \"verdict\", \"identity\", \"error\"}

A malformed line is reported by its number, never by what it holds, and is not asked about.
Tokens that are the same are asked about once in five minutes. A server that says `Retry-After` is left alone for so
long, and asked again; the tokens of others go on meanwhile.

A first SIGINT (Ctrl-C) or SIGTERM takes no more lines and finishes those that are asked about; a second ends at once.
Either leaves what `--resume` needs to go on: keyholder check FILE --resume OUT >> OUT

Exit status:
  0    every token is valid
  1    some token is invalid
  2    usage or configuration, or some line is malformed
  3    no token is invalid, and of some nothing is known
  130  interrupted (SIGINT); 143 for SIGTERM";

/// The time from one request to the next.
fn rate(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|rate: &f64| (0.0001..=100_000.0).contains(rate))
        .map(|rate| Duration::from_secs_f64(1.0 / rate))
        .ok_or_else(|| "not a number between 0.0001 and 100000".to_owned())
}

/// Checks, and prints what is known.
pub(crate) async fn run(arguments: Arguments) -> io::Result<ExitCode> {
    match prepare(&arguments) {
        Ok(prepared) => check(&arguments, prepared).await,
        Err(message) => {
            complain(&message);
            Ok(ExitCode::from(2))
        }
    }
}

/// What there is before anything is asked.
struct Prepared {
    source: Source,
    reader: Reader,
    checker: Checker,
    report: Arc<Report>,
}

fn prepare(arguments: &Arguments) -> Result<Prepared, String> {
    let known = arguments.specs.providers()?;
    let name = arguments.provider.as_deref();
    let provider = name.map(|name| known.named(name)).transpose()?.cloned();
    let checker = checker(arguments);
    let answered = match &arguments.resume {
        Some(file) => resume::read(file)?,
        None => Answered::default(),
    };
    let reader = Reader::new(
        checker.clone(),
        known,
        provider,
        arguments.base_url.clone(),
        answered,
    );
    let mut source = match arguments.file.as_deref() {
        None => Source::Stdin,
        Some(file) if file == Path::new("-") => Source::Stdin,
        Some(file) => {
            let open = File::open(file).and_then(|it| Ok((it.metadata()?.is_file(), it)));
            match open.map_err(|error| unreadable(file, &error))? {
                (true, open) => Source::File(open, file.to_owned()),
                (false, open) => Source::Stream(open, file.to_owned()),
            }
        }
    };
    if arguments.strict {
        source.validate(&reader)?;
    }
    let report = Report::start(&source, arguments.quiet)
        .map_err(|error| format!("{source}: cannot be read: {error}"))?;
    Ok(Prepared {
        source,
        reader,
        checker,
        report: Arc::new(report),
    })
}

fn unreadable(file: &Path, error: &io::Error) -> String {
    format!("{}: cannot be read: {error}", file.display())
}

fn checker(arguments: &Arguments) -> Checker {
    let (timeout, allow_http) = (arguments.timeout, arguments.allow_http);
    let checker = Checker::new()
        .concurrency(arguments.concurrency.into())
        .max_pause(arguments.max_pause)
        .configure(move |config| config.timeout(timeout).allow_http(allow_http));
    match arguments.rate {
        Some(interval) => checker.rate(NonZeroU32::MIN, interval),
        None => checker,
    }
}

async fn check(arguments: &Arguments, prepared: Prepared) -> io::Result<ExitCode> {
    let Prepared {
        source,
        reader,
        checker,
        report,
    } = prepared;
    let mut signals = Signals::listen()?;
    let output = Output::start();
    let (input, mut keys) = Input::start(source, reader, arguments.strict, Arc::clone(&report));
    let keys = stream::poll_fn(move |context| keys.poll_recv(context));
    let mut verdicts = checker.check(keys);
    let mut interrupted = None;
    loop {
        tokio::select! {
            biased;
            signal = signals.first(), if interrupted.is_none() => {
                interrupted = Some(signal);
                verdicts.close();
                report.say("interrupted: finishing what is asked about; once more ends at once");
            }
            checked = verdicts.next() => {
                let Some(checked) = checked else { break };
                let line = Line { id: checked.tag, verdict: checked.verdict };
                report.answered(&checked.provider.name, &line);
                if !output.send(line).await {
                    break;
                }
            }
        }
    }
    drop(verdicts);
    output.finish().await?;
    let end = input.finish();
    report.finish(interrupted.is_some(), &end);
    Ok(match interrupted {
        Some(signal) => signal.exit_code(),
        None => report.exit_code(),
    })
}
