//! `keyholder check`: many tokens, a line of JSON each.
//!
//! - `line`: what a line asks for, or what is wrong with it.
//! - `members`: what a line has in it.
//! - `formats`: what there is beside lines: scanners' reports, tables, files of variables.
//! - `detectors`: whose keys the scanners' rules find.
//! - `mask`: tokens as they may be shown.
//! - `input`: a thread that reads the lines.
//! - `resume`: what an earlier run has answered.
//! - `output`: a thread that writes the answers.
//! - `sarif`, `shown`: the answers for platforms, and for people.
//! - `files`: how many can be asked about at once with the file descriptors that there are.
//! - `report`: what is said on standard error.
//! - `signals`: who wants it to end.

mod detectors;
mod files;
pub(crate) mod formats;
mod input;
mod line;
mod mask;
mod members;
mod output;
mod report;
mod resume;
mod sarif;
mod shown;
mod signals;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use futures_util::stream::{self, Stream, StreamExt};
use keyholder::check::{AllowedHost, Shard};
use keyholder::{Checked, Checker, Token, VerdictKind};
use same_file::Handle;
use tokio::sync::mpsc::Receiver;

use crate::arguments::{unreadable, with_help};
use crate::complain;
use crate::network::Network;
use crate::output::{Line, Tag};
use crate::providers::{By, Specs};
use crate::whoami::seconds;
use formats::{Fields, Format, Reading};
use input::{Entries, Input, Source};
use line::Reader;
use output::{Output, Room, Target};
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
    /// What FILE is; without it, its name and its first line tell.
    #[arg(long, value_name = "FORMAT")]
    from: Option<Format>,
    /// The field of a report that has the token; names that lead to it have dots between them, as in finding.snippet.
    #[arg(long, value_name = "NAME")]
    token_field: Option<String>,
    /// The field of a report that has the name of the provider, or of the rule that found the token.
    #[arg(long, value_name = "NAME")]
    provider_field: Option<String>,
    /// Let this field of the input come back in `extra`, without the token. May be given several times.
    #[arg(long, value_name = "NAME")]
    keep: Vec<String>,
    /// Show each token beside its verdict, but for its prefix and its last three characters masked, as in nxd_…3f9.
    #[arg(long)]
    mask: bool,
    /// How many tokens to ask about at once; fewer where the process may not open so many files.
    #[arg(long, value_name = "N", default_value = "64", value_parser = concurrency)]
    concurrency: u16,
    /// At most so many requests a second to one server, which is a provider at one base URL; a fraction, as in 0.5, is one
    /// in so many seconds.
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<Duration>,
    /// How long one try may take in all.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
    #[command(flatten)]
    network: Network,
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
    /// Let a line's `base_url` be on this host: HOST is for its default port, HOST:PORT for another, *.HOST for every name
    /// below it. May be given several times.
    #[arg(long, value_name = "HOST[:PORT]")]
    allow_host: Vec<AllowedHost>,
    /// Let tokens travel unencrypted, over http, to another machine.
    #[arg(long)]
    allow_http: bool,
    /// Ask nothing: tell for each line which host would be asked, and where the request would carry the token.
    #[arg(long)]
    dry_run: bool,
    /// Refuse all when one line is malformed: before anything is asked about a file, at the first such line of a stream.
    #[arg(long)]
    strict: bool,
    /// Add the answers to this file rather than print them. The lines whose `id` it has answered are skipped, so that the
    /// same command goes on where it ended.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Skip the lines whose `id` the output of an earlier run has answered. May be given several times; without FILE, it is
    /// that of --output.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    resume: Option<Vec<PathBuf>>,
    /// Ask again about the tokens of which an earlier run knew nothing.
    #[arg(long)]
    retry_indeterminate: bool,
    /// Take the tokens of every Nth server alone, so that N runs, here or on other machines, share the same lines. I counts
    /// from 0 or from 1.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// What is printed; without it, a table on a terminal, and else lines of JSON.
    #[arg(long, value_name = "FORMAT")]
    to: Option<output::Format>,
    /// End with status 1 where a token is such, and else with 0: valid, invalid, indeterminate, or several of them with
    /// commas between.
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = verdict())]
    fail_on: Vec<VerdictKind>,
    /// Show neither progress nor summary.
    #[arg(long)]
    quiet: bool,
}

