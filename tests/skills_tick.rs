//! `tick --platform skills` through the built binary, over a tenant that is as strict as the contract:
//! login, what is asked, what is read in every form, and counts that grow.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use common::skills::{
    APP_ID, Call, KEY_ID, KEY_SECRET, SKILL, Skills, capitalised, inside, quoted,
};
use common::{Folder, Reply, Run as _, SECRET};
use serde_json::{Value, json};

/// One tick; returns its object.
#[track_caller]
fn tick(folder: &Folder, skills: &Skills, args: &[&str]) -> Value {
    let args = [&["--json"], args].concat();
    folder
        .skills(skills, "tick", &args)
        .finish()
        .expect(0)
        .json()
}

/// A tick, half a minute, and another: the first has counts to begin from, the second rates.
#[track_caller]
fn two_ticks(folder: &Folder, skills: &Skills, args: &[&str]) -> Value {
    tick(folder, skills, args);
    skills.world().advance(30);
    tick(folder, skills, args)
}

#[test]
fn one_login_serves_tick_after_tick() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let first = tick(&folder, &skills, &[]);
    assert_eq!(first["skillId"], SKILL);
    assert_eq!(first["campaignId"], Value::Null);
    assert_eq!(first["policy"], "ratio");
    assert_eq!(first["action"], "held");
    assert_eq!(first["reasonCode"], "not-enough-data");
    assert_eq!(
        first["answerRate"],
        Value::Null,
        "the first counts give no rate"
    );
    assert_eq!(first["newRatio"], 2, "the ratio that the skill has");
    for _ in 0..3 {
        skills.world().advance(30);
        tick(&folder, &skills, &[]);
    }
    assert_eq!(skills.count(Call::Login), 1);
    assert_eq!(skills.count(Call::Discovery), 1);
    assert_eq!(skills.count(Call::Unknown), 0);
    assert_eq!(skills.count(Call::Put), 0);
    skills.refused_nothing();
    let world = skills.world();
    let login = &world.requests[0];
    let body: Value = serde_json::from_str(&login.body).unwrap();
    assert_eq!(
        body,
        json!({"accessKeyId": KEY_ID, "accessKeySecret": KEY_SECRET})
    );
    for request in &world.requests {
        assert_eq!(request.header("accept"), "application/json", "{request:?}");
        let needs_token = request.target.starts_with("/incontactapi");
        assert_eq!(
            request.header("authorization").is_empty(),
            !needs_token,
            "{request:?}"
        );
        assert!(!request.target.contains(SECRET), "{request:?}");
    }
    // What may be asked of one skill: at most 6,000 calls a day, which are two a cycle of 30 s.
    assert!(
        world.requests.len() <= 2 + 4 * 5,
        "{:?}",
        world.requests.len()
    );
}

#[test]
fn rates_come_from_the_differences_of_the_counts() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().per_summary = [0, 0, 0];
    tick(&folder, &skills, &[]);
    skills.world().per_summary = [60, 18, 1];
    skills.world().advance(30);
    let second = tick(&folder, &skills, &[]);
    assert_eq!(second["answerRate"], 0.3);
    assert_eq!(
        second["abandonmentBasis"], "epoch",
        "18 connects are too few"
    );
    let rate = second["abandonmentRate"].as_f64().unwrap();
    assert!((rate - 15.0 / 1012.0).abs() < 1e-9, "{rate}");
    assert_eq!(second["availableAgents"], 6);
    assert_eq!(second["staffedAgents"], 19);
    assert_eq!(second["busyAgents"], 11);
    // From midnight in Denver to a few seconds ago, with a literal Z.
    let world = skills.world();
    let summaries = world
        .requests
        .iter()
        .filter(|r| r.skills_call() == Call::Summary);
    let targets: Vec<String> = summaries.map(|r| r.target.replace("%3A", ":")).collect();
    assert_eq!(targets.len(), 2);
    for (target, end) in targets
        .iter()
        .zip(["2026-03-02T14:30:0", "2026-03-02T14:30:3"])
    {
        assert!(
            target.contains("startDate=2026-03-02T07:00:00Z&"),
            "{target}"
        );
        assert!(target.contains(&format!("endDate={end}")), "{target}");
    }
}

type Setup = fn(&Skills);

