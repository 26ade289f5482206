//! Credentials of a warehouse, the time that it has, and the records that go to it together.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;

use common::{Call, Finished, Folder, Platform, Reply, Request, Run as _, signal};
use dialpace::http::BodyFormat;
use dialpace::warehouse::{Outbox, Record, request};
use serde_json::{Value, json};

/// Agents of successive cycles, each of which changes the rate: 10, 17, 25, 34, 42.
const AGENTS: [u32; 5] = [10, 20, 30, 40, 50];
/// What must never be seen outside a request to the warehouse.
const BEARER: &str = "canary-bearer-7f6e5d4c3b2a";

/// A warehouse that is scripted, and the cycles that feed it with NDJSON.
struct Export {
    folder: Folder,
    platform: Platform,
    cycles: usize,
}

impl Export {
    fn to(script: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let export = Self {
            folder: Folder::new(),
            platform: Platform::start(),
            cycles: 0,
        };
        export.answer(script);
        export
    }

    /// Answers as `script` says from now on.
    fn answer(&self, mut script: impl FnMut(&Request) -> Reply + Send + 'static) {
        self.platform
            .script(move |request, _| match request.call() {
                Call::Warehouse => script(request),
                _ => Reply::Contract,
            });
    }

    /// One more cycle, which makes a record of its own.
    fn cycle(&mut self) -> Finished {
        self.next_record();
        self.again(&[])
    }

    fn next_record(&mut self) {
        self.platform.world().agents = AGENTS[self.cycles % AGENTS.len()];
        self.cycles += 1;
    }

    /// A cycle without a new record.
    fn again(&self, args: &[&str]) -> Finished {
        self.tick(args).finish()
    }

    fn tick(&self, args: &[&str]) -> std::process::Command {
        let warehouse = self.platform.warehouse();
        let fixed = ["--dw-endpoint", &warehouse, "--json", "--window", "1"];
        let mut tick = self
            .folder
            .tick(&self.platform, &[&fixed[..], args].concat());
        tick.env("DIALPACE_RETRIES", "0").env("DW_FORMAT", "ndjson");
        tick
    }

    /// The state's outbox.
    fn outbox(&self) -> Value {
        let state: Value = serde_json::from_str(&self.folder.read("state.json")).unwrap();
        state["state"]["outbox"].clone()
    }

    /// Requests to the warehouse: key, and rates of the records.
    fn sent(&self) -> Vec<(String, Vec<u64>)> {
        let world = self.platform.world();
        let posts = world.requests.iter();
        let posts = posts.filter(|request| request.call() == Call::Warehouse);
        posts
            .map(|post| (post.header("idempotency-key").to_owned(), rates(&post.body)))
            .collect()
    }

    /// The same without keys.
    fn sent_rates(&self) -> Vec<Vec<u64>> {
        self.sent().into_iter().map(|(_, rates)| rates).collect()
    }

    /// How often the warehouse took the record of each rate, requests with a key that it knew aside.
    fn taken(&self) -> BTreeMap<u64, u32> {
        let world = self.platform.world();
        let mut keys = BTreeSet::new();
        let mut taken = BTreeMap::new();
        for (key, body) in &world.records {
            if keys.insert(key) {
                for rate in rates(body) {
                    *taken.entry(rate).or_default() += 1;
                }
            }
        }
        taken
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

/// The rates of the records in a body.
fn rates(body: &str) -> Vec<u64> {
    body.lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            record["newDialRate"].as_u64().unwrap()
        })
        .collect()
}

fn once_each(rates: &[u64]) -> BTreeMap<u64, u32> {
    rates.iter().map(|rate| (*rate, 1)).collect()
}

