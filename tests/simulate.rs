//! `simulate` through the built binary: its formats, its determinism, and what it refuses.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use common::{Folder, Run};
use serde_json::Value;

const QUICK: [&str; 6] = ["--hours", "1", "--replications", "6", "--agents", "20"];

fn simulate(folder: &Folder, args: &[&str]) -> common::Finished {
    folder
        .dialpace(&[&["simulate"], args, &QUICK].concat())
        .finish()
}

#[test]
fn the_same_seed_gives_the_same_bytes_at_any_number_of_threads() {
    let folder = Folder::new();
    let args = [
        "--policy",
        "capacity,compensated",
        "--sla-threshold",
        "0.2,0.3",
        "--format",
        "json",
    ];
    let run = |more: &[&str]| {
        simulate(&folder, &[&args[..], more].concat())
            .expect(0)
            .stdout
    };
    let one = run(&["--jobs", "1"]);
    assert_eq!(run(&["--jobs", "3"]), one);
    assert_ne!(run(&["--seed", "2"]), one);
}

/// The figures of one seed, to the last bit: whatever the machine, the build or the toolchain.
#[test]
fn a_seed_gives_these_figures_everywhere() {
    let folder = Folder::new();
    let args = [
        "simulate",
        "--hours",
        "1",
        "--replications",
        "3",
        "--agents",
        "20",
        "--policy",
        "compensated",
        "--sla-threshold",
        "0.3",
        "--format",
        "csv",
    ];
    let text = folder.dialpace(&args).finish().expect(0).stdout;
    let row = text.lines().nth(1).unwrap();
    let wanted = "compensated,0.3,0.05,3,0.592943489843297,0.012059904482280982,0.001736111111111111,0.0074698832113705965,";
    assert!(row.starts_with(wanted), "{row}");
}

#[test]
fn json_has_the_documented_fields() {
    let folder = Folder::new();
    let document = simulate(&folder, &["--format", "json"]).expect(0).json();
    assert_eq!(
        (&document["seed"], &document["scenario"]["hours"]),
        (&1.into(), &1.0.into())
    );
    let result = &document["results"][0];
    assert_eq!(
        (&result["policy"], &result["replications"]),
        (&"capacity".into(), &6.into())
    );
    for field in [
        "occupancy",
        "abandonmentRate",
        "connectsPerAgentHour",
        "dialRate",
        "rateChangesPerHour",
        "patchesPerHour",
        "exportsPerHour",
        "outsideSlaBand",
        "worstHalfHourAbandonment",
        "answerRate",
    ] {
        assert!(
            result[field]["mean"].is_number() && result[field]["halfWidth"].is_number(),
            "{field}"
        );
    }
    assert!(result["aboveLimit"].is_number() && result["callsDialed"].as_f64().unwrap() > 0.0);
}

/// With three answers in ten the default threshold fits nobody: the table, the JSON and the report say
/// which does. One that fits is left alone.
#[test]
fn a_threshold_that_fits_is_named_where_the_one_that_is_set_does_not() {
    let folder = Folder::new();
    let report = folder.path("report.html");
    let report = ["--report", report.to_str().unwrap()];
    let run = |args: &[&str]| simulate(&folder, args).expect(0);
    let json = ["--format", "json"];
    let result = run(&json).json()["results"][0].clone();
    let rate = result["answerRate"]["mean"].as_f64().unwrap();
    assert!((rate - 0.3).abs() < 0.03, "{rate}");
    let fitting = (rate * 100.0).round() / 100.0;
    assert_eq!(result["fittingSlaThreshold"], fitting);
    let hint = &format!("For this data --sla-threshold {fitting} fits");
    let table = run(&report).stdout;
    assert!(table.contains(hint), "{table}");
    assert!(
        table.contains("outside the band of 0.75 ± 0.05 "),
        "{table}"
    );
    assert!(folder.read("report.html").contains(hint));

    let fits = ["--sla-threshold", "0.3"];
    let table = run(&[&fits[..], &report].concat()).stdout;
    assert!(!table.contains("For this data"), "{table}");
    assert!(!folder.read("report.html").contains("For this data"));
    let result = run(&[&fits[..], &json].concat()).json()["results"][0].clone();
    assert_eq!(result.get("fittingSlaThreshold"), None);
    // Policy ratio does not use the band.
    let skill = run(&["--policy", "ratio"]).stdout;
    assert!(!skill.contains("For this data"), "{skill}");
}

