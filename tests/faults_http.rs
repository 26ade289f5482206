//! Faults of the platform, as statuses, payloads and broken connections: each ends in bounded
//! time, with the right exit code, one clear message, and a state that the next run can use.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use common::{CAMPAIGN, Call, Folder, Platform, Reply, Run, metrics_answer};
use serde_json::json;

const PLATFORM_CALLS: [Call; 4] = [Call::Token, Call::Metrics, Call::Agents, Call::Patch];

/// The next run, against a platform without faults, works and leaves `rate` applied.
#[track_caller]
fn recovers(folder: &Folder, rate: u32) {
    let platform = Platform::start();
    platform.world().dial_rate = 3;
    folder
        .tick(&platform, &["--dw-endpoint", &platform.warehouse()])
        .finish()
        .expect(0);
    assert_eq!(platform.world().applied, [rate]);
}

#[test]
fn too_many_requests_is_retried_on_every_call() {
    for call in [&PLATFORM_CALLS[..], &[Call::Warehouse]].concat() {
        let folder = Folder::new();
        let platform = Platform::faulty(call, |nth| {
            if nth < 2 {
                Reply::status(429)
            } else {
                Reply::Contract
            }
        });
        let warehouse = platform.warehouse();
        let run = folder
            .tick(&platform, &["--dw-endpoint", &warehouse])
            .finish()
            .expect(0);
        assert_eq!(platform.count(call), 3, "{call:?}");
        assert_eq!(
            run.stderr
                .matches("HTTP 429 Too Many Requests; retry")
                .count(),
            2,
            "{}",
            run.stderr
        );
        assert_eq!(platform.world().records.len(), 1);
    }
}

#[test]
fn too_many_requests_for_ever_ends_after_five_retries() {
    for call in PLATFORM_CALLS {
        let folder = Folder::new();
        let platform = Platform::faulty(call, |_| Reply::status(429));
        let run = folder.tick(&platform, &[]).finish().expect(4);
        assert_eq!(platform.count(call), 6, "{call:?}");
        assert!(
            run.error().contains("HTTP 429 Too Many Requests (6 tries)"),
            "{}",
            run.stderr
        );
        assert!(platform.world().applied.is_empty());
        recovers(&folder, 34);
    }
}

#[test]
fn retry_after_is_honoured_and_remembered() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, |_| {
        Reply::Answer(429, vec![("Retry-After", "120".to_owned())], String::new())
    });
    // Two minutes are beyond the deadline, so there is no point in waiting at all.
    let run = folder.tick(&platform, &[]).finish().expect(4);
    assert!(
        run.error()
            .contains("HTTP 429 Too Many Requests; the next try is due in 120 s, after the cycle's deadline of 17 s"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.count(Call::Metrics), 1);
    // The next run knows, and calls nobody.
    let requests = platform.calls().len();
    let run = folder.tick(&platform, &[]).finish().expect(4);
    assert!(
        run.error().contains("asked for a pause until"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.calls().len(), requests);
}

#[test]
fn retry_after_within_the_deadline_is_waited_for() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |nth| match nth {
        0 => Reply::Answer(429, vec![("Retry-After", "1".to_owned())], String::new()),
        _ => Reply::Contract,
    });
    let run = folder.tick(&platform, &[]).finish().expect(0);
    assert!(run.stderr.contains("retry 1 of 5 in 1 s"), "{}", run.stderr);
    assert_eq!(platform.world().applied, [34]);
}

#[test]
fn retry_after_that_makes_no_sense_is_ignored() {
    for junk in [
        "soon",
        "-5",
        "1e9",
        "",
        "Mon, 99 Foo 2026 00:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    ] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Agents, move |nth| match nth {
            0 => Reply::Answer(429, vec![("Retry-After", junk.to_owned())], String::new()),
            _ => Reply::Contract,
        });
        folder.tick(&platform, &[]).finish().expect(0);
    }
}

#[test]
fn a_huge_retry_after_is_bounded() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, |_| {
        let seconds = "99999999999999999999".to_owned();
        Reply::Answer(503, vec![("Retry-After", seconds)], String::new())
    });
    folder.tick(&platform, &[]).finish().expect(4);
    let state: serde_json::Value = serde_json::from_str(&folder.read("state.json")).unwrap();
    let heard = state["state"]["pacer"]["heardAt"].as_i64().unwrap();
    let quiet = state["state"]["quietUntil"].as_i64().unwrap();
    assert!(
        (0..=301_000).contains(&(quiet - heard)),
        "{} ms",
        quiet - heard
    );
}

#[test]
fn a_token_revoked_between_calls_is_renewed_once() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.tick(&platform, &[]).finish().expect(0);
    platform.world().tokens_revoked = 1;
    platform.world().agents = 20;
    let run = folder.tick(&platform, &[]).finish().expect(0);
    assert_eq!(platform.world().tokens_issued, 2, "{}", run.stderr);
    assert_eq!(platform.world().applied, [34, 25]);
}

#[test]
fn a_token_refused_for_ever_is_a_matter_of_credentials() {
    for call in [Call::Metrics, Call::Agents, Call::Patch] {
        let folder = Folder::new();
        let platform = Platform::faulty(call, |_| {
            Reply::Answer(401, vec![], r#"{"message":"bad token"}"#.into())
        });
        let run = folder.tick(&platform, &[]).finish().expect(3);
        assert!(
            run.error().contains("HTTP 401 Unauthorized: bad token"),
            "{}",
            run.stderr
        );
        assert!(
            run.error()
                .contains("check the client id (CXONE_CLIENT_ID)"),
            "{}",
            run.stderr
        );
        assert_eq!(platform.world().tokens_issued, 2, "renewed once");
        assert_eq!(platform.count(call), 2);
        recovers(&folder, 34);
    }
}

#[test]
fn every_call_refused_renews_once_all_the_same() {
    let folder = Folder::new();
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Token => Reply::Contract,
        _ => Reply::status(401),
    });
    folder.tick(&platform, &[]).finish().expect(3);
    assert_eq!(platform.world().tokens_issued, 2);
}

