//! `fit` through the built binary: known worlds come back from their traces, and what cannot be told
//! is said. scripts/fit-check does the same for many seeds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::fmt::Write as _;
use std::time::Duration;

use common::{Finished, Folder, Run};
use dialpace::config::scenario_file::{self, ScenarioFile};
use dialpace::sim::Scenario;

const WEEK: &str = r#"by_clock = [
  { days = "mon-fri", at = "09:00", count = 40 },
  { days = "mon-fri", at = "12:00", count = 28 },
  { days = "mon-fri", at = "13:00", count = 40 },
  { days = "mon-fri", at = "17:00", count = 0 },
]"#;

/// Simulates the world and writes its trace.
fn trace(folder: &Folder, world: &str, policy: &str, seed: u32) {
    folder.write("world.toml", world);
    let seed = seed.to_string();
    let args = [
        "simulate",
        "world.toml",
        "--policy",
        policy,
        "--sla-threshold",
        "0.3",
        "--replications",
        "1",
        "--seed",
        &seed,
        "--quiet",
        "--trace",
        "trace.csv",
    ];
    folder.dialpace(&args).finish().expect(0);
}

fn fit(folder: &Folder, more: &[&str]) -> Finished {
    let args = [&["fit", "trace.csv", "--output", "fitted.toml"], more].concat();
    folder.dialpace(&args).finish()
}

fn fitted(folder: &Folder) -> Scenario {
    let path = folder.path("fitted.toml");
    let ScenarioFile { scenario, .. } = scenario_file::read_checked(&path, Duration::ZERO).unwrap();
    scenario
}

/// The interval of a line of the summary.
fn interval(summary: &str, name: &str) -> (f64, f64) {
    let mut lines = summary.lines();
    let line = lines.find(|line| line.starts_with(name)).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let to = words.iter().position(|word| *word == "to").unwrap();
    (
        words[to - 1].parse().unwrap(),
        words[to + 1].parse().unwrap(),
    )
}

#[track_caller]
fn holds(summary: &str, name: &str, truth: f64) {
    let (low, high) = interval(summary, name);
    assert!(
        (low..=high).contains(&truth),
        "{name}: {truth} is not within {low} to {high}"
    );
}

/// Agents by time of day, as text.
fn agents(scenario: &Scenario) -> String {
    let mut text = String::new();
    for shift in &scenario.agents.by_clock {
        let _ = write!(text, "{} {} {}; ", shift.days, shift.at, shift.count);
    }
    text
}

#[test]
fn a_week_without_drift_comes_back_and_has_none() {
    let folder = Folder::new();
    trace(
        &folder,
        &format!("hours = 120\n[agents]\n{WEEK}\n"),
        "predictive",
        7,
    );
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "answer rate ", 0.3);
    holds(&summary, "handle time, s ", 210.0);
    // The mean of 12 s for three in ten and 22 s for the others.
    holds(&summary, "time of an attempt, s ", 19.0);
    assert!(summary.contains("none beyond chance"), "{summary}");
    assert!(
        summary.contains("The simulation looks like the history"),
        "{summary}"
    );
    let scenario = fitted(&folder);
    assert_eq!(
        scenario.answer_rate.drift_deviation.to_bits(),
        0.0_f64.to_bits()
    );
    assert!(scenario.answer_rate.by_clock.is_empty(), "{scenario:?}");
    assert_eq!(
        agents(&scenario),
        "mon-fri 00:00 0; mon-fri 09:00 40; mon-fri 12:00 28; mon-fri 13:00 40; mon-fri 17:00 0; "
    );
    assert_eq!(
        (scenario.start.to_string().as_str(), scenario.hours),
        ("2026-01-09T09:00", 8.0)
    );
}

