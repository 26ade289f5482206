//! Calling hours through the built binary: on campaigns and skills, in simulation, and on history.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should fail; windows are set around the time of the test"
)]

mod common;

use std::fmt::Write as _;
use std::process::Command;

use common::skills::{Call as SkillCall, Skills};
use common::{Call, Finished, Folder, Platform, Reply, Run as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A window of every day, in UTC, from and to some minutes from now.
fn from_now(from: i64, to: i64) -> String {
    format!("daily {}-{}", clock(from), clock(to))
}

/// The time of day in UTC some minutes from now.
fn clock(minutes: i64) -> String {
    let at = Timestamp::now() + SignedDuration::from_mins(minutes);
    at.strftime("%H:%M").to_string()
}

fn open() -> String {
    from_now(-300, 300)
}

fn closed() -> String {
    from_now(300, 400)
}

fn tick(folder: &Folder, platform: &Platform, hours: &str, args: &[&str]) -> Finished {
    let hours = ["--time-zone", "UTC", "--calling-hours", hours];
    let mut command = folder.tick(platform, &[&hours[..], args].concat());
    command.env("DW_ENDPOINT", platform.warehouse()).finish()
}

#[test]
fn a_campaign_is_at_0_outside_and_paced_inside() {
    let (folder, platform) = (Folder::new(), Platform::start());
    tick(&folder, &platform, &open(), &[]).expect(0);
    let object = tick(&folder, &platform, &closed(), &["--json"])
        .expect(0)
        .json();
    assert_eq!(object["action"], "stopped");
    assert_eq!(object["reasonCode"], "outside-hours");
    assert_eq!(object["previousDialRate"], 34);
    assert_eq!(object["newDialRate"], 0);
    let reason = object["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("outside calling hours until "),
        "{reason}"
    );
    assert!(
        reason.ends_with(&format!("{} UTC", clock(300))) || reason.ends_with(" UTC"),
        "{reason}"
    );
    let again = tick(&folder, &platform, &closed(), &["--json"])
        .expect(0)
        .json();
    assert_eq!(again["action"], "held");
    // Whoever raises it meanwhile: it goes back at once.
    platform.world().dial_rate = 50;
    tick(&folder, &platform, &closed(), &[]).expect(0);
    assert_eq!(platform.world().applied, [34, 0, 0]);
    let text = tick(&folder, &platform, &open(), &[]).expect(0).stdout;
    assert!(text.contains("dial rate 0 → 34 calls/min"), "{text}");
    assert_eq!(platform.world().applied, [34, 0, 0, 34]);
    assert_eq!(platform.world().records.len(), 4);
}

#[test]
fn every_policy_obeys_and_a_dry_run_shows_it() {
    for policy in ["capacity", "compensated", "predictive", "fixed"] {
        let (folder, platform) = (Folder::new(), Platform::start());
        platform.world().dial_rate = 50;
        let mut args = vec!["--policy", policy];
        if policy == "fixed" {
            args.extend(["--dial-rate", "40"]);
        }
        let dry = [&args[..], &["--dry-run"]].concat();
        let text = tick(&folder, &platform, &closed(), &dry).expect(0).stdout;
        assert!(text.contains("\"dialRate\":0"), "{policy}: {text}");
        assert_eq!(platform.count(Call::Patch), 0);
        tick(&folder, &platform, &closed(), &args).expect(0);
        assert_eq!(platform.world().applied, [0], "{policy}");
    }
}

/// A poll that fails, a pause that the platform asked for, and one that has just begun.
#[test]
fn the_rate_is_lowered_even_where_nothing_can_be_seen() {
    for status in [500, 429] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Metrics, move |nth| match nth {
            0 => Reply::Contract,
            _ => Reply::Answer(
                status,
                vec![("Retry-After", "3000".to_owned())],
                String::new(),
            ),
        });
        tick(&folder, &platform, &open(), &[]).expect(0);
        assert!(tick(&folder, &platform, &open(), &[]).code > 0);
        assert_eq!(platform.world().dial_rate, 34);
        let failed = tick(&folder, &platform, &closed(), &["--json"]);
        assert!(failed.code > 0);
        assert_eq!(failed.json()["reasonCode"], "outside-hours");
        assert_eq!(platform.world().applied, [34, 0], "{status}");
        assert!(tick(&folder, &platform, &closed(), &[]).code > 0);
        assert_eq!(platform.world().applied, [34, 0], "{status}");
    }
}

