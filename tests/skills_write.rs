//! What a change of a skill's ratio sends and does not send, over a tenant that treats the settings
//! in every way that it may.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use common::skills::{Call, Personality, Skills, inside};
use common::{Finished, Folder, Reply, Run as _};
use serde_json::{Map, Value, json};

/// A tick with a ratio that is asked for.
fn tick(folder: &Folder, skills: &Skills, ratio: u32, args: &[&str]) -> Finished {
    let ratio = ratio.to_string();
    let fixed = ["--json", "--policy", "fixed", "--ratio", &ratio];
    let mut command = folder.skills(skills, "tick", &[&fixed, args].concat());
    command.env("DW_ENDPOINT", skills.warehouse()).finish()
}

fn object(run: Finished) -> Value {
    run.expect(0).json()
}

/// The settings with some fields changed.
fn with(settings: &Map<String, Value>, fields: &[(&str, Value)]) -> Map<String, Value> {
    let mut settings = settings.clone();
    for (name, value) in fields {
        settings.insert((*name).to_owned(), value.clone());
    }
    settings
}

#[test]
fn a_change_sends_all_that_was_read_and_the_lever() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let before = skills.world().settings.clone();
    let first = object(tick(&folder, &skills, 1, &[]));
    assert_eq!(first["action"], "adjusted");
    assert_eq!(
        (&first["previousRatio"], &first["newRatio"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(first["exported"], 1);
    let expected = with(&before, &[("maximumRatio", json!(1))]);
    assert_eq!(skills.world().settings, expected);
    assert_eq!(skills.world().writes, [expected]);
    // Read, written, read again, and nothing between.
    let calls = skills.calls();
    let put = calls.iter().position(|call| *call == Call::Put).unwrap();
    let around: Vec<Call> = calls[put - 1..]
        .iter()
        .copied()
        .filter(|c| *c != Call::Warehouse)
        .collect();
    assert_eq!(around, [Call::Settings, Call::Put, Call::Settings]);
    let body = skills.world().requests[put].body.clone();
    assert!(
        body.contains(r#""maximumRatio":1"#),
        "a whole number: {body}"
    );
    assert_eq!(
        skills.world().requests[put].header("content-type"),
        "application/json"
    );
    skills.refused_nothing();

    skills.world().advance(30);
    let second = object(tick(&folder, &skills, 1, &[]));
    assert_eq!(second["action"], "held");
    assert_eq!(
        skills.count(Call::Put),
        1,
        "nothing is written when nothing changes"
    );

    let world = skills.world();
    let record: Value = serde_json::from_str(&world.records[0].1).unwrap();
    let names: Vec<&String> = record.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "abandonmentBasis",
            "abandonmentLimit",
            "abandonmentRate",
            "answerRate",
            "availableAgents",
            "busyAgents",
            "maxRatio",
            "minRatio",
            "newRatio",
            "policy",
            "previousRatio",
            "reasonCode",
            "skillId",
            "staffedAgents",
            "timestamp"
        ]
    );
    assert_eq!(record["skillId"], 4711);
    assert_eq!(
        (&record["previousRatio"], &record["newRatio"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(world.records.len(), 1);
}

#[test]
fn a_partial_change_sends_the_lever_alone() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().personality = Personality::RefuseFull;
    let before = skills.world().settings.clone();
    object(tick(&folder, &skills, 1, &["--settings-write", "partial"]));
    assert_eq!(
        skills.world().writes,
        [with(&Map::new(), &[("maximumRatio", json!(1))])]
    );
    assert_eq!(
        skills.world().settings,
        with(&before, &[("maximumRatio", json!(1))])
    );
}

#[test]
fn the_whole_object_is_safe_from_a_server_that_replaces() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().personality = Personality::Replace;
    let before = skills.world().settings.clone();
    object(tick(&folder, &skills, 1, &[]));
    assert_eq!(
        skills.world().settings,
        with(&before, &[("maximumRatio", json!(1))])
    );
    assert_eq!(skills.count(Call::Put), 1);
}

#[test]
fn every_answer_to_a_change_is_accepted() {
    for answer in [
        (200, ""),
        (204, ""),
        (200, "{}"),
        (200, "null"),
        (200, "OK"),
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().put_answer = answer;
        assert_eq!(
            object(tick(&folder, &skills, 1, &[]))["newRatio"],
            1,
            "{answer:?}"
        );
        assert_eq!(skills.count(Call::Put), 1, "{answer:?}");
    }
}

/// Settings that come quoted are sent as what they are, since quoted booleans are refused.
#[test]
fn what_comes_quoted_is_sent_as_it_is_meant() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let before = skills.world().settings.clone();
    skills
        .world()
        .reshape(Call::Settings, common::skills::quoted);
    object(tick(&folder, &skills, 1, &[]));
    skills.refused_nothing();
    assert_eq!(
        skills.world().settings,
        with(&before, &[("maximumRatio", json!(1))])
    );

    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills
        .world()
        .reshape(Call::Settings, inside("generalSettings"));
    object(tick(&folder, &skills, 1, &[]));
    assert_eq!(
        skills.world().writes,
        [with(&before, &[("maximumRatio", json!(1))])]
    );
}

/// Null is sent back only where it came; it may mean anything.
#[test]
fn null_is_never_invented() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().set("inactiveBlenderTimer", Value::Null);
    object(tick(&folder, &skills, 1, &[]));
    let world = skills.world();
    let nulls = world.writes[0].iter().filter(|(_, value)| value.is_null());
    let names: Vec<&String> = nulls.map(|(name, _)| name).collect();
    assert_eq!(names, ["inactiveBlenderTimer"]);
}