#[test]
fn a_drift_and_levels_by_hour_come_back() {
    let folder = Folder::new();
    let world = format!(
        "hours = 288\n[agents]\n{WEEK}\n[answer_rate]\ndrift_deviation = 0.04\nby_clock = [{{ at = \"00:00\", factor = 1 }}, {{ at = \"13:00\", factor = 0.6 }}]\n"
    );
    trace(&folder, &world, "compensated", 3);
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "  its drift, standard deviation", 0.04);
    holds(&summary, "  its drift, relaxation time, s", 1_800.0);
    let rate = fitted(&folder).answer_rate;
    assert!(rate.by_clock.len() > 1, "{rate:?}");
    for step in &rate.by_clock {
        let truth = if step.at.secs < 13 * 3_600 { 0.3 } else { 0.18 };
        let found = rate.base * step.factor;
        assert!((found - truth).abs() < 0.035, "{} {found}", step.at);
    }
}

#[test]
fn a_lasting_step_and_an_exceptional_day_are_no_drift() {
    // Seconds from Monday, 00:00, on which the rate steps, the hours, and the level that the scenario has.
    let cases = [
        ("steps = [{ at_secs = 216000, factor = 0.7333 }]", 120, 0.22),
        (
            "steps = [{ at_secs = 172800, factor = 0.7 }, { at_secs = 259200, factor = 1 }]",
            288,
            0.3,
        ),
    ];
    for (steps, hours, level) in cases {
        let folder = Folder::new();
        let world = format!("hours = {hours}\n[agents]\n{WEEK}\n[answer_rate]\n{steps}\n");
        trace(&folder, &world, "predictive", 302);
        let summary = fit(&folder, &[]).expect(0).stdout;
        assert!(summary.contains("none beyond chance"), "{summary}");
        assert!(summary.contains("The answer rate fell from "), "{summary}");
        assert!(summary.contains("A typical day"), "{summary}");
        assert!(
            summary.contains("The simulation looks like the history:"),
            "{summary}"
        );
        holds(&summary, "answer rate ", level);
        let rate = fitted(&folder).answer_rate;
        assert!(
            rate.steps.is_empty() && rate.drift_deviation < 1e-9,
            "{rate:?}"
        );
        assert!(
            folder
                .read("fitted.toml")
                .contains("# The answer rate fell from ")
        );
    }
}

#[test]
fn one_day_shows_a_bound_of_the_drift_only() {
    let folder = Folder::new();
    trace(
        &folder,
        "hours = 8\n[answer_rate]\ndrift_deviation = 0.04\n",
        "capacity",
        5,
    );
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "answer rate ", 0.3);
    let bound = summary.split("deviation up to ").nth(1).unwrap();
    let bound: f64 = bound.split(' ').next().unwrap().parse().unwrap();
    assert!(bound >= 0.04, "{bound}");
    let scenario = fitted(&folder);
    assert!(scenario.answer_rate.drift_deviation < 1e-9);
    assert!(summary.contains("The days as they were"), "{summary}");
}

#[test]
fn without_logged_in_agents_there_is_a_range_and_it_says_so() {
    let folder = Folder::new();
    trace(
        &folder,
        &format!("hours = 120\n[agents]\n{WEEK}\n"),
        "capacity",
        2,
    );
    without_columns(&folder, 1);
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "handle time, s ", 210.0);
    holds(&summary, "agents at most", 40.0);
    assert!(
        summary.contains("The handle time is a range only"),
        "{summary}"
    );
    assert!(summary.contains("The agents are an estimate"), "{summary}");
}

#[test]
fn breaks_are_breaks_and_busy_lines_are_seen_in_the_time_of_attempts() {
    let folder = Folder::new();
    let world = format!(
        "hours = 120\n[calls]\nno_answer_share = 0.4\nbusy_share = 0.6\n[agents]\nbreaks_per_hour = 0.6\n{WEEK}\n"
    );
    trace(&folder, &world, "predictive", 4);
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "breaks of an agent per hour", 0.6);
    holds(&summary, "length of a break, s", 900.0);
    holds(&summary, "agents at most", 40.0);
    // 0.3 × 12 s + 0.7 × (0.4 × 22 s + 0.6 × 4 s)
    holds(&summary, "time of an attempt, s ", 11.44);
}