#[test]
fn all_that_wait_go_in_one_request_with_a_key_of_their_own() {
    let mut export = Export::to(|_| Reply::status(503));
    for _ in 0..3 {
        export.cycle().expect(6);
    }
    export.answer(|_| Reply::Contract);
    let run = export.cycle().expect(0).json();
    assert_eq!((&run["exported"], &run["pending"]), (&json!(4), &json!(0)));
    let sent = export.sent();
    // The first one was tried by itself, and stays so; what joined it was not tried before.
    assert_eq!(
        export.sent_rates(),
        [vec![10], vec![10], vec![10], vec![10], vec![17, 25, 34]]
    );
    let keys: BTreeSet<&String> = sent.iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 2, "one key for one body");
    let world = export.platform.world();
    let last = world.requests.iter().rfind(|r| r.call() == Call::Warehouse);
    let last = last.unwrap();
    assert_eq!(last.header("content-type"), "application/x-ndjson");
    assert!(last.body.ends_with("}\n"), "{}", last.body);
}

/// A batch once tried keeps its rows and its key until it is delivered.
#[test]
fn a_batch_that_was_tried_stays_the_same_whatever_joins_it() {
    let mut export = Export::to(|_| Reply::status(503));
    for _ in 0..3 {
        export.cycle().expect(6);
    }
    // The warehouse takes the batch, and its answer is lost.
    export.answer(|request| match rates(&request.body).len() {
        1 => Reply::Contract,
        _ => Reply::ContractThenDrop,
    });
    export.again(&[]).expect(6);
    export.cycle().expect(6);
    export.cycle().expect(6);
    assert_eq!(export.outbox()["batches"], json!([2]));
    export.answer(|_| Reply::Contract);
    let run = export.again(&[]).expect(0).json();
    assert_eq!((&run["exported"], &run["pending"]), (&json!(4), &json!(0)));
    let sent = export.sent();
    let keys: BTreeSet<&String> = sent
        .iter()
        .filter(|(_, rates)| rates[..] == [17, 25])
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys.len(), 1);
    assert_eq!(sent[sent.len() - 1].1, [34, 42]);
    assert_eq!(export.taken(), once_each(&[10, 17, 25, 34, 42]));
}

#[test]
fn one_refused_record_of_a_batch_is_found_and_blocks_nobody() {
    for status in [400, 413, 422] {
        let mut export = Export::to(|_| Reply::status(503));
        // Five records that wait, of which only the first was tried.
        for _ in 0..5 {
            export.cycle().expect(6);
        }
        export.answer(move |request| {
            if rates(&request.body).contains(&25) {
                let message = json!({"message": "no such column"}).to_string();
                Reply::Answer(status, vec![], message)
            } else {
                Reply::Contract
            }
        });
        let first = export.again(&[]).expect(6).json();
        assert_eq!(
            (&first["exported"], &first["pending"]),
            (&json!(4), &json!(1)),
            "{status}"
        );
        let reason = first["pendingReason"].as_str().unwrap();
        assert!(reason.contains(&format!("HTTP {status}")), "{reason}");
        assert_eq!(
            export.outbox()["attempts"],
            json!([1]),
            "one cycle is one attempt"
        );
        let sent = export.sent_rates();
        assert_eq!(
            sent[5..],
            [
                vec![10],
                vec![17, 25, 34, 42],
                vec![17],
                vec![25],
                vec![34],
                vec![42]
            ]
        );
        // It is by itself from now on, and what is new does not wait for it.
        export.platform.world().agents = 60;
        export.again(&[]).expect(6);
        let sent = export.sent_rates();
        assert_eq!(sent[sent.len() - 2..], [vec![25], vec![51]]);
        let last = export.again(&[]).expect(0);
        assert!(
            last.stderr.contains(&format!(
                "warning: the warehouse refused 1 record time after time (HTTP {status}"
            )),
            "{}",
            last.stderr
        );
        assert_eq!(last.json()["refused"], 1);
        let refused = export.refused();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0]["record"]["newDialRate"], 25);
        let keys = export.sent();
        let by_itself = keys.iter().find(|(_, rates)| *rates == [25]).unwrap();
        assert_eq!(refused[0]["idempotencyKey"], by_itself.0.as_str());
        assert_eq!(export.taken(), once_each(&[10, 17, 34, 42, 51]));
        assert_eq!(export.outbox()["batches"], Value::Null, "none is left");
    }
}