/// A field that changed with the write is put back once, the lever is not raised by it, and writing
/// stays off until a person has looked at it.
#[test]
fn damage_is_repaired_once_and_latches() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().set("maximumRatio", json!(3));
    let before = skills.world().settings.clone();
    skills.world().spoils.push_back(("loadFresh", json!(false)));
    let run = tick(&folder, &skills, 2, &[]);
    let told = run.stdout.clone() + &run.stderr;
    assert!(told.contains("loadFresh"), "{told}");
    assert!(told.contains("dialpace resume"), "{told}");
    assert_eq!(
        skills.world().settings,
        with(&before, &[("maximumRatio", json!(2))])
    );
    assert_eq!(skills.count(Call::Put), 2);
    assert_eq!(skills.world().writes[1]["loadFresh"], true);

    for _ in 0..3 {
        skills.world().advance(30);
        let run = tick(&folder, &skills, 1, &[]);
        let object: Value = serde_json::from_str(run.stdout.trim()).unwrap();
        assert_eq!(object["reasonCode"], "write-latched", "{}", run.stdout);
        assert_eq!(object["newRatio"], 2);
    }
    assert_eq!(skills.count(Call::Put), 2, "writing is off");
    assert_eq!(skills.world().ratios, [2, 3, 2]);

    folder.skills(&skills, "resume", &[]).finish().expect(0);
    object(tick(&folder, &skills, 1, &[]));
    assert_eq!(skills.count(Call::Put), 3, "and on again after resume");
    assert_eq!(skills.world().ratio(), 1);
}

#[test]
fn a_repair_that_fails_is_not_tried_again() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    for _ in 0..5 {
        skills
            .world()
            .spoils
            .push_back(("maximumAttempts", json!(1)));
    }
    for _ in 0..4 {
        tick(&folder, &skills, 1, &[]);
        skills.world().advance(30);
    }
    assert_eq!(skills.count(Call::Put), 2);
    assert_eq!(skills.world().highest(), 2);
}

/// A partial write on a server that takes what is absent for false breaks the load of contacts: all
/// of that is put back, and no more is written.
#[test]
fn a_server_that_replaces_a_partial_write_is_found_out() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let before = skills.world().settings.clone();
    skills.world().personality = Personality::Replace;
    for _ in 0..3 {
        tick(&folder, &skills, 1, &["--settings-write", "partial"]);
        skills.world().advance(30);
    }
    assert_eq!(
        skills.world().settings,
        with(&before, &[("maximumRatio", json!(1))])
    );
    assert_eq!(skills.count(Call::Put), 2);
}

/// A person edits while a write is looked at: a second look, 2 s later, keeps the edit from being
/// taken for damage where it is gone by then.
#[test]
fn damage_is_looked_at_twice() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().before(Call::Settings, 0, |_| ());
    let reads = {
        let probe = (Folder::new(), Skills::tenant());
        object(tick(&probe.0, &probe.1, 1, &[]));
        probe.1.count(Call::Settings)
    };
    skills.world().before(Call::Settings, reads - 1, |world| {
        world.set("maximumAttempts", json!(9));
    });
    skills.world().before(Call::Settings, reads, |world| {
        world.set("maximumAttempts", json!(6));
    });
    let run = object(tick(&folder, &skills, 1, &[]));
    assert_eq!(run["newRatio"], 1);
    assert_eq!(skills.count(Call::Put), 1, "it was gone at the second look");
    assert_eq!(skills.count(Call::Settings), reads + 1);
}

