//! Bounds: what would never end, or fill the memory, is refused, and a signal ends what is long.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]
#![cfg(unix)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use common::{Folder, Platform, Reply, Run, finished};
use dialpace::base::clock::Clock;
use dialpace::base::units::UnixMillis;
use dialpace::platform::sandbox::{Sandbox, SandboxSettings};
use dialpace::sim::{Scenario, Shift};

#[test]
fn what_would_never_end_or_fill_the_memory_is_refused() {
    let folder = Folder::new();
    folder.write("timeless.toml", TIMELESS);
    folder.write(
        "roster.toml",
        "[agents]\nroster = [{from_secs = 0, count = 100001}]\n",
    );
    folder.write(
        "history.csv",
        "timestamp,answerRate,availableAgents\n2026-11-02T10:00:00Z,0.5,10\n",
    );
    folder.write(
        "list.toml",
        format!("sla_threshold = \"{}\"\n", "0.5,".repeat(1_000) + "0.5"),
    );
    folder.write(
        "policies.toml",
        format!("policy = \"{}\"\n", "capacity,".repeat(100) + "capacity"),
    );
    // The command, and parts of its message: the option, the value, the bound, and why.
    let cases: &[(&str, &[&str])] = &[
        (
            "simulate --sla-threshold 0:1:1e-12",
            &[
                "--sla-threshold: ",
                "1000000000001 values are more than 1000",
                "each is simulated",
            ],
        ),
        (
            "simulate --tolerance-margin 0:1:5e-324",
            &["--tolerance-margin: ", "more than 1000", "coarser step"],
        ),
        (
            "simulate --config list.toml",
            &[
                "sla_threshold at list.toml:1: ",
                "1001 values are more than 1000",
            ],
        ),
        (
            "simulate --config policies.toml",
            &[
                "policy at policies.toml:1: ",
                "101 policies are more than 100",
            ],
        ),
        (
            "simulate --sla-threshold 0:0.999:0.001 --tolerance-margin 0:0.999:0.001",
            &[
                "--sla-threshold and --tolerance-margin: ",
                "1000 × 1000 values are 1000000 combinations, more than 10000",
                "memory",
            ],
        ),
        (
            "backtest history.csv --sla-threshold 0:0.999:0.001 --tolerance-margin 0:0.999:0.001",
            &[
                "--sla-threshold and --tolerance-margin: ",
                "1000000 combinations",
            ],
        ),
        (
            "backtest history.csv --policy capacity,compensated --sla-threshold 0:0.999:0.001 --tolerance-margin 0:0.09:0.01",
            &[
                "--policy, --sla-threshold and --tolerance-margin: ",
                "20000 combinations are more than 10000",
                "replays every row",
            ],
        ),
        (
            "simulate --replications 1000000 --sla-threshold 0.5,0.6",
            &[
                "--replications: ",
                "are 2000000 runs",
                "1000000 in memory",
                "--shard I/N",
            ],
        ),
        (
            "simulate --replications 4000000000",
            &["--replications", "4000000000", "1 to 1000000", "memory"],
        ),
        (
            "simulate --replications 0",
            &["--replications", "1 to 1000000"],
        ),
        (
            "simulate --jobs 65536",
            &["--jobs", "65536", "1 to 1024", "thread"],
        ),
        (
            "simulate --agents 100001",
            &["--agents", "100001", "1 to 100000"],
        ),
        (
            "simulate --hours 87601",
            &["--hours: 87601 is not a time", "up to 87600"],
        ),
        ("simulate --hours inf", &["--hours: inf is not a time"]),
        ("simulate --hours NaN", &["--hours: NaN is not a time"]),
        (
            "simulate --hours 87600 --agents 100000 --policy progressive",
            &[
                "--hours, --agents, --replications: ",
                "87600 hours with up to 100000 agents",
                "more than 1e11",
            ],
        ),
        (
            "simulate --hours 87600 --replications 1000000 --agents 1",
            &["--hours, --agents, --replications: ", "1000000 runs"],
        ),
        (
            "simulate --max-dial-rate 4294967295",
            &["--max-dial-rate: 4294967295 calls per minute is above the ceiling of 100000"],
        ),
        (
            "simulate --max-dial-rate 99999999999999999999",
            &["--max-dial-rate: 99999999999999999999 is too large a number"],
        ),
        (
            "simulate --policy fixed --dial-rate 2000000",
            &["--dial-rate: 2000000 is outside the minimum and maximum dial rates"],
        ),
        (
            "simulate --max-dial-rate 100000 --hours 8760",
            &["--hours, --agents, --replications: "],
        ),
        (
            "simulate --policy predictive --logged-in-agents 4000000000",
            &["--logged-in-agents: 4000000000 is more than 100000"],
        ),
        (
            "simulate --window 1001",
            &["--window: 1001 samples", "1 to 1000"],
        ),
        (
            "simulate --trace t.csv --hours 87600",
            &[
                "--trace: ",
                "10512000 intervals",
                "1000000 in memory",
                "--hours",
            ],
        ),
        (
            "simulate timeless.toml --policy progressive",
            &["calls: they last 0 s, and progressive would place them without end"],
        ),
        (
            "simulate timeless.toml --policy vicidial",
            &["calls: they last 0 s, and vicidial would place them without end"],
        ),
        (
            "simulate roster.toml",
            &["agents.roster[0].count: 100001 agents are more than 100000"],
        ),
        (
            "tick --sandbox --outbox-limit 18446744073709551615",
            &[
                "--outbox-limit: 18446744073709551615 is more than 100000",
                "state",
            ],
        ),
        (
            "tick --sandbox --max-dial-rate 100001",
            &["--max-dial-rate: 100001 calls per minute is above the ceiling of 100000"],
        ),
        (
            "tick --sandbox --interval 25h",
            &["--interval: ", "1 ms to 24 h"],
        ),
        (
            "tick --sandbox --deadline 25h",
            &["--deadline: ", "1 ms to 24 h"],
        ),
        (
            "tick --sandbox --speed 1001",
            &["--speed", "1001", "from 1 to 1000"],
        ),
        (
            "watch --sandbox --speed 70000",
            &["--speed", "70000", "from 1 to 1000"],
        ),
    ];
    let before = folder.files().len();
    for (command, parts) in cases {
        let args: Vec<&str> = command.split(' ').collect();
        let run = finished(&within_a_minute(&mut folder.dialpace(&args))).expect(2);
        for part in *parts {
            assert!(
                run.stderr.contains(part),
                "{command}\nwanted: {part}\ngot: {}",
                run.stderr
            );
        }
        assert_eq!(folder.files().len(), before, "{command}");
    }
}

