//! What a warehouse answers, and what becomes of the records: a refused one never blocks the others,
//! and none is lost.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::collections::BTreeMap;

use common::{Call, Finished, Folder, Platform, Reply, Request, Run as _};
use serde_json::{Value, json};

/// Agents of successive cycles, each of which changes the rate: 10, 17, 25, 34, 42.
const AGENTS: [u32; 5] = [10, 20, 30, 40, 50];

/// A warehouse and the cycles that feed it.
struct Export {
    folder: Folder,
    platform: Platform,
    cycles: usize,
}

impl Export {
    /// A warehouse that answers the record of each dial rate as `script` says.
    fn to(mut script: impl FnMut(u64, &Request) -> Reply + Send + 'static) -> Self {
        let platform = Platform::scripted(move |request, _| match request.call() {
            Call::Warehouse => script(rate_of(&request.body), request),
            _ => Reply::Contract,
        });
        Self {
            folder: Folder::new(),
            platform,
            cycles: 0,
        }
    }

    fn cycle(&mut self) -> Finished {
        self.cycle_with(&[])
    }

    /// One more cycle, which makes a record of its own.
    fn cycle_with(&mut self, args: &[&str]) -> Finished {
        self.platform.world().agents = AGENTS[self.cycles % AGENTS.len()];
        self.cycles += 1;
        self.again(args)
    }

    /// A cycle with the rule as it was: no window, so that the rate follows the agents alone.
    fn again(&self, args: &[&str]) -> Finished {
        let warehouse = self.platform.warehouse();
        let fixed = ["--dw-endpoint", &warehouse, "--json", "--window", "1"];
        let mut tick = self
            .folder
            .tick(&self.platform, &[&fixed[..], args].concat());
        tick.env("DIALPACE_RETRIES", "0").finish()
    }

    /// Rates of the records that the warehouse took, in order.
    fn taken(&self) -> Vec<u64> {
        let world = self.platform.world();
        let bodies = world.records.iter().map(|(_, body)| rate_of(body));
        bodies.collect()
    }

    /// Rates of the records that were sent, in order.
    fn sent(&self) -> Vec<u64> {
        let world = self.platform.world();
        let posts = world.requests.iter();
        let posts = posts.filter(|request| request.call() == Call::Warehouse);
        posts.map(|request| rate_of(&request.body)).collect()
    }

