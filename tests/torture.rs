//! What must never happen, tried: deaths at every step of writing and at random moments, signals,
//! many runs at once, every fault on every call; and the proof that each of these can fail.
//!
//! The short form is part of `cargo test`. `scripts/torture` runs the long one, against the release
//! binary, by these names: `TORTURE_KILLS`, `TORTURE_SIGNALS`, `TORTURE_RUNS`, `TORTURE_CYCLES`,
//! `TORTURE_SEED`.

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

/// A number from the environment, or the short form's.
fn long(name: &str, short: u64) -> u64 {
    std::env::var(name).map_or(short, |text| text.parse().unwrap())
}

/// Draws that a printed seed gives again.
struct Draws(u64);

impl Draws {
    fn new(what: &str) -> Self {
        let seed = long("TORTURE_SEED", 20_261_122);
        println!("{what}: TORTURE_SEED={seed}");
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Uniform from 0 to 1.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// `tick` with the platform's warehouse.
fn tick(folder: &Folder, platform: &Platform, args: &[&str]) -> Command {
    let mut command = folder.tick(platform, args);
    command.env("DW_ENDPOINT", platform.warehouse());
    command
}

/// What a run of the binary leaves of promises unkept; empty when all were kept.
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
    let mut told = Vec::new();
    for (id, body) in &world.records {
        match bodies.insert(id, body) {
            Some(earlier) if earlier != body => found.push(format!("id {id} has two bodies")),
            Some(_) => {}
            None => {
                let record: Value = serde_json::from_str(body).unwrap();
                told.push(record["newDialRate"].as_u64().unwrap());
            }
        }
    }
    // A rate that is sent again changes nothing, and may have one record or two.
    let mut applied: Vec<u64> = world.applied.iter().map(|rate| u64::from(*rate)).collect();
    applied.dedup();
    told.dedup();
    if applied != told {
        found.push(format!("applied {applied:?}\nrecords {told:?}"));
    }
    found
}

/// Three runs that nothing disturbs, after which all must be told.
fn three_clean_ticks(folder: &Folder, platform: &Platform) {
    for agents in [41, 52, 63] {
        platform.world().agents = agents;
        tick(folder, platform, &[]).finish().expect(0);
    }
}

/// What a plan of sabotage leaves unkept, with a death at each step of writing in turn.
#[cfg(debug_assertions)]
fn deaths_at_every_step(ways: &str) -> (u64, Vec<String>) {
    let mut found = Vec::new();
    for step in 1.. {
        let folder = Folder::new();
        let platform = Platform::start();
        // The first run has no state to replace, the second has.
        let mut died = 0;
        for run in 0..2 {
            platform.world().agents = 20 + 10 * run;
            let mut run = tick(&folder, &platform, &[]);
            run.env("DIALPACE_SABOTAGE", format!("{ways},die-at={step}"));
            let output = run.output().unwrap();
            died += u32::from(output.status.code().is_none());
        }
        if died == 0 {
            return (step - 1, found);
        }
        three_clean_ticks(&folder, &platform);
        let violations = violations(&folder, &platform);
        found.extend(
            violations
                .into_iter()
                .map(|what| format!("step {step}: {what}")),
        );
    }
    unreachable!()
}

#[cfg(debug_assertions)]
#[test]
fn a_death_at_any_step_of_writing_loses_nothing() {
    let (steps, found) = deaths_at_every_step("");
    println!("{steps} steps of writing, a death at each");
    assert!(steps >= 20, "{steps}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A full disk, or an fsync that fails, at each step in turn: nothing is sent that could not be
/// remembered, and nothing is lost.
#[cfg(debug_assertions)]
#[test]
fn an_error_at_any_step_of_writing_loses_nothing() {
    let mut failed = 0;
    for step in 1..=26 {
        let folder = Folder::new();
        let platform = Platform::start();
        for run in 0..2 {
            platform.world().agents = 20 + 10 * run;
            let mut run = tick(&folder, &platform, &[]);
            run.env("DIALPACE_SABOTAGE", format!("fail-at={step}"));
            let run = run.finish();
            let errors = run
                .stderr
                .lines()
                .filter(|line| line.starts_with("error: "));
            assert!(
                run.code == 0 || errors.count() == 1 || run.code == 6,
                "{}",
                run.stderr
            );
            failed += u32::from(run.code != 0);
        }
        three_clean_ticks(&folder, &platform);
        let found = violations(&folder, &platform);
        assert!(found.is_empty(), "step {step}: {}", found.join("\n"));
    }
    assert!(failed > 20, "{failed}");
}

#[cfg(debug_assertions)]
#[test]
fn a_state_written_in_place_is_caught() {
    let (_, found) = deaths_at_every_step("in-place");
    assert!(
        found.iter().any(|what| what.contains("damaged")),
        "{found:?}"
    );
}

#[cfg(debug_assertions)]
#[test]
fn an_export_before_its_save_is_caught() {
    let (_, found) = deaths_at_every_step("export-first");
    assert!(
        found.iter().any(|what| what.contains("records")),
        "{found:?}"
    );
}

/// Starts so many runs at once and holds the first of them until all others have ended, or as
/// many got to work as there are. Returns how many got to work.
fn at_once(runs: usize, ways: &str) -> usize {
    let folder = Folder::new();
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let platform = Platform::start();
    platform.script(move |request, _| {
        if request.call() == Call::Token {
            let _ = gate.lock().unwrap().recv_timeout(Duration::from_secs(60));
        }
        Reply::Contract
    });
    let mut children: Vec<Child> = (0..runs)
        .map(|_| {
            let mut run = tick(&folder, &platform, &[]);
            run.env("DIALPACE_SABOTAGE", ways);
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
    let runs = long("TORTURE_RUNS", 50) as usize;
    assert_eq!(at_once(runs, ""), 1);
}

#[cfg(debug_assertions)]
#[test]
fn a_missing_lock_is_caught() {
    assert!(at_once(4, "no-lock") > 1);
}

/// Faults that a server of a bad day shows, one in `one_in`.
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

/// How far a run got, by the last call that arrived.
fn phase(calls: &[Call], status: ExitStatus) -> String {
    match (status.code(), calls.last()) {
        (Some(_), _) => "it had ended".to_owned(),
        (None, None) => "before any call".to_owned(),
        (None, Some(call)) => format!("after {call:?}").to_lowercase(),
    }
}

#[test]
fn kills_at_random_moments_lose_nothing() {
    let kills = long("TORTURE_KILLS", 150);
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
            // A request that is done after the next run has asked for the campaign cannot be known of.
            platform.finish_all();
            // Most kills should land, and some come late.
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
    let signals = long("TORTURE_SIGNALS", 8);
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

/// Faults by their names: what is answered, and whether it was done all the same.
fn faults() -> Vec<(&'static str, Reply)> {
    let raw = |text: &str| Reply::Raw(text.as_bytes().to_vec());
    let long_body = |body: &str| {
        let head = format!("HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n", body.len());
        Reply::Raw([head.as_bytes(), body.as_bytes()].concat())
    };
    let retry_after = |value: &str| {
        let headers = vec![("Retry-After", value.to_owned())];
        Reply::Answer(429, headers, String::new())
    };
    let moved = |status| {
        let headers = vec![("Location", "http://127.0.0.1:9/".to_owned())];
        Reply::Answer(status, headers, String::new())
    };
    let mut faults = vec![
        ("closed without a word", Reply::Drop),
        ("done, and closed without a word", Reply::ContractThenDrop),
        (
            "a compressed bomb",
            Reply::Raw(
                [
                    &b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"[..],
                    include_bytes!("../fixtures/faults/bomb.json.gz"),
                ]
                .concat(),
            ),
        ),
        ("hangs", Reply::Hang),
        ("drips", Reply::Drip),
        ("never ends", Reply::Endless),
        (
            "a key twice",
            Reply::body(
                r#"{"response":[],"response":[],"dialRate":1,"dialRate":2,"access_token":"a","access_token":"b"}"#,
            ),
        ),
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
        ("HTML", Reply::body("<html><body>Sign in</body></html>")),
        ("nothing", Reply::body("")),
        ("null", Reply::body("null")),
        ("a string", Reply::body("\"34\"")),
        ("a number too big", Reply::body("1e400")),
        (
            "10 MB",
            long_body(&format!("{{\"a\":\"{}\"}}", "x".repeat(10_000_000))),
        ),
        ("deeply nested", long_body(&"[".repeat(100_000))),
        (
            "compressed",
            raw(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\u{8}xx",
            ),
        ),
        ("429 with seconds", retry_after("1")),
        (
            "429 with a date",
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT"),
        ),
        ("429 with junk", retry_after("soon")),
        ("429 with a billion", retry_after("1000000000")),
        ("moved", moved(301)),
        ("found", moved(302)),
        ("moved, with the body", moved(307)),
    ];
    for (name, status) in [
        ("204", 204),
        ("400", 400),
        ("401", 401),
        ("403", 403),
        ("404", 404),
        ("409", 409),
        ("412", 412),
        ("500", 500),
        ("503", 503),
    ] {
        faults.push((name, Reply::status(status)));
    }
    faults
}

const CALLS: [Call; 6] = [
    Call::Token,
    Call::Metrics,
    Call::Agents,
    Call::Campaign,
    Call::Patch,
    Call::Warehouse,
];

/// One fault on one call, and what was seen of it: an exit code that means what it says, at most
/// one error, and no trace of it after two undisturbed runs.
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
    // Two seconds are enough for every fault but those that wait for the deadline.
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
    // A pause that was asked for holds for the runs after it; the state is what remembers it.
    for agents in [60, 70] {
        platform.world().agents = agents;
        let run = tick(&folder, &platform, args).finish();
        let waits = name == "429 with a billion" || run.stderr.contains(" asked ");
        if run.code != 0 && !waits {
            return Err(format!("{what}\nafter it: {}", run.stderr));
        }
        if waits {
            return Ok(run.code);
        }
    }
    let found = violations(&folder, &platform);
    // 2xx counts as done whatever its body, and this server did not do it.
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
    // The deadline passes while nothing can be done.
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