#[test]
fn a_refused_change_is_final() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().personality = Personality::RefuseFull;
    let run = tick(&folder, &skills, 1, &[]).expect(5);
    assert!(run.error().contains("Invalid parameter"), "{}", run.error());
    assert_eq!(skills.count(Call::Put), 1, "nothing else is tried");
    assert_eq!(skills.world().ratio(), 2);
}

#[test]
fn what_did_not_take_is_told() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().ignores_puts = true;
    let first = object(tick(&folder, &skills, 1, &[]));
    assert_eq!(first["reasonCode"], "not-applied");
    assert_eq!(first["newRatio"], 2, "the ratio that is in force");
    assert_eq!(
        skills.world().records.len(),
        0,
        "what was not applied is not recorded"
    );
    skills.world().advance(30);
    tick(&folder, &skills, 1, &[]).expect(0);
    assert_eq!(
        skills.count(Call::Put),
        1,
        "it is tried again after a while"
    );
}

/// Without a bound that is set, the ratio that was found is the highest.
#[test]
fn the_ratio_that_was_found_is_the_ceiling() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().set("maximumRatio", json!(1));
    for _ in 0..3 {
        let object = object(tick(&folder, &skills, 3, &[]));
        assert_eq!(object["newRatio"], 1);
        folder.age(600);
        skills.world().advance(600);
    }
    assert_eq!(skills.world().ratio(), 1);
    assert_eq!(skills.count(Call::Put), 0);
}

#[test]
fn a_raise_is_one_step_after_its_dwell() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().set("maximumRatio", json!(1));
    let mut at = Vec::new();
    for n in 0..20 {
        let before = skills.world().ratios.len();
        object(tick(&folder, &skills, 3, &["--max-ratio", "3"]));
        if skills.world().ratios.len() > before {
            at.push(n * 30);
        }
        folder.age(30);
        skills.world().advance(30);
    }
    assert_eq!(skills.world().ratios, [2, 1, 2, 3]);
    assert!(at[1] - at[0] >= 180, "{at:?}");
    // Down at once, and as far as it is asked.
    object(tick(&folder, &skills, 1, &["--max-ratio", "3"]));
    assert_eq!(skills.world().ratio(), 1);
    assert_eq!(skills.count(Call::Put), 3);
}

#[test]
fn a_ratio_set_by_hand_is_adopted() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    object(tick(&folder, &skills, 2, &["--max-ratio", "3"]));
    skills.world().set("maximumRatio", json!(1));
    skills.world().advance(30);
    // It is found right before a write.
    let changed = object(tick(&folder, &skills, 3, &["--max-ratio", "3"]));
    assert_eq!(changed["reasonCode"], "changed-elsewhere");
    assert_eq!(changed["newRatio"], 1);
    // It is the ceiling from then on.
    for _ in 0..10 {
        folder.age(60);
        skills.world().advance(60);
        let object = object(tick(&folder, &skills, 2, &["--max-ratio", "3"]));
        assert_eq!(object["newRatio"], 1, "{object}");
    }
    assert_eq!(skills.count(Call::Put), 0);
    // A higher one lifts it again.
    skills.world().set("maximumRatio", json!(2));
    for _ in 0..12 {
        folder.age(60);
        skills.world().advance(60);
        object(tick(&folder, &skills, 2, &["--max-ratio", "2"]));
    }
    assert_eq!(skills.world().ratio(), 2);
    for _ in 0..12 {
        folder.age(60);
        skills.world().advance(60);
        object(tick(&folder, &skills, 3, &["--max-ratio", "3"]));
    }
    assert_eq!(
        skills.world().ratios,
        [2, 1, 2],
        "a human's 2 is the ceiling, whatever is set"
    );
}

#[test]
fn other_fields_set_by_hand_are_carried_over() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    object(tick(&folder, &skills, 2, &[]));
    skills.world().set("maximumAttempts", json!(9));
    skills.world().set("newField", json!({"from": "later"}));
    skills.world().settings.remove("newField");
    skills.world().advance(30);
    object(tick(&folder, &skills, 1, &[]));
    assert_eq!(skills.world().writes[0]["maximumAttempts"], 9);
    assert_eq!(skills.world().settings["maximumAttempts"], 9);
    assert_eq!(skills.count(Call::Put), 1);
}

