//! A random campaign: runs of the built binary against a platform that lies, is killed, loses its
//! state and is stopped by an operator. The rule, the stop and the records are checked exactly.
//! `scripts/torture` runs thousands of cycles of it; the seed is printed.

#![allow(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should fail; it reads the counts that a script sets"
)]

mod common;

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use common::{CAMPAIGN, Call, Folder, Platform, Reply, SECRET, finished};
use serde_json::Value;

/// A row of pseudorandom numbers.
#[derive(Clone)]
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn strikes(&mut self, per_cent: u64) -> bool {
        self.next() % 100 < per_cent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize]
    }
}

/// What the platform does during one run.
#[derive(Default)]
struct Plan {
    draws: u64,
    /// Requests in a hundred that meet a fault.
    faults: u64,
    /// The campaign cannot be read during the whole run.
    is_unreadable: bool,
    /// The run is killed at this request, before it is done or after.
    killed_at: Option<(u64, bool)>,
    requests: u64,
    /// Rates that were sent, applied or not.
    sent: Vec<u32>,
}

fn fault(draws: &mut Draws, call: Call) -> Reply {
    let status = match call {
        // What nobody may answer here is a wrong credential: the run would end in another way.
        Call::Token => draws.pick(&[429, 500, 503]),
        _ => draws.pick(&[
            302, 303, 400, 401, 403, 404, 408, 409, 412, 425, 429, 499, 500, 502, 503,
        ]),
    };
    match draws.next() % 6 {
        0 => Reply::Drop,
        1 => Reply::ContractThenDrop,
        // These prove that nothing happened.
        2 if [400, 401, 403, 404, 412, 429].contains(&status) => Reply::status(status),
        2 => Reply::ContractThen(Box::new(Reply::status(status))),
        // Two answers of a warehouse mean that it has the record.
        _ if call == Call::Warehouse && status == 409 => Reply::status(500),
        3 if call == Call::Warehouse => Reply::Contract,
        // A 2xx to a change means that it is made.
        3 if call == Call::Patch => Reply::ContractThen(Box::new(Reply::status(202))),
        3 => Reply::body("{}"),
        4 => Reply::ContractThen(Box::new(Reply::body("<html>"))),
        _ => Reply::status(status),
    }
}

/// Answers one request, and kills the run at the request that the plan names.
fn answer(plan: &Mutex<Plan>, pid: &AtomicU32, call: Call, body: &str) -> Reply {
    let mut plan = plan.lock().unwrap();
    plan.requests += 1;
    if call == Call::Patch {
        let body: Value = serde_json::from_str(body).unwrap();
        plan.sent.push(body["dialRate"].as_u64().unwrap() as u32);
    }
    if let Some((at, is_done)) = plan.killed_at
        && plan.requests >= at
    {
        let pid = pid.load(Ordering::SeqCst).to_string();
        let _ = Command::new("kill")
            .args(["-KILL", &pid])
            .stderr(Stdio::null())
            .status();
        return if is_done {
            Reply::ContractThenDrop
        } else {
            Reply::Drop
        };
    }
    let mut draws = Draws(plan.draws);
    draws.next();
    let strikes = draws.strikes(plan.faults);
    let reply = match call {
        Call::Campaign if plan.is_unreadable => {
            let status = draws.pick(&[403, 404, 500]);
            if draws.strikes(50) {
                Reply::status(status)
            } else {
                Reply::body(r#"{"dialRate":null}"#)
            }
        }
        // One record in twelve is never accepted.
        Call::Warehouse
            if plan.faults > 0 && body.bytes().map(u64::from).sum::<u64>() % 12 == 0 =>
        {
            Reply::status(422)
        }
        _ if strikes => fault(&mut draws, call),
        _ => Reply::Contract,
    };
    plan.draws = draws.0;
    reply
}

fn rule(agents: u32) -> u32 {
    match agents {
        0 => 0,
        agents => ((f64::from(agents) * 0.85) as u32).clamp(10, 100),
    }
}

/// True where `part` is left when entries of `whole` are taken away.
fn is_within(part: &[u32], whole: &[u32]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|rate| rest.any(|found| found == rate))
}