fn on_skill(folder: &Folder, skills: &Skills, hours: &str, mode: &str) -> Value {
    let args = [
        "--json",
        "--time-zone",
        "UTC",
        "--outside-hours",
        mode,
        "--calling-hours",
        hours,
    ];
    folder
        .skills(skills, "tick", &args)
        .finish()
        .expect(0)
        .json()
}

#[test]
fn a_skill_has_its_lowest_ratio_outside_and_is_not_stopped() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    on_skill(&folder, &skills, &open(), "minimum");
    let object = on_skill(&folder, &skills, &closed(), "minimum");
    assert_eq!(
        (&object["reasonCode"], &object["newRatio"]),
        (&"outside-hours".into(), &1.into())
    );
    assert_eq!(skills.world().ratios.last(), Some(&1.into()));
    skills.world().advance(30);
    let again = on_skill(&folder, &skills, &closed(), "minimum");
    assert_eq!(
        (&again["action"], &again["reasonCode"]),
        (&"held".into(), &"outside-hours".into())
    );
    assert_eq!(skills.count(SkillCall::Put), 1);
    // Whoever raises it meanwhile: it goes back at once.
    skills.world().advance(30);
    skills.world().set("maximumRatio", 3.into());
    let raised = on_skill(&folder, &skills, &closed(), "minimum");
    assert_eq!(
        (&raised["previousRatio"], &raised["newRatio"]),
        (&3.into(), &1.into())
    );
    assert_eq!(skills.world().controls, []);
    skills.refused_nothing();
}

#[test]
fn a_skill_is_stopped_by_hours_and_started_by_hours() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    on_skill(&folder, &skills, &open(), "stop");
    let object = on_skill(&folder, &skills, &closed(), "stop");
    assert_eq!(
        (&object["action"], &object["newRatio"]),
        (&"stopped".into(), &Value::Null)
    );
    for _ in 0..3 {
        skills.world().advance(30);
        let object = on_skill(&folder, &skills, &closed(), "stop");
        assert_eq!(
            (&object["action"], &object["reasonCode"]),
            (&"held".into(), &"outside-hours".into())
        );
    }
    assert_eq!(skills.world().controls, [SkillCall::Stop]);
    assert!(!skills.world().is_running);
    skills.world().advance(30);
    let object = on_skill(&folder, &skills, &open(), "stop");
    assert_eq!(
        (&object["action"], &object["newRatio"]),
        (&"adjusted".into(), &1.into())
    );
    assert_eq!(skills.world().controls, [SkillCall::Stop, SkillCall::Start]);
    for _ in 0..3 {
        skills.world().advance(90);
        on_skill(&folder, &skills, &open(), "stop");
    }
    assert!(skills.world().is_running);
    assert_eq!(skills.world().controls.len(), 2);
    skills.refused_nothing();
}

/// Whatever the hours, a skill that somebody else stopped stays stopped, and so does one that an
/// operator holds.
#[test]
fn hours_start_nothing_that_they_did_not_stop() {
    for mode in ["minimum", "stop"] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        on_skill(&folder, &skills, &open(), mode);
        skills.world().is_running = false;
        for hours in [open(), closed(), closed(), open()] {
            skills.world().advance(90);
            folder.age(90);
            on_skill(&folder, &skills, &hours, mode);
        }
        assert_eq!(skills.count(SkillCall::Stop), 0, "{mode}");
        assert_eq!(skills.count(SkillCall::Start), 0, "{mode}");
    }
    for mode in ["minimum", "stop"] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        on_skill(&folder, &skills, &open(), mode);
        on_skill(&folder, &skills, &closed(), mode);
        folder.skills(&skills, "stop", &[]).finish().expect(0);
        let before = skills.world().controls.clone();
        skills.world().advance(30);
        let object = on_skill(&folder, &skills, &open(), mode);
        assert_eq!(object["reasonCode"], "held-by-operator");
        folder.skills(&skills, "resume", &[]).finish().expect(0);
        // Resumed at night, it waits for the morning.
        for _ in 0..2 {
            skills.world().advance(30);
            let object = on_skill(&folder, &skills, &closed(), mode);
            assert_eq!(object["reasonCode"], "outside-hours", "{mode}");
        }
        assert_eq!(skills.world().controls, before, "{mode}");
        on_skill(&folder, &skills, &open(), mode);
        assert_eq!(
            skills.world().controls.last(),
            Some(&SkillCall::Start),
            "{mode}"
        );
    }
}