#[test]
fn other_answers_take_no_batch_apart() {
    for status in [302, 401, 403, 404, 408, 415, 429, 500, 503] {
        let mut export = Export::to(|_| Reply::status(503));
        for _ in 0..3 {
            export.cycle().expect(6);
        }
        export.answer(move |request| match rates(&request.body).len() {
            1 => Reply::Contract,
            _ => Reply::status(status),
        });
        for _ in 0..4 {
            let run = export.again(&[]).expect(6);
            assert_eq!(run.json()["pending"], 2, "{status}");
        }
        assert!(export.refused().is_empty(), "{status}");
        let sent = export.sent();
        let tried = &sent[4..];
        assert!(
            tried.iter().all(|one| one == &tried[0]),
            "{status}: {sent:?}"
        );
        assert_eq!(tried[0].1, [17, 25], "{status}");
        export.answer(|_| Reply::Contract);
        export.again(&[]).expect(0);
        assert_eq!(export.taken(), once_each(&[10, 17, 25]), "{status}");
    }
}

#[test]
fn a_conflict_means_delivered_where_the_batch_was_tried_before() {
    let mut export = Export::to(|_| Reply::status(503));
    for _ in 0..3 {
        export.cycle().expect(6);
    }
    export.answer(|request| match rates(&request.body).len() {
        1 => Reply::Contract,
        _ => Reply::status(409),
    });
    let first = export.again(&[]).expect(6);
    assert_eq!(first.json()["pending"], 2);
    assert!(
        first.stderr.contains("may have this record already"),
        "{}",
        first.stderr
    );
    let second = export.again(&[]).expect(0).json();
    assert_eq!(
        (&second["exported"], &second["pending"]),
        (&json!(2), &json!(0))
    );
    assert!(export.refused().is_empty());
}

/// A run that dies between the save and the answer has tried the batch, and the next run sends the same
/// one, although there is more to send by then.
#[test]
fn a_death_between_save_and_answer_keeps_the_batch() {
    let mut export = Export::to(|_| Reply::status(503));
    for _ in 0..3 {
        export.cycle().expect(6);
    }
    let (arrived, arrivals) = mpsc::channel();
    export.answer(move |request| {
        if rates(&request.body).len() == 1 {
            return Reply::Contract;
        }
        let _ = arrived.send(request.header("idempotency-key").to_owned());
        Reply::ContractThen(Box::new(Reply::Hang))
    });
    let mut child = export.tick(&["--deadline", "20s"]).spawn().unwrap();
    let key = arrivals.recv().unwrap();
    assert_eq!(
        export.outbox()["batches"],
        json!([1, 2]),
        "saved before it is sent"
    );
    signal(&child, "KILL");
    child.wait().unwrap();

    export.answer(|_| Reply::Contract);
    let run = export.cycle().expect(0).json();
    assert_eq!(run["pending"], 0);
    let sent = export.sent();
    assert!(
        sent[sent.len() - 2..].contains(&(key, vec![17, 25])),
        "{sent:?}"
    );
    assert_eq!(export.taken(), once_each(&[10, 17, 25, 34]));
}