/// The rates of all records, repeats left out; each id must have one body.
fn told(platform: &Platform, folder: &Folder) -> Vec<(String, u32)> {
    let mut rates = Vec::new();
    let mut take = |body: &Value| {
        let at = body["timestamp"].as_str().unwrap().to_owned();
        rates.push((at, body["newDialRate"].as_u64().unwrap() as u32));
    };
    let mut bodies: HashMap<String, String> = HashMap::new();
    for (key, body) in &platform.world().records {
        if let Some(earlier) = bodies.insert(key.clone(), body.clone()) {
            assert_eq!(&earlier, body, "one id, two bodies");
        } else {
            take(&serde_json::from_str(body).unwrap());
        }
    }
    for (name, content) in folder.files() {
        if name.contains(".refused-") {
            for line in String::from_utf8(content).unwrap().lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let body = line.get("record").cloned().unwrap_or(line);
                take(&body);
            }
        }
    }
    rates.sort();
    rates.dedup();
    rates
}

#[test]
fn a_random_campaign_keeps_every_promise() {
    let count = |name: &str, short: u64| {
        std::env::var(name).map_or(short, |text| text.parse::<u64>().unwrap())
    };
    let seed = count("TORTURE_SEED", 20_261_125);
    let blocks = count("TORTURE_CAMPAIGN", 400).div_ceil(BLOCK + QUIET);
    println!("campaign: TORTURE_SEED={seed}");
    let mut draws = Draws(seed ^ 0x9E37_79B9_7F4A_7C15);
    draws.next();
    let (mut kills, mut blind, mut stops, mut unknown_all) = (0_u64, 0_u64, 0_u64, 0_u64);
    for block in 0..blocks {
        let folder = Folder::new();
        let plan = Arc::new(Mutex::new(Plan::default()));
        let pid = Arc::new(AtomicU32::new(0));
        let (plan_there, pid_there) = (Arc::clone(&plan), Arc::clone(&pid));
        let platform = Platform::scripted(move |request, _| {
            answer(&plan_there, &pid_there, request.call(), &request.body)
        });
        let policy = if block % 4 == 3 {
            draws.pick(&["compensated", "predictive"])
        } else {
            "capacity"
        };
        let if_match = draws.pick(&["any", "any", "etag"]);
        // A damaged state takes its outbox along, into the file that is set aside.
        let may_damage = block % 2 == 1;
        let mut unknown = 0;
        let mut is_held = false;
        for n in 0..BLOCK + QUIET {
            let is_quiet = n >= BLOCK;
            if draws.strikes(40) {
                platform.world().agents = draws.pick(&[0, 5, 14, 20, 40, 60, 90, 140]);
            }
            if is_quiet {
                // So that the last of the late looks has something to set right.
                platform.world().agents = 20 + 10 * (n % 2) as u32;
            }
            if !is_quiet && may_damage && draws.strikes(4) {
                let content = fs::read(folder.path("state.json")).unwrap_or_default();
                let cut = (draws.next() % (content.len() as u64 + 1)) as usize;
                folder.write("state.json", &content[..cut]);
            }
            let is_killed = !is_quiet && draws.strikes(15);
            // What an open change does to a campaign that cannot be read is the point.
            let state = fs::read_to_string(folder.path("state.json")).unwrap_or_default();
            let is_open = state.contains(r#""unsettled":[{"#);
            let faults = if is_quiet {
                0
            } else {
                draws.pick(&[0, 10, 40])
            };
            *plan.lock().unwrap() = Plan {
                draws: draws.next(),
                faults,
                is_unreadable: !is_quiet && draws.strikes(if is_open { 70 } else { 20 }),
                killed_at: is_killed.then(|| (1 + draws.next() % 7, draws.strikes(50))),
                ..Plan::default()
            };
            let name = match () {
                () if is_quiet && is_held => "resume",
                () if is_quiet => "tick",
                () if is_held && draws.strikes(30) => "resume",
                // Before there is a state there is nothing that could keep a record.
                () if draws.strikes(6) && folder.path("state.json").exists() => "stop",
                () => "tick",
            };
            let agents = platform.world().agents;
            let before = platform.world().dial_rate;
            let was_held = is_held;
            let mut command = folder.dialpace(&[name, "--state", "state.json"]);
            command
                .args(["--retry-wait", "1ms", "--retries", "1", "--window", "1"])
                .args(["--policy", policy, "--if-match", if_match])
                .args(if name == "tick" { &["--json"][..] } else { &[] })
                .env("CXONE_SITE", platform.site())
                .env("CXONE_CLIENT_ID", "client-1")
                .env("CXONE_CLIENT_SECRET", SECRET)
                .env("CAMPAIGN_ID", CAMPAIGN)
                .env("DW_ENDPOINT", platform.warehouse())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            let child = command.spawn().unwrap();
            pid.store(child.id(), Ordering::SeqCst);
            let run = finished(&child.wait_with_output().unwrap());
            platform.finish_all();
            let context = format!(
                "seed {seed}, block {block}, run {n}: {name}\n{}\n{}",
                run.stdout, run.stderr
            );
            assert!(!run.stderr.contains("panicked"), "{context}");
            unknown += run.stderr.matches("cannot be known any more").count() as u64;
            kills += u64::from(run.code == -1);
            match name {
                "stop" => {
                    is_held = folder.path("state.json.hold").exists();
                    stops += 1;
                }
                "resume" => is_held = folder.path("state.json.hold").exists(),
                _ => {}
            }
            let sent = plan.lock().unwrap().sent.clone();
            if std::env::var_os("TORTURE_TRACE").is_some() {
                let rate = platform.world().dial_rate;
                println!(
                    "{context}code {}, sent {sent:?}, {rate} in force\n",
                    run.code
                );
            }
            let rate = platform.world().dial_rate;
            let object: Option<Value> = run
                .stdout
                .lines()
                .next()
                .and_then(|line| serde_json::from_str(line).ok());
            let has_sample = object
                .as_ref()
                .is_some_and(|object| object["availableAgents"].is_u64());
            if name == "stop" || was_held && name == "tick" {
                assert!(
                    sent.iter().all(|rate| *rate == 0),
                    "{sent:?} though stopped\n{context}"
                );
                let confirmed = name == "stop" && matches!(run.code, 0 | 6);
                assert!(!confirmed || rate == 0, "not stopped\n{context}");
            } else if name == "resume" {
                assert!(sent.is_empty(), "{context}");
            } else if has_sample || run.code == -1 {
                let highest = if policy == "capacity" {
                    rule(agents)
                } else {
                    100
                };
                assert!(
                    sent.iter().all(|rate| *rate <= highest.max(before)),
                    "{sent:?}, rule {highest}\n{context}"
                );
                let done = run.code == 0 || run.code == 6;
                let is_there = if policy == "capacity"
                    && done
                    && object.as_ref().is_some_and(|object| {
                        object["reasonCode"] != "recovering"
                            && object["reasonCode"] != "changed-elsewhere"
                            && !object["reason"].to_string().contains("not confirmed")
                    }) {
                    rate == rule(agents)
                } else {
                    true
                };
                assert!(is_there, "{rate} in force, rule {highest}\n{context}");
                // Where only the campaign cannot be read, a lower rate arrives all the same.
                let only_unread = faults == 0 && run.code != -1 && !may_damage;
                assert!(
                    !only_unread || policy != "capacity" || rate <= rule(agents),
                    "{rate} in force, rule {}\n{context}",
                    rule(agents)
                );
            } else {
                blind += 1;
                assert!(
                    sent.iter().all(|rate| *rate <= before),
                    "raised blind: {sent:?} after {before}\n{context}"
                );
            }
        }
        let state = folder.read("state.json");
        let state: Value = serde_json::from_str(&state).unwrap();
        let state = &state["state"];
        assert_eq!(
            state["outbox"]["records"],
            Value::from(Vec::<Value>::new()),
            "seed {seed}, block {block}"
        );
        assert_eq!(state["unsettled"], Value::from(Vec::<Value>::new()));
        if policy == "capacity" {
            let agents = platform.world().agents;
            assert_eq!(
                platform.world().dial_rate,
                rule(agents),
                "seed {seed}, block {block}"
            );
        }
        if !may_damage {
            let mut told: Vec<u32> = told(&platform, &folder)
                .into_iter()
                .map(|(_, rate)| rate)
                .collect();
            told.dedup();
            let mut applied = platform.world().applied.clone();
            applied.dedup();
            let more = told.len().saturating_sub(applied.len()) as u64;
            assert!(
                is_within(&applied, &told) && more <= 2 * unknown,
                "seed {seed}, block {block}, {unknown} unknown\ntold    {told:?}\napplied {applied:?}"
            );
        }
        unknown_all += unknown;
    }
    println!(
        "{} runs, {kills} killed, {blind} blind, {stops} stops; {unknown_all} changes unknown",
        blocks * (BLOCK + QUIET)
    );
    assert!(
        kills > 10 && blind > 20 && stops > 5,
        "{kills} {blind} {stops}"
    );
}

/// Runs with faults, and runs without, in turn.
const BLOCK: u64 = 88;
const QUIET: u64 = 12;
