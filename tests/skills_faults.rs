//! Faults on every call of a skill: each ends in one clear line and the documented exit code, none
//! raises the ratio, and the next tick goes on.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use std::thread;

use common::skills::{Call, KEY_SECRET, Skills};
use common::{Finished, Folder, Reply, Run as _, SECRET, TOKEN, holds_secret};
use serde_json::Value;

type Fault = fn() -> Reply;

/// Calls that a cycle makes before it decides.
const READS: [Call; 7] = [
    Call::Login,
    Call::Discovery,
    Call::Skill,
    Call::BusinessUnit,
    Call::Settings,
    Call::Activity,
    Call::Summary,
];

/// A fault, its name, and the exit codes of a cycle in which every try meets it.
const FAULTS: &[(&str, Fault, &[i32])] = &[
    ("500", || Reply::status(500), &[5]),
    (
        "503 with HTML",
        || Reply::Answer(503, Vec::new(), "<html>down</html>".to_owned()),
        &[5],
    ),
    ("429", || Reply::status(429), &[4]),
    (
        "429 for an hour",
        || Reply::Answer(429, vec![("Retry-After", "3600".to_owned())], String::new()),
        &[4],
    ),
    ("broken", || Reply::Drop, &[1]),
    ("broken after", || Reply::ContractThenDrop, &[1]),
    ("garbage", || Reply::body("\u{0}\u{1}{{{"), &[5]),
    ("no HTTP", || Reply::Raw(b"SSH-2.0-x\r\n".to_vec()), &[1, 5]),
    ("a number", || Reply::body("17"), &[5, 0]),
    (
        "text",
        || {
            Reply::Answer(
                200,
                vec![("Content-Type", "text/html".to_owned())],
                "No known way to render data".to_owned(),
            )
        },
        &[5],
    ),
    ("403", || Reply::status(403), &[3]),
    ("404", || Reply::status(404), &[1, 2, 5]),
    ("endless", || Reply::Endless, &[1, 4, 5]),
];

fn tick(folder: &Folder, skills: &Skills, args: &[&str]) -> Finished {
    let args = [&["--json"], args].concat();
    folder.skills(skills, "tick", &args).finish()
}

#[test]
fn every_fault_on_every_read_is_one_line_and_raises_nothing() {
    let jobs: Vec<_> = READS
        .iter()
        .flat_map(|call| FAULTS.iter().map(move |fault| (*call, fault)))
        .collect();
    thread::scope(|scope| {
        for part in jobs.chunks(jobs.len().div_ceil(4)) {
            scope.spawn(move || {
                for (call, fault) in part {
                    one_fault(*call, fault);
                }
            });
        }
    });
}

fn one_fault(call: Call, (name, fault, codes): &(&str, Fault, &[i32])) {
    let fault = *fault;
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.fault(call, move |_| fault());
    let args = [
        "--policy",
        "fixed",
        "--ratio",
        "3",
        "--max-ratio",
        "3",
        "--deadline",
        "5s",
    ];
    let run = tick(&folder, &skills, &args);
    let what = format!(
        "{name} on {call:?}: exit {}\n{}\n{}",
        run.code, run.stdout, run.stderr
    );
    // Without an id_token in sight, or where a login is refused, other codes say what it is.
    let is_login = matches!(call, Call::Login | Call::Discovery);
    let expected = codes.contains(&run.code) || (is_login && [1, 3, 4, 5].contains(&run.code));
    assert!(expected, "{what}");
    if run.code != 0 {
        let errors = run
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "));
        assert_eq!(errors.count(), 1, "{what}");
    }
    assert_eq!(skills.world().highest(), 2, "{what}");
    let puts = skills
        .world()
        .writes
        .iter()
        .filter_map(|w| w["maximumRatio"].as_u64())
        .max();
    assert!(puts.is_none_or(|ratio| ratio <= 2), "{what}");
    assert_eq!(
        skills.count(Call::Stop) + skills.count(Call::Start),
        0,
        "{what}"
    );
    let tries = skills.count(call);
    assert!(tries <= 6, "{what}: {tries} tries");

    skills.recover();
    skills.world().advance(30);
    // Discovery that does not know the tenant: the cluster's host, which nobody has here.
    let is_elsewhere = (call, *name) == (Call::Discovery, "404");
    if !name.contains("hour") && !is_elsewhere {
        tick(&folder, &skills, &[]).expect(0);
    }
    let writes_json = serde_json::from_str::<Value>(&folder.read("state.json"));
    assert!(writes_json.is_ok(), "{what}");
}

#[test]
fn a_hang_ends_at_the_deadline() {
    for call in [
        Call::Login,
        Call::Activity,
        Call::Summary,
        Call::Settings,
        Call::Put,
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.fault(call, |_| Reply::Hang);
        let args = ["--policy", "fixed", "--ratio", "1", "--deadline", "2s"];
        let run = tick(&folder, &skills, &args);
        assert!(
            [1, 4].contains(&run.code),
            "{call:?}: exit {}: {}",
            run.code,
            run.stderr
        );
        run.error();
        assert_eq!(skills.world().highest(), 2);
    }
}

/// A raise whose write meets any fault never ends above what was decided.
#[test]
fn every_fault_on_the_write_ends_at_a_ratio_that_was_wanted() {
    for (name, fault, _) in FAULTS {
        let fault = *fault;
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.fault(Call::Put, move |_| fault());
        let args = ["--policy", "fixed", "--ratio", "1", "--deadline", "5s"];
        let run = tick(&folder, &skills, &args);
        assert!(skills.world().highest() <= 2, "{name}");
        assert!(skills.count(Call::Put) <= 6, "{name}");
        if run.code != 0 {
            run.error();
        }
        skills.recover();
        for _ in 0..3 {
            folder.age(200);
            skills.world().advance(200);
            tick(&folder, &skills, &["--policy", "fixed", "--ratio", "1"]);
        }
        if !name.contains("hour") {
            assert_eq!(skills.world().ratio(), 1, "{name}");
        }
        if !name.contains("hour") {
            assert_eq!(skills.world().ratios, [2, 1], "{name}");
        }
    }
}