/// Leaves out the last columns of the trace.
fn without_columns(folder: &Folder, count: usize) {
    let text = folder.read("trace.csv");
    let lines = text.lines().map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        cells[..cells.len() - count].join(",")
    });
    folder.write("trace.csv", lines.collect::<Vec<String>>().join("\n"));
}

/// Leaves out the first rows of the trace.
fn without_rows(folder: &Folder, count: usize) {
    let text = folder.read("trace.csv");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.drain(1..=count);
    folder.write("trace.csv", lines.join("\n"));
}

#[test]
fn beginnings_of_shifts_tell_the_handle_time() {
    let folder = Folder::new();
    let world = format!(
        "hours = 120\n[agents]\n{WEEK}\n[answer_rate]\nbase = 0.1\n[calls]\ntalk = {{ kind = \"fixed\", mean_secs = 300 }}\n"
    );
    trace(&folder, &world, "capacity", 3);
    // Neither dial rates, abandoned calls nor logged-in agents.
    without_columns(&folder, 3);
    let run = fit(&folder, &[]).expect(0);
    holds(&run.stdout, "handle time, s ", 330.0);
    holds(&run.stdout, "agents at most", 40.0);
    assert!(
        run.stdout.contains("first hour of shifts"),
        "{}",
        run.stdout
    );
    let note = "note: scenario written to fitted.toml: dialpace simulate fitted.toml --policy ";
    assert!(run.stderr.contains(note), "{}", run.stderr);
}

#[test]
fn shifts_that_begin_in_groups_tell_the_handle_time() {
    let quarters = r#"by_clock = [
  { days = "mon-fri", at = "08:00", count = 10 },
  { days = "mon-fri", at = "08:15", count = 20 },
  { days = "mon-fri", at = "08:30", count = 30 },
  { days = "mon-fri", at = "08:45", count = 40 },
  { days = "mon-fri", at = "17:00", count = 0 },
]"#;
    // Without logged-in agents; then also without abandoned calls and what was dialed. Groups of five
    // have more calls than they can take at the lowest dial rate.
    let groups = [
        (60, "ratio", quarters.to_owned(), 1),
        (300, "ratio", quarters.to_owned(), 1),
        (60, "capacity", quarters.replace("10 }", "5 }"), 3),
    ];
    for (interval, policy, agents, columns) in groups {
        let folder = Folder::new();
        let world = format!("hours = 120\ninterval_secs = {interval}\n[agents]\n{agents}\n");
        trace(&folder, &world, policy, 300);
        without_columns(&folder, columns);
        let summary = fit(&folder, &[]).expect(0).stdout;
        assert!(summary.contains("shifts, which began"), "{summary}");
        holds(&summary, "handle time, s ", 210.0);
        holds(&summary, "agents at most", 40.0);
    }
}

#[test]
fn calls_that_are_abandoned_unseen_are_taken_out_of_the_handle_time() {
    let folder = Folder::new();
    let world = format!(
        "hours = 120\n[agents]\n{}\n",
        WEEK.replace("40", "8").replace("28", "8")
    );
    trace(&folder, &world, "capacity", 3);
    let text = folder.read("trace.csv");
    let name = "totalCallsAbandoned";
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let place = header.iter().position(|cell| *cell == name).unwrap();
    let lines = text.lines().map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells.remove(place);
        cells.join(",")
    });
    folder.write("trace.csv", lines.collect::<Vec<String>>().join("\n"));
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "handle time, s ", 210.0);
    assert!(summary.contains("A simulation of it abandons"), "{summary}");
}

#[test]
fn a_history_of_dial_ratios_is_simulated_at_them() {
    let folder = Folder::new();
    let world = format!(
        "hours = 120\n[calls]\nno_answer_share = 0.6\nbusy_share = 0.4\n[agents]\n{}\n",
        WEEK.replace("40", "15").replace("28", "15")
    );
    trace(&folder, &world, "ratio", 3);
    let summary = fit(&folder, &[]).expect(0).stdout;
    let unlike = summary.contains("does not look like the history");
    let words = "Simulated are the history's own dial ratios.";
    assert!(!unlike && summary.contains(words), "{summary}");
    // 0.3 × 12 s + 0.7 × (0.6 × 22 s + 0.4 × 4 s)
    holds(&summary, "time of an attempt, s ", 13.96);
}