#[test]
fn another_policy_meets_the_same_people() {
    // With common random numbers, two settings that decide alike are alike to the last bit.
    let folder = Folder::new();
    let args = [
        "--sla-threshold",
        "0.3,0.9",
        "--policy",
        "capacity",
        "--format",
        "json",
    ];
    let document = simulate(&folder, &args).expect(0).json();
    let results = document["results"].as_array().unwrap();
    assert_eq!(results[0]["occupancy"], results[1]["occupancy"]);
    assert_ne!(results[0]["patchesPerHour"], results[1]["patchesPerHour"]);
    // The fewest PATCHes break the tie.
    let choice = document["recommendation"]["choice"].as_str().unwrap();
    assert!(choice.contains("threshold 0.3"), "{choice}");
}

#[test]
fn a_range_includes_its_end_and_is_written_as_people_write_it() {
    let folder = Folder::new();
    let args = [
        "--sla-threshold",
        "0.6:0.9:0.05",
        "--tolerance-margin",
        "0.05,0.1",
        "--format",
        "csv",
    ];
    let text = simulate(&folder, &args).expect(0).stdout;
    let points: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .skip(1)
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(points.len(), 14);
    assert_eq!(
        (points[0].as_str(), points[3].as_str(), points[13].as_str()),
        ("0.6 0.05", "0.65 0.1", "0.9 0.1")
    );
}

#[test]
fn shards_put_together_are_what_one_run_gives() {
    let folder = Folder::new();
    let args = [
        "--policy",
        "capacity,compensated",
        "--sla-threshold",
        "0.2:0.4:0.1",
    ];
    for format in ["json", "csv", "table"] {
        let whole = simulate(&folder, &[&args[..], &["--format", format]].concat())
            .expect(0)
            .stdout;
        for share in 1..=3 {
            let shard = format!("{share}/3");
            let part = simulate(&folder, &[&args[..], &["--shard", &shard]].concat())
                .expect(0)
                .stdout;
            folder.write(&format!("part{share}.json"), part);
        }
        let merge = [
            "simulate",
            "--format",
            format,
            "--merge",
            "part3.json",
            "part1.json",
            "part2.json",
        ];
        assert_eq!(folder.dialpace(&merge).finish().expect(0).stdout, whole);
    }
    let run = folder
        .dialpace(&["simulate", "--merge", "part1.json"])
        .finish()
        .expect(2);
    assert!(run.error().contains("a shard is missing"), "{}", run.stderr);
}

#[test]
fn a_printed_scenario_is_the_same_scenario() {
    let folder = Folder::new();
    let printed = folder
        .dialpace(&["simulate", "--print-scenario"])
        .finish()
        .expect(0)
        .stdout;
    folder.write("printed.toml", &printed);
    let run = |args: &[&str]| {
        simulate(&folder, &[args, &["--format", "json"]].concat())
            .expect(0)
            .stdout
    };
    assert_eq!(run(&["printed.toml"]), run(&[]));
    let again = folder
        .dialpace(&["simulate", "printed.toml", "--print-scenario"])
        .finish()
        .expect(0)
        .stdout;
    assert_eq!(again, printed);
}

#[test]
fn a_trace_has_one_row_per_interval_in_backtests_columns() {
    let folder = Folder::new();
    simulate(&folder, &["--trace", "trace.csv"]).expect(0);
    let text = folder.read("trace.csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap(),
        "timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,dialRate,totalCallsAbandoned,loggedInAgents"
    );
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 120, "an hour of 30 s");
    assert!(
        rows[0].starts_with("2026-01-05T00:00:30.000Z,default,0,0,,20,17,0,20"),
        "{}",
        rows[0]
    );
}