#[test]
fn a_wrong_secret_says_what_to_check() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = folder
        .tick(&platform, &[])
        .env("CXONE_CLIENT_SECRET", "wrong")
        .finish()
        .expect(3);
    assert!(
        run.error().contains(
            "token request: HTTP 401 Unauthorized: invalid_client; check the client id (CXONE_CLIENT_ID)"
        ),
        "{}",
        run.stderr
    );
    assert_eq!(platform.calls(), [Call::Token]);
}

#[test]
fn each_status_says_what_to_do() {
    // call, status, exit code, what the message must hold
    let table = "
        Metrics  403 3  the client lacks the scope analytics:read
        Agents   403 3  the client lacks the scope agent:read
        Patch    403 3  the client lacks the scope outbound:campaign:write
        Patch    400 5  the body was {\"dialRate\":34}; the range set here is 10 to 100
        Patch    404 5  check the campaign id (CAMPAIGN_ID): the platform does not know campaign camp-42
        Patch    409 5  change of the dial rate: HTTP 409 Conflict
        Patch    412 5  check the campaign id (CAMPAIGN_ID)
        Metrics  404 5  check the site (CXONE_SITE)
        Token    404 5  check the site (CXONE_SITE)
        Token    400 3  check the client id (CXONE_CLIENT_ID) and the client secret
        Metrics  301 5  redirects are not followed
        Patch    302 5  redirects are not followed
        Patch    307 5  redirects are not followed
        Metrics  500 5  HTTP 500 Internal Server Error (6 tries)
    ";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut rest = line;
        let mut next = || {
            let (cell, tail) = rest.trim().split_once(' ').unwrap();
            rest = tail;
            cell.to_owned()
        };
        let call = match next().as_str() {
            "Metrics" => Call::Metrics,
            "Agents" => Call::Agents,
            "Token" => Call::Token,
            _ => Call::Patch,
        };
        let status: u16 = next().parse().unwrap();
        let code: i32 = next().parse().unwrap();
        let message = rest.trim();

        let folder = Folder::new();
        let platform = Platform::faulty(call, move |_| {
            let location = vec![("Location", "/elsewhere?key=1".to_owned())];
            Reply::Answer(
                status,
                if status < 400 { location } else { vec![] },
                String::new(),
            )
        });
        let run = folder.tick(&platform, &[]).finish().expect(code);
        assert!(run.error().contains(message), "{line}\n{}", run.stderr);
        assert!(platform.world().applied.is_empty());
        recovers(&folder, 34);
    }
}

#[test]
fn a_redirected_patch_is_not_replayed() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |_| {
        Reply::Answer(
            302,
            vec![("Location", "/api/v2/outbound/campaigns/camp-42".into())],
            String::new(),
        )
    });
    folder.tick(&platform, &[]).finish().expect(5);
    assert_eq!(
        (platform.count(Call::Patch), platform.count(Call::Campaign)),
        (1, 0)
    );
}

#[test]
fn a_server_that_recovers_is_waited_for() {
    for call in PLATFORM_CALLS {
        for fault in [Reply::status(500), Reply::status(503), Reply::Drop] {
            let folder = Folder::new();
            let platform = Platform::faulty(call, move |nth| {
                if nth == 0 {
                    fault.clone()
                } else {
                    Reply::Contract
                }
            });
            folder.tick(&platform, &[]).finish().expect(0);
            assert_eq!(platform.world().applied, [34]);
        }
    }
}

/// A campaign that was set to 17 calls a minute by an earlier run.
fn at_17_calls() -> Folder {
    let folder = Folder::new();
    let platform = Platform::start();
    platform.world().agents = 20;
    // A window of one sample, so that the next run decides from its own agents.
    folder
        .tick(&platform, &["--window", "1"])
        .finish()
        .expect(0);
    assert_eq!(platform.world().applied, [17]);
    folder
}

#[test]
fn a_patch_whose_answer_never_came_is_looked_up_before_it_is_sent_again() {
    let folder = at_17_calls();
    let platform = Platform::faulty(Call::Patch, |_| Reply::ContractThenDrop);
    platform.world().dial_rate = 17;
    let warehouse = platform.warehouse();
    folder
        .tick(&platform, &["--window", "1", "--dw-endpoint", &warehouse])
        .finish()
        .expect(0);
    let tail: Vec<Call> = platform.calls().into_iter().skip(3).collect();
    assert_eq!(
        tail,
        [Call::Patch, Call::Campaign, Call::Warehouse],
        "applied once, recorded once"
    );

    // Before the first change the rate that is found may have been there: it is sent again, so that
    // the record is true.
    for (fault, applied) in [
        (Reply::Drop, vec![34]),
        (Reply::ContractThenDrop, vec![34, 34]),
    ] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Patch, move |nth| match nth {
            0 => fault.clone(),
            _ => Reply::Contract,
        });
        platform.world().dial_rate = 34;
        let warehouse = platform.warehouse();
        let args = ["--dw-endpoint", &warehouse];
        folder.tick(&platform, &args).finish().expect(0);
        assert_eq!(platform.world().applied, applied);
        assert_eq!(platform.world().records.len(), 1);
    }

    // The same, when it was not applied: it is sent again.
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |nth| {
        if nth == 0 {
            Reply::Drop
        } else {
            Reply::Contract
        }
    });
    folder.tick(&platform, &[]).finish().expect(0);
    let tail: Vec<Call> = platform.calls().into_iter().skip(3).collect();
    assert_eq!(tail, [Call::Patch, Call::Campaign, Call::Patch]);
}