#[test]
fn a_pacer_that_counts_ringing_calls_is_followed() {
    let folder = Folder::new();
    let world = format!(
        "hours = 120\n[agents]\n{}\n",
        WEEK.replace("40", "15").replace("28", "15")
    );
    trace(&folder, &world, "predictive", 3);
    // With dial rates, and with those that the attempts come from.
    for _ in 0..2 {
        let summary = fit(&folder, &[]).expect(0).stdout;
        let words = "The simulation looks like the history:";
        assert!(summary.contains(words), "{summary}");
        let text = folder.read("trace.csv");
        let renamed = text.replacen("dialRate", "other", 1);
        folder.write("trace.csv", renamed);
    }
}

#[test]
fn a_shift_ends_when_most_have_left() {
    for (interval, columns) in [(300, 0), (900, 0), (900, 1)] {
        let folder = Folder::new();
        let world = format!("hours = 168\ninterval_secs = {interval}\n[agents]\n{WEEK}\n");
        trace(&folder, &world, "capacity", 2);
        without_columns(&folder, columns);
        let summary = fit(&folder, &[]).expect(0).stdout;
        let hours = "Calls were dialed mon-fri 09:00-17:00: ";
        assert!(summary.contains(hours), "{interval} {columns} {summary}");
    }
}

#[test]
fn abandoned_calls_take_no_handle_time() {
    let folder = Folder::new();
    // Four agents for many more calls than they can take.
    let world = format!(
        "hours = 120\n[answer_rate]\nbase = 0.25\n[agents]\n{}\n",
        WEEK.replace("40", "4").replace("28", "4")
    );
    trace(&folder, &world, "capacity", 3);
    let summary = fit(&folder, &[]).expect(0).stdout;
    holds(&summary, "handle time, s ", 210.0);
}

#[test]
fn polls_far_apart_show_the_agents_and_that_none_are_abandoned() {
    let world =
        |interval: u32| format!("hours = 288\ninterval_secs = {interval}\n[agents]\n{WEEK}\n");
    for interval in [900, 1_800] {
        let folder = Folder::new();
        trace(&folder, &world(interval), "capacity", 2);
        let summary = fit(&folder, &[]).expect(0).stdout;
        assert!(!summary.contains("the export has none"), "{summary}");
        holds(&summary, "agents at most", 40.0);
        let scenario = fitted(&folder);
        assert_eq!(scenario.start.to_string(), "2026-01-16T09:00");
        // Half an hour is too long to see when the last calls of a shift end.
        if interval == 900 {
            assert_eq!(
                agents(&scenario),
                "mon-fri 00:00 0; mon-fri 09:00 40; mon-fri 12:00 28; mon-fri 13:00 40; mon-fri 17:00 0; "
            );
        }
    }
}

#[test]
fn polls_far_apart_hardly_tell_the_handle_time_and_it_says_so() {
    let breaks = "breaks_per_hour = 0.4\n";
    let quarters = r#"by_clock = [
  { days = "mon-fri", at = "08:00", count = 10 },
  { days = "mon-fri", at = "08:15", count = 20 },
  { days = "mon-fri", at = "08:30", count = 30 },
  { days = "mon-fri", at = "08:45", count = 40 },
  { days = "mon-fri", at = "17:00", count = 0 },
]"#;
    for (agents, words) in [
        (format!("{breaks}{WEEK}"), "of shifts, which began"),
        (quarters.to_owned(), "The handle time is hardly known"),
    ] {
        let folder = Folder::new();
        let world = format!("hours = 312\ninterval_secs = 900\n[agents]\n{agents}\n");
        trace(&folder, &world, "capacity", 300);
        without_columns(&folder, 3);
        let summary = fit(&folder, &[]).expect(0).stdout;
        assert!(summary.contains(words), "{summary}");
        holds(&summary, "handle time, s ", 210.0);
    }
}