#[test]
fn a_share_of_a_large_plan_can_be_simulated() {
    let folder = Folder::new();
    let large = [
        "simulate",
        "--hours",
        "0.02",
        "--replications",
        "1000000",
        "--sla-threshold",
        "0.5,0.6",
    ];
    folder.dialpace(&large).finish().expect(2);
    let share = folder
        .dialpace(&[&large[..], &["--shard", "1/1000000"]].concat())
        .finish()
        .expect(0);
    assert_eq!(share.json()["cells"].as_array().unwrap().len(), 2);
}

/// Nobody asked for the reference dialers of the hint.
#[test]
fn a_hint_does_not_simulate_what_would_be_refused() {
    let folder = Folder::new();
    folder.write("timeless.toml", TIMELESS);
    let args = [
        "simulate",
        "timeless.toml",
        "--replications",
        "1",
        "--policy",
        "capacity",
    ];
    finished(&within_a_minute(&mut folder.dialpace(&args))).expect(0);
}

#[test]
fn a_history_of_too_many_campaigns_is_refused() {
    let folder = Folder::new();
    let mut history = "timestamp,campaignId,answerRate,availableAgents\n".to_owned();
    for campaign in 0..20_000 {
        let _ = writeln!(history, "2026-11-02T10:00:00Z,c{campaign},0.5,10");
    }
    folder.write("history.csv", history);
    folder
        .dialpace(&["backtest", "history.csv", "--quiet"])
        .finish()
        .expect(0);
    let run = folder
        .dialpace(&["backtest", "history.csv", "--window", "1000", "--quiet"])
        .finish()
        .expect(2);
    let message = "with 1 settings and a --window of 1000 do not fit into memory: is campaignId the right column?";
    assert!(run.error().contains(message), "{}", run.stderr);
}