/// Friday evening to Monday morning: the weekend has nobody, and Monday has its own entries.
#[test]
fn agents_answers_and_talk_follow_the_clock_from_the_start() {
    let folder = Folder::new();
    let by_clock = r#"
start = "2026-03-06T16:30"
hours = 66
[agents]
by_clock = [
  { days = "mon-fri", at = "09:00", count = 20 },
  { days = "mon-fri", at = "17:00", count = 0 },
  { days = "mon", at = "10:00", count = 10 },
]
[answer_rate]
by_clock = [{ days = "mon", at = "08:00", factor = 0.5 }, { days = "fri", at = "00:00", factor = 1.5 }]
[calls]
talk_by_clock = [{ at = "09:30", factor = 2 }, { at = "16:45", factor = 1 }]
"#;
    let by_time = r#"
start = "2026-03-06T16:30"
hours = 66
[agents]
roster = [
  { from_secs = 0, count = 20 },
  { from_secs = 1800, count = 0 },
  { from_secs = 232200, count = 20 },
  { from_secs = 235800, count = 10 },
]
[answer_rate]
steps = [{ at_secs = 0, factor = 1.5 }, { at_secs = 228600, factor = 0.5 }]
[calls]
talk_steps = [
  { at_secs = 0, factor = 2 }, { at_secs = 900, factor = 1 }, { at_secs = 61200, factor = 2 },
  { at_secs = 87300, factor = 1 }, { at_secs = 147600, factor = 2 }, { at_secs = 173700, factor = 1 },
  { at_secs = 234000, factor = 2 },
]
"#;
    let run = |text: &str| {
        folder.write("s.toml", text);
        let args = [
            "simulate",
            "s.toml",
            "--replications",
            "1",
            "--quiet",
            "--trace",
            "trace.csv",
        ];
        folder.dialpace(&args).finish().expect(0);
        folder.read("trace.csv")
    };
    let trace = run(by_clock);
    assert_eq!(trace, run(by_time));
    let staffed = |at: &str| {
        let row = trace.lines().find(|row| row.starts_with(at)).unwrap();
        row.rsplit(',').next().unwrap().to_owned()
    };
    assert_eq!(staffed("2026-03-06T16:59:30.000Z"), "20");
    assert_eq!(staffed("2026-03-07T12:00:00.000Z"), "0");
    assert_eq!(staffed("2026-03-09T09:00:30.000Z"), "20");
    assert_eq!(staffed("2026-03-09T10:29:30.000Z"), "10");
}

#[test]
fn clock_times_that_cannot_be_simulated_name_file_and_key() {
    let folder = Folder::new();
    for (text, expected) in [
        (
            "start = \"9 am\"",
            "\"9 am\" is no local date and time such as 2026-03-02T09:00",
        ),
        (
            "[agents]\nby_clock = [{ at = \"24:00\", count = 1 }]",
            "\"24:00\" is no time of day such as 09:30",
        ),
        (
            "[agents]\nby_clock = [{ days = \"workdays\", at = \"09:00\", count = 1 }]",
            "\"workdays\" are no days such as mon-fri or mon,wed",
        ),
        (
            "[agents]\nby_clock = [{ at = \"09:00\", count = 1 }]\nroster = [{ from_secs = 0, count = 2 }]",
            "agents.by_clock: roster is given too; give one of them",
        ),
        (
            "[agents]\nby_clock = [{ at = \"09:00\", count = 1000000000 }]",
            "agents.by_clock[0].count: 1000000000 agents are more than",
        ),
        (
            "[answer_rate]\nby_clock = [{ at = \"09:00\", factor = -1 }]",
            "answer_rate.by_clock[0].factor: -1 is not within",
        ),
        (
            "[calls]\ntalk_by_clock = [{ at = \"09:00\", factor = 1 }]\ntalk_steps = [{ at_secs = 0, factor = 1 }]",
            "calls.talk_by_clock: talk_steps is given too",
        ),
    ] {
        folder.write("s.toml", text);
        let run = folder.dialpace(&["simulate", "s.toml"]).finish().expect(2);
        let error = run.error();
        assert!(
            error.contains(expected) && error.contains("s.toml:"),
            "{error}"
        );
    }
}