/// A death at any step of writing, in each cycle: each record is at the warehouse, under one key, or in
/// the file.
#[cfg(debug_assertions)]
#[test]
fn a_death_at_any_step_of_a_batch_loses_and_doubles_nothing() {
    for step in 1..60 {
        let mut export = Export::to(|_| Reply::status(503));
        for _ in 0..3 {
            export.cycle().expect(6);
        }
        export.answer(|request| {
            if rates(&request.body).contains(&17) {
                Reply::status(422)
            } else {
                Reply::Contract
            }
        });
        let mut deaths = 0;
        for _ in 0..2 {
            export.next_record();
            let mut run = export.tick(&[]);
            let run = run.env("DIALPACE_FAULT", format!("die-at={step}"));
            deaths += i32::from(run.output().unwrap().status.code().is_none());
        }
        // From now on it takes them all: one that was delivered by itself must not come in a batch too.
        export.answer(|_| Reply::Contract);
        export.again(&[]);
        assert_eq!(export.again(&[]).expect(0).json()["pending"], 0, "{step}");
        let applied: BTreeSet<u64> = {
            let world = export.platform.world();
            world.applied.iter().map(|rate| u64::from(*rate)).collect()
        };
        let taken = export.taken();
        let refused = export.refused();
        let is_in_file = |rate: u64| {
            let mut lines = refused.iter();
            lines.any(|line| line["record"]["newDialRate"] == rate)
        };
        for rate in applied {
            let times = taken.get(&rate).copied().unwrap_or_default();
            assert!(
                times == 1 || rate == 17 && is_in_file(17),
                "{step}: {rate} {times} times"
            );
        }
        if deaths == 0 {
            return;
        }
    }
    panic!("a step after the last one is reached by no run");
}

#[test]
fn a_batch_is_bounded_and_the_outbox_spills_none_in_part() {
    let record = |n: u32| -> Record {
        serde_json::from_value(json!({
            "timestamp": format!("2026-01-01T00:00:00.{n:09}Z"), "campaignId": "c",
            "previousDialRate": n, "newDialRate": n, "currentAnswerRate": null,
            "slaThreshold": 0.75, "deviation": null, "agentAvailabilityAvg": null
        }))
        .unwrap()
    };
    let mut outbox = Outbox::default();
    for n in 0..1_201 {
        outbox.push(record(n));
    }
    outbox.announce(BodyFormat::Ndjson);
    let saved = serde_json::to_value(&outbox).unwrap();
    assert_eq!(saved["batches"], json!([500, 500, 201]));
    // One record too many moves the whole batch that it is in.
    let (rows, lines) = outbox.overflow(1_200).unwrap();
    assert_eq!((rows, lines.lines().count()), (500, 500));
    outbox.forget_oldest(rows);
    let saved = serde_json::to_value(&outbox).unwrap();
    assert_eq!(saved["batches"], json!([500, 201]));

    // The key is that of the records: the same for one record in either format.
    let (first, second) = (record(1), record(2));
    let key = |format, records: &[&Record]| {
        request("https://host/x", format, records).headers[1]
            .1
            .clone()
    };
    let (json, ndjson) = (BodyFormat::Json, BodyFormat::Ndjson);
    assert_eq!(key(json, &[&first]), first.id());
    assert_eq!(key(ndjson, &[&first]), first.id());
    assert_ne!(
        key(ndjson, &[&first, &second]),
        key(ndjson, &[&second, &first])
    );
}

/// Back to one record a request: what was tried together is then sent one by one.
#[test]
fn the_format_may_change_while_records_wait() {
    let mut export = Export::to(|_| Reply::status(415));
    for _ in 0..3 {
        let run = export.cycle().expect(6);
        assert!(run.stderr.contains("--dw-format"), "{}", run.stderr);
    }
    export.answer(|request| match request.header("content-type") {
        "application/json" => Reply::Contract,
        _ => Reply::status(415),
    });
    export.again(&["--dw-format", "json"]).expect(0);
    assert_eq!(export.taken(), once_each(&[10, 17, 25]));
}