    /// The lines of the files of refused records.
    fn refused(&self) -> Vec<Value> {
        let files = self.folder.files().into_iter();
        let of_refused = files.filter(|(name, _)| name.starts_with("state.json.refused-"));
        let texts = of_refused.map(|(_, content)| String::from_utf8(content).unwrap());
        let text: String = texts.collect();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn rate_of(body: &str) -> u64 {
    let record: Value = serde_json::from_str(body).unwrap();
    record["newDialRate"].as_u64().unwrap()
}

fn refusal(status: u16) -> Reply {
    Reply::Answer(
        status,
        vec![],
        json!({"message": "no such column"}).to_string(),
    )
}

#[test]
fn a_refused_record_blocks_nobody_and_goes_to_a_file_in_its_third_cycle() {
    for status in [400, 413, 422] {
        let mut export = Export::to(move |rate, _| {
            if rate == 10 {
                refusal(status)
            } else {
                Reply::Contract
            }
        });
        let prom = ["--metrics-file", "m.prom"];
        let first = export.cycle_with(&prom).expect(6);
        assert!(
            first.stderr.contains(&format!(
                "warning: warehouse export: HTTP {status} {}: no such column; check the format that the warehouse expects; a record that is refused in 3 cycles is moved to a file; 1 record waits for the next cycle",
                reason(status)
            )),
            "{}",
            first.stderr
        );
        let second = export.cycle_with(&prom).expect(6).json();
        assert_eq!(
            (&second["exported"], &second["pending"]),
            (&json!(1), &json!(1))
        );
        let reason = second["pendingReason"].as_str().unwrap();
        assert!(reason.contains(&format!("HTTP {status}")), "{reason}");
        assert!(export.refused().is_empty());

        let third = export.cycle_with(&prom).expect(0);
        assert!(
            third.stderr.contains(&format!(
                "warning: the warehouse refused 1 record time after time (HTTP {status} {}: no such column); it is now in ",
                self::reason(status)
            )),
            "{}",
            third.stderr
        );
        let object = third.json();
        assert_eq!(
            (&object["refused"], &object["exported"], &object["pending"]),
            (&json!(1), &json!(1), &json!(0))
        );
        assert_eq!(export.taken(), [17, 25]);
        let [line] = &export.refused()[..] else {
            panic!("one line: {:?}", export.refused());
        };
        assert_eq!(line["record"]["newDialRate"], 10);
        assert_eq!(line["status"], status);
        assert_eq!(line["message"], "no such column");
        assert!(line["refusedAt"].as_str().unwrap().ends_with('Z'));
        let keys: Vec<&String> = line["record"].as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 8, "the record as it was sent");
        let metrics = export.folder.read("m.prom");
        assert!(
            metrics.contains("dialpace_refused_records_total{campaign=\"camp-42\"} 1\n"),
            "{metrics}"
        );

        // It is never sent again.
        export.cycle().expect(0);
        assert_eq!(export.taken(), [17, 25, 34]);
        assert_eq!(export.refused().len(), 1);
        assert_eq!(export.sent(), [10, 10, 17, 10, 25, 34]);
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        413 => "Payload Too Large",
        _ => "Unprocessable Entity",
    }
}

/// Only what is said of a record counts against it, and only where it is said in three cycles.
#[test]
fn no_other_answer_counts_against_a_record() {
    for status in [
        302, 401, 402, 403, 404, 405, 406, 408, 410, 415, 429, 500, 503,
    ] {
        let mut export = Export::to(move |_, _| refusal(status));
        for cycle in 1..=4 {
            let run = export.cycle().expect(6);
            assert_eq!(run.json()["pending"], cycle, "{status}");
        }
        assert_eq!(export.sent(), [10; 4], "{status}: the first alone is tried");
        // Three of its four cycles did not count: two refusals are not three.
        export.platform.script(|request, _| match request.call() {
            Call::Warehouse if rate_of(&request.body) == 10 => refusal(400),
            _ => Reply::Contract,
        });
        for _ in 0..2 {
            export.again(&[]).expect(6);
        }
        assert!(export.refused().is_empty(), "{status}");
        assert_eq!(export.again(&[]).expect(0).json()["refused"], 1, "{status}");
        assert_eq!(export.taken(), [17, 25, 34], "{status}");
    }
}

#[test]
fn a_warehouse_without_an_answer_counts_against_no_record() {
    let mut export = Export::to(|_, _| Reply::Drop);
    for _ in 0..4 {
        export.cycle().expect(6);
    }
    assert!(export.refused().is_empty());
    export.platform.script(|_, _| Reply::Contract);
    export.again(&[]).expect(0);
    assert_eq!(export.taken(), [10, 17, 25, 34]);
}

/// (what the first cycle meets, whether a 409 in the second means that the record is there)
#[test]
fn a_conflict_means_delivered_where_the_record_was_sent_before() {
    // To the first attempt it waits, and those behind it go on.
    let mut export = Export::to(|rate, _| {
        if rate == 10 {
            Reply::status(409)
        } else {
            Reply::Contract
        }
    });
    let run = export.cycle().expect(6);
    assert!(
        run.stderr.contains("HTTP 409 Conflict; the warehouse may have this record already: if it answers the same to the next try, the record counts as delivered; 1 record waits"),
        "{}",
        run.stderr
    );
    let second = export.cycle().expect(0).json();
    assert_eq!(
        (&second["exported"], &second["pending"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(export.taken(), [17]);
    assert!(export.refused().is_empty());

    // A retry is not a first attempt: the try before it may have been taken.
    let mut tries = 0;
    let mut export = Export::to(move |_, _| {
        tries += 1;
        match tries {
            1 => Reply::ContractThenDrop,
            _ => Reply::status(409),
        }
    });
    export.cycle_with(&["--retries", "1"]).expect(0);
    assert_eq!(export.taken(), [10]);
}

/// The state on the disk, while the warehouse has the request: a run that dies here has counted it.
#[test]
fn an_attempt_is_saved_before_it_is_sent() {
    let folder = Folder::new();
    let state = folder.path("state.json");
    let (sender, seen) = std::sync::mpsc::channel();
    let platform = Platform::faulty(Call::Warehouse, move |_| {
        let state = std::fs::read_to_string(&state).unwrap();
        let state: Value = serde_json::from_str(&state).unwrap();
        let _ = sender.send(state["state"]["outbox"]["attempts"].clone());
        Reply::Hang
    });
    let warehouse = platform.warehouse();
    let args = ["--dw-endpoint", &warehouse, "--deadline", "20s"];
    let mut child = folder.tick(&platform, &args).spawn().unwrap();
    assert_eq!(seen.recv().unwrap(), json!([1]));
    child.kill().unwrap();
    child.wait().unwrap();
    // The warehouse had taken it, and says so to the next run.
    platform.script(|request, _| match request.call() {
        Call::Warehouse => Reply::status(409),
        _ => Reply::Contract,
    });
    let run = folder.tick(&platform, &[&args[..], &["--json"]].concat());
    let run = { run }.finish().expect(0).json();
    assert_eq!((&run["exported"], &run["pending"]), (&json!(1), &json!(0)));
}

/// A death at any step of writing, in each cycle: every record is at the warehouse or in the file.
#[cfg(debug_assertions)]
#[test]
fn a_death_at_any_step_of_refusing_loses_nothing() {
    for step in 1..40 {
        let mut export = Export::to(|rate, _| {
            if rate % 2 == 0 {
                refusal(422)
            } else {
                Reply::Contract
            }
        });
        let mut deaths = 0;
        for agents in AGENTS {
            export.platform.world().agents = agents;
            let warehouse = export.platform.warehouse();
            let args = ["--dw-endpoint", &warehouse, "--window", "1"];
            let mut run = export.folder.tick(&export.platform, &args);
            let run = run.env("DIALPACE_FAULT", format!("die-at={step}"));
            deaths += i32::from(run.output().unwrap().status.code().is_none());
        }
        for _ in 0..4 {
            export.again(&[]);
        }
        assert_eq!(export.again(&[]).expect(0).json()["pending"], 0, "{step}");
        let applied = export.platform.world().applied.clone();
        let mut rates: BTreeMap<u64, u32> = BTreeMap::new();
        for rate in export.taken() {
            *rates.entry(rate).or_default() += 1;
        }
        for line in export.refused() {
            let rate = line["record"]["newDialRate"].as_u64().unwrap();
            *rates.entry(rate).or_default() += 1;
        }
        for rate in applied {
            assert!(rates.contains_key(&u64::from(rate)), "{step}: {rates:?}");
        }
        export.cycles = 0;
        if deaths == 0 {
            return;
        }
    }
    panic!("a step after the last one is reached by no run");
}

/// What cannot be stored is not forgotten.
#[test]
fn a_record_that_cannot_be_moved_stays_in_the_outbox() {
    let mut export = Export::to(|_, _| refusal(400));
    export.cycle().expect(6);
    export.again(&[]).expect(6);
    // The file's name is taken by a folder, today's and tomorrow's.
    let state: Value = serde_json::from_str(&export.folder.read("state.json")).unwrap();
    let heard = state["state"]["pacer"]["heardAt"].as_i64().unwrap();
    let blocked: Vec<_> = [0, 1]
        .map(|day| {
            let at = dialpace::base::units::UnixMillis(heard + day * 86_400_000);
            let stamp = dialpace::base::timestamp::file_stamp(at);
            let name = format!(
                "state.json.refused-{}.ndjson",
                stamp.split('T').next().unwrap()
            );
            let path = export.folder.path(&name);
            std::fs::create_dir(&path).unwrap();
            path
        })
        .into();
    let run = export.again(&[]).expect(1);
    assert!(run.error().contains("cannot write"), "{}", run.stderr);
    for path in blocked {
        std::fs::remove_dir(path).unwrap();
    }
    assert_eq!(export.again(&[]).expect(0).json()["refused"], 1);
    assert_eq!(export.refused().len(), 1);
}

/// The address may hold a key, and the warehouse may repeat what it was sent.
#[test]
fn the_file_of_refused_records_holds_no_key() {
    let folder = Folder::new();
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Warehouse => {
            let target = &request.target;
            let message = format!("{target} with key canary key/1 and \u{202e}\u{1b}[31mred");
            Reply::Answer(400, vec![], json!({ "message": message }).to_string())
        }
        _ => Reply::Contract,
    });
    let warehouse = format!("{}?sig=canary%20key%2f1", platform.warehouse());
    let args = ["--dw-endpoint", &warehouse, "--verbose"];
    for _ in 0..3 {
        let run = folder.tick(&platform, &args).finish();
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains("canary"), "{text}");
        }
    }
    let files = folder.files();
    let refused = files.iter().filter(|(name, _)| name.contains(".refused-"));
    let refused: Vec<_> = refused.map(|(_, content)| content).collect();
    assert_eq!(refused.len(), 1);
    let text = String::from_utf8(refused[0].clone()).unwrap();
    assert!(!text.contains("canary"), "{text}");
    assert!(text.contains("[redacted]"), "{text}");
    assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
}

/// A queue that a warehouse's failure made is delivered behind a record that it refuses.
#[test]
fn what_waits_behind_refused_records_is_delivered_in_order() {
    let mut export = Export::to(|_, _| Reply::status(503));
    for _ in 0..5 {
        export.cycle().expect(6);
    }
    export.platform.script(|request, _| match request.call() {
        Call::Warehouse if [17, 34].contains(&rate_of(&request.body)) => refusal(413),
        _ => Reply::Contract,
    });
    let first = export.again(&[]).expect(6).json();
    assert_eq!(
        (&first["exported"], &first["pending"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(export.taken(), [10, 25, 42]);
    export.again(&[]).expect(6);
    let last = export.again(&[]).expect(0).json();
    assert_eq!((&last["refused"], &last["pending"]), (&json!(2), &json!(0)));
    let refused = export.refused();
    let rates: Vec<&Value> = refused
        .iter()
        .map(|line| &line["record"]["newDialRate"])
        .collect();
    assert_eq!(rates, [17, 34]);
}