#[test]
fn a_typical_day_is_one_that_most_days_are_like() {
    // A row at 00:00 ends the day before, and a short Saturday is not like other days.
    let cases = [
        (
            "hours = 120\n[agents]\nroster = [{ from_secs = 0, count = 12 }]\n".to_owned(),
            "2026-01-09T00:00",
        ),
        (
            format!(
                "hours = 144\n[agents]\n{}{}\n",
                WEEK.trim_end().trim_end_matches(']'),
                "{ days = \"sat\", at = \"10:00\", count = 20 }, { days = \"sat\", at = \"12:00\", count = 0 }]"
            ),
            "2026-01-09T09:00",
        ),
    ];
    for (world, start) in cases {
        let folder = Folder::new();
        trace(&folder, &world, "capacity", 1);
        without_columns(&folder, 1);
        fit(&folder, &[]).expect(0);
        assert_eq!(fitted(&folder).start.to_string(), start);
    }
}

#[test]
fn a_range_that_is_no_interval_is_not_called_one() {
    let folder = Folder::new();
    trace(&folder, "hours = 120\n", "predictive", 2);
    // Neither dial rates, abandoned calls nor logged-in agents, and no shift that is seen to begin.
    without_columns(&folder, 3);
    without_rows(&folder, 200);
    let summary = fit(&folder, &[]).expect(0).stdout;
    let words = "a lower bound where people abandon";
    assert!(summary.contains(words), "{summary}");
    let text = folder.read("fitted.toml");
    let mut lines = text.lines();
    let handle = lines
        .find(|line| line.contains("wrap-up together"))
        .unwrap();
    assert!(
        handle.contains(words) && !handle.contains("(95 %)"),
        "{handle}"
    );
}

#[test]
fn attempts_of_the_scenario_take_as_long_as_is_said() {
    let folder = Folder::new();
    let world = r#"start = "2026-06-01T00:00"
hours = 120
[answer_rate]
base = 0.35
[calls]
no_answer_share = 0.5
busy_share = 0.5
[agents]
by_clock = [
  { days = "mon-sun", at = "00:00", count = 12 },
  { days = "mon-sun", at = "07:00", count = 25 },
  { days = "mon-sun", at = "22:00", count = 12 },
]
"#;
    trace(&folder, world, "compensated", 1);
    let summary = fit(&folder, &[]).expect(0).stdout;
    let scenario = fitted(&folder);
    let (rate, calls) = (scenario.answer_rate.base, &scenario.calls);
    let mean = rate * calls.time_to_answer.mean_secs() + (1.0 - rate) * calls.ring_out_secs;
    holds(&summary, "time of an attempt, s ", mean);
}

#[test]
fn counts_that_cannot_be_are_doubted() {
    let folder = Folder::new();
    trace(&folder, "hours = 8\n", "predictive", 1);
    let clean = folder.read("trace.csv");
    let header: Vec<&str> = clean.lines().next().unwrap().split(',').collect();
    let place = |name: &str| header.iter().position(|cell| *cell == name).unwrap();
    let with = |name: &str, of: &dyn Fn(&[&str]) -> String| {
        let lines = clean.lines().enumerate().map(|(number, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            let cell = of(&cells);
            if number > 0 {
                cells[place(name)] = &cell;
            }
            cells.join(",")
        });
        folder.write("trace.csv", lines.collect::<Vec<String>>().join("\n"));
        fit(&folder, &[])
    };
    let count = |cells: &[&str], name: &str| cells[place(name)].parse::<u32>().unwrap_or(0);
    let refused = with("totalCallsAbandoned", &|cells| {
        (count(cells, "totalCallsAnswered") + 1).to_string()
    });
    let error = "more calls were abandoned (totalCallsAbandoned) than answered";
    let refused = refused.expect(2);
    assert!(refused.error().contains(error), "{}", refused.stderr);
    let below = with("loggedInAgents", &|cells| {
        count(cells, "availableAgents")
            .saturating_sub(1)
            .to_string()
    });
    let line = "in most rows fewer agents are logged in (loggedInAgents) than available";
    assert!(
        below.stdout.contains(line),
        "{}{}",
        below.stdout,
        below.stderr
    );
    let constant = with("availableAgents", &|_| "7".to_owned())
        .expect(0)
        .stdout;
    let line = "availableAgents is the same in every row";
    assert!(constant.contains(line), "{constant}");
    folder.write("trace.csv", &clean);
    let summary = fit(&folder, &[]).expect(0).stdout;
    assert!(!summary.contains("Do not rely on the handle"), "{summary}");
}