/// Only the warehouse gets the fields, and nobody sees a value.
#[test]
fn header_fields_go_to_the_warehouse_alone_and_are_never_shown() {
    let basic = "bG9hZGVyOmNhbmFyeS1wYXNzd29yZC0x"; // loader:canary-password-1
    for format in ["json", "ndjson"] {
        let folder = Folder::new();
        folder.write(
            "headers",
            format!(
                "# of the loader\n\nAuthorization: Bearer {BEARER}\r\nX-Second:Basic {basic}\n"
            ),
        );
        // The warehouse repeats what it was sent, in its message and in a redirect.
        let platform = Platform::scripted(|request, nth| match request.call() {
            Call::Warehouse if request.header("authorization") != format!("Bearer {BEARER}") => {
                Reply::status(401)
            }
            Call::Warehouse => {
                let text = format!(
                    "{} {} canary-password-1",
                    request.header("authorization"),
                    request.header("x-second")
                );
                match nth {
                    0 => Reply::Answer(400, vec![], json!({ "message": text }).to_string()),
                    1 => Reply::Answer(307, vec![("Location", format!("/elsewhere/{text}"))], text),
                    _ => Reply::Contract,
                }
            }
            _ => Reply::Contract,
        });
        let warehouse = platform.warehouse();
        let mut codes = Vec::new();
        for _ in 0..3 {
            let args = ["--dw-endpoint", &warehouse, "--dw-header-file", "headers"];
            let more = [
                "--dw-format",
                format,
                "--verbose",
                "--metrics-file",
                "m.prom",
            ];
            let run = folder
                .tick(&platform, &[&args[..], &more].concat())
                .finish();
            for text in [&run.stdout, &run.stderr] {
                assert!(!text.contains("canary"), "{text}");
                assert!(!text.contains(basic), "{text}");
            }
            codes.push(run.code);
        }
        assert_eq!(codes, [6, 6, 0], "{format}");
        for (name, content) in folder.files() {
            let text = String::from_utf8_lossy(&content);
            let is_given = name == "headers";
            assert!(
                is_given || !text.contains("canary-bearer"),
                "{name}: {text}"
            );
            assert!(
                is_given || !text.contains("canary-password"),
                "{name}: {text}"
            );
            assert!(is_given || !text.contains(basic), "{name}: {text}");
        }
        let world = platform.world();
        assert_eq!(world.records.len(), 1, "{format}");
        for request in &world.requests {
            let has = request.header("x-second").ends_with(basic);
            assert_eq!(has, request.call() == Call::Warehouse, "{request:?}");
            assert!(
                request.call() == Call::Warehouse
                    || !request.header("authorization").contains("canary-bearer")
            );
        }
    }
}

#[test]
fn a_refused_bearer_names_what_to_do() {
    let export = Export::to(|_| Reply::status(401));
    let run = export.again(&[]).expect(6);
    assert!(
        run.stderr.contains("put their header field, such as Authorization: Bearer …, into a file and name it with --dw-header-file"),
        "{}",
        run.stderr
    );
    export.folder.write("headers", "X-Key: some-key-1234\n");
    let run = export.again(&["--dw-header-file", "headers"]).expect(6);
    assert!(
        run.stderr.contains("check the credentials in headers"),
        "{}",
        run.stderr
    );
}