/// Answers in every form that is documented or was seen say the same.
#[test]
fn every_form_of_an_answer_is_read() {
    let forms: &[(&str, Setup)] = &[
        ("as documented", |_| {}),
        ("activity in resultSet", |s| {
            s.world().reshape(Call::Activity, inside("resultSet"));
        }),
        ("activity in resultset", |s| {
            s.world().reshape(Call::Activity, inside("resultset"));
        }),
        ("activity quoted", |s| {
            s.world().reshape(Call::Activity, quoted);
        }),
        ("activity misspelled", |s| {
            s.world().reshape(
                Call::Activity,
                |v| json!({"resultSet": capitalised(quoted(v))}),
            );
        }),
        ("summary quoted", |s| {
            s.world().reshape(Call::Summary, quoted);
        }),
        ("summary capitalised", |s| {
            s.world().reshape(Call::Summary, |v| capitalised(quoted(v)));
        }),
        ("summary with seconds", |s| {
            s.world().reshape(Call::Summary, |mut v| {
                let row = v["skillSummaries"][0].as_object_mut().unwrap();
                for (_, value) in row.iter_mut() {
                    if value.as_str().is_some_and(|text| text.starts_with("PT")) {
                        *value = 221.into();
                    }
                }
                row.insert("connectsAHT".to_owned(), 4.into());
                let dials = format!("{}.0", row["dials"]);
                row.insert("dials".to_owned(), dials.into());
                row.insert("news".to_owned(), json!({"from": ["later", "versions"]}));
                v
            });
        }),
        ("several rows", |s| {
            s.world().reshape(Call::Summary, |mut v| {
                let mut other = v["skillSummaries"][0].clone();
                other["skillId"] = 4712.into();
                other["dials"] = 1.into();
                other["connects"] = 0.into();
                v["skillSummaries"].as_array_mut().unwrap().insert(0, other);
                v
            });
        }),
        ("settings wrapped", |s| {
            s.world().reshape(Call::Settings, |mut v| {
                v["aggressiveness"] = 2.into();
                v["waitTimeFactor"] = false.into();
                json!({"generalSettings": v})
            });
        }),
        ("settings quoted", |s| {
            s.world().reshape(Call::Settings, |mut v| {
                v["maximumRatio"] = "2".into();
                v
            });
        }),
        ("skill in skills", |s| {
            s.world().reshape(Call::Skill, |mut v| {
                v["agentlessPorts"] = false.into();
                json!({"skills": [quoted(v)]})
            });
        }),
        ("business unit quoted", |s| {
            s.world().reshape(Call::BusinessUnit, quoted);
        }),
        ("login quoted", |s| {
            s.world().reshape(Call::Login, |mut v| {
                v["expires_in"] = "3600".into();
                v.as_object_mut().unwrap().remove("id_token");
                v
            });
        }),
        ("login without expiry", |s| {
            s.world().reshape(Call::Login, |v| json!({"access_token": v["access_token"], "token_type": "Bearer", "expires_in": "soon"}));
        }),
        ("login with an old base", |s| {
            s.world().reshape(Call::Login, |mut v| {
                v["resource_server_base_uri"] =
                    "https://home-c7.incontact.com/inContactAPI/".into();
                v["id_token"] = v["access_token"].clone();
                v
            });
        }),
        ("discovery with little", |s| {
            s.world().reshape(Call::Discovery, |v| {
                json!({"private": false, "domain": "niceincontact.com", "uhDomain": "x",
                    "ui_endpoint": v["ui_endpoint"], "auth_endpoint": v["auth_endpoint"],
                    "api_endpoint": format!("{}/", v["api_endpoint"].as_str().unwrap())})
            });
        }),
    ];
    for (name, setup) in forms {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        setup(&skills);
        let object = two_ticks(&folder, &skills, &[]);
        let read = [
            "answerRate",
            "availableAgents",
            "staffedAgents",
            "busyAgents",
            "previousRatio",
        ];
        let read = read.map(|field| object[field].clone());
        assert_eq!(
            read,
            [json!(0.3), json!(6), json!(19), json!(11), json!(2)],
            "{name}"
        );
        assert_eq!(skills.count(Call::Login), 1, "{name}");
        skills.refused_nothing();
    }
}

/// No row is no news: nothing fails, and the counts go on from where they were.
#[test]
fn an_answer_without_a_row_keeps_the_counts() {
    for nothing in [
        "204",
        "{}",
        "[]",
        "null",
        r#"{"skillSummaries":[]}"#,
        r#"{"skillSummaries":null}"#,
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        tick(&folder, &skills, &[]);
        skills.world().advance(30);
        let answer = match nothing {
            "204" => Reply::status(204),
            text => Reply::body(text),
        };
        skills.fault(Call::Summary, move |_| answer.clone());
        let object = tick(&folder, &skills, &[]);
        assert_eq!(object["reasonCode"], "not-enough-data", "{nothing}");
        assert_eq!(object["answerRate"], Value::Null, "{nothing}");
        skills.recover();
        skills.world().advance(30);
        let object = tick(&folder, &skills, &[]);
        assert_eq!(
            object["answerRate"], 0.3,
            "the baseline was kept: {nothing}"
        );
    }
}

