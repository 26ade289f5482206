//! Deaths and errors at every step of writing, kills at random moments, signals, many runs at once,
//! and every fault on every call. None of them may lose a record or damage the state.
//!
//! `cargo test` runs a short form. `scripts/torture` runs a long one with the release binary, sets
//! `TORTURE_KILLS`, `TORTURE_SIGNALS`, `TORTURE_RUNS` and `TORTURE_SEED`, and shows with deliberately
//! wrong copies of the code that these tests can fail.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should fail; its counts are small"
)]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{Call, Folder, Platform, Reply, Run as _, finished};
use serde_json::Value;

/// A number from the environment, or the one of the short form.
fn count(name: &str, short: u64) -> u64 {
    std::env::var(name).map_or(short, |text| text.parse().unwrap())
}

/// Random numbers. The printed seed gives the same ones again.
struct Draws(u64);

impl Draws {
    fn new(test: &str) -> Self {
        let seed = count("TORTURE_SEED", 20_261_122);
        println!("{test}: TORTURE_SEED={seed}");
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 up to 1.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A `tick` that delivers to the warehouse of `platform`.
fn tick(folder: &Folder, platform: &Platform, args: &[&str]) -> Command {
    let mut command = folder.tick(platform, args);
    command.env("DW_ENDPOINT", platform.warehouse());
    command
}

/// Broken promises, seen in the files that runs left and in the world: a damaged state, an id with
/// two bodies, rates and records that differ. Empty when all promises are kept.
fn violations(folder: &Folder, platform: &Platform) -> Vec<String> {
    let mut found = Vec::new();
    for (name, content) in folder.files() {
        if name.contains(".damaged-") {
            found.push(format!(
                "a damaged state: {}",
                String::from_utf8_lossy(&content)
            ));
        }
    }
    let world = platform.world();
    let mut bodies: HashMap<&str, &str> = HashMap::new();
    let mut recorded = Vec::new();
    for (id, body) in &world.records {
        match bodies.insert(id, body) {
            Some(earlier) if earlier != body => found.push(format!("id {id} has two bodies")),
            Some(_) => {}
            None => {
                let record: Value = serde_json::from_str(body).unwrap();
                recorded.push(record["newDialRate"].as_u64().unwrap());
            }
        }
    }
    // A rate that is sent again changes nothing, and may have one record or two.
    let mut applied: Vec<u64> = world.applied.iter().map(|rate| u64::from(*rate)).collect();
    applied.dedup();
    recorded.dedup();
    if applied != recorded {
        found.push(format!("applied {applied:?}\nrecorded {recorded:?}"));
    }
    found
}

/// Each promise, broken by hand, and what `violations` says of it.
#[test]
fn each_broken_promise_is_a_violation() {
    let damaged = Some("state.json.damaged-20261122T150301");
    let one = ("id-1", r#"{"newDialRate":34}"#);
    let one_changed = ("id-1", r#"{"newDialRate":34,"slaThreshold":0.5}"#);
    let two = ("id-2", r#"{"newDialRate":44}"#);
    let two_again = ("id-3", r#"{"newDialRate":44}"#);
    for (file, applied, records, expected) in [
        (None, &[][..], &[][..], &[][..]),
        (None, &[34, 44], &[one, two], &[]),
        // Deliveries and rates may repeat.
        (None, &[34, 44, 44], &[one, one, two], &[]),
        (None, &[34, 44], &[one, two, two_again], &[]),
        (damaged, &[34], &[one], &["a damaged state: {\"sche"]),
        (
            None,
            &[34],
            &[one, one_changed],
            &["id id-1 has two bodies"],
        ),
        (
            None,
            &[34, 44],
            &[one],
            &["applied [34, 44]\nrecorded [34]"],
        ),
        (
            None,
            &[34],
            &[one, two],
            &["applied [34]\nrecorded [34, 44]"],
        ),
        (
            None,
            &[44, 34],
            &[one, two],
            &["applied [44, 34]\nrecorded [34, 44]"],
        ),
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        if let Some(name) = file {
            folder.write(name, "{\"sche");
        }
        platform.world().applied = applied.to_vec();
        platform.world().records = records
            .iter()
            .map(|(id, body)| ((*id).to_owned(), (*body).to_owned()))
            .collect();
        assert_eq!(violations(&folder, &platform), expected);
    }
}

/// Three undisturbed runs. After them every applied rate must have its record.
fn three_clean_ticks(folder: &Folder, platform: &Platform) {
    for agents in [41, 52, 63] {
        platform.world().agents = agents;
        tick(folder, platform, &[]).finish().expect(0);
    }
}

/// A run with a fault planned: `die-at=N` or `fail-at=N`.
#[cfg(debug_assertions)]
fn tick_with(fault: &str, folder: &Folder, platform: &Platform) -> Command {
    let mut run = tick(folder, platform, &[]);
    run.env("DIALPACE_FAULT", fault);
    run
}

#[cfg(debug_assertions)]
#[test]
fn a_death_at_any_step_of_writing_loses_nothing() {
    let mut found = Vec::new();
    let mut steps = 0;
    loop {
        let fault = format!("die-at={}", steps + 1);
        let folder = Folder::new();
        let platform = Platform::start();
        let mut died = false;
        // The first run has no state to replace, the second has.
        for agents in [20, 30] {
            platform.world().agents = agents;
            let run = tick_with(&fault, &folder, &platform).output().unwrap();
            died |= run.status.code().is_none();
        }
        if !died {
            break;
        }
        three_clean_ticks(&folder, &platform);
        let violations = violations(&folder, &platform).into_iter();
        found.extend(violations.map(|what| format!("{fault}: {what}")));
        steps += 1;
    }
    println!("a death at each of {steps} steps of writing");
    assert!(steps >= 20, "{steps}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A full disk, or an fsync that fails, at each step in turn. A rate that could not be saved before
/// is not sent, and nothing is lost.
#[cfg(debug_assertions)]
#[test]
fn an_error_at_any_step_of_writing_loses_nothing() {
    let (mut steps, mut failed, mut not_sent) = (0, 0, 0);
    loop {
        let fault = format!("fail-at={}", steps + 1);
        let folder = Folder::new();
        let platform = Platform::start();
        let mut told = String::new();
        for agents in [20, 30] {
            platform.world().agents = agents;
            let sent_before = platform.count(Call::Patch);
            let run = tick_with(&fault, &folder, &platform).finish();
            let sent = platform.count(Call::Patch) - sent_before;
            told += &run.stderr;
            if run.code == 0 {
                // At most the token file could not be written.
                assert!(sent >= 1, "{fault}: {}", run.stderr);
            } else {
                run.expect(1).error();
                failed += 1;
                not_sent += usize::from(sent == 0);
            }
        }
        if told.is_empty() {
            break;
        }
        three_clean_ticks(&folder, &platform);
        let found = violations(&folder, &platform);
        assert!(found.is_empty(), "{fault}: {}", found.join("\n"));
        steps += 1;
    }
    println!(
        "an error at each of {steps} steps of writing: {failed} runs failed, {not_sent} of them before the PATCH"
    );
    assert!(steps >= 20 && not_sent >= 5, "{steps} {not_sent}");
}

/// Starts a run in each of `folders` at once. No answer comes until all runs but one have ended or
/// all that have not ended have sent a request. Returns how many runs were not refused as busy.
fn working_at_once(folders: &[&Folder]) -> usize {
    let runs = folders.len();
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let platform = Platform::start();
    platform.script(move |request, _| {
        if request.call() == Call::Token {
            let _ = gate.lock().unwrap().recv_timeout(Duration::from_secs(60));
        }
        Reply::Contract
    });
    let mut children: Vec<Child> = folders
        .iter()
        .map(|folder| {
            let mut run = tick(folder, &platform, &[]);
            run.stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut codes: Vec<Option<i32>> = vec![None; runs];
    loop {
        for (child, code) in children.iter_mut().zip(&mut codes) {
            if code.is_none() {
                *code = child
                    .try_wait()
                    .unwrap()
                    .map(|status| status.code().unwrap_or(-1));
            }
        }
        let ended = codes.iter().flatten().count();
        if ended + 1 >= runs || ended + platform.count(Call::Token) >= runs {
            break;
        }
        thread::yield_now();
    }
    let busy = codes.iter().flatten().filter(|code| **code == 75).count();
    for _ in 0..runs {
        let _ = release.send(());
    }
    for child in &mut children {
        child.wait().unwrap();
    }
    runs - busy
}

#[test]
fn of_many_runs_at_once_one_works_and_the_others_change_nothing() {
    let runs = count("TORTURE_RUNS", 50) as usize;
    let folder = Folder::new();
    assert_eq!(working_at_once(&vec![&folder; runs]), 1);
}

/// Without a common lock more than one run works, and the count shows it.
#[test]
fn runs_without_a_common_lock_are_all_counted() {
    let folders = [(); 4].map(|()| Folder::new());
    assert_eq!(working_at_once(&folders.each_ref()), 4);
}

/// Answers of a server on a bad day: one in `one_in` is a fault.
fn bad_day(mut draws: Draws, one_in: u64) -> impl FnMut(&common::Request, usize) -> Reply + Send {
    move |_, _| {
        if !draws.next().is_multiple_of(one_in) {
            return Reply::Contract;
        }
        match draws.next() % 4 {
            0 => Reply::Drop,
            1 => Reply::ContractThenDrop,
            2 => Reply::status(503),
            _ => {
                let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"access".to_vec();
                Reply::ContractThen(Box::new(Reply::Raw(cut)))
            }
        }
    }
}

/// The moment at which a run was killed, by the last call that arrived.
fn phase(calls: &[Call], status: ExitStatus) -> String {
    match (status.code(), calls.last()) {
        (Some(_), _) => "it had ended".to_owned(),
        (None, None) => "before any call".to_owned(),
        (None, Some(call)) => format!("after {call:?}").to_lowercase(),
    }
}

#[test]
fn kills_at_random_moments_lose_nothing() {
    let kills = count("TORTURE_KILLS", 150);
    let mut draws = Draws::new("kills");
    let mut phases: BTreeMap<String, u32> = BTreeMap::new();
    let mut done = 0;
    while done < kills {
        let folder = Folder::new();
        let platform = Platform::start();
        platform.world().agents = 30;
        let begun = Instant::now();
        tick(&folder, &platform, &[]).finish().expect(0);
        let mut usual = begun.elapsed().as_secs_f64();
        platform.script(bad_day(Draws(draws.next()), 10));
        for _ in 0..25.min(kills - done) {
            done += 1;
            platform.world().agents = 12 + (draws.next() % 100) as u32;
            let before = platform.calls().len();
            let mut run = tick(&folder, &platform, &[]);
            run.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = run.spawn().unwrap();
            thread::sleep(Duration::from_secs_f64(draws.uniform() * usual));
            let _ = child.kill();
            let status = child.wait().unwrap();
            // A PATCH that is applied after the next run has read the campaign cannot be seen by it.
            platform.finish_all();
            // Most kills should come before the end of the run, and some after it.
            usual *= if status.code().is_some() { 0.9 } else { 1.04 };
            let calls = platform.calls();
            *phases.entry(phase(&calls[before..], status)).or_default() += 1;
        }
        platform.script(|_, _| Reply::Contract);
        three_clean_ticks(&folder, &platform);
        let found = violations(&folder, &platform);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
    let mut text = String::new();
    for (phase, count) in phases {
        write!(text, " {count} {phase},").unwrap();
    }
    println!("{kills} kills:{text} and nothing lost");
}

#[cfg(unix)]
#[test]
fn signals_at_random_moments_end_a_watch_and_lose_nothing() {
    let signals = count("TORTURE_SIGNALS", 8);
    let mut draws = Draws::new("signals");
    let mut worst = Duration::ZERO;
    for _ in 0..signals {
        let folder = Folder::new();
        let platform = Platform::start();
        platform.script(bad_day(Draws(draws.next()), 4));
        let (signal, code) = [("INT", 130), ("TERM", 143)][(draws.next() % 2) as usize];
        let run = tick(&folder, &platform, &[]);
        let mut watch = Command::new(run.get_program());
        let args = ["watch", "--state", "state.json", "--retry-wait", "200ms"];
        watch.args(args).env_clear();
        watch.envs(
            run.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        watch.current_dir(run.get_current_dir().unwrap());
        watch.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = watch.spawn().unwrap();
        while platform.calls().is_empty() {
            thread::yield_now();
        }
        thread::sleep(Duration::from_secs_f64(draws.uniform() * 0.6));
        let sent = Instant::now();
        let id = child.id().to_string();
        let kill = Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(kill.unwrap().success());
        let output = child.wait_with_output().unwrap();
        worst = worst.max(sent.elapsed());
        finished(&output).expect(code);
        platform.finish_all();
        platform.script(|_, _| Reply::Contract);
        three_clean_ticks(&folder, &platform);
        let found = violations(&folder, &platform);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
    println!(
        "{signals} signals, the last run gone {:.2} s after its own",
        worst.as_secs_f64()
    );
}

/// A fault and its name.
type Fault = (&'static str, Reply);

/// Every fault that a server or a network can answer with.
fn faults() -> Vec<Fault> {
    let mut faults = broken_connections();
    faults.extend(wrong_bodies());
    faults.extend(statuses_with_headers());
    faults.extend([
        ("204", Reply::status(204)),
        ("400", Reply::status(400)),
        ("401", Reply::status(401)),
        ("403", Reply::status(403)),
        ("404", Reply::status(404)),
        ("409", Reply::status(409)),
        ("412", Reply::status(412)),
        ("500", Reply::status(500)),
        ("503", Reply::status(503)),
    ]);
    faults
}

/// Answers that end early, come too slowly, or are no HTTP.
fn broken_connections() -> Vec<Fault> {
    let raw = |text: &str| Reply::Raw(text.as_bytes().to_vec());
    vec![
        ("closed without an answer", Reply::Drop),
        (
            "applied, then closed without an answer",
            Reply::ContractThenDrop,
        ),
        (
            "applied, then hangs",
            Reply::ContractThen(Box::new(Reply::Hang)),
        ),
        ("hangs", Reply::Hang),
        ("drips", Reply::Drip),
        ("never ends", Reply::Endless),
        ("half a head", raw("HTTP/1.1 200 OK\r\nContent-Le")),
        (
            "half a body",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"a\":"),
        ),
        (
            "a wrong length",
            raw("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"),
        ),
        ("no HTTP", raw("SSH-2.0-OpenSSH_9.6\r\n")),
    ]
}

/// Bodies that are not what the contract says.
fn wrong_bodies() -> Vec<Fault> {
    let key_twice = r#"{"response":[],"response":[],"dialRate":1,"dialRate":2,"access_token":"a","access_token":"b"}"#;
    let gzip = |length: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n{length}\r\n\r\n");
        Reply::Raw([head.as_bytes(), body].concat())
    };
    let bomb = include_bytes!("../fixtures/faults/bomb.json.gz");
    vec![
        ("a compressed bomb", gzip("Connection: close", bomb)),
        ("compressed", gzip("Content-Length: 4", b"\x1f\x08xx")),
        ("a key twice", Reply::body(key_twice)),
        ("HTML", Reply::body("<html><body>Sign in</body></html>")),
        ("nothing", Reply::body("")),
        ("null", Reply::body("null")),
        ("a string", Reply::body("\"34\"")),
        ("a number too big", Reply::body("1e400")),
        (
            "10 MB",
            Reply::body(format!("{{\"a\":\"{}\"}}", "x".repeat(10_000_000))),
        ),
        ("deeply nested", Reply::body("[".repeat(100_000))),
    ]
}

/// Requests to wait, and redirects.
fn statuses_with_headers() -> Vec<Fault> {
    let answer = |status, name, value: &str| {
        Reply::Answer(status, vec![(name, value.to_owned())], String::new())
    };
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let elsewhere = "http://127.0.0.1:9/";
    vec![
        ("429 with seconds", answer(429, "Retry-After", "1")),
        ("429 with a date", answer(429, "Retry-After", date)),
        ("429 with junk", answer(429, "Retry-After", "soon")),
        (PAUSE_OF_YEARS, answer(429, "Retry-After", "1000000000")),
        ("moved", answer(301, "Location", elsewhere)),
        ("found", answer(302, "Location", elsewhere)),
        ("moved, with the body", answer(307, "Location", elsewhere)),
    ]
}

/// A pause longer than any run waits.
const PAUSE_OF_YEARS: &str = "429 with a billion";

const CALLS: [Call; 6] = [
    Call::Token,
    Call::Metrics,
    Call::Agents,
    Call::Campaign,
    Call::Patch,
    Call::Warehouse,
];

/// Strikes one call with one fault, once or every time. Returns the exit code, or a problem: an
/// unknown exit code, an error that is not told once, or a trace of the fault after two clean runs.
fn endure(call: Call, name: &str, fault: &Reply, is_once: bool) -> Result<i32, String> {
    let folder = Folder::new();
    let platform = Platform::start();
    let etag = ["--if-match", "etag"];
    let args: &[&str] = if call == Call::Campaign { &etag } else { &[] };
    if call != Call::Token {
        tick(&folder, &platform, args).finish().expect(0);
    }
    platform.world().agents = 50;
    let fault = fault.clone();
    let mut times = 0;
    platform.script(move |request, _| {
        let strikes = request.call() == call && (times == 0 || !is_once);
        times += u32::from(strikes);
        if strikes {
            fault.clone()
        } else {
            Reply::Contract
        }
    });
    // Only faults that take up the whole deadline need all of the two seconds.
    let deadline = ["--deadline", "2s"];
    let run = tick(&folder, &platform, &[&deadline[..], args].concat()).finish();
    let what = format!(
        "{name}, {call:?}, once: {is_once}: exit {}\n{}",
        run.code, run.stderr
    );
    let errors = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .count();
    let is_known = [0, 1, 3, 4, 5, 6].contains(&run.code);
    let is_told = match run.code {
        0 => errors == 0,
        6 => errors <= 1 && !run.stderr.is_empty(),
        _ => errors == 1,
    };
    if !is_known || !is_told {
        return Err(what);
    }
    platform.script(|_, _| Reply::Contract);
    // The state keeps a requested pause, so the runs after it wait too.
    for agents in [60, 70] {
        platform.world().agents = agents;
        let run = tick(&folder, &platform, args).finish();
        let waits = name == PAUSE_OF_YEARS || run.stderr.contains(" asked ");
        if run.code != 0 && !waits {
            return Err(format!("{what}\nafter it: {}", run.stderr));
        }
        if waits {
            return Ok(run.code);
        }
    }
    let found = violations(&folder, &platform);
    // A 2xx counts as applied whatever its body, but here the server applied nothing.
    let lies = matches!(call, Call::Patch | Call::Warehouse) && what.contains("exit 0");
    if found.is_empty() || lies {
        Ok(run.code)
    } else {
        Err(format!("{what}\n{}", found.join("\n")))
    }
}

#[test]
fn every_fault_on_every_call_is_told_once_and_leaves_nothing_behind() {
    let faults = faults();
    let cases: Vec<_> = faults
        .iter()
        .flat_map(|fault| CALLS.map(|call| (fault, call)))
        .flat_map(|(fault, call)| [true, false].map(|is_once| (fault, call, is_once)))
        .collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let problems = std::sync::Mutex::new(Vec::new());
    let codes = std::sync::Mutex::new(BTreeMap::<i32, u32>::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(((name, fault), call, is_once)) =
                    cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    match endure(*call, name, fault, *is_once) {
                        Ok(code) => *codes.lock().unwrap().entry(code).or_default() += 1,
                        Err(problem) => problems.lock().unwrap().push(problem),
                    }
                }
            });
        }
    });
    println!(
        "{} faults, by exit code: {:?}",
        cases.len(),
        codes.lock().unwrap()
    );
    let problems = problems.into_inner().unwrap();
    assert!(
        problems.is_empty(),
        "{}\n\n{} of {}",
        problems.join("\n\n"),
        problems.len(),
        cases.len()
    );
}

#[cfg(unix)]
#[test]
fn a_run_that_was_stopped_past_its_deadline_sends_nothing() {
    let folder = Folder::new();
    let (go_on, gate) = std::sync::mpsc::channel::<()>();
    let platform = Platform::start();
    platform.script(move |request, _| {
        if request.call() == Call::Metrics {
            let _ = gate.recv_timeout(Duration::from_secs(60));
        }
        Reply::Contract
    });
    let mut run = tick(&folder, &platform, &["--deadline", "1s", "--retries", "0"]);
    let child = run
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while platform.count(Call::Metrics) == 0 {
        thread::yield_now();
    }
    let signal = |name: &str| {
        let args = [format!("-{name}"), child.id().to_string()];
        assert!(Command::new("kill").args(args).status().unwrap().success());
    };
    signal("STOP");
    go_on.send(()).unwrap();
    // The deadline passes while the process is stopped.
    thread::sleep(Duration::from_millis(1_200));
    signal("CONT");
    let output = child.wait_with_output().unwrap();
    finished(&output).expect(4);
    assert_eq!(platform.count(Call::Patch), 0);
    platform.script(|_, _| Reply::Contract);
    three_clean_ticks(&folder, &platform);
    assert_eq!(violations(&folder, &platform), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_closed_stderr_stops_nothing() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = tick(&folder, &platform, &["--verbose"]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "exec \"$0\" \"$@\" 2>&-"])
        .arg(run.get_program())
        .args(run.get_args());
    shell.env_clear().current_dir(folder.path(""));
    shell.envs(
        run.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell.finish().expect(0);
    assert_eq!(platform.world().applied, [34]);
    assert_eq!(platform.world().records.len(), 1);
}