#[test]
fn what_an_earlier_run_left_open_is_settled_first() {
    // (what becomes of the PATCH, whether its record must appear)
    for (fault, applied) in [(Reply::ContractThenDrop, true), (Reply::Drop, false)] {
        let folder = at_17_calls();
        let platform = Platform::scripted(move |request, _| match request.call() {
            Call::Patch => fault.clone(),
            Call::Campaign => Reply::status(500),
            _ => Reply::Contract,
        });
        platform.world().dial_rate = 17;
        let warehouse = platform.warehouse();
        folder
            .tick(&platform, &["--window", "1", "--dw-endpoint", &warehouse])
            .finish()
            .expect(5);
        let rate_there = platform.world().dial_rate;
        drop(platform);

        let platform = Platform::start();
        platform.world().dial_rate = rate_there;
        let warehouse = platform.warehouse();
        let run = folder
            .tick(&platform, &["--dw-endpoint", &warehouse])
            .finish()
            .expect(0);
        let rates: Vec<bool> = platform
            .world()
            .records
            .iter()
            .map(|(_, body)| body.contains("\"newDialRate\":34"))
            .collect();
        assert_eq!(
            rates,
            [true],
            "one record of the 34 calls/min, whichever run applied it"
        );
        assert_eq!(
            platform.world().applied.is_empty(),
            applied,
            "{}",
            run.stderr
        );
        // The site differs, so a token is asked for; the campaign comes before the poll.
        assert_eq!(
            platform.calls().get(..2),
            Some(&[Call::Token, Call::Campaign][..])
        );
    }
}

#[test]
fn a_hanging_server_costs_no_more_than_the_deadline() {
    for call in [Call::Token, Call::Metrics, Call::Agents, Call::Patch] {
        let folder = Folder::new();
        let platform = Platform::faulty(call, |_| Reply::Hang);
        let run = folder
            .tick(&platform, &["--deadline", "1s"])
            .finish()
            .expect(4);
        assert!(
            run.error().contains("the cycle's deadline of"),
            "{}",
            run.stderr
        );
    }
    // A warehouse that hangs does not undo what was applied.
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Warehouse, |_| Reply::Hang);
    let warehouse = platform.warehouse();
    let run = folder
        .tick(
            &platform,
            &["--deadline", "1s", "--dw-endpoint", &warehouse, "--json"],
        )
        .finish()
        .expect(6);
    assert_eq!(
        (&run.json()["action"], &run.json()["pending"]),
        (&json!("adjusted"), &json!(1))
    );
    let platform = Platform::start();
    let warehouse = platform.warehouse();
    folder
        .tick(&platform, &["--dw-endpoint", &warehouse])
        .finish()
        .expect(0);
    assert_eq!(platform.world().records.len(), 1);
}

#[test]
fn nobody_there_is_one_clear_message() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = folder
        .tick(&platform, &["--retries", "1"])
        // Port 1 of loopback: nobody listens there.
        .env("CXONE_SITE", "http://127.0.0.1:1")
        .finish()
        .expect(1);
    assert!(
        run.error()
            .contains("token request: no connection to 127.0.0.1:1: "),
        "{}",
        run.stderr
    );
    assert!(
        run.error().contains("(2 tries); check the host"),
        "{}",
        run.stderr
    );
}