/// Rows that cannot be: the poll failed, and the line names the field.
#[test]
fn rows_that_cannot_be_are_refused_by_field() {
    let rows: &[(Call, &str, Value, &str)] = &[
        (Call::Summary, "skillId", json!(4712), "skillId"),
        (Call::Summary, "dials", json!(-1), "dials"),
        (Call::Summary, "connects", json!("many"), "connects"),
        (Call::Summary, "connects", json!(99_999), "connects"),
        (Call::Summary, "abandonCount", json!(1.5), "abandonCount"),
        (Call::Summary, "dials", Value::Null, "dials"),
        (Call::Activity, "skillId", json!(4712), "skillId"),
        (
            Call::Activity,
            "agentsAvailable",
            json!(-3),
            "agentsAvailable",
        ),
        (
            Call::Activity,
            "agentsLoggedIn",
            json!([]),
            "agentsLoggedIn",
        ),
    ];
    for (call, field, value, named) in rows.iter().cloned() {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().reshape(call, move |mut v| {
            let list = if call == Call::Summary {
                "skillSummaries"
            } else {
                "skillActivity"
            };
            v[list][0][field] = value.clone();
            v
        });
        let run = folder
            .skills(&skills, "tick", &["--json"])
            .finish()
            .expect(5);
        assert!(run.error().contains(named), "{}", run.error());
        assert_eq!(skills.count(Call::Put), 0);
    }
}

#[test]
fn a_count_that_goes_back_is_a_correction() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    two_ticks(&folder, &skills, &[]);
    skills.world().per_summary = [-8, -2, 0];
    skills.world().advance(30);
    let object = tick(&folder, &skills, &[]);
    assert_eq!(object["answerRate"], Value::Null, "never a negative rate");
    assert_eq!(object["reasonCode"], "not-enough-data");
    skills.world().per_summary = [100, 40, 2];
    skills.world().advance(30);
    assert_eq!(
        tick(&folder, &skills, &[])["answerRate"],
        0.4,
        "from the corrected counts"
    );
}

/// Lag is no news, never an answer rate of 0.
#[test]
fn counts_that_stand_still_tell_nothing() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    two_ticks(&folder, &skills, &[]);
    skills.world().per_summary = [0, 0, 0];
    for _ in 0..4 {
        skills.world().advance(30);
        let object = tick(&folder, &skills, &[]);
        assert_ne!(object["answerRate"], 0.0);
        assert_eq!(object["newRatio"], 2);
    }
    assert_eq!(skills.count(Call::Put), 0);
}

#[test]
fn batches_at_each_quarter_of_an_hour_are_noticed() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().is_batched = true;
    let mut told = 0;
    for _ in 0..180 {
        let run = folder
            .skills(&skills, "tick", &["--json"])
            .finish()
            .expect(0);
        told += usize::from(run.stderr.contains("quarter-hour batched"));
        skills.world().advance(30);
    }
    assert!((1..=2).contains(&told), "told {told} times");
}

/// At midnight of the business unit a new range begins: the old one is asked for once more in the same
/// cycle, so that no call is lost.
#[test]
fn the_counts_begin_anew_at_midnight() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    // 2026-03-03T06:59:05Z, a minute before midnight in Denver.
    skills.world().advance(16 * 3600 + 29 * 60);
    tick(&folder, &skills, &[]);
    skills.world().advance(30);
    assert_eq!(tick(&folder, &skills, &[])["answerRate"], 0.3);
    let before = skills.count(Call::Summary);
    skills.world().advance(120);
    tick(&folder, &skills, &[]);
    skills.refused_nothing();
    let targets: Vec<String> = {
        let world = skills.world();
        let summaries = world
            .requests
            .iter()
            .filter(|r| r.skills_call() == Call::Summary);
        summaries
            .skip(before)
            .map(|r| r.target.replace("%3A", ":"))
            .collect()
    };
    let started = |day: &str| {
        let start = format!("startDate=2026-03-{day}T07:00:00Z");
        targets
            .iter()
            .filter(|target| target.contains(&start))
            .count()
    };
    assert_eq!([started("02"), started("03")], [1, 1], "{targets:?}");
    skills.world().advance(30);
    let object = tick(&folder, &skills, &[]);
    assert_eq!(object["answerRate"], 0.3, "{object}");
}