/// Silence falls to the lowest ratio, once, and goes on from there when it ends.
#[test]
fn silence_falls_to_the_lowest_ratio_once() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    tick(&folder, &skills, &[]).expect(0);
    for call in [Call::Activity, Call::Summary] {
        skills.fault(call, |_| Reply::status(500));
        for _ in 0..40 {
            tick(&folder, &skills, &["--retries", "0"]);
            folder.age(30);
            skills.world().advance(30);
        }
        assert_eq!(skills.world().ratios, [2, 1], "{call:?}");
        assert_eq!(skills.count(Call::Put), 1, "{call:?}");
        assert_eq!(skills.count(Call::Stop), 0);
    }
}

/// The secret and the token are in no file, no output and no address, in no form.
#[test]
fn secrets_are_nowhere() {
    let echo = || {
        Reply::Answer(
            500,
            vec![("icStatusDescription", format!("bad key {KEY_SECRET}"))],
            format!(r#"{{"message":"secret {KEY_SECRET} token {TOKEN}-0"}}"#),
        )
    };
    for call in READS.into_iter().chain([Call::Put]) {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.fault(call, move |_| echo());
        for args in [&["--verbose"][..], &[], &["--dry-run"]] {
            let args = [&["--policy", "fixed", "--ratio", "1"], args].concat();
            let run = folder.skills(&skills, "tick", &args).finish();
            assert!(
                !holds_secret((run.stdout + &run.stderr).as_bytes()),
                "{call:?}"
            );
        }
        for request in &skills.world().requests {
            assert!(!holds_secret(request.target.as_bytes()));
            if request.skills_call() != Call::Login {
                let headers: String = request.headers.values().cloned().collect();
                assert!(!holds_secret(headers.as_bytes()));
                assert!(!holds_secret(request.body.as_bytes()), "{request:?}");
            }
        }
        // The folder's own end looks into every file.
    }
    assert!(KEY_SECRET.starts_with(SECRET));
}

/// The token goes to no host that is not one of the platform's or the user's.
#[test]
fn no_other_host_gets_the_token() {
    let stranger = Skills::tenant();
    for target in [
        "http://127.0.0.2:1",
        "https://api.example.com",
        "http://api-na1.niceincontact.com",
        "https://niceincontact.com.example",
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().reshape(Call::Discovery, move |mut v| {
            v["api_endpoint"] = target.into();
            v
        });
        let run = tick(&folder, &skills, &["--retries", "0"]);
        assert_ne!(run.code, 0, "{target}");
        assert!(
            run.error().contains(target.split("//").nth(1).unwrap()),
            "{target}: {}",
            run.error()
        );
    }
    assert_eq!(stranger.calls(), []);
}

/// A redirect is not followed with a token.
#[test]
fn a_redirect_is_not_followed() {
    let stranger = Skills::tenant();
    for call in READS {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        let there = stranger.site();
        skills.fault(call, move |_| {
            Reply::Answer(302, vec![("Location", there.clone())], String::new())
        });
        let run = tick(&folder, &skills, &["--retries", "0"]);
        assert_ne!(run.code, 0, "{call:?}");
        run.error();
    }
    assert_eq!(stranger.calls(), []);
}

/// A write whose look afterwards fails is settled by a later cycle, and recorded once.
#[test]
fn a_look_after_the_write_that_fails_loses_no_record() {
    for (name, fault, _) in FAULTS {
        let fault = *fault;
        let (folder, skills) = (Folder::new(), Skills::tenant());
        let looked = std::sync::atomic::AtomicBool::new(false);
        skills.script(move |request, _| match request.skills_call() {
            Call::Put => {
                looked.store(true, std::sync::atomic::Ordering::SeqCst);
                Reply::Contract
            }
            Call::Settings if looked.load(std::sync::atomic::Ordering::SeqCst) => fault(),
            _ => Reply::Contract,
        });
        let args = [
            "--json",
            "--policy",
            "fixed",
            "--ratio",
            "1",
            "--deadline",
            "5s",
        ];
        let run = |skills: &Skills| {
            let mut command = folder.skills(skills, "tick", &args);
            command.env("DW_ENDPOINT", skills.warehouse()).finish()
        };
        run(&skills);
        assert_eq!(skills.world().ratios, [2, 1], "{name}");
        skills.recover();
        for _ in 0..4 {
            // Also past a pause of an hour that a 429 asked for.
            folder.age(1_900);
            skills.world().advance(30);
            run(&skills);
        }
        let world = skills.world();
        assert_eq!(world.ratios, [2, 1], "{name}");
        assert_eq!(world.records.len(), 1, "{name}: {:?}", world.records);
        assert_eq!(
            world.writes.len(),
            1,
            "{name}: one that landed is not sent again"
        );
    }
}

/// A token that dies between the look and the write: one login, and the write is made.
#[test]
fn a_token_that_dies_before_the_write_is_renewed() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().before(Call::Put, 0, |world| {
        world.tokens_revoked = world.tokens_issued;
    });
    let args = ["--policy", "fixed", "--ratio", "1"];
    tick(&folder, &skills, &args).expect(0);
    assert_eq!(skills.count(Call::Login), 2);
    assert_eq!(skills.world().ratios, [2, 1]);
    assert_eq!(skills.count(Call::Put), 2, "refused, and made");
}