const TIMELESS: &str = "\
hours = 0.1
[calls]
ring_out_secs = 0.0
fail_secs = 0.0
time_to_answer = {kind = \"fixed\", mean_secs = 0.0}
talk = {kind = \"fixed\", mean_secs = 0.0}
wrap_up = {kind = \"fixed\", mean_secs = 0.0}
";

#[test]
fn a_signal_ends_a_run_of_any_size_and_nothing_is_half_written() {
    let folder = Folder::new();
    // A day of the simulation of 100,000 agents takes minutes, and no replication ends before.
    let large = "simulate --agents 100000 --hours 24 --replications 10 --policy progressive --jobs 2 --report r.html --quiet";
    let traced = "simulate --agents 100000 --hours 400 --max-dial-rate 100000 --replications 1 --trace t.csv --report r.html --quiet";
    let grid =
        "simulate --sla-threshold 0:0.99:0.01 --tolerance-margin 0:0.99:0.01 --hours 8 --quiet";
    for command in [large, traced, grid] {
        for (signal, code) in [("TERM", 143), ("INT", 130)] {
            let args: Vec<&str> = command.split(' ').collect();
            let mut child = piped(&mut folder.dialpace(&args));
            wait_for_work(&mut child);
            send(signal, child.id());
            let run = finished(&output_of(&mut child));
            assert_eq!(run.code, code, "{command}: {}", run.stderr);
            assert_eq!(run.stdout, "", "{command}");
            for output in ["r.html", "t.csv"] {
                assert!(!folder.path(output).exists(), "{command}: {output}");
            }
        }
    }
}

#[test]
fn a_signal_ends_a_backtest_whose_input_does_not_go_on() {
    let folder = Folder::new();
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let mut command = folder.dialpace(&["backtest", "-", "--output", "d.csv"]);
        let mut child = piped(command.stdin(Stdio::piped()));
        let stdin = child.stdin.take().unwrap();
        // It has begun to read once its output is there.
        wait_until(|| {
            folder.path("d.csv.tmp").exists() || is_gone(&mut child) || is_reading(&child)
        });
        send(signal, child.id());
        let run = finished(&output_of(&mut child));
        assert_eq!(run.code, code, "{}", run.stderr);
        assert!(!folder.path("d.csv").exists());
        drop(stdin);
    }
}

/// As in a container. Only root may have one.
#[test]
fn a_signal_ends_every_command_that_is_the_first_process() {
    let folder = Folder::new();
    folder.write("secret", common::SECRET);
    let hanging = Platform::scripted(|_, _| Reply::Hang);
    let site = hanging.site();
    let live = [
        "--site",
        &site,
        "--client-id",
        "id",
        "--client-secret-file",
        "secret",
        "--campaign-id",
        "4711",
        "--state",
        "s.json",
        "--retries",
        "0",
    ];
    let simulate = "simulate --agents 100000 --hours 24 --policy progressive --quiet";
    let commands: [Vec<&str>; 3] = [
        [&["tick"], &live[..]].concat(),
        [&["watch"], &live[..]].concat(),
        simulate.split(' ').collect(),
    ];
    for args in commands {
        for (signal, code) in [("TERM", 143), ("INT", 130)] {
            let asked = hanging.calls().len();
            let dialpace = folder.dialpace(&args);
            let mut unshare = Command::new("unshare");
            unshare
                .args(["--pid", "--fork", "--kill-child"])
                .arg(dialpace.get_program())
                .args(dialpace.get_args());
            unshare
                .current_dir(folder.path(""))
                .env_clear()
                .env("HOME", folder.path(""));
            let mut child = piped(&mut unshare);
            wait_until(|| is_gone(&mut child) || first_child(&child).is_some());
            let Some(first) = first_child(&child) else {
                return;
            };
            if args[0] == "simulate" {
                wait_until(|| is_gone(&mut child) || cpu_ticks(first) > WORK_TICKS);
            } else {
                wait_until(|| is_gone(&mut child) || hanging.calls().len() > asked);
            }
            send(signal, first);
            let run = finished(&output_of(&mut child));
            assert_eq!(run.code, code, "{args:?}: {}", run.stderr);
        }
    }
}

/// A user of its own may have one thread. Only root can become another user.
#[test]
fn without_a_thread_to_be_had_a_run_goes_on() {
    let folder = Folder::new();
    let for_all = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path(""), for_all).unwrap();
    let history = "timestamp,answerRate,availableAgents\n2026-11-02T10:00:00Z,0.5,10\n";
    for (args, input) in [
        ("simulate --hours 0.1 --replications 4 --jobs 4 --quiet", ""),
        ("backtest - --quiet", history),
        ("backtest - --quiet --output d.csv --report r.html", history),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let dialpace = folder.dialpace(&args);
        let mut alone = Command::new("setpriv");
        alone
            .args([
                "--reuid=64321",
                "--regid=64321",
                "--clear-groups",
                "prlimit",
                "--nproc=1",
            ])
            .arg(dialpace.get_program())
            .args(dialpace.get_args())
            .current_dir(folder.path(""))
            .stdin(Stdio::piped());
        let mut child = piped(&mut alone);
        let mut stdin = child.stdin.take().unwrap();
        let _ = io::Write::write_all(&mut stdin, input.as_bytes());
        drop(stdin);
        let output = output_of(&mut child);
        // `setpriv` cannot do it.
        if output.stderr.starts_with(b"setpriv") {
            return;
        }
        let run = finished(&output).expect(0);
        assert_ne!(run.stdout, "");
    }
    assert_eq!(folder.read("d.csv").lines().count(), 2);
}

/// A clock that a test sets.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}
}

