//! Settings: their sources, their order, and what is said about those that cannot be used.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that cannot go on should fail; tables are long"
)]

mod common;

use common::{Call, Folder, Platform, Run, SECRET};

#[test]
fn flag_over_environment_over_dot_env_over_file_over_default() {
    let folder = Folder::new();
    let platform = Platform::start();
    platform.world().agents = 1_000;
    let mut rates = Vec::new();
    let mut tick = |args: &[&str], env: Option<&str>| {
        let mut command = folder.tick(&platform, args);
        if let Some(max) = env {
            command.env("MAX_DIAL_RATE", max);
        }
        let object = command
            .arg("--json")
            .arg("--dry-run")
            .finish()
            .expect(0)
            .json();
        rates.push(object["newDialRate"].as_u64().unwrap());
    };
    tick(&[], None);
    folder.write("c.toml", "max_dial_rate = 101\n");
    tick(&["--config", "c.toml"], None);
    folder.write(".env", "MAX_DIAL_RATE=102\n");
    tick(&["--config", "c.toml"], None);
    tick(&["--config", "c.toml"], Some("103"));
    tick(
        &["--config", "c.toml", "--max-dial-rate", "104"],
        Some("103"),
    );
    assert_eq!(rates, [100, 101, 102, 103, 104]);
}

#[test]
fn a_value_that_cannot_be_used_names_its_source_and_sends_nothing() {
    // where it is given, the value, the message
    let cases = [
        (
            "SLA_THRESHOLD",
            "1.4",
            "SLA_THRESHOLD in the environment: 1.4 is not a share from 0 to 1 (a percentage?",
        ),
        (
            "SLA_THRESHOLD",
            "NaN",
            "SLA_THRESHOLD in the environment: NaN is not a share",
        ),
        (
            "SLA_THRESHOLD",
            "",
            "SLA_THRESHOLD in the environment: it is empty",
        ),
        ("TOLERANCE_MARGIN", "five", "\"five\" is not a number"),
        ("MIN_DIAL_RATE", "-1", "\"-1\" is not a whole number"),
        (
            "MIN_DIAL_RATE",
            "200",
            "MIN_DIAL_RATE in the environment: the minimum dial rate, 200, is above the maximum, 100",
        ),
        ("CAMPAIGN_ID", "x' OR '1'='1", "is not a campaign id"),
        ("CAMPAIGN_ID", "../agents", "is not a campaign id"),
        (
            "CXONE_SITE",
            "http://api.example.com",
            "plain http to api.example.com would send credentials in the clear",
        ),
        (
            "CXONE_SITE",
            "https://user:pw@api.example.com",
            "it holds a user name or password",
        ),
        (
            "CXONE_SITE",
            "api.example.com/v2",
            "has a path; give only the host",
        ),
        (
            "CXONE_SITE",
            "ftp://api.example.com",
            "ftp:// is not supported",
        ),
        (
            "CXONE_SITE",
            "api.example.com:99999",
            "is not HOST or HOST:PORT",
        ),
        (
            "DW_ENDPOINT",
            "http://warehouse.example.com/x",
            "plain http to warehouse.example.com",
        ),
        (
            "DIALPACE_INTERVAL",
            "10s",
            "shorter than 15 s, the least that analytics queries allow",
        ),
        (
            "DIALPACE_DEADLINE",
            "25",
            "\"25\" is not a duration; expected a duration with its unit",
        ),
        ("DIALPACE_WINDOW", "0", "0 samples; it must hold 1 to 1000"),
        (
            "DIALPACE_POLICY",
            "magic",
            "\"magic\" is none of capacity, compensated, fixed, predictive and ratio",
        ),
        (
            "DIALPACE_POLICY",
            "predctive",
            "progressive, vicidial, vicidial-available, vicidial-hard, vicidial-hard-available; did you mean predictive?",
        ),
        (
            "DIALPACE_POLICY",
            "progressive",
            "\"progressive\" is for simulations only; expected capacity, compensated, fixed, predictive or ratio",
        ),
        (
            "DIALPACE_POLICY",
            "fixed",
            "needed and not set: --dial-rate or DIALPACE_DIAL_RATE, the rate of the fixed policy",
        ),
        (
            "DIALPACE_IF_MATCH",
            "maybe",
            "\"maybe\" is neither any nor etag",
        ),
        ("DIALPACE_CA_FILE", "none.pem", "none.pem cannot be read"),
        (
            "DIALPACE_CONFIG",
            "none.toml",
            "DIALPACE_CONFIG in the environment: none.toml cannot be read",
        ),
        (
            "DIALPACE_SAFE_RATE",
            "500",
            "DIALPACE_SAFE_RATE in the environment: 500 is above the maximum dial rate",
        ),
    ];
    for (name, value, message) in cases {
        let folder = Folder::new();
        let platform = Platform::start();
        let run = folder
            .tick(&platform, &[])
            .env(name, value)
            .finish()
            .expect(2);
        assert!(
            run.error().contains(message),
            "{name}={value}\nwanted: {message}\ngot: {}",
            run.stderr
        );
        assert!(platform.calls().is_empty());
        assert!(folder.files().is_empty(), "nothing is written");
    }
}