/// (lines, what is said of them)
#[test]
fn a_wrong_header_file_is_refused_by_line_before_anything_is_sent() {
    let long = format!("X-Long: {}\n", "x".repeat(9000));
    let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|n| format!("X-{n}: value\n"));
    let many = many.concat();
    let cases: &[(&[u8], &str)] = &[
        (b"", "headers holds no header field"),
        (b"# only this\n\n", "headers holds no header field"),
        (b"canary-value\n", "headers, line 1: it has no colon"),
        (
            b"# c\nX-A: 1\nX canary: canary-value\n",
            "headers, line 3: what stands before its colon is no name",
        ),
        (
            b": canary-value\n",
            "headers, line 1: what stands before its colon is no name",
        ),
        (b"X-Canary:   \n", "headers, line 1: it has no value"),
        (
            b"X-A: 1\n  canary-value: x\n",
            "headers, line 2: it begins with a blank",
        ),
        (
            b"X-A: canary-value\rX-B: 1\n",
            "headers, line 1: its value has a character that is not printable ASCII",
        ),
        (
            b"X-A: canary-value\0\n",
            "headers, line 1: its value has a character",
        ),
        (
            b"X-A: canary-value\tx\n",
            "headers, line 1: its value has a character",
        ),
        (
            "X-A: canary-välue\n".as_bytes(),
            "headers, line 1: its value has a character",
        ),
        (
            b"X-A: 1\nX-B: canary-\xff\n",
            "headers cannot be read: line 2 is not UTF-8 text",
        ),
        (
            b"X-A: canary-1\nx-a: canary-2\n",
            "headers, line 2: its name stands in an earlier line too",
        ),
        (
            long.as_bytes(),
            "headers holds more than 8 header fields or 8192 bytes",
        ),
        (
            many.as_bytes(),
            "headers holds more than 8 header fields or 8192 bytes",
        ),
    ];
    let export = Export::to(|_| Reply::Contract);
    let try_file = |content: &[u8], wanted: &str| {
        export.folder.write("headers", content);
        let run = export
            .again(&["--dw-header-file", "headers", "--verbose"])
            .expect(2);
        assert!(run.error().contains("--dw-header-file: "), "{}", run.stderr);
        assert!(run.error().contains(wanted), "{wanted}: {}", run.stderr);
        assert!(!run.stderr.contains("canary"), "{}", run.stderr);
    };
    for (content, wanted) in cases {
        try_file(content, wanted);
    }
    for name in [
        "Host",
        "content-length",
        "Content-Type",
        "Idempotency-Key",
        "Transfer-Encoding",
        "Connection",
        "Accept",
        "User-Agent",
        "Expect",
    ] {
        let line = format!("{name}: canary-value\n");
        try_file(
            line.as_bytes(),
            &format!(
                "headers, line 1: {} is set by dialpace itself",
                name.to_ascii_lowercase()
            ),
        );
    }
    let missing = export.again(&["--dw-header-file", "missing"]).expect(2);
    assert!(
        missing.error().contains("missing cannot be read"),
        "{}",
        missing.stderr
    );
    assert!(export.platform.world().requests.is_empty());
}

/// An operator's stop needs no warehouse.
#[test]
fn a_wrong_header_file_stops_no_stop() {
    let mut export = Export::to(|_| Reply::Contract);
    export.cycle().expect(0);
    let mut stop = export.folder.dialpace(&[
        "stop",
        "--state",
        "state.json",
        "--dw-header-file",
        "missing",
    ]);
    stop.env("CXONE_SITE", export.platform.site())
        .env("CXONE_CLIENT_ID", "client-1")
        .env("CXONE_CLIENT_SECRET", common::SECRET)
        .env("CAMPAIGN_ID", common::CAMPAIGN)
        .env("DW_ENDPOINT", export.platform.warehouse());
    let run = stop.finish().expect(6);
    assert!(
        run.stderr.contains("missing cannot be read"),
        "{}",
        run.stderr
    );
    assert_eq!(export.platform.world().applied.last(), Some(&0));
}

/// `watch` outlives a token: after a 401 it reads the file again, and tries again where it changed.
#[test]
fn watch_reads_the_file_again_after_a_401() {
    let folder = Folder::new();
    let headers = folder.write("headers", format!("Authorization: Bearer {BEARER}-old\n"));
    let platform = Platform::scripted(move |request, _| match request.call() {
        Call::Warehouse if request.header("authorization").ends_with("-new") => Reply::Contract,
        Call::Warehouse => {
            #[expect(clippy::disallowed_methods, reason = "a test's own input")]
            std::fs::write(&headers, format!("Authorization: Bearer {BEARER}-new\n")).unwrap();
            Reply::Answer(401, vec![], request.header("authorization").to_owned())
        }
        _ => Reply::Contract,
    });
    let warehouse = platform.warehouse();
    let args = ["--dw-endpoint", &warehouse, "--dw-header-file", "headers"];
    let run = |command: &str, more: &[&str]| {
        let first = [
            command,
            "--window",
            "1",
            "--state",
            "state.json",
            "--json",
            "--verbose",
        ];
        let mut run = folder.dialpace(&[&first[..], &args, more].concat());
        run.env("CXONE_SITE", platform.site())
            .env("CXONE_CLIENT_ID", "client-1")
            .env("CXONE_CLIENT_SECRET", common::SECRET)
            .env("CAMPAIGN_ID", common::CAMPAIGN);
        let run = run.finish();
        assert!(
            !(run.stdout.clone() + &run.stderr).contains("canary"),
            "{}",
            run.stderr
        );
        run
    };
    let watched = run("watch", &["--cycles", "1"]).expect(0);
    assert!(
        watched.stdout.contains("\"exported\":1"),
        "{}",
        watched.stdout
    );
    // A tick reads it once: the next one has the new token.
    platform.world().agents = 20;
    folder.write("headers", format!("Authorization: Bearer {BEARER}-old\n"));
    run("tick", &[]).expect(6);
    run("tick", &[]).expect(0);
    assert_eq!(platform.world().records.len(), 2);
}