/// What fit is for: the fitted world answers as the true one does.
#[test]
fn policies_are_ranked_as_in_the_true_world() {
    let folder = Folder::new();
    let world = format!("hours = 120\n[agents]\n{WEEK}\n[answer_rate]\nbase = 0.22\n");
    trace(&folder, &world, "compensated", 6);
    fit(&folder, &["--quiet"]).expect(0);
    let connects = |scenario: &str| {
        let args = [
            "simulate",
            scenario,
            "--policy",
            "capacity,predictive,ratio",
            "--replications",
            "3",
            "--quiet",
            "--format",
            "json",
        ];
        let document = folder.dialpace(&args).finish().expect(0).json();
        let results = document["results"].as_array().unwrap().clone();
        let connects = results
            .iter()
            .map(|result| result["connectsPerAgentHour"]["mean"].as_f64().unwrap());
        connects.collect::<Vec<f64>>()
    };
    let (true_world, fitted) = (connects("world.toml"), connects("fitted.toml"));
    for (a, b) in true_world.iter().zip(&fitted) {
        assert!((a - b).abs() < 0.06 * a, "{true_world:?} {fitted:?}");
    }
    let order = |values: &[f64]| {
        [
            values[0] < values[1],
            values[1] < values[2],
            values[0] < values[2],
        ]
    };
    assert_eq!(
        order(&true_world),
        order(&fitted),
        "{true_world:?} {fitted:?}"
    );
}

