//! Several campaigns in one run: what happens to one touches no other.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::process::{Child, Command, Stdio};
use std::thread;

use common::{Call, Folder, Platform, Reply, Request, Run as _, SECRET, metrics_answer, signal};
use dialpace::base::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

/// The campaign that a request is about.
fn campaign_of(request: &Request) -> String {
    let path = request.target.rsplit('/').next().unwrap();
    match request.call() {
        Call::Metrics => request.body.split('\'').nth(1).unwrap().to_owned(),
        Call::Campaign | Call::Patch => path.to_owned(),
        _ => String::new(),
    }
}

/// A platform of any campaigns with 10 agents, on which `fault` answers first.
fn platform(mut fault: impl FnMut(&Request) -> Option<Reply> + Send + 'static) -> Platform {
    Platform::scripted(move |request, _| {
        if let Some(reply) = fault(request) {
            return reply;
        }
        match request.call() {
            Call::Metrics => Reply::body(metrics_answer(&campaign_of(request), "0.30")),
            Call::Agents => Reply::body(format!("[{}]", ["{}"; 10].join(","))),
            Call::Campaign => Reply::body(r#"{"dialRate":20}"#),
            Call::Patch => Reply::body("{}"),
            _ => Reply::Contract,
        }
    })
}

fn healthy() -> Platform {
    platform(|_| None)
}

/// The rates that were sent to a campaign.
fn rates(platform: &Platform, campaign: &str) -> Vec<u64> {
    let world = platform.world();
    let sent = world
        .requests
        .iter()
        .filter(|request| request.call() == Call::Patch && campaign_of(request) == campaign);
    let rate = |request: &Request| {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        body["dialRate"].as_u64().unwrap()
    };
    sent.map(rate).collect()
}

trait Several {
    /// A file for the account of `platform`, with these tables.
    fn config(&self, platform: &Platform, tables: &str);
    fn run(&self, args: &[&str]) -> Command;
}

impl Several for Folder {
    fn config(&self, platform: &Platform, tables: &str) {
        let site = platform.site();
        self.write("secret.txt", SECRET);
        self.write(
            "c.toml",
            format!(
                "[account]\nsite = \"{site}\"\nclient_id = \"client-1\"\nclient_secret_file = \"secret.txt\"\n\n[defaults]\nstate_dir = \"states\"\nretries = 0\nretry_wait = \"1ms\"\n\n{tables}"
            ),
        );
    }

    fn run(&self, args: &[&str]) -> Command {
        let mut command = self.dialpace(&[args, &["--config", "c.toml"]].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

const TWO: &str = "
[[campaign]]
name = \"north\"
campaign_id = \"4711\"

[[campaign]]
name = \"south\"
campaign_id = \"4712\"
utilisation = 0.5
";

fn objects(stdout: &str) -> Vec<Value> {
    let mut objects: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    objects.sort_by_key(|object| object["name"].as_str().unwrap_or_default().to_owned());
    objects
}

/// Waits until something holds, as long as the run that is to bring it about is at work.
fn until(run: &mut Child, mut holds: impl FnMut() -> bool) {
    while !holds() {
        let ended = run.try_wait().unwrap();
        assert!(ended.is_none(), "the run ended: {ended:?}");
        thread::yield_now();
    }
}

fn end(child: Child) -> (String, String) {
    signal(&child, "TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn a_tick_paces_each_with_one_token_and_its_own_settings() {
    let (folder, platform) = (Folder::new(), healthy());
    folder.config(&platform, TWO);
    let run = folder.run(&["tick", "--json"]).finish().expect(0);
    let [north, south] = &objects(&run.stdout)[..] else {
        panic!("{}", run.stdout);
    };
    assert_eq!(
        (&north["name"], &north["campaignId"]),
        (&json!("north"), &json!("4711"))
    );
    assert_eq!(
        (&north["newDialRate"], &north["exit"]),
        (&json!(10), &json!(0))
    );
    assert_eq!(
        (&south["name"], &south["newDialRate"]),
        (&json!("south"), &json!(10))
    );
    assert_eq!(platform.count(Call::Token), 1, "one token for both");
    let files: Vec<String> = folder.files().into_iter().map(|(name, _)| name).collect();
    for wanted in [
        "states/north.json",
        "states/south.json",
        "states/account.token",
    ] {
        assert!(files.contains(&wanted.to_owned()), "{files:?}");
    }
    // The token is kept for the next run.
    folder.run(&["tick"]).finish().expect(0);
    assert_eq!(platform.count(Call::Token), 1);
    let line = folder.run(&["tick"]).finish().expect(0).stdout;
    assert!(
        line.contains(" north (campaign 4711): dial rate 10 calls/min sent again: "),
        "{line}"
    );
}

#[test]
fn one_that_fails_touches_no_other_and_gives_the_code() {
    let folder = Folder::new();
    let platform = platform(|request| {
        let is_south = campaign_of(request) == "4712";
        is_south.then(|| Reply::status(403))
    });
    folder.config(&platform, TWO);
    let run = folder.run(&["tick", "--json"]).finish().expect(3);
    let both = objects(&run.stdout);
    assert_eq!((&both[0]["exit"], &both[1]["exit"]), (&json!(0), &json!(3)));
    assert_eq!(rates(&platform, "4711"), [10]);
    assert!(run.log.contains(" error south failed: "), "{}", run.log);
    assert!(!run.log.contains("error north"), "{}", run.log);
}

#[test]
fn one_whose_server_hangs_delays_no_other() {
    let folder = Folder::new();
    let table = |n: u32| format!("[[campaign]]\nname = \"c{n}\"\ncampaign_id = \"{n}\"\n");
    let tables: Vec<String> = (0..30).map(table).collect();
    let tables = tables.concat();
    // More hang than may be asked at once: a permit that waits for an answer counts no longer.
    let platform = platform(|request| {
        let campaign = campaign_of(request).parse::<u32>();
        campaign.is_ok_and(|n| n < 28).then_some(Reply::Hang)
    });
    folder.config(&platform, &tables);
    let run = folder
        .run(&["tick", "--json", "--deadline", "6s"])
        .finish()
        .expect(4);
    let all = objects(&run.stdout);
    assert_eq!(all.len(), 30, "{}", run.stdout);
    let good: Vec<&Value> = all.iter().filter(|it| it["exit"] == 0).collect();
    assert_eq!(good.len(), 2, "{}", run.stdout);
    assert_eq!(
        (rates(&platform, "28"), rates(&platform, "29")),
        (vec![10], vec![10])
    );
}

#[test]
fn one_that_cannot_be_opened_touches_no_other() {
    let (folder, platform) = (Folder::new(), healthy());
    folder.config(&platform, TWO);
    std::fs::create_dir(folder.path("states")).unwrap();
    folder.write("states/south.json", r#"{"schema":99}"#);
    let run = folder.run(&["tick", "--json"]).finish().expect(2);
    let both = objects(&run.stdout);
    assert_eq!((&both[0]["exit"], &both[1]["exit"]), (&json!(0), &json!(2)));
    let why = both[1]["error"].as_str().unwrap();
    assert!(why.contains("states/south.json"), "{why}");
    assert_eq!(
        (&both[1]["campaignId"], rates(&platform, "4711")),
        (&json!("4712"), vec![10])
    );
}

#[test]
fn only_picks_and_a_wrong_name_lists_the_right_ones() {
    let (folder, platform) = (Folder::new(), healthy());
    folder.config(&platform, TWO);
    folder.run(&["tick", "--only", "south"]).finish().expect(0);
    assert_eq!(
        (rates(&platform, "4711"), rates(&platform, "4712")),
        (vec![], vec![10])
    );
    let run = folder.run(&["tick", "--only", "west"]).finish().expect(2);
    assert!(
        run.error()
            .contains("--only west: there is no such campaign; there are north, south")
    );
}

#[test]
fn a_pool_promises_each_idle_agent_once() {
    let (folder, platform) = (Folder::new(), healthy());
    let member = |name: &str, id: &str| {
        format!(
            "[[campaign]]\nname = \"{name}\"\ncampaign_id = \"{id}\"\nshares_agents = \"a\"\nutilisation = 1.0\n"
        )
    };
    let alone = "[[campaign]]\nname = \"alone\"\ncampaign_id = \"9\"\nutilisation = 1.0\n";
    let tables = [
        member("x", "1"),
        member("y", "2"),
        member("z", "3"),
        alone.to_owned(),
    ]
    .concat();
    folder.config(&platform, &tables);
    folder.run(&["tick"]).finish().expect(0);
    let all = ["1", "2", "3", "9"].map(|id| rates(&platform, id));
    assert_eq!(
        all,
        [vec![4], vec![3], vec![3], vec![10]],
        "10 agents, once each"
    );
    // What an operator stopped takes no part; the others take over as their window fills.
    folder.run(&["stop", "--only", "x"]).finish().expect(0);
    for _ in 0..6 {
        folder.run(&["tick"]).finish().expect(0);
    }
    let last = ["1", "2", "3"].map(|id| *rates(&platform, id).last().unwrap());
    assert_eq!(last, [0, 5, 5]);
    // When it comes back, it takes over as fast as they hand over: never more than 10 in all.
    folder.run(&["resume", "--only", "x"]).finish().expect(0);
    for _ in 0..7 {
        folder.run(&["tick"]).finish().expect(0);
        let last = ["1", "2", "3"].map(|id| *rates(&platform, id).last().unwrap());
        assert!(last.iter().sum::<u64>() <= 10, "{last:?}");
    }
    let last = ["1", "2", "3"].map(|id| *rates(&platform, id).last().unwrap());
    assert_eq!(last, [4, 3, 3]);
}

#[test]
fn a_campaign_outside_its_hours_takes_no_part_in_its_pool() {
    let (folder, platform) = (Folder::new(), healthy());
    let now = SystemClock::start().now();
    let today = jiff::Timestamp::from_millisecond(now.0).unwrap();
    let today = today.to_zoned(jiff::tz::TimeZone::UTC).date();
    let days =
        [today.yesterday(), Ok(today), today.tomorrow()].map(|day| format!("\"{}\"", day.unwrap()));
    let closed = format!("time_zone = \"UTC\"\nclosed_days = [{}]\n", days.join(", "));
    let member = |name: &str, id: &str, more: &str| {
        format!(
            "[[campaign]]\nname = \"{name}\"\ncampaign_id = \"{id}\"\nshares_agents = \"a\"\nutilisation = 1.0\n{more}"
        )
    };
    let tables = [
        member("x", "1", &closed),
        member("y", "2", ""),
        member("z", "3", ""),
    ]
    .concat();
    folder.config(&platform, &tables);
    folder.run(&["tick"]).finish().expect(0);
    assert_eq!(
        ["1", "2", "3"].map(|id| rates(&platform, id)),
        [vec![0], vec![5], vec![5]]
    );
}

#[test]
fn stop_all_stops_those_that_can_be_reached() {
    let folder = Folder::new();
    let platform = healthy();
    folder.config(&platform, TWO);
    folder.run(&["tick"]).finish().expect(0);
    let several = folder.run(&["stop"]).finish().expect(2);
    assert!(
        several
            .error()
            .contains("nothing was stopped: the file has several campaigns, north, south: give --only NAME or --all, such as `dialpace stop --config c.toml --all`"),
        "{}",
        several.stderr
    );
    let unknown = folder.run(&["stop", "--only", "west"]).finish().expect(2);
    assert!(
        unknown.error().starts_with("error: nothing was stopped: "),
        "{}",
        unknown.stderr
    );
    platform.script(
        |request, _| match (request.call(), campaign_of(request).as_str()) {
            (Call::Patch | Call::Campaign, "4711") => Reply::status(503),
            (Call::Patch, _) => Reply::body("{}"),
            (Call::Campaign, _) => Reply::body(r#"{"dialRate":10}"#),
            _ => Reply::Contract,
        },
    );
    let run = folder
        .run(&["stop", "--all", "--wait", "0s"])
        .finish()
        .expect(5);
    assert_eq!(rates(&platform, "4712").last(), Some(&0), "{}", run.stderr);
    assert!(
        run.stdout.starts_with("south: Stopped campaign 4712: ")
            && run
                .stdout
                .contains("until `dialpace resume --config c.toml --only south`"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("error: north: "), "{}", run.stderr);
    // Both markers are left, and every cycle obeys them.
    let held = folder
        .run(&["resume", "--only", "south"])
        .finish()
        .expect(0);
    assert!(held.stdout.starts_with("south: resumed"), "{}", held.stdout);
    platform.script(|request, _| match request.call() {
        Call::Metrics => Reply::body(metrics_answer(&campaign_of(request), "0.30")),
        Call::Agents => Reply::body("[{},{},{},{}]"),
        Call::Campaign => Reply::body(r#"{"dialRate":10}"#),
        Call::Patch => Reply::body("{}"),
        _ => Reply::Contract,
    });
    let run = folder.run(&["tick", "--json"]).finish().expect(0);
    let both = objects(&run.stdout);
    assert_eq!(both[0]["reasonCode"], "held-by-operator", "{}", run.stdout);
    assert_eq!(both[0]["newDialRate"], 0);
    assert_ne!(both[1]["reasonCode"], "held-by-operator");
}

#[test]
fn a_watch_paces_all_and_obeys_a_stop_of_one() {
    let (folder, platform) = (Folder::new(), healthy());
    folder.config(&platform, TWO);
    let mut watch = folder.run(&["watch"]).spawn().unwrap();
    until(&mut watch, || {
        rates(&platform, "4711").len() + rates(&platform, "4712").len() == 2
    });
    folder.run(&["stop", "--only", "north"]).finish().expect(0);
    // The watch and, beside it, the stop may both have sent the 0.
    let north = rates(&platform, "4711");
    assert!(
        north[0] == 10 && north[1..].iter().all(|rate| *rate == 0),
        "{north:?}"
    );
    assert_eq!(rates(&platform, "4712"), [10]);
    let (stdout, stderr) = end(watch);
    assert!(stdout.contains("north: "), "{stdout}\n{stderr}");
    assert!(
        stdout.contains("the campaign is stopped, until `dialpace resume`"),
        "{stdout}"
    );
    assert!(
        stdout.contains("the campaign goes on at 10 calls/min"),
        "{stdout}"
    );
}

#[test]
fn a_watch_goes_on_without_one_that_another_run_holds() {
    let (folder, platform) = (Folder::new(), healthy());
    folder.config(&platform, TWO);
    let mut first = folder.run(&["watch", "--only", "north"]).spawn().unwrap();
    until(&mut first, || rates(&platform, "4711").len() == 1);
    let mut second = folder.run(&["watch"]).spawn().unwrap();
    until(&mut second, || rates(&platform, "4712").len() == 1);
    let (_, stderr) = end(second);
    assert!(stderr.contains(" error north failed: "), "{stderr}");
    let busy = folder.run(&["tick", "--json"]).finish().expect(75);
    assert_eq!(objects(&busy.stdout)[0]["exit"], 75);
    end(first);
    assert_eq!(rates(&platform, "4711"), [10]);
}

#[test]
fn a_log_has_the_time_the_level_the_campaign_and_the_event() {
    let folder = Folder::new();
    let platform = platform(|request| (campaign_of(request) == "4712").then(|| Reply::status(500)));
    folder.config(
        &platform,
        &TWO.replace("utilisation = 0.5", "dw_endpoint = \"./r.ndjson\""),
    );
    let run = folder
        .run(&["tick", "--log-format", "json", "--retries", "1"])
        .finish()
        .expect(5);
    let lines: Vec<Value> = run
        .log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let retry = lines.iter().find(|line| line["event"] == "retry").unwrap();
    assert_eq!(
        (&retry["campaign"], &retry["level"]),
        (&json!("south"), &json!("note"))
    );
    assert_eq!(
        retry["time"].as_str().unwrap().len(),
        "2026-11-29T06:23:09.123Z".len()
    );
    let failed = lines.iter().find(|line| line["level"] == "error").unwrap();
    assert_eq!(
        (&failed["campaign"], &failed["event"]),
        (&json!("south"), &json!("failed"))
    );
    // A setting that is wrong is told in the same form.
    folder.write("c.toml", "sit = \"x\"\n");
    let run = folder
        .run(&["tick", "--log-format", "json"])
        .finish()
        .expect(2);
    let line: Value = serde_json::from_str(run.log.trim()).unwrap();
    assert_eq!(line["campaign"], Value::Null);
    assert!(
        line["message"]
            .as_str()
            .unwrap()
            .contains("did you mean site?"),
        "{line}"
    );
}

#[test]
fn a_metrics_file_has_every_campaign() {
    let (folder, platform) = (Folder::new(), healthy());
    folder.config(&platform, TWO);
    folder
        .run(&["tick", "--metrics-file", "m.prom"])
        .finish()
        .expect(0);
    let text = folder.read("m.prom");
    for wanted in [
        "dialpace_dial_rate{campaign=\"4711\",name=\"north\"} 10",
        "dialpace_dial_rate{campaign=\"4712\",name=\"south\"} 10",
    ] {
        assert!(text.contains(wanted), "{text}");
    }
    assert_eq!(
        text.matches("# TYPE dialpace_dial_rate gauge").count(),
        1,
        "{text}"
    );
}

/// Tables with a fault, and what is said about it.
const FAULTY: &[(&str, &str)] = &[
    (
        "[[campaign]]\ncampaign_id = \"1\"\n",
        "c.toml:11: this [[campaign]] has no name",
    ),
    (
        "[[campaign]]\nname = \"a b\"\ncampaign_id = \"1\"\n",
        "c.toml:12: name = \"a b\" is no name",
    ),
    (
        "[[campaign]]\nname = \"a\"\n",
        "[[campaign]] a at c.toml:11: it needs campaign_id",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\n[[campaign]]\nname = \"a\"\ncampaign_id = \"2\"\n",
        "a at c.toml:14: another campaign has this name",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\n[[campaign]]\nname = \"b\"\ncampaign_id = 1\n",
        "b at c.toml:14: campaign a has the same campaign_id 1",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\nsite = \"x\"\n",
        "c.toml:14: site belongs in [account]",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\ninterval = \"20s\"\n",
        "c.toml:14: interval belongs in [defaults], since",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\nstate = \"x.json\"\n",
        "c.toml:14: each campaign has a state of its own in state_dir",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\nwindwo = 3\n",
        "c.toml:14: unknown setting \"windwo\"; did you mean window?",
    ),
    (
        "[[campaign]]\nname = \"a\"\ncampaign_id = \"1\"\nwindow = 0\n",
        "window at c.toml:14",
    ),
    (
        "[campaign]\nname = \"a\"\n",
        "c.toml:11: each campaign is a table of its own: write [[campaign]]",
    ),
    ("", "there is no [[campaign]]"),
];

#[test]
fn a_file_for_several_is_checked_before_anything_is_sent() {
    let (folder, platform) = (Folder::new(), healthy());
    for (tables, wanted) in FAULTY {
        folder.config(&platform, tables);
        let run = folder.run(&["tick"]).finish().expect(2);
        assert!(run.error().contains(wanted), "{wanted}\n{}", run.stderr);
    }
    folder.config(&platform, TWO);
    for (args, wanted) in [
        (
            ["--campaign-id", "4711"],
            "--campaign-id: the file has several campaigns; pick one with --only",
        ),
        (
            ["--state", "s.json"],
            "--state: the file has several campaigns",
        ),
    ] {
        let run = folder
            .run(&[&["tick"], &args[..]].concat())
            .finish()
            .expect(2);
        assert!(run.error().contains(wanted), "{}", run.stderr);
    }
    assert!(platform.calls().is_empty());
    // The id of one campaign, as a flat configuration has it, is passed over.
    let run = folder
        .run(&["tick"])
        .env("CAMPAIGN_ID", "1")
        .finish()
        .expect(0);
    assert!(
        run.stderr
            .contains("note: CAMPAIGN_ID in the environment is passed over"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_warehouse_file_may_be_shared_and_no_other_file() {
    let (folder, platform) = (Folder::new(), healthy());
    let tables = TWO.replace(
        "[[campaign]]",
        "[[campaign]]\ndw_endpoint = \"./records.ndjson\"",
    );
    folder.config(&platform, &tables);
    folder.run(&["tick"]).finish().expect(0);
    assert_eq!(folder.read("records.ndjson").lines().count(), 2);
    folder.config(
        &platform,
        &tables.replace("./records.ndjson", "states/north.json"),
    );
    let run = folder.run(&["tick"]).finish().expect(2);
    assert!(run.error().contains("are one file"), "{}", run.stderr);
}