#[test]
fn answers_that_cannot_be_used_name_the_field() {
    let row = |fields: &str| format!(r#"{{"response":[{{{fields}}}]}}"#);
    let rate = |rate: &str| metrics_answer(CAMPAIGN, rate);
    let cases = [
        (
            Call::Metrics,
            metrics_answer("other", "0.7"),
            "response[0].campaignId is \"other\"",
        ),
        (
            Call::Metrics,
            rate("\"much\""),
            "response[0].answerRate: invalid value: string \"much\", expected a share from 0 to 1",
        ),
        (
            Call::Metrics,
            rate("77.24"),
            "response[0].answerRate: 77.24 is not a share from 0 to 1 (a percentage? divide by 100)",
        ),
        (
            Call::Metrics,
            rate("-0.1"),
            "response[0].answerRate: -0.1 is not a share",
        ),
        (Call::Metrics, rate("NaN"), "response[0].answerRate"),
        (Call::Metrics, rate("1e400"), "number out of range"),
        (
            Call::Metrics,
            rate("[]"),
            "response[0].answerRate: invalid value: an array, expected a share",
        ),
        (
            Call::Metrics,
            row(r#""campaignId":"camp-42","answerRate":0.5,"answerRate":0.6"#),
            "duplicate field `answerRate`",
        ),
        (
            Call::Metrics,
            row(
                r#""campaignId":"camp-42","answerRate":0.5,"totalCallsDialed":1,"totalCallsAnswered":2"#,
            ),
            "totalCallsAnswered is 2, more than totalCallsDialed",
        ),
        (
            Call::Metrics,
            row(r#""campaignId":"camp-42","answerRate":0.5,"totalCallsDialed":-1"#),
            "response[0].totalCallsDialed: invalid value: number -1, expected a whole number",
        ),
        (
            Call::Metrics,
            "<html><h1>Login</h1>".to_owned(),
            "JSON was expected",
        ),
        (Call::Metrics, String::new(), "the body is empty"),
        (Call::Metrics, "[".repeat(5_000), "unusable answer"),
        (
            Call::Agents,
            "\"40\"".to_owned(),
            "invalid type: string \"40\", expected an array of agents",
        ),
        (
            Call::Agents,
            r#"{"agents":7}"#.to_owned(),
            "invalid type: integer `7`",
        ),
        (
            Call::Agents,
            r#"{"count":7}"#.to_owned(),
            "missing field `response`",
        ),
        (
            Call::Agents,
            r#"{"response":[],"page":1,"pageSize":25,"totalElements":9}"#.to_owned(),
            "page 1 is empty, and only 0 agents came before it",
        ),
        (
            Call::Agents,
            r#"{"response":[1,2],"page":1,"pageSize":2,"totalElements":9}"#.to_owned(),
            "it is page 1, where page 2 was asked for",
        ),
        (
            Call::Agents,
            format!("[{}1]", "1,".repeat(600_000)),
            "its body is larger than 1048576 bytes",
        ),
        (
            Call::Token,
            r#"{"token_type":"Bearer"}"#.to_owned(),
            "missing field `access_token`",
        ),
        (
            Call::Token,
            r#"{"access_token":"a b","expires_in":3600}"#.to_owned(),
            "access_token is empty or has characters",
        ),
        (
            Call::Token,
            r#"{"access_token":"abc","expires_in":"soon"}"#.to_owned(),
            "expires_in: invalid value: string, expected a number",
        ),
        (
            Call::Token,
            r#"{"access_token":"abc","token_type":"MAC"}"#.to_owned(),
            "token_type is \"MAC\"",
        ),
    ];
    for (call, body, message) in cases {
        let folder = Folder::new();
        let start: String = body.chars().take(80).collect();
        let platform = Platform::faulty(call, move |_| Reply::body(body.clone()));
        let run = folder.tick(&platform, &[]).finish().expect(5);
        assert!(
            run.error().contains(message),
            "{start}\nwanted: {message}\ngot: {}",
            run.stderr
        );
        assert!(
            run.error().len() < 700,
            "short enough to read: {}",
            run.stderr
        );
        assert!(platform.world().applied.is_empty());
    }
}

#[test]
fn a_token_without_a_lifetime_serves_one_run() {
    for expires in ["", r#","expires_in":0"#, r#","expires_in":-5"#] {
        let folder = Folder::new();
        let platform = Platform::scripted(move |request, _| match request.call() {
            Call::Token => Reply::body(format!(
                r#"{{"access_token":"{}-0"{expires}}}"#,
                common::TOKEN
            )),
            _ => Reply::Contract,
        });
        platform.world().tokens_issued = 1;
        for _ in 0..2 {
            folder.tick(&platform, &[]).finish().expect(0);
        }
        assert_eq!(platform.count(Call::Token), 2);
        assert!(!folder.path("state.json.token").exists());
    }
}

#[test]
fn a_failed_poll_never_raises_the_rate_and_says_what_holds() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, |nth| {
        if nth == 0 {
            Reply::Contract
        } else {
            Reply::status(500)
        }
    });
    folder.tick(&platform, &[]).finish().expect(0);
    platform.world().agents = 100;
    let run = folder
        .tick(&platform, &["--json", "--retries", "0"])
        .finish()
        .expect(5);
    let object = run.json();
    assert_eq!(object["action"], "held");
    assert_eq!(
        (&object["newDialRate"], &object["answerRate"]),
        (&json!(34), &json!(null))
    );
    assert_eq!(object["reason"], "poll failed, 1 of 6 samples still count");
    assert_eq!(platform.world().applied, [34]);
}

#[test]
fn a_broken_answer_is_not_taken_for_a_whole_one() {
    let truncated = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{},{}]".to_vec();
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Agents, move |nth| {
        if nth == 0 {
            Reply::Raw(truncated.clone())
        } else {
            Reply::Contract
        }
    });
    folder.tick(&platform, &[]).finish().expect(0);
    assert_eq!(platform.world().applied, [34]);

    let folder = Folder::new();
    let platform = Platform::faulty(Call::Agents, |_| {
        Reply::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())
    });
    let run = folder.tick(&platform, &[]).finish().expect(5);
    assert!(
        run.error()
            .contains("agents request: unusable answer: it is not HTTP"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_safe_rate_is_sent_although_the_poll_hangs() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, |nth| {
        if nth == 0 {
            Reply::Contract
        } else {
            Reply::Hang
        }
    });
    folder.tick(&platform, &[]).finish().expect(0);
    let args = ["--deadline", "3s", "--max-sample-age", "1ms", "--json"];
    let run = folder.tick(&platform, &args).finish().expect(4);
    assert_eq!(
        (&run.json()["action"], &run.json()["newDialRate"]),
        (&json!("safe"), &json!(10))
    );
    assert_eq!(platform.world().applied, [34, 10]);
    assert!(
        run.error().ends_with("; the dial rate is now 10 calls/min"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_safe_rate_is_not_sent_where_it_would_raise_what_somebody_set_by_hand() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, |nth| {
        if nth == 0 {
            Reply::Contract
        } else {
            Reply::status(404)
        }
    });
    folder.tick(&platform, &[]).finish().expect(0);
    platform.world().dial_rate = 3;
    let run = folder
        .tick(&platform, &["--max-sample-age", "1ms"])
        .finish()
        .expect(5);
    assert!(
        run.stderr
            .contains("the campaign dials at 3 calls/min, and dialpace last applied 34"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.world().applied, [34]);
}

#[test]
fn an_answer_that_holds_a_token_is_never_shown() {
    let token = common::TOKEN;
    for body in [
        format!(r#"{{"access_token":"{token}","expires_in":NaN}}"#),
        format!(r#"{{"access_token":"{token}","expires_in":"{token}"}}"#),
        format!(r#"{{"access_token":["{token}"]}}"#),
        format!(r#"{{"access_token":"{token}"#),
        format!("access_token={token}&token_type=bearer"),
        format!("\"{token}\""),
    ] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Token, move |_| Reply::body(body.clone()));
        // `finish` looks for the token.
        folder
            .tick(&platform, &["--verbose", "--json"])
            .finish()
            .expect(5);
    }
}

#[test]
fn a_secret_is_not_shown_in_any_of_its_forms() {
    let folder = Folder::new();
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Token => Reply::Answer(
            400,
            vec![],
            format!("bad request: {} {}", request.body, "s3/cr+t =x"),
        ),
        _ => Reply::Contract,
    });
    let run = folder
        .tick(&platform, &[])
        .env("CXONE_CLIENT_SECRET", "s3/cr+t =x")
        .finish()
        .expect(3);
    assert!(!run.stderr.contains("s3"), "{}", run.stderr);

    let folder = Folder::new();
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Metrics => {
            let token = request
                .header("authorization")
                .trim_start_matches("Bearer ")
                .to_owned();
            Reply::Answer(
                302,
                vec![("Location", format!("https://login.example.com/{token}"))],
                String::new(),
            )
        }
        _ => Reply::Contract,
    });
    folder.tick(&platform, &[]).finish().expect(5);
}