const HELP: &str = "\
Input, an object a line, in UTF-8, of at most 1 MiB:
  {\"id\": \"17\", \"provider\": \"unleash\", \"token\": \"user:…\", \"base_url\": \"https://unleash.example.com\"}
  token       the token, or an object of its parts by name, of at most 16,384 bytes; the only field that must be there
  provider    as `keyholder providers` has it; without it, --provider or the token's form decides
  base_url    of at most 2,048 bytes; without it, --base-url, <PROVIDER>_BASE_URL, or the provider's own
  scheme      how the token is sent, by the name that `keyholder providers --json` has; without it, the first
  parameters  an object of what belongs to the key, such as an account or a region; without it, <PROVIDER>_<NAME>
  id          a string, number or boolean, of at most 1,024 bytes, that comes back as it is; without it, null
  Other fields and empty lines are passed over.

Other inputs, which --from names where their names and first lines do not tell:
  gitleaks, betterleaks, trufflehog, kingfisher
              their reports in JSON, in one line or many, of any size; gitleaks' and betterleaks' in CSV
  sarif       SARIF, with the secret in the snippet
  csv         a table whose first line has the names: token or secret; provider, id, base_url, file, line, rule
  env         NAME=VALUE, a line each: keys are in the providers' variables, alone or with a name (EXTRUCT_API_TOKEN_STAGING,
              STAGING_EXTRUCT_API_TOKEN), or are told by their form
  UTF-16 is read too. --token-field and --provider-field name other fields.
A finding's provider is the one whose keys its rule finds, or the only one whose tokens begin as it does. Its file, line and
rule come back in `extra`, and its fingerprint as `id`. Nothing is sent of one whose provider nobody knows
(`unknown_provider`), that is masked (`redacted`), or that is a part of a key or no key (`malformed_input`): all three are
indeterminate, and nobody's mistake in the exit status.

A line's base_url decides where its token goes. It is asked where it is the provider's own, on this machine, that of
--base-url or <PROVIDER>_BASE_URL, or on a host of --allow-host: scheme, host and port are compared. The token of any
other line is sent nowhere: its error is of the kind `host_not_allowed`. `keyholder check --dry-run FILE` shows, before
any token is sent, which host each line would ask, and how many lines each host has.