/// Null or more than 3: no authority, unless it was given.
#[test]
fn a_ratio_beyond_the_lever_is_left_alone() {
    for (found, args, expected) in [
        (Value::Null, &[][..], None),
        (json!(5), &[], None),
        (json!(5), &["--max-ratio", "2"], Some(1)),
        (Value::Null, &["--max-ratio", "2"], Some(1)),
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().set("maximumRatio", found.clone());
        let object = object(tick(&folder, &skills, 1, args));
        let written: Vec<Value> = skills
            .world()
            .writes
            .iter()
            .map(|w| w["maximumRatio"].clone())
            .collect();
        let asked: Vec<Value> = expected.iter().map(|ratio| json!(ratio)).collect();
        assert_eq!(written, asked, "{found} {args:?}");
        if expected.is_none() {
            assert_eq!(object["reasonCode"], "no-authority", "{found} {args:?}");
        }
    }
}

/// A write without a certain answer begins anew with a look at what is there.
#[test]
fn a_repeated_write_looks_first() {
    type Fault = fn() -> Reply;
    let faults: &[(&str, Fault, usize)] = &[
        (
            "429",
            || Reply::Answer(429, vec![("Retry-After", "0".to_owned())], String::new()),
            2,
        ),
        ("500", || Reply::status(500), 2),
        ("503", || Reply::status(503), 2),
        ("broken before", || Reply::Drop, 2),
        ("broken after", || Reply::ContractThenDrop, 1),
        (
            "500 after",
            || Reply::ContractThen(Box::new(Reply::status(500))),
            1,
        ),
    ];
    for (name, fault, puts) in faults {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        let fault = *fault;
        skills.fault(
            Call::Put,
            move |nth| if nth == 0 { fault() } else { Reply::Contract },
        );
        let object = object(tick(&folder, &skills, 1, &[]));
        assert_eq!(object["newRatio"], 1, "{name}: {object}");
        assert_eq!(skills.world().ratio(), 1, "{name}");
        assert_eq!(
            skills.count(Call::Put),
            *puts,
            "{name}: one that landed is not sent again"
        );
        assert_eq!(skills.world().records.len(), 1, "{name}");
        let calls = skills.calls();
        for (at, _) in calls
            .iter()
            .enumerate()
            .filter(|(_, call)| **call == Call::Put)
        {
            assert_eq!(
                calls[at - 1],
                Call::Settings,
                "{name}: a fresh look before each write"
            );
        }
    }
}

/// A write that shows late is found by a later cycle and recorded once.
#[test]
fn a_write_that_shows_late_is_settled() {
    for gets in [1, 2, 3] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().shows_after = gets;
        for _ in 0..20 {
            tick(&folder, &skills, 1, &[]).expect(0);
            folder.age(60);
            skills.world().advance(60);
        }
        assert_eq!(skills.world().ratio(), 1, "after {gets}");
        assert_eq!(skills.world().ratios, [2, 1], "after {gets}");
        let records = skills.world().records.clone();
        assert_eq!(records.len(), 1, "{records:?}");
    }
}

/// Between one call for each agent and two: the second lever, where it is turned on.
#[test]
fn the_second_lever_is_used_only_where_it_is_on() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let run = folder
        .skills(&skills, "tick", &["--policy", "fixed", "--ratio", "1.5"])
        .finish()
        .expect(2);
    assert!(run.error().contains("1.5"), "{}", run.error());
    let args = [
        "--json",
        "--policy",
        "fixed",
        "--ratio",
        "1.5",
        "--overdial-lever",
        "on",
    ];
    folder.skills(&skills, "tick", &args).finish().expect(0);
    let world = skills.world();
    assert_eq!(world.ratio(), 2);
    let percent = world.settings["percentageOfAgentsBeforeOverdial"]
        .as_u64()
        .unwrap();
    assert!((1..100).contains(&percent), "{percent}");
    assert_eq!(world.writes.len(), 1);
    drop(world);
    skills.refused_nothing();
}

/// Down is never held back; up is, by its dwell and by the budget of writes.
#[test]
fn an_hour_has_at_most_twelve_writes() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let mut raises = 0;
    for n in 0..110 {
        let before = skills.world().ratio().as_u64();
        let ratio = 1 + (n / 3) % 2;
        object(tick(&folder, &skills, ratio, &["--max-ratio", "2"]));
        raises += usize::from(skills.world().ratio().as_u64() > before);
        folder.age(30);
        skills.world().advance(30);
    }
    let puts = skills.count(Call::Put);
    assert!(puts <= 12, "{puts} writes in 55 minutes");
    assert!(raises >= 2, "{raises}");
}