#[test]
fn hours_are_those_of_the_time_zone() {
    let folder = Folder::new();
    trace(
        &folder,
        &format!("hours = 120\n[agents]\n{WEEK}\n"),
        "capacity",
        1,
    );
    let summary = fit(&folder, &["--time-zone", "America/New_York"]).expect(0);
    let hours = "Calls were dialed mon-fri 04:00-12:00: ";
    assert!(summary.stdout.contains(hours), "{}", summary.stdout);
    let agents = agents(&fitted(&folder));
    assert!(
        agents.contains("04:00 40; ") && agents.contains("07:00 28; "),
        "{agents}"
    );
    let refused = fit(&folder, &["--time-zone", "Mars"]).expect(2);
    assert!(
        refused.error().contains("\"Mars\" is not a time zone"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_hours_in_which_calls_were_dialed_can_be_simulated() {
    let folder = Folder::new();
    folder.write("world.toml", "hours = 168\n");
    let hours = "mon-fri 09:00-12:30; mon-fri 14:00-18:15; sat 22:00-24:00; sun 00:00-01:00";
    let simulate = |file: &str, hours: &str, trace: &str| {
        let zone = [
            "--time-zone",
            "Europe/Paris",
            "--quiet",
            "--replications",
            "1",
        ];
        let args = ["simulate", file, "--calling-hours", hours, "--trace", trace];
        folder
            .dialpace(&[&args[..], &zone].concat())
            .finish()
            .expect(0)
    };
    simulate("world.toml", hours, "trace.csv");
    let summary = fit(&folder, &["--time-zone", "Europe/Paris"])
        .expect(0)
        .stdout;
    let option = format!("--calling-hours \"{hours}\" --time-zone Europe/Paris");
    assert!(summary.contains(&option), "{summary}");
    let scenario = std::fs::read_to_string(folder.path("fitted.toml")).unwrap();
    assert!(scenario.contains(&option), "{scenario}");
    simulate("fitted.toml", hours, "again.csv");
    // Without hours there is nothing to keep to.
    trace(&folder, "hours = 168\n", "capacity", 1);
    let summary = fit(&folder, &[]).expect(0).stdout;
    assert!(!summary.contains("--calling-hours"), "{summary}");
}

#[test]
fn the_same_file_gives_the_same_bytes_and_outputs_are_whole() {
    let folder = Folder::new();
    trace(&folder, "hours = 2\n", "capacity", 1);
    let one = fit(&folder, &["--report", "one.html", "--jobs", "1"])
        .expect(0)
        .stdout;
    let first = folder.read("fitted.toml");
    let two = fit(&folder, &["--report", "two.html", "--jobs", "3"])
        .expect(0)
        .stdout;
    assert_eq!((one, first.clone()), (two, folder.read("fitted.toml")));
    let page = folder.read("one.html");
    assert_eq!(page, folder.read("two.html"));
    assert!(page.contains("<svg") && page.ends_with("</html>\n"));
    // Without --output the scenario is printed.
    let printed = folder
        .dialpace(&["fit", "trace.csv"])
        .finish()
        .expect(0)
        .stdout;
    assert_eq!(printed, first);
    // A file that cannot be written is told, and the one there stays.
    let refused = fit(&folder, &["--output", "trace.csv"]).stderr;
    assert!(refused.contains("--output"), "{refused}");
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let folder = Folder::new();
    let row = |minute: u32, campaign: &str, cells: &str| {
        let (hour, minute) = (9 + minute / 60, minute % 60);
        format!("2026-03-02T{hour:02}:{minute:02}:00Z,{campaign},{cells}\n")
    };
    let file = |header: &str, rows: &dyn Fn(u32) -> String, count: u32| {
        let rows: String = (0..count).map(rows).collect();
        format!("timestamp,campaignId,{header}\n{rows}")
    };
    let calls = "totalCallsDialed,totalCallsAnswered,availableAgents";
    let cases = [
        (
            file(calls, &|n| row(n, "a", "0,0,5"), 60),
            "no call was dialed in it",
        ),
        (
            file(calls, &|n| row(n, "a", "9,0,5"), 60),
            "either nobody or everybody answered",
        ),
        (
            file(calls, &|n| row(n, "a", "9,9,5"), 60),
            "either nobody or everybody answered",
        ),
        (
            file(calls, &|n| row(n, "a", "9,3,5"), 1),
            "it is too short to fit a world",
        ),
        (
            file("answerRate,availableAgents", &|n| row(n, "a", "0.3,5"), 60),
            "expected the columns totalCallsDialed and totalCallsAnswered",
        ),
        (
            file(
                calls,
                &|n| row(n / 2, ["a", "b"][n as usize % 2], "9,3,5"),
                60,
            ),
            "it has 2 campaigns: a (30 rows), b (30 rows); choose one with --campaign ID",
        ),
    ];
    for (text, expected) in &cases {
        folder.write("trace.csv", text);
        let run = fit(&folder, &[]).expect(2);
        assert!(
            run.error().contains(expected) && run.error().contains("trace.csv"),
            "{}",
            run.stderr
        );
    }
    let run = fit(&folder, &["--campaign", "c"]).expect(2);
    let expected = "it has no campaign \"c\"; it has a (30 rows), b (30 rows)";
    assert!(run.error().contains(expected), "{}", run.stderr);
    assert!(!folder.path("fitted.toml").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_fit_says_so_and_writes_nothing() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let rows = std::fs::read("fixtures/metrics/export.csv").unwrap();
    let mut child = folder
        .dialpace(&["fit", "-", "--output", "fitted.toml"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // More than the pipe holds: once it is written, the signal is listened for. It comes while rows are
    // read or while worlds are simulated, which takes longer than the time that a run has to end.
    child.stdin.take().unwrap().write_all(&rows).unwrap();
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    let finished = common::finished(&child.wait_with_output().unwrap()).expect(130);
    assert!(
        finished.stderr.contains("interrupted"),
        "{}",
        finished.stderr
    );
    assert_eq!(finished.stdout, "");
    assert!(folder.files().is_empty(), "{:?}", folder.files());
}