Output, an object a line, within 20 ms of when it is known and in no order, as `keyholder schema` says:
  {\"id\", \"provider\", \"verdict\", \"identity\", \"error\", \"extra\"}; with --dry-run, \"request\" too
There is a line for every line in. On a terminal there is a table instead, of the tokens that matter: --to jsonl has all.

A malformed line is reported by its number, never by what it holds, and is not asked about: it is indeterminate, of the kind
`malformed_input`, or `config` where something that it needs is missing. A line whose id came before,
within half a million lines, is reported too, and is asked about.
Tokens that are the same are asked about once in five minutes. A server is a provider at one base URL: two base URLs on one
host are two servers, each with its own --rate, pauses and failures. One that says `Retry-After`, with any status, is left
alone for so long, and asked again; the tokens of others go on meanwhile. Lines are read past those that wait for their
server, up to 100,000 of them, and 64 MiB: behind so many, those of other servers wait too. One that is to be left alone
for more than a minute, or does not answer, has half of that room; what comes beyond is indeterminate, of the kind
`not_asked`. Servers that do not answer, however many, and requests that have no answer where others have, take no more
than half of the turns, and slow ones leave an eighth to others. One that fails is left alone for a moment, longer each
time. One that has failed ten times in a row and for ten seconds, or by its name or its certificate, is given up for a
while: its tokens are indeterminate, of the kind `not_asked`, but for a trial now and then.
A token for which no file can be opened is asked about again.

A first SIGINT (Ctrl-C) or SIGTERM takes no more lines and finishes those that are asked about; a second ends at once.
Either leaves what is needed to go on with the same command, or: keyholder check FILE --resume OUT >> OUT

What is resumed from (--output, --resume) counts as answered, in the exit status too. Asked again are the lines without an
id, those that were cut off, those that were not asked about (errors of the kinds config, not_asked, host_not_allowed), those
of which nobody could be asked and now can, and with --retry-indeterminate all of which nothing is known. Of an id that several lines have, as many lines are skipped as it
has answers. --output takes away a last line that was cut off. Lines are
written whole, at the end of the file: several runs can add to one, and the outputs of several can be put together.

With --shard I/N, each of N runs over the same lines takes its share of the servers: all tokens of one server are in one
run, so that its pauses and --rate hold. The share is the same on every machine and in every version: XXH64 (seed 0) of the
provider's name, a zero byte and the base URL without a slash at its end, modulo N. Malformed lines, and those of unknown
providers, are in share 0, which is N/N. Outputs are merged by putting them together:
  parallel keyholder check FILE --shard {}/4 --output OUT.{} ::: 1 2 3 4; cat OUT.* > OUT

Exit status:
  0    every token is valid; with --dry-run, every line can be asked about
  1    some token is invalid
  2    usage or configuration, or some line is malformed or for a host that is not allowed
  3    no token is invalid, and of some nothing is known
  With --fail-on, 1 where a token is such, and else 0; 2 as ever.
  130  interrupted (SIGINT); 143 for SIGTERM
  141  whoever read the output went away";

/// A verdict, by its name.
fn verdict() -> impl TypedValueParser<Value = VerdictKind> {
    let names = PossibleValuesParser::new(VerdictKind::ALL.map(VerdictKind::as_str));
    names.try_map(|name| {
        let mut all = VerdictKind::ALL.into_iter();
        all.find(|it| it.as_str() == name).ok_or("no verdict")
    })
}

/// How many at once. What clap says of a number quotes it.
fn concurrency(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "not a number from 1 to 65535".to_owned())
}

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
    /// Whether it is known to be lines of JSON.
    is_lines: bool,
    to: output::Format,
    reader: Reader,
    checker: Checker,
    report: Arc<Report>,
    target: Target,
}

fn prepare(arguments: &Arguments) -> Result<Prepared, String> {
    let known = arguments.specs.providers()?.with_parameters()?;
    let name = arguments.provider.as_deref();
    let provider = name.map(|name| known.named(name)).transpose()?.cloned();
    let checker = checker(arguments)?;
    let mut source = source(arguments.file.as_deref())?;
    if let Some(output) = &arguments.output
        && !output.exists()
        && let Some(name) = output.to_str()
        && !known.of_tokens(&[Token::from(name)], By::Prefix).is_empty()
    {
        return Err(with_help(
            "the file of --output would have a key for its name",
        ));
    }
    let (target, answered) = target(arguments, &source)?;
    let reader = Reader::new(checker.clone(), known)
        .provider(provider, arguments.base_url.clone())
        .allowed(arguments.allow_host.iter().cloned().collect())
        .answered(answered)
        .dry_run(arguments.dry_run)
        .strict(arguments.strict)
        .masking(arguments.mask)
        .with_fields(arguments.fields())
        .shard(arguments.shard);
    let reading = source.reading(arguments.from);
    let reading = reading.map_err(|error| format!("{source}: cannot be read: {error}"))?;
    let is_lines = reading.is_some_and(Reading::is_lines);
    if arguments.strict {
        source.validate(&reader, arguments.from)?;
    }
    let to = format_of(arguments, &target)?;
    // Lines that are printed on the terminal show there how it goes.
    let is_shown = to != output::Format::Table
        && matches!(target, Target::Stdout)
        && io::stdout().is_terminal();
    let bar = if arguments.quiet || is_shown {
        Ok(None)
    } else {
        report::bar_for(source.file().filter(|_| is_lines))
    };
    let bar = bar.map_err(|error| format!("{source}: cannot be read: {error}"))?;
    let report = Report::start(bar, arguments.quiet, arguments.dry_run);
    Ok(Prepared {
        source,
        is_lines,
        to,
        reader,
        checker,
        report: Arc::new(report),
        target,
    })
}

