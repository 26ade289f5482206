//! Several campaigns of one account in one process: what they share, and what they do not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod common;

use std::thread;
use std::time::Duration;

use common::{Call, Folder, Platform, Reply, Request, Run as _};
use dialpace::base::clock::{Deadline, SystemClock};
use dialpace::base::notice::{Notice, Notices};
use dialpace::base::subject::Subject;
use dialpace::http::{Problem, Retry};
use dialpace::live::{Cycle, CycleError, CycleReport, Outcome, State, Store};
use dialpace::pacing::{Actuator, Limits, Pacer, Policy, Setpoint, Unit};
use dialpace::platform::{
    Account, AccountSettings, Applied, CampaignApi, CampaignId, CampaignSettings, Change, Cursor,
    IfMatch, Platform as _, ReadOnly,
};

struct Silence;

impl Notices for Silence {
    fn tell(&self, _: &Notice) {}
}

fn account(platform: &Platform) -> Account<'static> {
    let settings = AccountSettings {
        site: dialpace::platform::Site::new(&platform.site()).unwrap(),
        client_id: "client-1".to_owned(),
        client_secret: common::SECRET.into(),
        proxy: None,
        authorities: Vec::new(),
        retry: Retry {
            retries: 0,
            wait: Duration::from_millis(1),
            ..Retry::default()
        },
        token_cache: None,
    };
    Account::new(settings, &Silence)
}

fn campaign<'a>(account: &'a Account<'a>, id: &str) -> CampaignApi<'a> {
    CampaignApi::new(
        account.shared_with(&Silence),
        CampaignSettings {
            campaign_id: CampaignId::new(id).unwrap(),
            interval: Duration::from_secs(30),
            if_match: IfMatch::Any,
            actuator: Actuator::calls_per_minute(10, 100),
        },
    )
}