#[test]
fn a_scenario_that_cannot_be_simulated_names_file_and_key() {
    let cases = [
        (
            "[calls]\ntalk = { kind = \"exponential\", mean_secs = -1 }",
            "s.toml: calls.talk.mean_secs: -1 is not a duration",
        ),
        (
            "[calls]\ntalk = { kind = \"lognormal\", mean_secs = nan, cv = 1 }",
            "calls.talk.mean_secs: NaN is not a duration",
        ),
        (
            "[agents]\nroster = [{ from_secs = 60, count = 1 }, { from_secs = 0, count = 2 }]",
            "agents.roster[1]: from_secs is 0",
        ),
        (
            "[agents]\nroster = [{ from_secs = 0, count = 1000000000 }]",
            "agents.roster[0].count: 1000000000 agents are more than",
        ),
        ("[agents]\nroster = []", "agents.roster: it is empty"),
        (
            "[answer_rate]\nbase = 1.5",
            "answer_rate.base: 1.5 is not within 0 to 1",
        ),
        ("hours = 0", "hours: 0 is not within"),
        (
            "[calls]\nbusy_share = 0.5",
            "calls.no_answer_share: with busy_share, invalid_share and machine_share it adds up to 1.5, not to 1",
        ),
        (
            "[answer_rate]\nbaes = 0.3",
            "s.toml:2: unknown key \"baes\"; did you mean base?",
        ),
        (
            "[calls]\ntalk = { kind = \"weibull\" }",
            "s.toml:2: unknown variant `weibull`",
        ),
        (
            "hours = \"eight\"",
            "s.toml:1: invalid type: string \"eight\"",
        ),
    ];
    for (text, message) in cases {
        let folder = Folder::new();
        folder.write("s.toml", text);
        let run = folder.dialpace(&["simulate", "s.toml"]).finish().expect(2);
        assert!(
            run.error().contains(message),
            "{text}\nwanted: {message}\ngot: {}",
            run.stderr
        );
    }
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let folder = Folder::new();
    let cases: [(&[&str], &str); 7] = [
        (
            &["--sla-threshold", "0.9:0.6:0.05"],
            "\"0.9:0.6:0.05\" is empty",
        ),
        (
            &["--sla-threshold", "0.6:0.9"],
            "is no range; write from:to:step",
        ),
        (&["--policy", "capacity,magic"], "\"magic\" is none of"),
        (&["--policy", "fixed"], "needed and not set: --dial-rate"),
        (&["--shard", "4/3"], "\"4/3\" is not I/N"),
        (
            &["--abandonment-limit", "0"],
            "--abandonment-limit: 0 is not a share above 0",
        ),
        (&["nofile.toml"], "scenario nofile.toml cannot be read"),
    ];
    for (args, message) in cases {
        let run = simulate(&folder, args).expect(2);
        assert!(run.error().contains(message), "{args:?}\n{}", run.stderr);
    }
}

#[test]
fn an_outage_of_the_metrics_lowers_the_rate_and_never_raises_it() {
    let folder = Folder::new();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/scenarios/metrics-outage.toml"
    );
    let args = [
        "simulate",
        path,
        "--replications",
        "1",
        "--trace",
        "t.csv",
        "--format",
        "json",
    ];
    let _: Value = folder.dialpace(&args).finish().expect(0).json();
    let text = folder.read("t.csv");
    assert_eq!(
        text.lines().count(),
        961,
        "a header and a row for each interval"
    );
    // The polls of the outage have no metrics, and the rate of the row before or a lower one.
    let rate = |line: &str| line.split(',').nth(6).unwrap().parse::<u32>();
    let rows: Vec<&str> = text.lines().skip(1).collect();
    let mut failed = 0;
    for pair in rows.windows(2).filter(|pair| pair[1].contains(",,,,")) {
        assert!(rate(pair[1]).unwrap() <= rate(pair[0]).unwrap(), "{pair:?}");
        failed += 1;
    }
    assert!((40..100).contains(&failed), "{failed}");
    let in_outage = rows.iter().find(|row| row.contains("T04:10:00")).unwrap();
    assert!(in_outage.ends_with(",,,,,10,,"), "{in_outage}");
}

