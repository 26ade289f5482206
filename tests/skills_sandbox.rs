//! The sandbox's skills API over its world, with a clock that the test sets.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use common::exchange::{send, status};
use common::{Folder, Run as _};
use dialpace::base::clock::Clock;
use dialpace::base::units::UnixMillis;
use dialpace::platform::sandbox::{
    KEY_ID, KEY_SECRET, SKILL_ID, Sandbox, SandboxSettings, default_scenario,
};
use dialpace::sim::Scenario;
use serde_json::{Value, json};

/// 2026-03-02T14:30:00Z.
const BEGIN: i64 = 1_772_461_800_000;

struct SetClock(AtomicI64);

impl SetClock {
    fn pass(&self, secs: i64) {
        self.0.fetch_add(secs * 1000, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}
}

/// A sandbox and a login at it.
struct Tenant {
    sandbox: Sandbox,
    bearer: String,
}

impl Tenant {
    fn open(clock: &Arc<SetClock>, scenario: &Scenario, path: Option<&Path>) -> Self {
        let sandbox = Sandbox::skill(&SandboxSettings {
            scenario,
            speed: 1,
            clock: Arc::clone(clock) as Arc<dyn Clock>,
            path,
            writable: true,
        })
        .unwrap();
        let body = json!({"accessKeyId": KEY_ID, "accessKeySecret": KEY_SECRET}).to_string();
        let headers = ["Accept: application/json", "Content-Type: application/json"];
        let request = "POST /authentication/v1/token/access-key";
        let (_, body) = send(sandbox.address(), request, &headers, &body);
        let answer: Value = serde_json::from_str(&body).unwrap();
        let token = answer["access_token"].as_str().unwrap();
        Self {
            sandbox,
            bearer: format!("Authorization: Bearer {token}"),
        }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let request = format!("{method} /incontactapi/services/v30.0/skills/{SKILL_ID}{path}");
        let mut headers = vec!["Accept: application/json", self.bearer.as_str()];
        if !body.is_empty() {
            headers.push("Content-Type: application/json");
        }
        let answer = send(self.sandbox.address(), &request, &headers, body);
        let value = serde_json::from_str(&answer.1).unwrap_or_default();
        (status(&answer), value)
    }

    /// Dials, connects and abandons from 14:00 to a time after 14:30.
    fn counts(&self, until: &str) -> [u64; 3] {
        let range = format!("startDate=2026-03-02T14:00:00Z&endDate=2026-03-02T{until}Z");
        let (status, answer) = self.ask("GET", &format!("/summary?{range}"), "");
        assert_eq!(status, 200, "{answer}");
        let row = &answer["skillSummaries"][0];
        ["dials", "connects", "abandonCount"].map(|name| row[name].as_u64().unwrap())
    }

    fn set(&self, field: &str, value: u64) {
        let body = json!({"generalSettings": {field: value}}).to_string();
        assert_eq!(
            self.ask("PUT", "/parameters/general-settings", &body).0,
            200
        );
    }