/// A stop that was accepted and did not take is sent again, and one is sent while writing is latched
/// off, without a change of settings.
#[test]
fn a_stop_for_hours_is_as_firm_as_an_operators() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    on_skill(&folder, &skills, &open(), "stop");
    skills.world().control_takes_after = None;
    for n in 0..7 {
        let object = on_skill(&folder, &skills, &closed(), "stop");
        // It is one decision, however often it is sent.
        let expected = if n == 0 { "stopped" } else { "held" };
        assert_eq!(object["action"], expected, "{object}");
        skills.world().advance(30);
    }
    let stops = skills.world().controls.clone();
    assert!(
        stops.len() > 1 && stops.iter().all(|it| *it == SkillCall::Stop),
        "{stops:?}"
    );

    let (folder, skills) = (Folder::new(), Skills::tenant());
    on_skill(&folder, &skills, &open(), "stop");
    folder.write("state.json.latch", "{\"since\":0}");
    let puts = skills.count(SkillCall::Put);
    on_skill(&folder, &skills, &closed(), "stop");
    assert_eq!(skills.world().controls, [SkillCall::Stop]);
    assert_eq!(skills.count(SkillCall::Put), puts);
}

fn objects(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Some minutes of a watch, in which the hours end and begin again.
fn watch(folder: &Folder, args: &[&str]) -> (Vec<Value>, i64, i64) {
    let now = Timestamp::now();
    let minute = now.as_second().div_euclid(60);
    let (end, begin) = ((minute + 4) * 60, (minute + 9) * 60);
    let at = |secs: i64| {
        Timestamp::from_second(secs)
            .unwrap()
            .strftime("%H:%M")
            .to_string()
    };
    let hours = format!(
        "daily {}-{}, {}-{}",
        at(end - 7_200),
        at(end),
        at(begin),
        at(begin + 7_200)
    );
    let fixed = [
        "watch",
        "--sandbox",
        "--json",
        "--speed",
        "200",
        "--cycles",
        "24",
        "--time-zone",
        "UTC",
    ];
    let hours = ["--calling-hours", &hours, "--metrics-file", "m.prom"];
    let run = folder
        .dialpace(&[&fixed[..], &hours, args].concat())
        .finish()
        .expect(0);
    (objects(&run.stdout), end, begin)
}

fn seconds(object: &Value) -> f64 {
    let at: Timestamp = object["timestamp"].as_str().unwrap().parse().unwrap();
    std::time::Duration::try_from(at.duration_since(Timestamp::UNIX_EPOCH))
        .unwrap()
        .as_secs_f64()
}

#[test]
fn a_watch_lowers_before_the_end_and_never_dials_before_the_begin() {
    let folder = Folder::new();
    let (cycles, end, begin) = watch(&folder, &[]);
    let (mut outside, mut after) = (0, 0);
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
    let (end, begin) = (end as f64, begin as f64);
    for object in &cycles {
        let at = seconds(object);
        let is_outside = object["reasonCode"] == "outside-hours";
        assert_eq!(is_outside, (end - 38.0..begin).contains(&at), "{object}");
        assert_eq!(object["newDialRate"] == 0, is_outside, "{object}");
        outside += u32::from(is_outside);
        after += u32::from(at >= begin);
    }
    assert!(outside >= 2 && after >= 1, "{outside} {after}");
    let metrics = folder.read("m.prom");
    assert!(
        metrics.contains("\ndialpace_inside_calling_hours{campaign=\"sandbox\"} 1\n"),
        "{metrics}"
    );
}

#[test]
fn a_watch_stops_a_skill_for_the_hours_between() {
    let folder = Folder::new();
    let (cycles, ..) = watch(
        &folder,
        &["--platform", "skills", "--outside-hours", "stop"],
    );
    let stopped = cycles
        .iter()
        .position(|it| it["action"] == "stopped")
        .unwrap();
    let started = cycles
        .iter()
        .position(|it| it["previousRatio"].is_null() && it["newRatio"] == 1)
        .unwrap();
    assert_eq!(cycles[stopped]["reasonCode"], "outside-hours");
    for object in &cycles[stopped + 1..started] {
        assert_eq!(object["reasonCode"], "outside-hours", "{object}");
        assert_eq!(
            (&object["previousRatio"], &object["newRatio"]),
            (&Value::Null, &Value::Null)
        );
    }
    assert!(started - stopped >= 2, "{stopped} {started}");
}

fn sandbox(folder: &Folder, args: &[&str]) -> Command {
    folder.dialpace(&[&["tick", "--sandbox"], args].concat())
}

#[test]
fn closed_days_and_windows_with_a_highest_rate_stand_in_the_file() {
    let folder = Folder::new();
    let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
    let tomorrow = (Timestamp::now() + SignedDuration::from_hours(24))
        .strftime("%Y-%m-%d")
        .to_string();
    let zone = "time_zone = \"UTC\"\n";
    let cap = |from: i64, rate: u32| {
        format!(
            "[[hours]]\ndays = \"daily\"\nfrom = \"{}\"\nto = \"{}\"\nmax_dial_rate = {rate}\n",
            clock(from),
            clock(from + 600)
        )
    };
    for (text, rate) in [
        (
            format!("{zone}closed_days = [\"2026-01-01\", \"{today}\", {tomorrow}]\n"),
            0,
        ),
        (format!("{zone}closed_days = [\"2026-01-01\"]\n"), 25),
        (format!("{zone}{}{}", cap(-300, 7), cap(-200, 5)), 5),
        (format!("{zone}{}{}", cap(-300, 7), cap(100, 5)), 7),
        (format!("{zone}{}", cap(-300, 0)), 0),
        (format!("{zone}{}", cap(100, 5)), 25),
    ] {
        folder.write("c.toml", &text);
        let state = format!("state-{}.json", text.len() * 100 + rate);
        let object = sandbox(
            &folder,
            &["--config", "c.toml", "--state", &state, "--json"],
        )
        .finish()
        .expect(0)
        .json();
        assert_eq!(object["newDialRate"], rate, "{text}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_write() {
    let folder = Folder::new();
    for (hours, expected) in [
        ("mon", "\"mon\" has no time of day"),
        ("09:00-20:00", "write \"daily 09:00-20:00\""),
        (
            "mon 9:00-20:00",
            "\"9:00\" is no time of day from 00:00 to 24:00: write 09:00",
        ),
        ("mon 09:00-24:01", "\"24:01\" is no time of day"),
        ("mon 09:00-20:00 sat", "\"20:00 sat\" is no time of day"),
        ("mon 09:00", "\"09:00\" is no range of times"),
        ("mon 09:00-09:00", "is empty; a whole day is 00:00-24:00"),
        ("mon 24:00-09:00", "begins before 24:00"),
        ("moo 09:00-10:00", "\"moo\" are no days"),
        ("mon 09:00-10:00;", "\"\" has no time of day"),
    ] {
        let run = sandbox(&folder, &["--time-zone", "UTC", "--calling-hours", hours])
            .finish()
            .expect(2);
        assert!(
            run.error().contains("--calling-hours: ") && run.error().contains(expected),
            "{hours}: {}",
            run.stderr
        );
    }
}

#[test]
fn what_the_file_cannot_mean_is_refused_with_its_line() {
    let folder = Folder::new();
    let table =
        "time_zone = \"UTC\"\n[[hours]]\ndays = \"mon\"\nfrom = \"09:00\"\nto = \"10:00\"\n";
    for (text, expected) in [
        (
            table.to_owned(),
            "hours at c.toml:2: [[hours]] number 1: it has neither max_dial_rate nor max_ratio",
        ),
        (format!("{table}max_rate = 3\n"), "unknown field `max_rate`"),
        (
            format!("{table}max_ratio = 0.5\n"),
            "\"0.5\" is not a number of calls per agent",
        ),
        (
            table.replace("[[hours]]", "[hours]"),
            "c.toml:2: write [[hours]], in two pairs of brackets",
        ),
        (
            format!("{}max_ratio = 2\n", table.replace("mon", "m")),
            "\"m\" are no days",
        ),
        (
            "hours = 3\n".to_owned(),
            "it is not a table; write [[hours]]",
        ),
        ("closed_days = [3]\n".to_owned(), "3 is not a date"),
        (
            "time_zone = \"UTC\"\nclosed_days = [\"25.12.2026\"]\n".to_owned(),
            "\"25.12.2026\" is no date such as 2026-12-25",
        ),
        (
            "closed_days = [\"2026-12-25\"]\n".to_owned(),
            "closed_days at c.toml:1: hours need the time zone",
        ),
        (
            "policy = [\"capacity\"]\n".to_owned(),
            "policy is not one value",
        ),
    ] {
        folder.write("c.toml", &text);
        let run = sandbox(&folder, &["--config", "c.toml"]).finish().expect(2);
        assert!(run.error().contains(expected), "{text}: {}", run.stderr);
    }
}

#[test]
fn hours_that_lack_something_are_refused() {
    let folder = Folder::new();
    for (args, expected) in [
        (
            &["--calling-hours", "mon 09:00-10:00"][..],
            "--calling-hours: hours need the time zone of the people who are called: --time-zone or DIALPACE_TIME_ZONE",
        ),
        (
            &[
                "--calling-hours",
                "mon 09:00-10:00",
                "--time-zone",
                "Mars/Olympus",
            ],
            "\"Mars/Olympus\" is not a time zone",
        ),
        (
            &["--time-zone", "Berlin"],
            "\"Berlin\" is not a time zone; did you mean Europe/Berlin?",
        ),
        (
            &[
                "--calling-hours",
                "mon 09:00-10:00",
                "--time-zone",
                "new york",
            ],
            "did you mean America/New_York?",
        ),
        (&["--outside-hours", "stop"], "it is for platform skills"),
        (
            &["--platform", "skills", "--outside-hours", "stop"],
            "no calling hours are set",
        ),
        (
            &["--platform", "skills", "--outside-hours", "pause"],
            "[possible values: minimum, stop]",
        ),
    ] {
        let run = sandbox(&folder, args).finish().expect(2);
        assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
    }
}

/// Of an hour's own, too.
#[test]
fn a_skill_has_the_highest_ratio_of_the_hour() {
    let folder = Folder::new();
    let cap = |ratio: &str| {
        format!(
            "time_zone = \"UTC\"\n[[hours]]\ndays = \"daily\"\nfrom = \"00:00\"\nto = \"24:00\"\nmax_ratio = {ratio}\n"
        )
    };
    let args = [
        "--platform",
        "skills",
        "--config",
        "c.toml",
        "--policy",
        "fixed",
        "--ratio",
        "3",
        "--json",
    ];
    folder.write("c.toml", cap("1.5"));
    let run = sandbox(&folder, &args).finish().expect(2);
    assert!(
        run.error()
            .contains("hours at c.toml:2: 1.5 is no ratio of a skill: 1, 2 or 3"),
        "{}",
        run.stderr
    );
    folder.write("c.toml", cap("2"));
    let object = sandbox(&folder, &args).finish().expect(0).json();
    assert_eq!(
        (&object["previousRatio"], &object["newRatio"]),
        (&3.into(), &2.into())
    );
}

/// A row each ten minutes, over the night in which the clocks of New York go forward.
#[test]
fn backtest_keeps_to_hours_over_a_clock_change() {
    let folder = Folder::new();
    let mut text = String::from("timestamp,availableAgents,answerRate\n");
    let start: Timestamp = "2026-03-07T00:00:00Z".parse().unwrap();
    for n in 0..6 * 24 * 3 {
        let at = start + SignedDuration::from_mins(10 * n);
        let _ = writeln!(text, "{at},40,0.5");
    }
    folder.write("h.csv", &text);
    let args = [
        "backtest",
        "h.csv",
        "--time-zone",
        "America/New_York",
        "--calling-hours",
        "daily 09:00-20:00",
        "--output",
        "o.csv",
    ];
    let run = folder.dialpace(&args).finish().expect(0);
    assert!(
        run.stdout
            .contains("Outside calling hours: 228 of 432 rows."),
        "{}",
        run.stdout
    );
    let dialed: Vec<String> = folder
        .read("o.csv")
        .lines()
        .skip(1)
        .filter(|line| !line.contains("outside-hours"))
        .map(|line| line[..16].to_owned())
        .collect();
    // Nine in the morning is 14:00 in UTC until the change, and 13:00 from then on.
    assert_eq!(
        dialed
            .iter()
            .find(|at| at.as_str() > "2026-03-07T10")
            .unwrap(),
        "2026-03-07T14:00"
    );
    assert_eq!(
        dialed
            .iter()
            .find(|at| at.as_str() > "2026-03-08T10")
            .unwrap(),
        "2026-03-08T13:00"
    );
    assert_eq!(
        dialed
            .iter()
            .filter(|at| at.starts_with("2026-03-08T"))
            .count(),
        66 + 6
    );
    for line in folder
        .read("o.csv")
        .lines()
        .filter(|line| line.contains("outside-hours"))
    {
        assert!(line.contains(",0,-0.25,") || line.contains(",0,"), "{line}");
    }
}

#[test]
fn a_simulation_keeps_to_hours_from_its_start_and_its_trace_replays() {
    let folder = Folder::new();
    folder.write(
        "s.toml",
        "start = \"2026-03-02T07:00\"\nhours = 4.0\nwarm_up_secs = 0.0\n",
    );
    let hours = [
        "--time-zone",
        "Europe/London",
        "--calling-hours",
        "mon 08:00-10:00",
        "--quiet",
    ];
    let simulate = |args: &[&str]| {
        folder
            .dialpace(&[&["simulate", "--replications", "1"], &hours[..], args].concat())
            .finish()
    };
    let run = simulate(&["s.toml", "--policy", "capacity", "--trace", "t.csv"]);
    run.expect(0);
    for line in folder.read("t.csv").lines().skip(1) {
        let rate: u32 = line.split(',').nth(6).unwrap().parse().unwrap();
        let is_open = ("2026-03-02T08:00:00".."2026-03-02T09:59:30").contains(&&line[..19]);
        assert_eq!(rate > 0, is_open, "{line}");
    }
    let replay = [&["backtest", "t.csv", "--format", "json"], &hours[..]].concat();
    let replay = folder.dialpace(&replay).finish().expect(0).json();
    assert_eq!(
        replay["results"][0]["history"]["equalShare"], 1.0,
        "{replay}"
    );
    // 240 intervals and a decision before each end.
    assert_eq!(replay["results"][0]["outsideHours"], 241, "{replay}");

    let swept = simulate(&[
        "s.toml",
        "--policy",
        "capacity,ratio",
        "--window",
        "3,6",
        "--format",
        "json",
    ])
    .expect(0)
    .json();
    assert_eq!(swept["results"].as_array().unwrap().len(), 4);
    let error = simulate(&["--policy", "capacity"]).expect(2);
    assert!(
        error
            .error()
            .contains("the simulated time, 8 h from 2026-01-05T00:00")
            || error.code == 2
    );
    let error = simulate(&["s.toml", "--policy", "capacity,progressive"]).expect(2);
    assert!(
        error.error().contains("progressive is a reference dialer"),
        "{}",
        error.stderr
    );
}