#[test]
fn what_may_have_been_applied_stays_open_whatever_follows() {
    // The PATCH is applied and answered 500; what comes after it; the exit code of that run.
    type After = fn(usize) -> Reply;
    let cases: [(&str, After, i32); 2] = [
        (
            "any",
            |nth| {
                if nth == 1 {
                    Reply::status(401)
                } else {
                    Reply::status(403)
                }
            },
            3,
        ),
        (
            "etag",
            |nth| {
                if nth == 1 {
                    Reply::status(401)
                } else {
                    Reply::Contract
                }
            },
            0,
        ),
    ];
    for (if_match, after, code) in cases {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Patch, move |nth| {
            if nth == 0 {
                Reply::ContractThen(Box::new(Reply::status(500)))
            } else {
                after(nth)
            }
        });
        let warehouse = platform.warehouse();
        let args = ["--dw-endpoint", &warehouse, "--if-match", if_match];
        folder.tick(&platform, &args).finish().expect(code);
        if code != 0 {
            let healthy = Platform::start();
            healthy.world().dial_rate = 34;
            let warehouse = healthy.warehouse();
            folder
                .tick(&healthy, &["--dw-endpoint", &warehouse])
                .finish()
                .expect(0);
            assert_eq!(healthy.world().records.len(), 1, "{if_match}");
        } else {
            assert_eq!(platform.world().records.len(), 1, "{if_match}");
        }
    }
}

#[test]
fn an_unchanged_rate_left_open_is_sent_again_and_recorded_once() {
    let folder = Folder::new();
    let platform = Platform::start();
    let warehouse = platform.warehouse();
    folder
        .tick(&platform, &["--dw-endpoint", &warehouse])
        .finish()
        .expect(0);
    drop(platform);
    // Outside the band, so the same 34 is to be sent; nothing arrives, and the run cannot look.
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Patch => Reply::Drop,
        Call::Campaign => Reply::status(404),
        _ => Reply::Contract,
    });
    platform.world().answer_rate = 0.5;
    let run = folder
        .tick(&platform, &["--dw-endpoint", &platform.warehouse()])
        .finish()
        .expect(5);
    assert!(
        run.error()
            .contains("the next cycle checks whether 34 calls/min was applied"),
        "{}",
        run.stderr
    );
    drop(platform);

    let platform = Platform::start();
    platform.world().dial_rate = 34;
    let warehouse = platform.warehouse();
    folder
        .tick(&platform, &["--dw-endpoint", &warehouse])
        .finish()
        .expect(0);
    assert_eq!(
        platform.world().applied,
        [34],
        "only an answer makes the record true"
    );
    assert_eq!(platform.world().records.len(), 1);
}

#[test]
fn a_status_counts_although_its_body_is_broken() {
    let cut = |head: &str| {
        Reply::Raw(format!("HTTP/1.1 {head}\r\nContent-Length: 500\r\n\r\n{{").into_bytes())
    };
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, move |nth| {
        if nth == 0 {
            cut("401 X")
        } else {
            Reply::Contract
        }
    });
    folder.tick(&platform, &[]).finish().expect(0);
    assert_eq!(platform.world().tokens_issued, 2);

    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, move |_| cut("400 X"));
    folder.tick(&platform, &[]).finish().expect(5);
    assert_eq!(
        (platform.count(Call::Patch), platform.count(Call::Campaign)),
        (1, 0)
    );

    let folder = Folder::new();
    let platform = Platform::faulty(Call::Metrics, move |_| cut("429 X\r\nRetry-After: 120"));
    folder.tick(&platform, &[]).finish().expect(4);
    assert_eq!(platform.count(Call::Metrics), 1);

    // A PATCH that was answered 200 was applied, whatever became of the rest of the answer.
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, move |_| cut("200 X"));
    folder.tick(&platform, &[]).finish().expect(0);
    assert_eq!(
        (platform.count(Call::Patch), platform.count(Call::Campaign)),
        (1, 0)
    );
}

