//! The strict skills server itself: what it refuses, and what it does with a change.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use common::exchange::{send, status};
use common::skills::{Call, KEY_ID, KEY_SECRET, Personality, Skills};
use serde_json::{Value, json};

const ACCEPT: &str = "Accept: application/json";
const JSON: &str = "Content-Type: application/json";

/// A login; returns the header that it allows.
fn login(skills: &Skills) -> String {
    let body = json!({"accessKeyId": KEY_ID, "accessKeySecret": KEY_SECRET}).to_string();
    let request = "POST /authentication/v1/token/access-key";
    let (_, body) = send(skills.address(), request, &[ACCEPT, JSON], &body);
    let answer: Value = serde_json::from_str(&body).unwrap();
    format!(
        "Authorization: Bearer {}",
        answer["access_token"].as_str().unwrap()
    )
}

fn api(rest: &str) -> String {
    let (method, path) = rest.split_once(' ').unwrap();
    format!("{method} /incontactapi/services/v30.0/{path}")
}

#[test]
fn what_differs_from_the_contract_is_refused() {
    let skills = Skills::tenant();
    let bearer = &login(&skills);
    let get = |path: &str| {
        status(&send(
            skills.address(),
            &format!("GET {path}"),
            &[ACCEPT, bearer],
            "",
        ))
    };
    let skill = |path: &str| get(&format!("/incontactapi/services/v30.0/skills/4711{path}"));
    let good = "startDate=2026-03-02T07:00:00Z&endDate=2026-03-02T14:30:00Z";
    assert_eq!(skill(&format!("/summary?{good}")), 200);
    assert_eq!(
        skill(&format!("/summary?{}", good.replace(':', "%3A"))),
        200
    );
    assert_eq!(get("/InContactAPI/Services/v30.0/skills/4711"), 200);
    for path in ["", "/activity", "/parameters/general-settings"] {
        assert_eq!(skill(path), 200, "{path}");
    }
    for query in [
        "",
        "startDate=2026-03-02T07:00:00Z",
        "startDate=2026-03-02T07:00:00Z&endDate=2026-03-02T14:30:00%2B00:00",
        "startDate=2026-03-02T07:00:00Z&endDate=2026-03-02T14:30:00.5Z",
        "startDate=2026-03-02&endDate=2026-03-02T14:30:00Z",
        "startDate=2026-01-02T07:00:00Z&endDate=2026-03-02T14:30:00Z",
        "startDate=2026-03-02T07:00:00Z&endDate=2026-03-02T15:30:00Z",
        "startDate=2026-03-02T14:00:00Z&endDate=2026-03-02T13:30:00Z",
        &format!("{good}&skip=0"),
    ] {
        assert_eq!(skill(&format!("/summary?{query}")), 400, "{query}");
    }
    assert_eq!(skill("/activity?updatedSince=2026-03-02T14:30:00Z"), 400);
    assert_eq!(
        skill("/parameters/general-settings?fields=maximumRatio"),
        400
    );
    for path in [
        "/skills",
        "/incontactapi/services/v29.0/skills/4711",
        "/incontactapi/services/v30.0/skills/4712",
        "/incontactapi/services/v30/skills/4711",
        "/incontactapi/services/v30.0/skills/4711/pace",
    ] {
        assert_eq!(get(path), 404, "{path}");
    }
    assert_eq!(skill("/start"), 405);
    let unread = send(skills.address(), &api("GET skills/4711"), &[bearer], "");
    assert_eq!(
        (status(&unread), unread.1.as_str()),
        (200, "No known way to render data")
    );
    let stranger = "Authorization: Bearer x";
    for headers in [vec![ACCEPT], vec![ACCEPT, stranger]] {
        assert_eq!(
            status(&send(
                skills.address(),
                &api("GET skills/4711"),
                &headers,
                ""
            )),
            401
        );
    }
    skills.world().tokens_revoked = 1;
    assert_eq!(skill(""), 401);
}

/// Sends fields as a change; returns the status.
fn put(skills: &Skills, bearer: &str, body: &Value) -> u16 {
    let request = api("PUT skills/4711/parameters/general-settings");
    status(&send(
        skills.address(),
        &request,
        &[ACCEPT, JSON, bearer],
        &body.to_string(),
    ))
}

#[test]
fn a_change_must_fit_field_by_field() {
    let skills = Skills::tenant();
    let bearer = &login(&skills);
    let all = skills.world().settings.clone();
    let with = |name: &str, value: Value| {
        let mut fields = all.clone();
        fields.insert(name.to_owned(), value);
        json!({"generalSettings": fields})
    };
    for body in [
        json!(all),
        json!({"generalSettings": [all]}),
        json!({"generalSettings": {}}),
        json!({"generalSettings": all, "more": 1}),
        with("loadFresh", json!("false")),
        with("loadFresh", Value::Null),
        with("maximumRatio", json!(1.5)),
        with("maximumRatio", json!(4)),
        with("maximumRatio", json!(0)),
        with("maximumRatio", json!("2")),
        with("inactiveBlenderTimer", json!(1)),
        with("getPriorityContactsOnContactinsertion", json!(true)),
        with("ratio", json!(1)),
    ] {
        assert_eq!(put(&skills, bearer, &body), 400, "{body}");
    }
    assert_eq!(skills.world().settings, all);
    assert_eq!(put(&skills, bearer, &with("maximumRatio", json!(3))), 200);
    assert_eq!(skills.world().ratios, [2, 3]);
    assert_eq!(skills.world().writes.len(), 1);
    assert_eq!(skills.world().refused.len(), 13);
}

#[test]
fn each_personality_treats_what_is_left_out_in_its_own_way() {
    let lever = json!({"generalSettings": {"maximumRatio": 1}});
    for (personality, expected, fresh) in [
        (Personality::Merge, 200, true),
        (Personality::Replace, 200, false),
        (Personality::RefuseFull, 200, true),
    ] {
        let skills = Skills::tenant();
        let bearer = &login(&skills);
        skills.world().personality = personality;
        assert_eq!(put(&skills, bearer, &lever), expected);
        assert_eq!(skills.world().ratio(), 1);
        assert_eq!(
            skills.world().settings["loadFresh"],
            fresh,
            "{personality:?}"
        );
        let all = json!({"generalSettings": skills.world().settings});
        let refused = personality == Personality::RefuseFull;
        assert_eq!(put(&skills, bearer, &all), if refused { 400 } else { 200 });
    }
}

#[test]
fn a_stop_is_accepted_at_once_and_shows_later() {
    let skills = Skills::tenant();
    let bearer = &login(&skills);
    let ask = |rest: &str| send(skills.address(), &api(rest), &[ACCEPT, bearer], "");
    let shown = || {
        let skill: Value = serde_json::from_str(&ask("GET skills/4711").1).unwrap();
        skill["isRunning"].as_bool().unwrap()
    };
    assert_eq!(status(&ask("POST skills/4711/start")), 409);
    assert_eq!(status(&ask("POST skills/4711/stop?force=false")), 202);
    assert_eq!([shown(), shown(), shown()], [true, true, false]);
    let again = ask("POST skills/4711/stop");
    assert_eq!(status(&again), 404);
    assert!(
        again.0.contains("icStatusDescription: Invalid skillId"),
        "{}",
        again.0
    );
    assert_eq!(status(&ask("POST skills/4711/start")), 202);
    assert_eq!([shown(), shown(), shown()], [false, false, true]);
    assert_eq!(skills.world().controls, [Call::Stop, Call::Start]);
}
