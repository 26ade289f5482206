//! The answers of the skills API as they are documented and as they were seen, read one by one.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dialpace::base::units::UnixMillis;
use dialpace::platform::skills::activity::{self, Activity};
use dialpace::platform::skills::general::{FoundRatio, GeneralSettings};
use dialpace::platform::skills::summary::{self, Totals};
use dialpace::platform::skills::tenant::Tenant;
use dialpace::platform::skills::times::{literal_z, midnight_before, zone};
use dialpace::platform::skills::{hosts, skill};
use serde_json::{Value, json};

const SKILL: u64 = 4711;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn activity_is_read_in_every_form() {
    let row = json!({"serverTime": "2026-03-02T14:30:05.100Z", "agentsACW": 2, "agentsAvailable": 6, "agentsIdle": 6,
        "agentsLoggedIn": 22, "agentsUnavailable": 3, "agentsWorking": 11, "contactsActive": 11, "isNaturalCalling": true, "skillId": 4711});
    let quoted = json!({"SkillId": "4711", "AgentsAvaliable": "6", "AGENTSLOGGEDIN": "22.0", "agentsUnavaliable": "3",
        "agentsWorking": "11", "contactsActive": " 11 ", "isNaturalCalling": "True", "serverTime": "2026-03-02T14:30:05.1Z"});
    let expected = Activity {
        available: 6,
        staffed: Some(19),
        busy: Some(11),
        contacts: Some(11),
        is_natural_calling: Some(true),
        server_time: Some(UnixMillis(1_772_461_805_100)),
    };
    for answer in [
        json!({"lastPollTime": "x", "skillActivity": [row]}),
        json!({"resultSet": {"skillActivity": [row]}}),
        json!({"resultset": {"SkillActivity": [quoted]}}),
        json!({"skillActivity": quoted}),
        quoted.clone(),
        json!([row]),
    ] {
        assert_eq!(
            activity::read(&answer, SKILL),
            Ok(Some(expected)),
            "{answer}"
        );
    }
    for nothing in [
        "null",
        "[]",
        "{}",
        r#"{"skillActivity":[]}"#,
        r#"{"skillActivity":null}"#,
        r#"{"resultSet":{}}"#,
    ] {
        assert_eq!(
            activity::read(&parsed(nothing), SKILL),
            Ok(None),
            "{nothing}"
        );
    }
    for (row, problem) in [
        (
            r#"{"skillId":4712,"agentsAvailable":1}"#,
            "skillActivity[0].skillId is 4712, not the skill that was asked for, 4711",
        ),
        (
            r#"{"agentsAvailable":1}"#,
            "skillActivity[0].skillId is missing",
        ),
        (
            r#"{"skillId":4711}"#,
            "skillActivity[0].agentsAvailable is missing",
        ),
        (
            r#"{"skillId":4711,"agentsAvailable":null}"#,
            "skillActivity[0].agentsAvailable is missing",
        ),
        (
            r#"{"skillId":4711,"agentsAvailable":-1}"#,
            "skillActivity[0].agentsAvailable is -1, expected a whole number of at least 0",
        ),
        (
            r#"{"skillId":4711,"agentsAvailable":"1.5"}"#,
            "skillActivity[0].agentsAvailable is \"1.5\", expected a whole number of at least 0",
        ),
        (
            r#"{"skillId":4711,"agentsAvailable":"NaN"}"#,
            "skillActivity[0].agentsAvailable is \"NaN\", expected a number",
        ),
        (
            r#"{"skillId":4711,"agentsAvailable":1,"isNaturalCalling":"perhaps"}"#,
            "skillActivity[0].isNaturalCalling is \"perhaps\", expected true or false",
        ),
        (
            "7",
            "skillActivity[0]: a number where an object was expected",
        ),
    ] {
        let answer = parsed(&format!(r#"{{"skillActivity":[{row}]}}"#));
        assert_eq!(
            activity::read(&answer, SKILL),
            Err(problem.to_owned()),
            "{row}"
        );
    }
}

#[test]
fn agents_in_the_dialer_are_a_hint_only() {
    let read = |available: u32, working: u32, contacts: u32| {
        let row = json!({"skillId": 4711, "agentsAvailable": available, "agentsWorking": working, "contactsActive": contacts});
        activity::read(&json!({"skillActivity": [row]}), SKILL)
            .unwrap()
            .unwrap()
    };
    assert!(read(0, 17, 9).may_wait_in_dialer());
    assert!(!read(0, 9, 9).may_wait_in_dialer());
    assert!(!read(1, 17, 9).may_wait_in_dialer());
}

#[test]
fn summary_is_read_in_every_form() {
    let expected = Totals {
        dials: 3310,
        connects: 994,
        abandons: 14,
    };
    for answer in [
        r#"{"skillSummaries":[{"skillId":4711,"dials":3310,"connects":994,"abandonCount":14,"abandonRate":1,"averageHandleTime":"PT3M41S"}]}"#,
        r#"{"skillSummaries":[{"SkillId":"4711","Dials":"3310","Connects":"994.0","AbandonCount":"14","IsOutbound":"True","ConnectsAHT":4}]}"#,
        r#"{"resultSet":{"skillSummaries":[{"skillId":1,"dials":1,"connects":1,"abandonCount":0},{"skillId":4711,"dials":3310,"connects":994,"abandonCount":14}]}}"#,
        r#"{"skillId":4711,"dials":3310,"connects":994,"abandonCount":14}"#,
    ] {
        assert_eq!(
            summary::read(&parsed(answer), SKILL),
            Ok(Some(expected)),
            "{answer}"
        );
    }
    for nothing in [
        "null",
        "[]",
        r#"{"skillSummaries":[]}"#,
        r#"{"skillSummaries":null}"#,
    ] {
        assert_eq!(
            summary::read(&parsed(nothing), SKILL),
            Ok(None),
            "{nothing}"
        );
    }
    for (row, problem) in [
        (
            r#"{"skillId":7,"dials":1,"connects":1,"abandonCount":0}"#,
            "skillSummaries[0].skillId is 7, not the skill",
        ),
        (
            r#"{"skillId":4711,"connects":1,"abandonCount":0}"#,
            "skillSummaries[0].dials is missing",
        ),
        (
            r#"{"skillId":4711,"dials":1,"connects":null,"abandonCount":0}"#,
            "skillSummaries[0].connects is missing",
        ),
        (
            r#"{"skillId":4711,"dials":1,"connects":1}"#,
            "skillSummaries[0].abandonCount is missing",
        ),
        (
            r#"{"skillId":4711,"dials":-3,"connects":1,"abandonCount":0}"#,
            "skillSummaries[0].dials is -3",
        ),
        (
            r#"{"skillId":4711,"dials":10,"connects":16,"abandonCount":0}"#,
            "skillSummaries[0].connects is 16, more than dials, which is 10",
        ),
        (
            r#"{"skillId":4711,"dials":"1e999","connects":16,"abandonCount":0}"#,
            "skillSummaries[0].dials is \"1e999\"",
        ),
    ] {
        let answer = parsed(&format!(r#"{{"skillSummaries":[{row}]}}"#));
        let found = summary::read(&answer, SKILL).unwrap_err();
        assert!(found.starts_with(problem), "{found}");
    }
    let straddling = parsed(
        r#"{"skillSummaries":[{"skillId":4711,"dials":10,"connects":15,"abandonCount":0}]}"#,
    );
    assert!(summary::read(&straddling, SKILL).is_ok());
}

const SETTINGS: &str = r#"{"minimumRetryMinutes":60,"maximumAttempts":6,"loadFresh":true,"loadNonFresh":true,"abandonRateCutoff":0.5,"maximumRatio":2,"aggressiveness":"conservative","blockMultipleCalls":false,"proficiencyFactor":1,"unheardOf":{"a":[1]}}"#;

#[test]
fn settings_are_sent_back_as_they_came() {
    for (answer, ratio) in [
        (SETTINGS.to_owned(), FoundRatio::Calls(2)),
        (
            format!(r#"{{"generalSettings":{SETTINGS}}}"#),
            FoundRatio::Calls(2),
        ),
        (SETTINGS.replace(":2,", r#":"2","#), FoundRatio::Calls(2)),
        (SETTINGS.replace(":2,", ":3.0,"), FoundRatio::Calls(3)),
        (
            SETTINGS.replace(":2,", ":null,"),
            FoundRatio::NoAuthority(None),
        ),
        (
            SETTINGS.replace(r#""maximumRatio":2,"#, ""),
            FoundRatio::NoAuthority(None),
        ),
        (
            SETTINGS.replace(":2,", ":5,"),
            FoundRatio::NoAuthority(Some(5)),
        ),
        (
            SETTINGS.replace(":2,", ":0,"),
            FoundRatio::NoAuthority(Some(0)),
        ),
    ] {
        let settings = GeneralSettings::read(&parsed(&answer)).unwrap();
        assert_eq!(settings.ratio(), Ok(ratio), "{answer}");
        let mut expected = settings.fields().clone();
        expected.insert("maximumRatio".to_owned(), 1.into());
        let body = parsed(&settings.body_with(&lever(1), false));
        assert_eq!(body, json!({ "generalSettings": expected }));
        assert_eq!(
            parsed(&settings.body_with(&lever(1), true)),
            json!({"generalSettings": {"maximumRatio": 1}})
        );
    }
    let quoted =
        r#"{"maximumRatio":"2","loadFresh":"False","maximumAttempts":"6","aggressiveness":"2"}"#;
    let quoted = GeneralSettings::read(&parsed(quoted)).unwrap();
    assert_eq!(
        parsed(&quoted.body_with(&lever(1), false)),
        json!({"generalSettings": {"maximumRatio": 1, "loadFresh": false, "maximumAttempts": 6, "aggressiveness": "2"}})
    );
    for wrong in ["null", "[]", "{}", "7", r#"{"generalSettings":[]}"#] {
        let settings = GeneralSettings::read(&parsed(wrong));
        assert!(
            settings.is_err() || settings.unwrap().ratio() == Ok(FoundRatio::NoAuthority(None)),
            "{wrong}"
        );
    }
    let odd = GeneralSettings::read(&parsed(r#"{"maximumRatio":1.5}"#)).unwrap();
    assert!(odd.ratio().unwrap_err().contains("maximumRatio is 1.5"));
    let spelled = GeneralSettings::read(&parsed(r#"{"MaximumRatio":2,"loadFresh":true}"#)).unwrap();
    let body = parsed(&spelled.body_with(&lever(1), false));
    assert_eq!(
        body,
        json!({"generalSettings": {"MaximumRatio": 1, "loadFresh": true}})
    );
}

#[test]
fn settings_differ_in_meaning_only() {
    let settings = |text: &str| GeneralSettings::read(&parsed(text)).unwrap();
    let before =
        settings(r#"{"maximumRatio":2,"loadFresh":true,"abandonRateCutoff":0.5,"a":null,"n":1}"#);
    for (after, differing) in [
        (
            r#"{"maximumRatio":1,"loadFresh":true,"abandonRateCutoff":0.5,"a":null,"n":1}"#,
            vec![],
        ),
        (
            r#"{"maximumRatio":1,"loadFresh":"True","abandonRateCutoff":"0.50","n":1.0,"new":7}"#,
            vec![],
        ),
        (
            r#"{"maximumRatio":1,"loadFresh":false,"abandonRateCutoff":0.5,"n":1}"#,
            vec!["loadFresh"],
        ),
        (
            r#"{"maximumRatio":1,"n":2}"#,
            vec!["abandonRateCutoff", "loadFresh", "n"],
        ),
    ] {
        let mut found = before.differences(&settings(after), &["maximumRatio"]);
        found.sort();
        assert_eq!(found, differing, "{after}");
    }
    let found = settings(r#"{"maximumRatio":2,"loadFresh":false,"abandonRateCutoff":0.7,"n":1}"#);
    let mut repaired = lever(1);
    repaired.insert("loadFresh".to_owned(), before.value("loadFresh").clone());
    let repair = found.body_with(&repaired, false);
    assert_eq!(
        parsed(&repair),
        json!({"generalSettings": {"maximumRatio": 1, "loadFresh": true, "abandonRateCutoff": 0.7, "n": 1}})
    );
}

#[test]
fn a_skill_that_cannot_be_paced_is_refused() {
    let good = r#"{"skillId":4711,"skillName":"Renewals OB","mediaTypeId":4,"isActive":true,"isOutbound":true,"outboundStrategy":"Personal Connection","isRunning":true,"priorityBlending":false,"agentless":false}"#;
    let read = |text: &str| skill::read_skill(&parsed(text), SKILL);
    let plain = read(good).unwrap();
    assert_eq!(
        (plain.refusal.clone(), plain.is_running),
        (None, Some(true))
    );
    let wrapped = good
        .replace("true", r#""True""#)
        .replace("4711", r#""4711""#);
    assert_eq!(
        read(&format!(r#"{{"skills":[{wrapped}]}}"#)).unwrap(),
        plain
    );
    for (from, to, problem) in [
        (r#""isActive":true"#, r#""isActive":"false""#, "not active"),
        (r#""isOutbound":true"#, r#""isOutbound":0"#, "inbound"),
        (r#""agentless":false"#, r#""agentless":true"#, "no agents"),
        (
            r#""mediaTypeId":4"#,
            r#""mediaTypeId":"3""#,
            "not the phone",
        ),
        ("Personal Connection", "Manual", "Manual"),
    ] {
        let refusal = read(&good.replace(from, to)).unwrap().refusal.unwrap();
        assert!(refusal.contains(problem), "{refusal}");
    }
    assert!(read(&good.replace("4711", "4712")).is_err());
    assert!(read("{}").is_err());
}

#[test]
fn business_unit_is_read() {
    let answer = parsed(
        r#"{"businessUnits":[{"businessUnitId":71,"defaultTimeZone":"(GMT-07:00) Mountain Time (US & Canada)","allowPredictiveDialing":"False","apiPublishedLimit":50000}]}"#,
    );
    let unit = skill::read_business_unit(&answer).unwrap();
    assert_eq!(unit.allows_predictive, Some(false));
    assert_eq!(unit.published_limit, Some(50_000));
    assert!(
        zone(&unit.time_zone.unwrap()).is_none(),
        "not a name of the IANA list"
    );
    assert!(skill::read_business_unit(&parsed("[]")).is_err());
}

#[test]
fn tenant_is_in_the_first_token_with_claims() {
    let golden = "h.eyJ0ZW5hbnRJZCI6InQtNyIsImljQ2x1c3RlcklkIjoiQzcifQ.s";
    let expected = Tenant {
        id: Some("t-7".to_owned()),
        cluster: Some("C7".to_owned()),
    };
    for (id_token, access_token) in [
        (Some(golden), "opaque"),
        (None, golden),
        (Some("opaque"), golden),
        (Some("a.%%.c"), golden),
    ] {
        assert_eq!(Tenant::of(id_token, access_token), expected);
    }
    let padded = format!("h.{}==.s", URL_SAFE_NO_PAD.encode(r#"{"tenant":"t-8"}"#));
    assert_eq!(Tenant::of(None, &padded).id.as_deref(), Some("t-8"));
    for nothing in ["", "a.b", "h.e30.s", "h.W10.s"] {
        assert_eq!(Tenant::of(None, nothing), Tenant::default(), "{nothing}");
    }
    assert_eq!(
        hosts::of_cluster("C7").unwrap().origin(),
        "https://api-c7.nice-incontact.com"
    );
    for foreign in ["c7.evil.example/", "", "c7@evil", "c7:8"] {
        assert!(hosts::of_cluster(foreign).is_none(), "{foreign}");
    }
    assert!(hosts::of_area("na1.evil.example/").is_err());
}

#[test]
fn times_have_a_literal_z_and_days_begin_at_midnight() {
    let at = UnixMillis(1_772_461_805_999);
    assert_eq!(literal_z(at), "2026-03-02T14:30:05Z");
    let midnight = |zone: &str| literal_z(midnight_before(at, &super_zone(zone)));
    assert_eq!(midnight("UTC"), "2026-03-02T00:00:00Z");
    if zone("America/Denver").is_some() {
        assert_eq!(midnight("America/Denver"), "2026-03-02T07:00:00Z");
    }
}

fn lever(ratio: u32) -> serde_json::Map<String, Value> {
    let mut fields = serde_json::Map::new();
    fields.insert("maximumRatio".to_owned(), ratio.into());
    fields
}

fn super_zone(name: &str) -> jiff::tz::TimeZone {
    zone(name).unwrap()
}