#[test]
fn a_time_zone_that_is_no_name_is_told_once() {
    for (zone, args, start) in [
        (
            "(GMT-07:00) Mountain Time (US & Canada)",
            &[][..],
            "2026-03-02T00:00:00Z",
        ),
        ("", &[], "2026-03-02T00:00:00Z"),
        (
            "(GMT-07:00) Mountain Time (US & Canada)",
            &["--time-zone", "America/New_York"],
            "2026-03-02T05:00:00Z",
        ),
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().time_zone = zone.to_owned();
        let mut told = 0;
        for _ in 0..3 {
            let run = folder.skills(&skills, "tick", args).finish().expect(0);
            told += run
                .stderr
                .lines()
                .filter(|line| line.contains("UTC"))
                .count();
            skills.world().advance(30);
        }
        assert_eq!(told, usize::from(args.is_empty()), "{zone} {args:?}");
        let world = skills.world();
        let summaries = world
            .requests
            .iter()
            .filter(|r| r.skills_call() == Call::Summary);
        for request in summaries {
            let target = request.target.replace("%3A", ":");
            assert!(target.contains(&format!("startDate={start}")), "{target}");
        }
    }
}

#[test]
fn versions_are_settings_by_operation() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    for operation in ["activity", "summary", "settings", "skill"] {
        skills.world().versions.insert(operation, 31);
    }
    tick(&folder, &skills, &["--api-version", "31"]);
    skills.refused_nothing();
    skills.world().versions.insert("summary", 26);
    folder.write("c.toml", "api_version = 31\n[api_versions]\nsummary = 26\n");
    tick(&folder, &skills, &["--config", "c.toml"]);
    skills.refused_nothing();
    let run = folder
        .skills(&skills, "tick", &["--api-version", "29"])
        .finish();
    assert_ne!(run.code, 0);
    let error = run.error().to_ascii_lowercase();
    for cause in ["id", "host", "version", "personal connection"] {
        assert!(error.contains(cause), "a 404 has four causes: {error}");
    }
}

#[test]
fn a_base_that_is_set_needs_no_discovery() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    tick(&folder, &skills, &["--api-base", &skills.site()]);
    assert_eq!(skills.count(Call::Discovery), 0);
    skills.refused_nothing();
}

#[test]
fn the_password_grant_finds_its_way_too() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let args = ["--auth", "password-grant", "--client-id", APP_ID, "--json"];
    let run = |secret: &str| {
        let mut command = folder.skills(&skills, "tick", &args);
        command.env("CXONE_CLIENT_SECRET", secret).finish()
    };
    run(SECRET).expect(0);
    run(SECRET).expect(0);
    assert_eq!(skills.count(Call::OpenId), 1);
    assert_eq!(skills.count(Call::Password), 1);
    assert_eq!(skills.count(Call::Login), 0);
    skills.refused_nothing();
    folder.write("state.json.token", "");
    let refused = run("wrong").expect(3);
    assert!(
        refused.error().contains("invalid_client"),
        "{}",
        refused.error()
    );
}

#[test]
fn a_refused_login_is_final() {
    for (status, body) in [(401, ""), (400, "bad"), (403, "")] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.fault(Call::Login, move |_| {
            Reply::Answer(status, Vec::new(), body.to_owned())
        });
        let run = folder.skills(&skills, "tick", &[]).finish().expect(3);
        run.error();
        assert_eq!(
            skills.calls(),
            [Call::Login],
            "{status}: it is not repeated"
        );
    }
}

#[test]
fn a_token_that_has_died_is_renewed_once() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    tick(&folder, &skills, &[]);
    skills.world().tokens_revoked = 1;
    skills.world().advance(30);
    tick(&folder, &skills, &[]);
    assert_eq!(
        skills.count(Call::Login),
        2,
        "one for all calls of the cycle"
    );
    let logins = skills.count(Call::Login);
    skills.fault(Call::Activity, |_| Reply::status(401));
    let run = folder.skills(&skills, "tick", &[]).finish().expect(3);
    run.error();
    assert_eq!(skills.count(Call::Login), logins + 1, "it never loops");
}

/// Before anything is sent, what cannot be a skill is refused.
#[test]
fn an_id_that_could_be_a_path_is_refused() {
    for id in [
        "0",
        "-1",
        "4711/../4712",
        "4711?x=1",
        "12345678901",
        "abc",
        " ",
    ] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        let mut command = folder.skills(&skills, "tick", &[]);
        command.env("CXONE_SKILL_ID", id).finish().expect(2);
        assert_eq!(skills.calls(), []);
    }
}