/// What the answers are written as.
fn format_of(arguments: &Arguments, target: &Target) -> Result<output::Format, String> {
    let is_file = matches!(target, Target::File { .. });
    match arguments.to {
        Some(output::Format::Jsonl) => Ok(output::Format::Jsonl),
        Some(_) if is_file => Err(
            "--output and what is resumed from are lines of JSON: --to is for what is printed"
                .to_owned(),
        ),
        Some(format) => Ok(format),
        None if !is_file && io::stdout().is_terminal() => Ok(output::Format::Table),
        None => Ok(output::Format::Jsonl),
    }
}

impl Arguments {
    fn fields(&self) -> Fields {
        Fields {
            token: self.token_field.clone(),
            provider: self.provider_field.clone(),
            keep: self.keep.clone(),
        }
    }
}

/// Where the lines come from.
fn source(file: Option<&Path>) -> Result<Source, String> {
    let Some(file) = file.filter(|file| *file != Path::new("-")) else {
        return Ok(Source::Stdin);
    };
    let open = File::open(file).and_then(|it| Ok((it.metadata()?.is_file(), it)));
    Ok(
        match open.map_err(|error| unreadable("FILE", file, &error))? {
            (true, open) => Source::File(open, file.to_owned()),
            (false, open) => Source::Stream(open, file.to_owned()),
        },
    )
}

/// Where the answers go, and what is answered already.
fn target(arguments: &Arguments, source: &Source) -> Result<(Target, Answered), String> {
    let output = arguments.output.as_deref();
    let output = output.filter(|file| *file != Path::new("-"));
    let earlier = arguments.resume.as_deref();
    if output.is_none() && earlier.is_some_and(<[PathBuf]>::is_empty) {
        return Err("--resume needs a file, or --output".to_owned());
    }
    if output.is_none() && earlier.is_none() && arguments.retry_indeterminate {
        return Err("--retry-indeterminate needs --output or --resume".to_owned());
    }
    let mut answered = Answered::default().retry_indeterminate(arguments.retry_indeterminate);
    let stdout = Handle::stdout().ok();
    let stdout = stdout.filter(|it| it.as_file().metadata().is_ok_and(|it| it.is_file()));
    // Opening a pipe would wait for its other end.
    let handle_of = |file: &Path| {
        let is_file = file.metadata().is_ok_and(|it| it.is_file());
        is_file.then(|| Handle::from_path(file).ok()).flatten()
    };
    let is_stdout = |file: &PathBuf| {
        let handle = handle_of(file);
        handle.is_some() && handle == stdout
    };
    // What is resumed from, and added to by the shell, may have to be mended too.
    let output = output.or_else(|| {
        let mut earlier = earlier.unwrap_or_default().iter();
        earlier.find(|it| is_stdout(it)).map(PathBuf::as_path)
    });
    let handle = match output {
        Some(file) => handle_of(file),
        None => stdout,
    };
    if handle.as_ref().is_some_and(|handle| source.is(handle)) {
        return Err(format!(
            "{source}: is read from, and cannot be the output too"
        ));
    }
    // What is in a file counts once, however often it is named; the output is read as it is opened.
    let mut read: Vec<_> = handle.into_iter().collect();
    for file in earlier.unwrap_or_default() {
        let open =
            File::open(file).map_err(|error| unreadable("the file of --resume", file, &error))?;
        if let Some(handle) = handle_of(file) {
            if read.contains(&handle) {
                continue;
            }
            read.push(handle);
        }
        answered.read(file, &open)?;
    }
    let target = match output {
        Some(file) => Target::open(file)?,
        None => Target::Stdout,
    };
    target.resume(&mut answered)?;
    Ok((target, answered))
}