/// The platform of two campaigns; `refuse` says which requests are answered with 429.
fn platform(refuse: fn(&Request) -> bool) -> Platform {
    Platform::scripted(move |request, _| {
        if refuse(request) {
            let pause = vec![("Retry-After", "120".to_owned())];
            return Reply::Answer(429, pause, String::new());
        }
        match request.call() {
            Call::Token => Reply::Contract,
            Call::Metrics => {
                let id = request.body.split('\'').nth(1).unwrap();
                Reply::body(common::metrics_answer(id, "0.77"))
            }
            Call::Agents => Reply::body("[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]"),
            Call::Campaign => Reply::body(r#"{"dialRate":20}"#),
            _ => Reply::body("{}"),
        }
    })
}

/// One cycle of each campaign, side by side, each with a state of its own.
fn one_cycle_each(folder: &Folder, account: &Account, ids: [&str; 2]) -> [CycleReport; 2] {
    let pacer = Pacer::new(Limits::default(), Policy::Capacity).unwrap();
    let run = |id: &str| {
        let store = Store::lock(&folder.path(&format!("{id}.json")), id).unwrap();
        let api = campaign(account, id);
        let subject = Subject::Campaign(id.to_owned());
        let cycle = Cycle {
            pacer: &pacer,
            subject: &subject,
            platform: &api,
            warehouse: None,
            store: &store,
            pool: None,
            outbox_capacity: 10,
            notices: &Silence,
        };
        let clock = SystemClock::start();
        let mut state = cycle.load(&clock).unwrap();
        let deadline = Deadline::after(&clock, Duration::from_secs(25));
        cycle.run(&mut state, &deadline)
    };
    thread::scope(|scope| {
        let threads = ids.map(|id| scope.spawn(move || run(id)));
        threads.map(|thread| thread.join().unwrap())
    })
}

fn paused(report: &CycleReport) -> bool {
    matches!(&report.error, Some(CycleError::Call(error)) if matches!(error.problem, Problem::Paused { .. }))
}

fn state_of(folder: &Folder, id: &str) -> String {
    folder.read(&format!("{id}.json"))
}

#[test]
fn two_campaigns_share_one_token_and_keep_states_of_their_own() {
    let folder = Folder::new();
    let platform = platform(|_| false);
    let account = account(&platform);
    for report in one_cycle_each(&folder, &account, ["one", "two"]) {
        assert!(matches!(report.outcome, Outcome::Applied), "{report:?}");
    }
    assert_eq!(platform.count(Call::Token), 1);
    assert_eq!(platform.count(Call::Patch), 2);
    assert!(state_of(&folder, "one").contains(r#""campaignId":"one""#));
    assert!(state_of(&folder, "two").contains(r#""campaignId":"two""#));
}

#[test]
fn a_pause_of_one_campaigns_call_pauses_that_campaign_alone() {
    let folder = Folder::new();
    let platform = platform(|request| request.body.contains("campaignId = 'one'"));
    let account = account(&platform);
    let [one, two] = one_cycle_each(&folder, &account, ["one", "two"]);
    assert!(one.error.is_some(), "{one:?}");
    assert!(matches!(two.outcome, Outcome::Applied), "{two:?}");
    let [one, two] = one_cycle_each(&folder, &account, ["one", "two"]);
    assert!(paused(&one), "{one:?}");
    assert!(two.error.is_none(), "{two:?}");
}

#[test]
fn a_pause_of_the_token_request_pauses_all_who_need_a_token() {
    let folder = Folder::new();
    let platform = platform(|request| request.call() == Call::Token);
    let account = account(&platform);
    let reports = one_cycle_each(&folder, &account, ["one", "two"]);
    assert!(reports.iter().all(|report| report.error.is_some()));
    assert_eq!(platform.count(Call::Token), 1, "asked once for both");
    // Neither state knows of the other's pause; what they share does.
    let [three, four] = one_cycle_each(&folder, &account, ["three", "four"]);
    assert!(paused(&three) && paused(&four), "{three:?}\n{four:?}");
    assert_eq!(platform.calls(), [Call::Token]);
}

#[test]
fn what_is_withheld_is_what_would_be_sent() {
    let platform = platform(|_| false);
    let account = account(&platform);
    let api = campaign(&account, "one");
    let clock = SystemClock::start();
    let deadline = Deadline::after(&clock, Duration::from_secs(25));
    let change = Change {
        setpoint: Setpoint::at(34),
        previous: None,
        version: None,
        is_latched: false,
        was_stopped: false,
    };
    let withheld = ReadOnly(&api)
        .apply(&mut Cursor::default(), &change, &deadline)
        .unwrap();
    assert!(platform.calls().is_empty());
    let Applied::Withheld(requests) = withheld else {
        panic!("{withheld:?}");
    };
    assert_eq!(requests.len(), 1);
    let text = requests[0].to_string();
    assert!(text.ends_with(r#"{"dialRate":34}"#), "{text}");
    assert!(matches!(
        api.apply(&mut Cursor::default(), &change, &deadline),
        Ok(Applied::Yes { .. })
    ));
    let sent = platform.world().requests.last().unwrap().clone();
    assert_eq!(sent.body, r#"{"dialRate":34}"#);
    // A lever that stands still is 0 on this wire, and never the word.
    let stop = Change {
        setpoint: Setpoint::Stopped,
        ..change
    };
    assert!(
        api.requests(&Cursor::default(), &stop)[0]
            .to_string()
            .ends_with(r#"{"dialRate":0}"#)
    );
}

/// Accepted is not applied: the intent stays open, and the next cycle reads where the lever stands.
#[test]
fn a_change_that_is_only_accepted_stays_open_until_it_is_found_applied() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |nth| match nth {
        0 => Reply::Contract,
        _ => Reply::ContractThen(Box::new(Reply::status(202))),
    });
    platform.world().agents = 20;
    folder
        .tick(&platform, &["--window", "1"])
        .finish()
        .expect(0);
    platform.world().agents = 40;
    let warehouse = platform.warehouse();
    let args = ["--window", "1", "--dw-endpoint", &warehouse, "--json"];
    let run = folder.tick(&platform, &args).finish().expect(0);
    let object = run.json();
    assert_eq!(object["action"], "held", "{object}");
    assert!(
        object["reason"]
            .as_str()
            .unwrap()
            .ends_with("accepted by the platform, not confirmed yet"),
        "{object}"
    );
    assert!(platform.world().records.is_empty());
    let run = folder.tick(&platform, &args).finish().expect(0);
    assert!(
        run.stderr
            .contains("its change to 34 calls/min; the campaign dials at 34 calls/min, so the change counts as applied"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.world().records.len(), 1);
    assert_eq!(platform.world().applied, [17, 34], "not sent again");
}

/// What a platform leaves in its cursor is there for the next run, as for the next cycle.
#[test]
fn a_cursor_outlives_the_process() {
    let folder = Folder::new();
    let store = Store::lock(&folder.path("state.json"), "one").unwrap();
    let mut state = State::cold("one");
    assert!(state.cursor.is_empty());
    state.cursor.write(&(17_u32, "since")).unwrap();
    store.save(&state).unwrap();
    drop(store);
    let store = Store::lock(&folder.path("state.json"), "one").unwrap();
    let dialpace::live::Loaded::Earlier(again) = store.load().unwrap() else {
        panic!("no state");
    };
    assert_eq!(
        again.cursor.read::<(u32, String)>(),
        Some((17, "since".to_owned()))
    );
    assert_eq!(again.cursor.read::<u64>(), None, "of another shape");
    assert_eq!(Cursor::default().read::<u64>(), None);
}

#[test]
fn a_pacer_for_another_lever_cannot_be_built() {
    let ratio = Limits {
        actuator: Actuator::calls_per_agent(100, 300),
        guards: dialpace::pacing::Guards {
            safe: None,
            ..Limits::default().guards
        },
        ..Limits::default()
    };
    for policy in [Policy::Capacity, Policy::Compensated] {
        let error = Pacer::new(ratio.clone(), policy).unwrap_err();
        assert_eq!(error.setting, "policy");
        assert!(
            error
                .problem
                .ends_with("sets calls per minute, and this lever counts calls per agent"),
            "{error}"
        );
    }
    let fixed = Policy::Fixed {
        unit: Unit::CallsPerAgent,
        setpoint: Setpoint::at(150),
    };
    assert!(Pacer::new(ratio, fixed).is_ok());
    assert!(Pacer::new(Limits::default(), fixed).is_err());
}