#[test]
fn pages_that_do_not_add_up_are_refused() {
    let agents = |n: usize| vec!["{}"; n].join(",");
    let cases = [
        (
            format!(
                r#"{{"agents":[{}],"page":1,"pageSize":25,"totalElements":30}}"#,
                agents(25)
            ),
            "it is page 1, where page 2 was asked for",
        ),
        (
            format!(r#"{{"agents":[{}],"page":1,"pageCount":2}}"#, agents(25)),
            "it is page 1, where page 2 was asked for",
        ),
        (
            format!(r#"{{"agents":[{}],"totalElements":3}}"#, agents(5)),
            "5 agents on 1 pages, and the total is 3",
        ),
        (
            format!(r#"{{"agents":[{}],"nextPage":"/x"}}"#, agents(5)),
            "nextPage announces more pages",
        ),
        (
            format!(r#"{{"agents":[{}],"page":7,"total":5}}"#, agents(5)),
            "it is page 7, where page 1 was asked for",
        ),
    ];
    for (body, message) in cases {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Agents, move |_| Reply::body(body.clone()));
        let run = folder.tick(&platform, &[]).finish().expect(5);
        assert!(
            run.error().contains(message),
            "wanted: {message}\ngot: {}",
            run.stderr
        );
    }
    // Two names for the same, and pages counted from 0.
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Agents, move |nth| {
        let n = if nth == 0 { 25 } else { 5 };
        Reply::body(format!(
            r#"{{"entities":[{}],"pageNumber":{nth},"total":30,"totalElements":30,"nextUri":null}}"#,
            agents(n)
        ))
    });
    let run = folder.tick(&platform, &["--json"]).finish().expect(0);
    assert_eq!(run.json()["availableAgents"], 30);
}

#[test]
fn the_longest_pause_that_any_answer_asked_for_is_kept() {
    let folder = Folder::new();
    let platform = Platform::scripted(|request, _| match request.call() {
        Call::Metrics => Reply::status(400),
        Call::Agents => Reply::Answer(429, vec![("Retry-After", "120".to_owned())], String::new()),
        _ => Reply::Contract,
    });
    folder.tick(&platform, &[]).finish().expect(5);
    let requests = platform.calls().len();
    folder.tick(&platform, &[]).finish().expect(4);
    assert_eq!(platform.calls().len(), requests);
}

#[test]
fn a_token_cache_that_holds_nonsense_is_passed_over() {
    let folder = Folder::new();
    let platform = Platform::start();
    let site = platform.site();
    for content in [
        "nonsense".to_owned(),
        format!(
            r#"{{"site":"{site}","clientId":"client-1","accessToken":"ab\ncd","expiresAt":99999999999999}}"#
        ),
        format!(r#"{{"site":"{site}","clientId":"client-1","accessToken":"old","expiresAt":0}}"#),
        r#"{"site":"https://other","clientId":"client-1","accessToken":"x","expiresAt":99999999999999}"#.to_owned(),
    ] {
        folder.write("state.json.token", content);
        folder.tick(&platform, &[]).finish().expect(0);
    }
    assert_eq!(platform.world().tokens_issued, 4);
}

#[test]
fn one_renewal_serves_the_whole_cycle() {
    let folder = Folder::new();
    let platform = Platform::scripted(|request, _| match request.call() {
        // After the first run nothing that needs a token is let in.
        Call::Metrics | Call::Agents | Call::Campaign
            if request.header("authorization").ends_with("-0") =>
        {
            Reply::Contract
        }
        Call::Token | Call::Patch => Reply::Contract,
        _ => Reply::status(401),
    });
    folder.tick(&platform, &[]).finish().expect(0);
    platform.world().tokens_revoked = 1;
    // Metrics and agents are refused, and so is the look before the safe rate.
    let args = ["--max-sample-age", "1ms"];
    folder.tick(&platform, &args).finish().expect(3);
    assert_eq!(platform.world().tokens_issued, 2);
    assert_eq!(platform.count(Call::Campaign), 1);
}

#[test]
fn a_pause_that_the_safe_rate_was_answered_with_is_kept() {
    let folder = Folder::new();
    let platform = Platform::scripted(|request, nth| match (request.call(), nth) {
        (Call::Metrics, 1..) => Reply::status(404),
        (Call::Patch, 1..) => {
            Reply::Answer(429, vec![("Retry-After", "120".to_owned())], String::new())
        }
        _ => Reply::Contract,
    });
    folder.tick(&platform, &[]).finish().expect(0);
    let args = ["--max-sample-age", "1ms"];
    folder.tick(&platform, &args).finish().expect(5);
    let requests = platform.calls().len();
    folder.tick(&platform, &args).finish().expect(4);
    assert_eq!(platform.calls().len(), requests);
}

/// What was not asked for is not counted, and nobody is counted twice: neither may raise the rate.
#[test]
fn a_list_wider_than_asked_for_never_raises_the_rate() {
    let agent = |id: u32, state: &str| format!(r#"{{"agentId":{id},"state":"{state}"}}"#);
    let available: Vec<String> = (0..40).map(|id| agent(id, "available")).collect();
    let mut wider: Vec<String> = (40..90).map(|id| agent(id, "busy")).collect();
    wider.extend(available.iter().cloned());
    wider.extend(available.iter().cloned());
    let page = |agents: &[String], total: &str| {
        format!(
            r#"{{"response":[{}],"pageSize":40{total}}}"#,
            agents.join(",")
        )
    };
    // (the answer to every page, agents that are counted)
    for (body, rate) in [
        (format!("[{}]", wider.join(",")), 34),
        (r#"[{"id":1,"status":"Available"},{"id":2,"agentState":"AVAILABLE"},{"id":3,"status":null}]"#.to_owned(), 10),
        // An interface that ignores the number of the page.
        (page(&available, ""), 34),
        (page(&available, r#","totalElements":120"#), 34),
    ] {
        let folder = Folder::new();
        let start: String = body.chars().take(80).collect();
        let platform = Platform::faulty(Call::Agents, move |_| Reply::body(body.clone()));
        folder.tick(&platform, &[]).finish().expect(0);
        assert_eq!(platform.world().applied, [rate], "{start}");
        assert!(platform.count(Call::Agents) <= 2, "{start}");
    }
}

/// Only an answer that an interface gives before it acts proves that nothing happened.
#[test]
fn an_answer_that_proves_nothing_leaves_the_change_open() {
    for status in [
        302, 303, 308, 402, 405, 408, 409, 410, 415, 422, 425, 451, 499, 500, 520,
    ] {
        let folder = at_17_calls();
        let platform = Platform::faulty(Call::Patch, move |_| {
            Reply::ContractThen(Box::new(Reply::status(status)))
        });
        platform.world().dial_rate = 17;
        let warehouse = platform.warehouse();
        let args = [
            "--window",
            "1",
            "--dw-endpoint",
            &warehouse,
            "--retries",
            "0",
        ];
        let run = folder.tick(&platform, &args).finish().expect(5);
        assert!(
            run.error()
                .ends_with("the next cycle checks whether 34 calls/min was applied"),
            "{status}: {}",
            run.stderr
        );
        platform.script(|_, _| Reply::Contract);
        folder.tick(&platform, &args).finish().expect(0);
        let world = platform.world();
        assert_eq!(world.applied, [34], "{status}");
        assert_eq!(world.records.len(), 1, "{status}");
    }
    for status in [400, 401, 403, 404, 412, 429] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Patch, move |_| Reply::status(status));
        let run = folder.tick(&platform, &["--retries", "0"]).finish();
        assert!(
            run.error().ends_with("no dial rate was set"),
            "{status}: {}",
            run.stderr
        );
    }
}

/// A campaign that cannot be read keeps no rate in force: what is lower is sent all the same.
#[test]
fn a_lower_rate_never_waits_for_a_read() {
    let reads = [
        Reply::status(403),
        Reply::status(404),
        Reply::status(500),
        Reply::Drop,
        Reply::body(r#"{"dialRate":null}"#),
    ];
    for read in reads {
        for applies in [true, false] {
            let folder = at_17_calls();
            let unreadable = read.clone();
            let platform = Platform::scripted(move |request, _| match request.call() {
                Call::Patch if request.body.contains("34") && applies => Reply::ContractThenDrop,
                Call::Patch if request.body.contains("34") => Reply::Drop,
                Call::Campaign => unreadable.clone(),
                _ => Reply::Contract,
            });
            platform.world().dial_rate = 17;
            let warehouse = platform.warehouse();
            let args = [
                "--window",
                "1",
                "--retries",
                "0",
                "--dw-endpoint",
                &warehouse,
            ];
            let run = folder.tick(&platform, &args).finish();
            assert_ne!(run.code, 0, "{}", run.stderr);
            // A raise waits until it is known where the campaign stands ...
            platform.world().agents = 60;
            let run = folder.tick(&platform, &args).finish();
            assert_ne!(run.code, 0, "{}", run.stderr);
            let sent = |platform: &Platform| platform.count(Call::Patch);
            assert_eq!(sent(&platform), 1, "{}", run.stderr);
            // ... and a lower rate does not.
            platform.world().agents = 30;
            let run = folder.tick(&platform, &args).finish();
            assert_eq!(platform.world().dial_rate, 25, "{}", run.stderr);
            assert!(
                run.stderr.contains(
                    "whether an earlier change to 34 calls/min was applied cannot be known"
                ),
                "{}",
                run.stderr
            );
            assert_eq!(platform.world().records.len(), 2, "one of either change");
            // Nor does a standstill without agents.
            platform.world().agents = 0;
            folder.tick(&platform, &args).finish();
            assert_eq!(platform.world().dial_rate, 0);
        }
    }
}

/// Where a position proves nothing it is sent again; if that fails, the cycle goes on all the same.
#[test]
fn a_change_that_cannot_be_sent_again_does_not_end_the_cycle() {
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Patch, |_| Reply::Drop);
    platform.world().dial_rate = 34;
    let args = ["--window", "1", "--retries", "0"];
    folder.tick(&platform, &args).finish().expect(1);
    // 34 may have stood there before. Sending it again fails, and the agents ask for less.
    platform.script(|request, _| match request.call() {
        Call::Patch if request.body.contains("34") => Reply::status(500),
        _ => Reply::Contract,
    });
    platform.world().agents = 20;
    folder.tick(&platform, &args).finish().expect(5);
    assert_eq!(platform.world().dial_rate, 17);
}

/// Without a poll nothing above the lowest rate that may be in force is sent.
#[test]
fn the_safe_rate_never_waits_for_a_read() {
    for (safe, expected) in [("10", 10), ("30", 17)] {
        let folder = at_17_calls();
        let platform = Platform::scripted(|request, _| match request.call() {
            Call::Patch if request.body.contains("34") => Reply::ContractThenDrop,
            Call::Campaign => Reply::status(500),
            _ => Reply::Contract,
        });
        platform.world().dial_rate = 17;
        let args = ["--window", "1", "--retries", "0"];
        folder.tick(&platform, &args).finish();
        assert_eq!(platform.world().dial_rate, 34);
        platform.script(|request, _| match request.call() {
            Call::Campaign | Call::Metrics => Reply::status(500),
            _ => Reply::Contract,
        });
        let args = [
            "--window",
            "1",
            "--retries",
            "0",
            "--max-sample-age",
            "1ms",
            "--safe-rate",
            safe,
        ];
        let run = folder.tick(&platform, &args).finish().expect(5);
        assert_eq!(platform.world().dial_rate, expected, "{}", run.stderr);
    }
}

/// Nothing happened is no fault: a campaign that stands still starts, from the agents alone.
#[test]
fn a_quiet_interval_decides_from_the_agents() {
    let row = |fields: &str| {
        Reply::body(format!(
            r#"{{"response":[{{"campaignId":"camp-42",{fields}}}]}}"#
        ))
    };
    let nothing = [
        Reply::status(204),
        Reply::body(r#"{"response":[]}"#),
        row(r#""answerRate":null"#),
        row(r#""totalCallsDialed":null,"totalCallsAnswered":null"#),
        row(r#""answerRate":"""#),
    ];
    let zero = [
        row(r#""totalCallsDialed":0,"totalCallsAnswered":0,"answerRate":0"#),
        row(r#""totalCallsDialed":"0","totalCallsAnswered":"0","answerRate":null"#),
        row(r#""totalCallsDialed":0"#),
    ];
    for (answer, is_there) in nothing
        .into_iter()
        .map(|answer| (answer, false))
        .chain(zero.into_iter().map(|answer| (answer, true)))
    {
        // (rate there, rate of an earlier run)
        for (dialing, warm) in [(0, false), (12, false), (17, true)] {
            let folder = if warm { at_17_calls() } else { Folder::new() };
            let reply = answer.clone();
            let platform = Platform::faulty(Call::Metrics, move |_| reply.clone());
            platform.world().dial_rate = dialing;
            let args = ["--json", "--policy", "compensated", "--window", "1"];
            let run = folder.tick(&platform, &args).finish();
            if is_there || dialing == 0 {
                let run = run.expect(0);
                assert_eq!(platform.world().applied, [34], "{}", run.stderr);
                assert_eq!(run.json()["reasonCode"], "quiet-interval");
                assert_eq!(run.json()["answerRate"], json!(null));
            } else {
                let run = run.expect(5);
                assert!(platform.world().applied.is_empty(), "{}", run.stderr);
                assert!(
                    run.error()
                        .starts_with("error: metrics query: unusable answer"),
                    "{}",
                    run.stderr
                );
            }
        }
    }
}

/// A campaign that was stopped for want of agents starts again when they come.
#[test]
fn a_stopped_campaign_starts_again() {
    let folder = at_17_calls();
    let platform = Platform::start();
    platform.world().dial_rate = 17;
    platform.world().agents = 0;
    let args = ["--window", "1"];
    folder.tick(&platform, &args).finish().expect(0);
    assert_eq!(platform.world().dial_rate, 0);
    platform.script(|request, _| match request.call() {
        Call::Metrics => Reply::body(r#"{"response":[]}"#),
        _ => Reply::Contract,
    });
    platform.world().agents = 40;
    folder.tick(&platform, &args).finish().expect(0);
    assert_eq!(platform.world().applied, [0, 34]);
}

/// CXone quotes some of its numbers; the live reader takes what the file reader takes.
#[test]
fn quoted_numbers_are_numbers() {
    for fields in [
        r#""campaignId":"camp-42","answerRate":"0.5""#,
        r#""campaignId":"camp-42","answerRate":" 5e-1 ""#,
        r#""campaignId":"camp-42","totalCallsDialed":"8","totalCallsAnswered":"4.0""#,
        r#""campaignId":"camp-42","totalCallsDialed":8,"totalCallsAnswered":4,"answerRate":null"#,
    ] {
        let folder = Folder::new();
        let answer = format!(r#"{{"response":[{{{fields}}}]}}"#);
        let platform = Platform::scripted(move |request, _| match request.call() {
            Call::Metrics => Reply::body(answer.clone()),
            Call::Token => Reply::body(format!(
                r#"{{"access_token":"{}-0","expires_in":"3600"}}"#,
                common::TOKEN
            )),
            _ => Reply::Contract,
        });
        platform.world().tokens_issued = 1;
        let run = folder.tick(&platform, &["--json"]).finish().expect(0);
        assert_eq!(run.json()["answerRate"], 0.5, "{fields}");
        assert!(folder.path("state.json.token").exists());
    }
}

/// A rate that is applied long after it was sent, or by somebody else, is seen and lowered; one that
/// somebody lowered is told of and stays.
#[test]
fn a_late_change_is_seen() {
    let folder = at_17_calls();
    let platform = Platform::faulty(Call::Patch, |nth| match nth {
        0 => Reply::Drop,
        _ => Reply::Contract,
    });
    platform.world().dial_rate = 17;
    let warehouse = platform.warehouse();
    let args = [
        "--window",
        "1",
        "--retries",
        "0",
        "--dw-endpoint",
        &warehouse,
    ];
    folder.tick(&platform, &args).finish().expect(1);
    // The next cycle finds it not applied, and decides as before.
    platform.world().agents = 20;
    folder.tick(&platform, &args).finish().expect(0);
    assert_eq!(platform.world().dial_rate, 17);
    // Then it comes.
    platform.world().dial_rate = 34;
    folder.tick(&platform, &args).finish().expect(0);
    let run = folder.tick(&platform, &args).finish().expect(0);
    assert!(
        run.stderr.contains("has been applied late"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.world().dial_rate, 17);
    let bodies: Vec<String> = platform
        .world()
        .records
        .iter()
        .map(|(_, body)| body.clone())
        .collect();
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert!(
        bodies[0].contains(r#""previousDialRate":17,"newDialRate":34"#),
        "{bodies:?}"
    );
    assert!(
        bodies[1].contains(r#""previousDialRate":34,"newDialRate":17"#),
        "{bodies:?}"
    );
}

#[test]
fn every_tenth_cycle_looks_at_the_campaign() {
    for (moved_to, expected) in [(60, 17), (5, 5)] {
        for polls_fail in [false, true] {
            let folder = at_17_calls();
            let platform = Platform::start();
            platform.world().dial_rate = 17;
            platform.world().agents = 20;
            let args = ["--window", "1", "--retries", "0", "--max-sample-age", "1h"];
            folder.tick(&platform, &args).finish().expect(0);
            platform.world().dial_rate = moved_to;
            if polls_fail {
                platform.script(|request, _| match request.call() {
                    Call::Metrics => Reply::status(500),
                    _ => Reply::Contract,
                });
            }
            let mut told = String::new();
            for _ in 0..20 {
                told += &folder.tick(&platform, &args).finish().stderr;
            }
            assert_eq!(platform.world().dial_rate, expected, "{told}");
            assert_eq!(told.matches("elsewhere").count(), 1, "{told}");
            assert_eq!(platform.count(Call::Campaign), 2);
        }
    }
}

/// One conflict holds; the third in a row, or a version that can never match, is a failure.
#[test]
fn conflicts_that_do_not_end_are_a_failure() {
    for status in [409, 412] {
        let folder = Folder::new();
        let platform = Platform::faulty(Call::Patch, move |_| Reply::status(status));
        let args = ["--if-match", "etag", "--json"];
        for code in [0, 0, 5] {
            let run = folder.tick(&platform, &args).finish().expect(code);
            assert_eq!(
                run.stderr.contains("3 conflicts in a row"),
                code == 5,
                "{}",
                run.stderr
            );
        }
        platform.script(|_, _| Reply::Contract);
        folder.tick(&platform, &args).finish().expect(0);
        assert_eq!(platform.world().dial_rate, 34);
    }
    let folder = Folder::new();
    let platform = Platform::faulty(Call::Campaign, |_| {
        let etag = vec![("ETag", "W/\"7\"".to_owned())];
        Reply::Answer(200, etag, r#"{"dialRate":5}"#.to_owned())
    });
    let run = folder
        .tick(&platform, &["--if-match", "etag"])
        .finish()
        .expect(5);
    assert!(
        run.error().contains("its ETag W/\"7\" is a weak one"),
        "{}",
        run.stderr
    );
    assert_eq!(platform.count(Call::Patch), 0);
}