    fn is_running(&self) -> bool {
        self.ask("GET", "", "").1["isRunning"].as_bool().unwrap()
    }
}

fn clock() -> Arc<SetClock> {
    Arc::new(SetClock(AtomicI64::new(BEGIN)))
}

/// Dials, connects and abandons of ten minutes at a ratio.
fn ten_minutes(ratio: u64, overdial_percent: u64) -> [u64; 3] {
    let clock = clock();
    let tenant = Tenant::open(&clock, &default_scenario(), None);
    tenant.set("maximumRatio", ratio);
    tenant.set("percentageOfAgentsBeforeOverdial", overdial_percent);
    clock.pass(600);
    let before = tenant.counts("14:40:00");
    clock.pass(600);
    let after = tenant.counts("14:50:00");
    [0, 1, 2].map(|n| after[n] - before[n])
}

#[test]
fn the_general_settings_drive_the_dialer() {
    let [one, two, three] = [1, 2, 3].map(|ratio| ten_minutes(ratio, 0));
    assert!(
        one[0] < two[0] && two[0] < three[0],
        "{one:?} {two:?} {three:?}"
    );
    assert_eq!(
        one[2], 0,
        "one call for each agent abandons nobody: {one:?}"
    );
    assert!(three[2] > two[2], "{two:?} {three:?}");
    assert_eq!(ten_minutes(3, 100), one, "all agents have to wait first");
    for counts in [one, two, three] {
        assert!(
            counts[1] <= counts[0] && counts[2] <= counts[1],
            "{counts:?}"
        );
    }
}

#[test]
fn a_kept_skill_continues_where_it_was() {
    let folder = Folder::new();
    let path = folder.path("world");
    let (clock, scenario) = (clock(), default_scenario());
    let tenant = Tenant::open(&clock, &scenario, Some(&path));
    clock.pass(100);
    tenant.set("maximumRatio", 2);
    tenant.set("minimumRetryMinutes", 30);
    clock.pass(500);
    let before = tenant.counts("14:39:30");
    let reopened = Tenant::open(&clock, &scenario, Some(&path));
    assert_eq!(reopened.counts("14:39:30"), before);
    let (_, settings) = reopened.ask("GET", "/parameters/general-settings", "");
    assert_eq!(settings["maximumRatio"], 2);
    assert_eq!(settings["minimumRetryMinutes"], 30);
    assert_eq!(
        settings["loadFresh"], true,
        "what is not sent stays as it is"
    );
    let (_, activity) = reopened.ask("GET", "/activity", "");
    let row = &activity["skillActivity"][0];
    let agents = |name: &str| row[name].as_u64().unwrap();
    assert_eq!(agents("agentsLoggedIn"), 20);
    let states = [
        "agentsAvailable",
        "agentsWorking",
        "agentsACW",
        "agentsUnavailable",
    ];
    assert_eq!(states.map(agents).iter().sum::<u64>(), 20, "{row}");
    assert_eq!(row["serverTime"], "2026-03-02T14:40:00.000Z");
}

#[test]
fn a_stopped_skill_dials_nothing_until_it_is_started() {
    let clock = clock();
    let tenant = Tenant::open(&clock, &default_scenario(), None);
    assert_eq!(tenant.ask("POST", "/start", "").0, 409);
    assert_eq!(tenant.ask("POST", "/stop?force=false", "").0, 202);
    assert!(tenant.is_running(), "it shows later");
    clock.pass(120);
    assert!(!tenant.is_running());
    assert_eq!(tenant.ask("POST", "/stop", "").0, 404);
    let stopped = tenant.counts("14:32:00");
    clock.pass(300);
    assert_eq!(tenant.counts("14:37:00"), stopped);
    assert_eq!(tenant.ask("POST", "/start", "").0, 202);
    clock.pass(120);
    assert!(tenant.is_running());
    assert!(tenant.counts("14:39:00")[0] > stopped[0]);
}

/// Counts come late and at each quarter of an hour where the scenario says so, but never too many.
#[test]
fn reports_lag_and_come_in_batches() {
    let at_once = default_scenario();
    let mut late = default_scenario();
    late.dialer.ratio.report_lag_secs = 60.0;
    let mut batched = default_scenario();
    batched.dialer.ratio.report_batch_secs = 900.0;
    let counts = |scenario: &Scenario, passed: i64, until: &str| {
        let clock = clock();
        let tenant = Tenant::open(&clock, scenario, None);
        clock.pass(passed);
        tenant.counts(until)
    };
    assert_eq!(
        counts(&late, 240, "14:34:00"),
        counts(&at_once, 240, "14:33:00")
    );
    assert_eq!(
        counts(&batched, 60, "14:31:00"),
        counts(&batched, 840, "14:44:00")
    );
    assert_eq!(
        counts(&batched, 910, "14:45:10"),
        counts(&at_once, 910, "14:45:00")
    );
}

/// A newcomer sees a skill paced without an account: tick by tick, and half an hour at speed.
#[test]
fn the_binary_paces_the_sandbox() {
    let folder = Folder::new();
    let run = |args: &[&str]| {
        let args = [args, &["--sandbox", "--platform", "skills", "--json"]].concat();
        folder.dialpace(&args).finish().expect(0)
    };
    for _ in 0..2 {
        let object = run(&["tick", "--state", "s.json"]).json();
        assert_eq!(object["skillId"], SKILL_ID);
        assert_eq!(object["newRatio"], 3, "set by hand: {object}");
        assert_eq!(object["staffedAgents"], 20);
    }
    assert!(folder.path("s.json.campaign").exists(), "its world is kept");
    let watched = run(&["watch", "--speed", "1000", "--cycles", "60"]);
    let cycles = watched.stdout.lines().map(serde_json::from_str::<Value>);
    let cycles: Vec<Value> = cycles.map(Result::unwrap).collect();
    let adjusted = cycles.iter().filter(|cycle| cycle["action"] == "adjusted");
    let adjusted: Vec<&Value> = adjusted.collect();
    assert!(
        adjusted.len() >= 3,
        "it shows what it can do: {}",
        adjusted.len()
    );
    assert!(adjusted.iter().any(|cycle| cycle["newRatio"] == 1));
    assert!(cycles.iter().all(|cycle| cycle["error"].is_null()));
    assert!(
        adjusted.iter().all(|cycle| cycle["exported"] == 1),
        "each has its record"
    );
}

#[test]
fn a_scenario_of_another_dialer_is_refused() {
    let folder = Folder::new();
    for (kind, platform) in [("rate", "skills"), ("ratio", "campaign-api")] {
        folder.write("world.toml", format!("[dialer]\nkind = {kind:?}\n"));
        let args = ["tick", "--sandbox", "world.toml", "--platform", platform];
        let refused = folder.dialpace(&args).finish().expect(2);
        assert!(
            refused.error().contains("dialer.kind"),
            "{}",
            refused.error()
        );
        assert!(refused.error().contains(platform), "{}", refused.error());
    }
}