#[test]
fn a_flag_that_cannot_be_used_is_named_as_typed() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = folder
        .tick(&platform, &["--sla-threshold", "75"])
        .finish()
        .expect(2);
    assert!(
        run.error()
            .contains("--sla-threshold: 75 is not a share from 0 to 1 (a percentage? write 0.75)"),
        "{}",
        run.stderr
    );
    let run = folder
        .tick(&platform, &["--dial-rate", "40"])
        .finish()
        .expect(2);
    assert!(
        run.error()
            .contains("--dial-rate: it is for --policy fixed, and the policy is capacity"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_missing_says_how_to_give_it() {
    for (name, message) in [
        (
            "CXONE_SITE",
            "needed and not set: --site or CXONE_SITE; to try it without a campaign: dialpace tick --sandbox",
        ),
        (
            "CXONE_CLIENT_ID",
            "needed and not set: --client-id or CXONE_CLIENT_ID",
        ),
        (
            "CXONE_CLIENT_SECRET",
            "needed and not set: --client-secret-file or CXONE_CLIENT_SECRET",
        ),
        (
            "CAMPAIGN_ID",
            "needed and not set: --campaign-id or CAMPAIGN_ID",
        ),
    ] {
        let folder = Folder::new();
        let platform = Platform::start();
        let run = folder
            .tick(&platform, &[])
            .env_remove(name)
            .finish()
            .expect(2);
        assert!(run.error().contains(message), "{}", run.stderr);
    }
}

#[test]
fn a_file_with_a_mistake_names_the_line() {
    let cases = [
        (
            "sla_treshold = 0.8",
            "c.toml:2: unknown setting \"sla_treshold\"; did you mean sla_threshold?",
        ),
        ("colour = 1", "c.toml:2: unknown setting \"colour\""),
        (
            "sla_threshold = 1.5",
            "sla_threshold at c.toml:2: 1.5 is not a share",
        ),
        (
            "sla_threshold = [0.5]",
            "c.toml:2: sla_threshold is not one value",
        ),
        ("sla_threshold = ", "c.toml:2: "),
        (
            "client_secret = \"x\"",
            "c.toml:2: a secret does not belong in this file",
        ),
    ];
    for (line, message) in cases {
        let folder = Folder::new();
        let platform = Platform::start();
        folder.write("c.toml", format!("# settings\n{line}\n"));
        let run = folder
            .tick(&platform, &["--config", "c.toml"])
            .finish()
            .expect(2);
        assert!(run.error().contains(message), "{line}\n{}", run.stderr);
    }
}

#[test]
fn the_secret_comes_from_a_file_or_the_environment_and_never_from_argv() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.write("secret", format!("{SECRET}\n"));
    let with_file = |file: &str| {
        let mut command = folder.tick(&platform, &["--client-secret-file", file]);
        command.env_remove("CXONE_CLIENT_SECRET").finish()
    };
    with_file("secret").expect(0);
    folder.write("empty", "\n");
    assert!(
        with_file("empty")
            .expect(2)
            .error()
            .contains("--client-secret-file: the file empty holds no secret")
    );

    // The flag is stronger than the environment.
    folder
        .tick(&platform, &["--client-secret-file", "secret"])
        .env("CXONE_CLIENT_SECRET", "wrong")
        .finish()
        .expect(0);
    // `finish` fails if the secret is in what is printed.
    folder
        .tick(&platform, &[&format!("--client-secret={SECRET}")])
        .finish()
        .expect(2);
    folder
        .dialpace(&["tick", "--help"])
        .env("CXONE_CLIENT_SECRET", SECRET)
        .finish()
        .expect(0);
}

#[test]
fn policies_and_guards_can_be_set() {
    let folder = Folder::new();
    let platform = Platform::start();
    let tick = |args: &[&str]| {
        let args = [args, &["--json"]].concat();
        folder.tick(&platform, &args).finish().expect(0).json()
    };
    let fixed = tick(&["--policy", "fixed", "--dial-rate", "55"]);
    assert_eq!(
        (&fixed["policy"], &fixed["newDialRate"]),
        (&"fixed".into(), &55.into())
    );
    platform.world().answer_rate = 0.5;
    // Two samples of 40 agents, answer rates 0.7724 and 0.5: 34 × 0.75 / 0.6362 = 40.08.
    let compensated = tick(&["--policy", "compensated"]);
    assert_eq!(compensated["newDialRate"], 40);

    platform.world().agents = 0;
    let args = ["--window", "1", "--stop-without-agents", "off"];
    assert_eq!(tick(&args)["newDialRate"], 10);
    let stopped = tick(&["--window", "1"]);
    assert_eq!(
        (&stopped["action"], &stopped["newDialRate"]),
        (&"stopped".into(), &0.into())
    );
    assert_eq!(platform.count(Call::Patch), 4);
}

#[test]
fn help_names_every_setting_and_its_environment_name() {
    let folder = Folder::new();
    let help = folder
        .dialpace(&["tick", "--help"])
        .finish()
        .expect(0)
        .stdout;
    for name in [
        "CXONE_SITE",
        "CXONE_CLIENT_ID",
        "CXONE_CLIENT_SECRET",
        "CAMPAIGN_ID",
        "SLA_THRESHOLD",
        "TOLERANCE_MARGIN",
        "MIN_DIAL_RATE",
        "MAX_DIAL_RATE",
        "DW_ENDPOINT",
        "--sandbox",
        "--dry-run",
        "Examples:",
    ] {
        assert!(help.contains(name), "{name}");
    }
    let top = folder.dialpace(&["--help"]).finish().expect(0).stdout;
    assert!(
        top.contains("tick --sandbox") && help.contains("Exit codes:"),
        "{top}"
    );
    folder.dialpace(&["tick", "--nonsense"]).finish().expect(2);
    folder.dialpace(&[]).finish().expect(2);
    assert!(
        folder
            .dialpace(&["completions", "bash"])
            .finish()
            .expect(0)
            .stdout
            .contains("dialpace")
    );
    assert!(
        folder
            .dialpace(&["man"])
            .finish()
            .expect(0)
            .stdout
            .contains(".TH DIALPACE")
    );
}

#[test]
fn a_line_of_dot_env_that_cannot_be_read_is_named_and_not_shown() {
    let folder = Folder::new();
    let platform = Platform::start();
    folder.write(
        ".env",
        format!("# settings\nCXONE_CLIENT_SECRET {SECRET}\n"),
    );
    let run = folder.tick(&platform, &[]).finish().expect(2);
    assert!(
        run.error().contains(".env:2: expected NAME=value"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_name_that_is_nearly_a_setting_is_told_of() {
    let folder = Folder::new();
    let platform = Platform::start();
    let run = folder
        .tick(&platform, &["--quiet"])
        .env("DIALPACE_SLA_TRESHOLD", "0.5")
        .env("DIALPACE_UTILIZATION", "0.5")
        // As Kubernetes sets it for a service called dialpace.
        .env("DIALPACE_SERVICE_HOST", "10.0.0.1")
        .finish()
        .expect(0);
    let warnings: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(
        warnings,
        [
            "warning: DIALPACE_SLA_TRESHOLD is not a setting and was ignored; did you mean SLA_THRESHOLD?",
            "warning: DIALPACE_UTILIZATION is not a setting and was ignored; did you mean DIALPACE_UTILISATION?",
        ]
    );
}

#[test]
fn a_dollar_in_dot_env_is_refused_unless_it_is_quoted() {
    let folder = Folder::new();
    let platform = Platform::start();
    let tick = || {
        let mut command = folder.tick(&platform, &[]);
        command.env_remove("CXONE_CLIENT_SECRET").finish()
    };
    // It would be replaced by nothing, and the secret would be another.
    folder.write(".env", "CXONE_CLIENT_SECRET=pa$word\n");
    let run = tick().expect(2);
    let message = ".env:1: the value of CXONE_CLIENT_SECRET has a $";
    assert!(run.error().contains(message), "{}", run.stderr);
    folder.write(
        ".env",
        format!("CXONE_CLIENT_SECRET='{SECRET}'\nOTHER=$HOME\n"),
    );
    tick().expect(0);
}