#[test]
fn the_sandbox_does_not_simulate_the_years_of_a_jump() {
    const DAY: i64 = 86_400_000;
    let start = 1_795_359_781_000;
    let scenario = |count| {
        let mut scenario = Scenario::default();
        scenario.agents.roster = vec![Shift {
            from_secs: 0.0,
            count,
        }];
        scenario
    };
    // Agents, days that the clock jumps, and whether the campaign is begun anew.
    for (agents, days, is_begun_anew) in [
        (50, 0, false),
        (50, 1, false),
        (50, 8_000 * 365, true),
        (50, -8_000 * 365, true),
        (50, 365, true),
        (20_000, 30, true),
        (100_000, 0, false),
    ] {
        let clock = Arc::new(SetClock(AtomicI64::new(start)));
        let world = scenario(agents);
        let clock_of = Arc::clone(&clock) as Arc<dyn Clock>;
        let sandbox = Sandbox::campaign(&SandboxSettings {
            scenario: &world,
            speed: 1,
            clock: clock_of,
            path: None,
            writable: false,
        })
        .unwrap();
        let _ = sandbox.figures();
        clock.0.store(start + days * DAY, Ordering::Relaxed);
        let _ = sandbox.figures();
        assert_eq!(
            sandbox.was_begun_anew(),
            is_begun_anew,
            "{agents} agents, {days} days"
        );
        assert!(!sandbox.was_begun_anew(), "it is told once");
    }
}

#[test]
fn a_sandbox_that_is_begun_anew_says_so() {
    let folder = Folder::new();
    let tick = || {
        folder
            .dialpace(&["tick", "--sandbox", "--state", "s.json"])
            .finish()
            .expect(0)
    };
    assert!(!tick().stderr.contains("begun anew"));
    let log = folder.read("s.json.campaign");
    let began = log.split(&[':', ','][..]).nth(1).unwrap();
    folder.write("s.json.campaign", log.replace(began, "1000000000000"));
    let run = tick();
    assert!(
        run.stderr
            .contains("warning: the sandbox's campaign was begun anew"),
        "{}",
        run.stderr
    );
    assert!(!tick().stderr.contains("begun anew"));
}

fn piped(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for the end, and kills what does not end long after it should have.
fn output_of(child: &mut Child) -> Output {
    let id = child.id();
    let (done, is_done) = mpsc::channel::<()>();
    let guard = thread::spawn(move || {
        if is_done.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout) {
            send("KILL", id);
        }
    });
    let stdout = io::read_to_string(child.stdout.take().unwrap()).unwrap();
    let stderr = io::read_to_string(child.stderr.take().unwrap()).unwrap();
    drop(done);
    guard.join().unwrap();
    let status = child.wait().unwrap();
    Output {
        status,
        stdout: stdout.into_bytes(),
        stderr: stderr.into_bytes(),
    }
}

fn within_a_minute(command: &mut Command) -> Output {
    output_of(&mut piped(command))
}

fn send(signal: &str, id: u32) {
    let _ = Command::new("kill")
        .args([&format!("-{signal}"), &id.to_string()])
        .status();
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        thread::yield_now();
    }
}

/// Until it has computed for a while: it is within a replication then.
fn wait_for_work(child: &mut Child) {
    wait_until(|| is_gone(child) || cpu_ticks(child.id()) > WORK_TICKS);
}

/// Time that a process has computed for, in hundredths of a second; far more where there is none.
fn cpu_ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let user = after_name.split(' ').nth(11);
    user.and_then(|ticks| ticks.parse().ok())
        .unwrap_or(u64::MAX)
}

fn first_child(child: &Child) -> Option<u32> {
    let id = child.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    let first = children.split_whitespace().next()?.parse().ok()?;
    // It is still `unshare` before it becomes the program.
    let name = fs::read_to_string(format!("/proc/{first}/comm")).ok()?;
    (name.trim() == "dialpace").then_some(first)
}

fn is_gone(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_some()
}

/// True where it waits for a pipe.
fn is_reading(child: &Child) -> bool {
    let id = child.id();
    let channel = fs::read_to_string(format!("/proc/{id}/wchan")).unwrap_or_default();
    channel.contains("pipe")
}

/// CPU time after which a run is in the middle of its work.
const WORK_TICKS: u64 = 20;