#[test]
fn the_report_is_one_page_that_needs_nothing_else() {
    let folder = Folder::new();
    let args = [
        "--policy",
        "capacity,compensated",
        "--sla-threshold",
        "0.2,0.3",
        "--tolerance-margin",
        "0.05,0.1",
        "--report",
        "r.html",
    ];
    simulate(&folder, &args).expect(0);
    let page = folder.read("r.html");
    // Four pictures over time, and all settings at a glance, with the choice once in each.
    assert_eq!(page.matches("<svg").count(), 5);
    assert_eq!(page.matches("class=\"line best\"").count(), 4);
    assert_eq!(page.matches("r=\"7\"").count(), 1);
    // One policy differs by its band, for the other a sentence is enough.
    assert_eq!(page.matches("class=\"heat\"").count(), 1);
    assert!(page.contains("changes nothing beyond chance with these policies, whose conversations per agent and hour are the same with each: capacity: 9.1."));
    assert_eq!(page.matches(" choice\">").count(), 1);
    for title in [
        "Agents busy",
        "% of the agents",
        "of 100 who answer",
        "conversations per agent and hour",
        "per minute",
        "the settings in force are not among those tried. Simulated: 6 runs (replications) of an hour with up to 20 agents, seed 1.",
        "0.8 more conversations an hour than with the baseline (9.9 instead of 9.1).",
        "Of 100 people who answer, 0.2 hear nobody (baseline: 0.2): 2.8 below the limit of 3.",
        "The same as options: <code>--policy compensated --sla-threshold 0.3 --tolerance-margin 0.05</code>",
    ] {
        assert!(page.contains(title), "{title}");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
}

/// Each platform gets a recommendation that it can carry out.
#[test]
fn a_recommendation_is_of_what_runs_live_and_says_how_close_it_is() {
    let folder = Folder::new();
    let world = ["--agents", "50", "--hours", "4", "--replications", "6"];
    let simulate = |folder: &Folder, args: &[&str]| {
        let args = [&["simulate"], args, &world].concat();
        folder.dialpace(&args).finish()
    };
    let policies = "capacity,predictive,predictive-without-feed,ratio,progressive,vicidial";
    let args = ["--policy", policies, "--format", "json"];
    let document = simulate(&folder, &args).expect(0).json();
    let runs_live: Vec<bool> = document["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["runsLive"].as_bool().unwrap())
        .collect();
    assert_eq!(runs_live, [true, false, true, true, false, false]);
    let of = |platform: &str| {
        let all = document["recommendations"].as_array().unwrap();
        let of_platform = all.iter().find(|r| r["platform"] == platform);
        of_platform.unwrap()["choice"].as_str().unwrap().to_owned()
    };
    assert!(of("campaign-api").starts_with("predictive-without-feed"));
    assert_eq!(of("skills"), "ratio");
    assert_eq!(document["recommendation"]["choice"], "ratio");

    let text = |args: &[&str]| simulate(&folder, args).expect(0).stdout;
    let asked = text(&["--policy", policies, "--platform", "campaign-api"]);
    assert!(!asked.contains("Recommended for skills"), "{asked}");
    let sentence = asked
        .lines()
        .find(|line| line.starts_with("Recommended for the campaign API: predictive-without-feed"));
    let sentence = sentence.unwrap_or_else(|| panic!("{asked}"));
    assert!(sentence.contains(" points below it; "), "{sentence}");
    assert!(
        sentence.contains(
            " % in the worst half hour of a shift, above the limit, which is on the whole time"
        ),
        "{sentence}"
    );
    for marked in [
        "progressive *",
        "predictive †",
        "* reference",
        "† told of staffed agents",
    ] {
        assert!(asked.contains(marked), "{marked}\n{asked}");
    }

    let none = text(&["--policy", "progressive,vicidial"]);
    assert!(
        none.contains("No recommendation: tick and watch run none of these"),
        "{none}"
    );
    let one = [
        "simulate",
        "--policy",
        "capacity,ratio",
        "--replications",
        "1",
        "--hours",
        "1",
    ];
    let one = folder.dialpace(&one).finish().expect(0).stdout;
    assert!(one.contains("1 run is too few to tell"), "{one}");
}

/// A scenario can name the dialer: then a policy of another unit is refused, and the hints are of those
/// that meet it.
#[test]
fn a_policy_meets_the_dialer_of_its_unit_or_is_refused() {
    let folder = Folder::new();
    folder.write("ratio.toml", "[dialer]\nkind = \"ratio\"\n");
    folder.write("rate.toml", "[dialer]\nkind = \"rate\"\n");
    let refused = |args: &[&str], message: &str| {
        let run = simulate(&folder, args).expect(2);
        assert!(run.error().contains(message), "{args:?}: {}", run.stderr);
    };
    let takes_a_ratio = "capacity sets calls per minute, and this dialer takes calls per agent";
    refused(&["ratio.toml"], takes_a_ratio);
    refused(&["ratio.toml", "--policy", "ratio,capacity"], takes_a_ratio);
    let takes_a_rate = "ratio sets calls per agent, and this dialer takes calls per minute";
    refused(&["rate.toml", "--policy", "ratio"], takes_a_rate);
    refused(
        &["ratio.toml", "--policy", "fixed", "--dial-rate", "9"],
        "--ratio or DIALPACE_RATIO",
    );
    let both = ["--policy", "fixed", "--dial-rate", "9", "--ratio", "2"];
    refused(&both, "--ratio: dial_rate is set, too");
    refused(
        &["--policy", "ratio", "--max-ratio", "0.5"],
        "--max-ratio: \"0.5\" is not a number",
    );
    refused(
        &["--policy", "ratio", "--min-ratio", "4"],
        "the minimum dial ratio, 4, is above the maximum, 3",
    );
    let runs = |args: &[&str]| {
        let run = simulate(&folder, args).expect(0);
        format!("{}{}", run.stdout, run.stderr)
    };
    let at_a_ratio = runs(&["ratio.toml", "--policy", "ratio,progressive,vicidial"]);
    assert!(!at_a_ratio.contains("predictive"), "{at_a_ratio}");
    let at_a_rate = runs(&["rate.toml"]);
    assert!(at_a_rate.contains("predictive-without-feed"), "{at_a_rate}");
    assert!(!at_a_rate.contains("; ratio "), "{at_a_rate}");
    let both = runs(&["--policy", "capacity,ratio"]);
    let of_itself = "Recommended for the campaign API: capacity";
    assert!(
        both.contains(of_itself) && !both.contains("Against capacity"),
        "{both}"
    );
}

/// Two replications cannot tell 2.8 % from 3 %.
#[test]
fn too_few_replications_to_tell_are_said() {
    let folder = Folder::new();
    let args = [
        "--policy",
        "ratio,progressive",
        "--agents",
        "8",
        "--hours",
        "8",
    ];
    let args = [&["simulate"], &args[..], &["--replications", "2"]].concat();
    let text = folder.dialpace(&args).finish().expect(0).stdout;
    let wanted = "No recommendation for skills: ratio keeps abandonment under 3 % on average, and 2 runs are too few to tell";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn the_recommendation_is_held_against_the_current_settings() {
    let folder = Folder::new();
    let baseline = |sla: Option<&str>| {
        let args = [
            "simulate",
            "--sla-threshold",
            "0.3,0.5,0.75",
            "--format",
            "json",
        ];
        let mut command = folder.dialpace(&[&args[..], &QUICK].concat());
        if let Some(sla) = sla {
            command.env("SLA_THRESHOLD", sla);
        }
        let document = command.finish().expect(0).json();
        document["recommendation"]["baseline"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        baseline(None),
        "capacity with threshold 0.75 ± 0.05",
        "the default"
    );
    assert_eq!(baseline(Some("0.5")), "capacity with threshold 0.5 ± 0.05");
    assert_eq!(
        baseline(Some("0.9")),
        "capacity with threshold 0.3 ± 0.05",
        "not in the grid: the first"
    );
}

#[test]
fn swept_settings_and_samples_are_those_of_runs_of_their_own() {
    let folder = Folder::new();
    let samples = folder.path("samples.csv");
    let base = [
        "simulate",
        "--hours",
        "1",
        "--agents",
        "10",
        "--replications",
        "3",
        "--format",
        "json",
    ];
    let run = |more: &[&str]| {
        let run = folder.dialpace(&[&base[..], more].concat()).finish();
        run.expect(0).json()
    };
    let name = samples.to_str().unwrap();
    let swept = run(&[
        "--policy",
        "capacity,progressive",
        "--utilisation",
        "0.6,0.85",
        "--samples",
        name,
    ]);
    // A reference dialer has no utilisation.
    let results = swept["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(swept["baseline"], 1, "the utilisation that stands");
    assert_eq!(swept["options"]["utilisation"], "0.6,0.85");
    let alone = run(&["--utilisation", "0.6"]);
    assert_eq!(results[0]["utilisation"], 0.6);
    assert_eq!(results[0]["occupancy"], alone["results"][0]["occupancy"]);
    let limits = run(&[
        "--policy",
        "predictive",
        "--abandonment-limit",
        "0.01,0.05,0.03",
    ]);
    assert_eq!(limits["results"].as_array().unwrap().len(), 3);
    assert_eq!(limits["abandonmentLimit"], 0.05, "of the recommendation");
    let text = folder.read("samples.csv");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 9);
    for (name, _) in dialpace::sim::Figures::NAMED {
        let place = header.iter().position(|field| *field == name).unwrap();
        let values: Vec<f64> = rows[3..6]
            .iter()
            .map(|row| row[place].parse().unwrap())
            .collect();
        let base: Vec<f64> = rows[..3]
            .iter()
            .map(|row| row[place].parse().unwrap())
            .collect();
        let over = base.iter().zip(&values).map(|(a, b)| a - b).sum::<f64>() / 3.0;
        let found = results[0]["overBaseline"][name]["mean"].as_f64().unwrap();
        assert!((found - over).abs() < 1e-9, "{name}: {found} {over}");
    }
}

/// A small team is busier front-loaded, for nearly twice the changes, and that is what is recommended;
/// a large one is not, and the recommendation is the one with fewer changes.
#[test]
fn front_loading_is_recommended_where_it_wins() {
    let folder = Folder::new();
    let world = "[calls]\ntalk = { kind = \"exponential\", mean_secs = 180 }\nwrap_up = { kind = \"fixed\", mean_secs = 0 }\n";
    folder.write("s.toml", world);
    let args = [
        "--policy",
        "predictive-without-feed,capacity",
        "--front-load",
        "off,on",
    ];
    let of = |agents: &'static str, max: &'static str| {
        let sizes = [
            "--agents",
            agents,
            "--max-dial-rate",
            max,
            "--platform",
            "campaign-api",
        ];
        let all = [
            &["simulate", "s.toml", "--format", "json"],
            &args[..],
            &sizes,
        ]
        .concat();
        folder.dialpace(&all).finish().expect(0).json()
    };
    let small = of("10", "200");
    let results = small["results"].as_array().unwrap();
    let policies: Vec<&str> = results
        .iter()
        .map(|r| r["policy"].as_str().unwrap())
        .collect();
    assert_eq!(
        policies,
        [
            "predictive-without-feed",
            "predictive-without-feed front-loaded",
            "capacity"
        ]
    );
    let patches = |n: usize| results[n]["patchesPerHour"]["mean"].as_f64().unwrap();
    assert!(
        patches(1) > patches(0) * 1.5,
        "{} {}",
        patches(0),
        patches(1)
    );
    let choice = |of: &Value| of["recommendation"]["choice"].as_str().unwrap().to_owned();
    assert!(
        choice(&small).contains("front-loaded"),
        "{}",
        choice(&small)
    );
    assert!(!choice(&of("100", "2000")).contains("front-loaded"));

    let table = simulate(&folder, &[&["s.toml"], &args[..]].concat()).expect(0);
    assert!(
        table
            .stdout
            .contains("front-loaded: --front-load on; in watch and simulate only"),
        "{}",
        table.stdout
    );
}

/// Exported history where a scenario belongs, and a scenario where history does.
#[test]
fn a_file_of_the_other_kind_is_told_with_the_command_for_it() {
    let folder = Folder::new();
    let history = "timestamp,availableAgents,answerRate\n2026-01-01T00:00:00Z,3,0.3\n";
    for (name, content) in [
        ("day.csv", history.as_bytes()),
        ("titled.csv", b"Report of the day\n\ntimestamp;agents\n"),
        ("day.ndjson", b"{\"timestamp\":1}\n"),
        ("day.json", b"[\n  {\"timestamp\":1}\n]\n"),
        ("day.xlsx", b"PK\x03\x04\x00"),
        ("day.csv.gz", b"\x1f\x8b\x08\x00"),
        ("day.html", b"<html><table>"),
        ("utf16.csv", b"\xff\xfet\x00"),
        ("large.csv", history.repeat(100_000).as_bytes()),
    ] {
        folder.write(name, content);
        for args in [&["simulate", name][..], &["tick", "--sandbox", name]] {
            let run = folder.dialpace(args).finish().expect(2);
            let toml = folder.path(name).with_extension("toml");
            let toml = toml.file_name().unwrap().to_str().unwrap();
            let expected = format!(
                "{name} is not a scenario but looks like exported history: make a scenario with `dialpace fit {name} --output {toml}`"
            );
            assert!(run.stderr.contains(&expected), "{}", run.stderr);
        }
    }
    for (name, content) in [("empty.toml", ""), ("blank.toml", " \n\n")] {
        folder.write(name, content);
        let run = folder.dialpace(&["simulate", name]).finish().expect(2);
        assert!(run.error().contains("it is empty"), "{}", run.stderr);
    }
    let printed = folder.dialpace(&["simulate", "--print-scenario"]).finish();
    folder.write("day.toml", &printed.expect(0).stdout);
    folder.write("campaign.toml", "site = \"na1.example.com\"\n");
    for (name, expected) in [
        (
            "day.toml",
            "is a scenario, not exported history: `dialpace simulate day.toml`",
        ),
        (
            "campaign.toml",
            "settings are given with --config campaign.toml",
        ),
    ] {
        for command in ["backtest", "fit"] {
            let run = folder.dialpace(&[command, name]).finish().expect(2);
            assert!(run.error().contains(expected), "{}", run.stderr);
        }
    }
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_what_to_write() {
    let folder = Folder::new();
    folder.write(
        "nobody.toml",
        "[agents]\nroster = [{ from_secs = 0, count = 0 }]\n",
    );
    for (args, expected) in [
        (&["--agents", "0"][..], "a whole number from 1 to 100000"),
        (&["--agents", "many"], "a whole number from 1 to 100000"),
        (&["nobody.toml"], "the roster needs at least 1"),
        (&["--answer-rate", "30"], "(a percentage? write 0.3)"),
        (&["--answer-rate", "31.2%"], "write 0.312"),
        (&["--answer-rate", "0,3"], "write 0.3"),
        (&["--sla-threshold", "0,75"], "write 0.75"),
        (&["--sla-threshold", "75 %"], "write 0.75"),
        (&["--abandonment-limit", "3%"], "write 0.03"),
        (&["--hours", "long"], "expected a number, such as 8"),
        (&["--seed", "x"], "expected a whole number of at least 0"),
    ] {
        let args = [&["simulate"], args].concat();
        let run = folder.dialpace(&args).finish().expect(2);
        assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
    }
    let quick = "simulate --hours 0.1 --replications 1 --report";
    let args: Vec<&str> = quick.split(' ').collect();
    let mut run = folder.dialpace(&[&args[..], &["no/r.html"]].concat());
    let run = run.finish().expect(1);
    assert_eq!(
        run.error(),
        "error: cannot write no/r.html: the folder no does not exist"
    );
    let mut run = folder.dialpace(&[&args[..], &["r.html"]].concat());
    let run = run.finish().expect(0);
    assert!(
        run.stderr
            .contains("note: report written to r.html: open it in a browser"),
        "{}",
        run.stderr
    );
    let run = folder.dialpace(&["simulate", "no.toml"]).finish().expect(2);
    assert!(!run.stderr.contains("os error"), "{}", run.stderr);
}