/// What cannot be paced is refused with its reason, before a change is sent.
#[test]
fn a_skill_without_a_ratio_is_refused() {
    let cases: &[(Call, &str, Value)] = &[
        (Call::Skill, "isOutbound", json!(false)),
        (Call::Skill, "isActive", json!("False")),
        (Call::Skill, "agentless", json!(true)),
        (Call::Skill, "mediaTypeId", json!(3)),
        (Call::Skill, "outboundStrategy", json!("Manual")),
        (Call::BusinessUnit, "allowPredictiveDialing", json!(false)),
        (Call::Settings, "blockMultipleCalls", json!(true)),
    ];
    for (call, field, value) in cases.iter().cloned() {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        skills.world().reshape(call, move |mut v| {
            match call {
                Call::BusinessUnit => v["businessUnits"][0][field] = value.clone(),
                _ => v[field] = value.clone(),
            }
            v
        });
        let args = ["--policy", "fixed", "--ratio", "3", "--max-ratio", "3"];
        let run = folder.skills(&skills, "tick", &args).finish();
        let told = run.stdout.clone() + &run.stderr;
        assert!(told.contains(field), "{field}: {told}");
        assert_eq!(skills.count(Call::Put), 0, "{field}: {told}");
        assert_eq!(skills.count(Call::Start), 0, "{field}");
    }
}

#[test]
fn a_skill_that_is_not_running_is_not_started() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().is_running = false;
    for _ in 0..3 {
        folder.skills(&skills, "tick", &[]).finish().expect(0);
        skills.world().advance(30);
    }
    assert_eq!(skills.count(Call::Start), 0);
    assert_eq!(skills.world().highest(), 2);
}

#[test]
fn other_policies_are_refused_with_the_reason() {
    for policy in ["capacity", "compensated", "predictive"] {
        let (folder, skills) = (Folder::new(), Skills::tenant());
        let run = folder
            .skills(&skills, "tick", &["--policy", policy])
            .finish()
            .expect(2);
        assert!(run.error().contains(policy), "{}", run.error());
        assert_eq!(skills.calls(), []);
    }
}

/// Every agent away for the whole window: the lowest ratio, and no stop.
#[test]
fn nobody_staffed_lowers_and_never_stops() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().agents.available = 0;
    skills.world().agents.working = 0;
    skills.world().agents.wrap_up = 0;
    skills.world().per_summary = [0, 0, 0];
    let mut codes = Vec::new();
    for _ in 0..25 {
        codes.push(tick(&folder, &skills, &[])["reasonCode"].clone());
        skills.world().advance(30);
    }
    assert_eq!(skills.world().ratios, [2, 1], "{codes:?}");
    assert!(codes.contains(&json!("no-agents")), "{codes:?}");
    assert_eq!(skills.count(Call::Stop), 0);
}

/// No idle agent is not nobody: they may wait inside the dialer.
#[test]
fn nobody_idle_with_staff_never_stops() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    skills.world().agents.available = 0;
    skills.world().agents.working = 17;
    for _ in 0..6 {
        let object = tick(&folder, &skills, &[]);
        assert_eq!(object["availableAgents"], 0);
        assert_eq!(object["staffedAgents"], 19);
        assert_ne!(object["action"], "stopped");
        skills.world().advance(30);
    }
    assert_eq!(skills.count(Call::Stop), 0);
}

#[test]
fn a_dry_run_writes_nothing_anywhere() {
    let (folder, skills) = (Folder::new(), Skills::tenant());
    let args = ["--dry-run", "--policy", "fixed", "--ratio", "1", "--json"];
    let mut command = folder.skills(&skills, "tick", &args);
    let object = command
        .env("DW_ENDPOINT", skills.warehouse())
        .finish()
        .expect(0)
        .json();
    assert_eq!(object["dryRun"], true);
    assert_eq!(object["newRatio"], 1, "what it would set: {object}");
    assert_eq!(object["request"]["method"], "PUT", "{object}");
    let mut expected = skills.world().settings.clone();
    expected["maximumRatio"] = 1.into();
    assert_eq!(
        object["request"]["body"]["generalSettings"],
        Value::Object(expected)
    );
    for call in [Call::Put, Call::Start, Call::Stop, Call::Warehouse] {
        assert_eq!(skills.count(call), 0, "{call:?}");
    }
    assert_eq!(folder.files(), [], "nothing is written");
    skills.refused_nothing();
}