fn checker(arguments: &Arguments) -> Result<Checker, String> {
    let client = arguments.network.client()?;
    let (timeout, allow_http) = (arguments.timeout, arguments.allow_http);
    let checker = Checker::new()
        .concurrency(files::fitting(arguments.concurrency).into())
        .max_pause(arguments.max_pause)
        .configure(move |config| {
            let config = config.timeout(timeout).allow_http(allow_http);
            match &client {
                Some(client) => config.http_client(client.clone()),
                None => config,
            }
        });
    Ok(match arguments.rate {
        Some(interval) => checker.rate(NonZeroU32::MIN, interval),
        None => checker,
    })
}

async fn check(arguments: &Arguments, prepared: Prepared) -> io::Result<ExitCode> {
    let Prepared {
        source,
        is_lines,
        to,
        reader,
        checker,
        report,
        target,
    } = prepared;
    let mut signals = Signals::listen()?;
    let mut output = Output::start(target, to, &arguments.fail_on)?;
    let (input, entries) = Input::start(
        source,
        arguments.from,
        is_lines,
        reader,
        arguments.strict,
        Arc::clone(&report),
    );
    let Entries { keys, mut unasked } = entries;
    let mut verdicts = checker.check(one_by_one(keys));
    let mut interrupted = None;
    let (mut has_unasked, mut has_verdicts) = (true, true);
    while has_unasked || has_verdicts {
        let room = output.room();
        verdicts.hold(room != Room::Enough);
        let is_waiting = output.is_waiting();
        let known = async {
            tokio::select! {
                biased;
                lines = unasked.recv(), if has_unasked && room == Room::Enough => Known::Unasked(lines),
                checked = verdicts.next(), if has_verdicts && room != Room::None => Known::Asked(checked),
                else => std::future::pending().await,
            }
        };
        let known = tokio::select! {
            biased;
            signal = signals.first(), if interrupted.is_none() => {
                interrupted = Some(signal);
                verdicts.close();
                unasked.close();
                report.say("interrupted: finishing what is asked about; once more ends at once");
                continue;
            }
            is_read = output.hand_over(), if is_waiting => {
                report.show();
                if is_read {
                    continue;
                }
                break;
            }
            known = known => known,
        };
        match known {
            Known::Unasked(None) => has_unasked = false,
            Known::Asked(None) => has_verdicts = false,
            Known::Unasked(Some(lines)) => {
                for line in lines {
                    report.answered(&line);
                    output.push(&line)?;
                }
            }
            Known::Asked(Some(checked)) => {
                let line = Line::checked(checked);
                report.answered(&line);
                output.push(&line)?;
            }
        }
    }
    drop(unasked);
    drop(verdicts);
    report.clear();
    output.finish().await?;
    let end = input.finish();
    report.finish(interrupted.is_some(), &end);
    Ok(match interrupted {
        Some(signal) => signal.exit_code(),
        None => report.exit_code(&arguments.fail_on),
    })
}

/// What is known of one line, or of several; nothing at the end.
enum Known {
    Unasked(Option<Vec<Line>>),
    Asked(Option<Checked<Tag>>),
}

/// What comes in batches, one by one.
fn one_by_one<T>(mut batches: Receiver<Vec<T>>) -> impl Stream<Item = T> {
    let mut batch = Vec::new().into_iter();
    stream::poll_fn(move |context| {
        loop {
            if let Some(next) = batch.next() {
                return Poll::Ready(Some(next));
            }
            match ready!(batches.poll_recv(context)) {
                Some(more) => batch = more.into_iter(),
                None => return Poll::Ready(None),
            }
        }
    })
}