/// A warehouse has its own time, within that of the cycle.
#[test]
fn a_slow_warehouse_has_the_time_that_is_set() {
    let export = Export::to(|_| Reply::Hang);
    let run = export.again(&["--dw-timeout", "50ms"]).expect(6);
    let reason = run.json()["pendingReason"].as_str().unwrap().to_owned();
    assert!(
        reason.contains("no answer") && reason.contains("50 ms"),
        "{reason}"
    );
    let run = export.again(&["--dw-timeout", "1h", "--deadline", "1s"]);
    let run = run.expect(6);
    assert_eq!(run.json()["pending"], 1, "{}", run.stderr);
    let wrong = export.again(&["--dw-timeout", "8"]).expect(2);
    assert!(wrong.error().contains("--dw-timeout"), "{}", wrong.stderr);
}

#[test]
fn pending_records_have_a_reason_whatever_it_is() {
    let mut export = Export::to(|_| Reply::status(503));
    export.cycle().expect(6);
    let reason = |run: &Finished| run.json()["pendingReason"].as_str().unwrap().to_owned();
    let dry = export.again(&["--dry-run"]).expect(0);
    assert!(
        reason(&dry).contains("a dry run exports nothing"),
        "{}",
        dry.stdout
    );
    let mut without = export.folder.tick(&export.platform, &["--json"]);
    let without = without.finish().expect(0);
    assert!(
        reason(&without).contains("DW_ENDPOINT is not set"),
        "{}",
        without.stdout
    );
    export.answer(|_| Reply::Contract);
    let done = export.again(&[]).expect(0).json();
    assert_eq!(done.get("pendingReason"), None);
}

/// Campaigns that share a file: each line is whole.
#[test]
fn a_file_that_runs_share_has_whole_lines() {
    let folders: Vec<Folder> = (0..6).map(|_| Folder::new()).collect();
    let platform = Platform::start();
    let shared = folders[0].path("shared.ndjson");
    for round in 0..4_u32 {
        platform.world().agents = 10 * (round + 1);
        let runs = folders.iter().map(|folder| {
            let file = shared.to_str().unwrap();
            let mut tick = folder.tick(&platform, &["--dw-endpoint", file, "--window", "1"]);
            tick.spawn().unwrap()
        });
        for mut run in runs.collect::<Vec<_>>() {
            assert!(run.wait().unwrap().success());
        }
    }
    let text = std::fs::read_to_string(&shared).unwrap();
    assert_eq!(text.lines().count(), 24);
    assert!(
        text.lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );

    // Another program that holds its lock is waited for, and no longer than the cycle may take.
    let held = std::fs::File::open(&shared).unwrap();
    held.lock().unwrap();
    platform.world().agents = 60;
    let file = shared.to_str().unwrap();
    let args = ["--dw-endpoint", file, "--window", "1", "--deadline", "1s"];
    let mut tick = folders[1].tick(&platform, &args);
    let run = tick.finish().expect(6);
    assert!(
        run.stderr.contains("another program holds its lock"),
        "{}",
        run.stderr
    );
    drop(held);
    folders[1].tick(&platform, &args).finish().expect(0);
    assert_eq!(
        std::fs::read_to_string(&shared).unwrap().lines().count(),
        25
    );
}
