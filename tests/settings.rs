//! The table of settings, and everything that is made from it: help, `docs/SETTINGS.md`, hints.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should fail; it may be asked to write the page"
)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::{Folder, Run as _};
use dialpace::base::notice::Notice;
use dialpace::config::{
    BesideConfig, DefaultValue, GivenBy, Group, Layers, PolicyName, SETTINGS, Scope, Setting,
    Sources, WithoutCampaign,
};
use dialpace::http::Retry;
use dialpace::pacing::{ABANDONMENT_LIMIT, HANDLE_TIME, INTERVAL, Limits, Policy};

/// Flag and environment name of each setting: scripts rely on them.
const CONTRACT: &str = "
    --config               DIALPACE_CONFIG
    --env-file             -
    --site                 CXONE_SITE
    --client-id            CXONE_CLIENT_ID
    --client-secret-file   CXONE_CLIENT_SECRET_FILE
    -                      CXONE_CLIENT_SECRET
    --campaign-id          CAMPAIGN_ID
    --dw-endpoint          DW_ENDPOINT
    --dw-header-file       DW_HEADER_FILE
    --dw-format            DW_FORMAT
    --dw-timeout           DW_TIMEOUT
    --state                DIALPACE_STATE
    --deadline             DIALPACE_DEADLINE
    --if-match             DIALPACE_IF_MATCH
    --ca-file              DIALPACE_CA_FILE
    --retries              DIALPACE_RETRIES
    --retry-wait           DIALPACE_RETRY_WAIT
    --metrics-file         DIALPACE_METRICS_FILE
    --outbox-limit         DIALPACE_OUTBOX_LIMIT
    --policy               DIALPACE_POLICY
    --sla-threshold        SLA_THRESHOLD
    --tolerance-margin     TOLERANCE_MARGIN
    --min-dial-rate        MIN_DIAL_RATE
    --max-dial-rate        MAX_DIAL_RATE
    --window               DIALPACE_WINDOW
    --utilisation          DIALPACE_UTILISATION
    --interval             DIALPACE_INTERVAL
    --dial-rate            DIALPACE_DIAL_RATE
    --abandonment-limit    DIALPACE_ABANDONMENT_LIMIT
    --logged-in-agents     DIALPACE_LOGGED_IN_AGENTS
    --handle-time          DIALPACE_HANDLE_TIME
    --max-sample-age       DIALPACE_MAX_SAMPLE_AGE
    --stop-without-agents  DIALPACE_STOP_WITHOUT_AGENTS
    --safe-rate            DIALPACE_SAFE_RATE
    --platform             DIALPACE_PLATFORM
    --skill-id             CXONE_SKILL_ID
    --area                 CXONE_AREA
    --access-key-id        CXONE_ACCESS_KEY_ID
    --access-key-secret-file CXONE_ACCESS_KEY_SECRET_FILE
    -                      CXONE_ACCESS_KEY_SECRET
    --auth-base            CXONE_AUTH_BASE
    --api-base             CXONE_API_BASE
    --api-version          CXONE_API_VERSION
    --settings-write       DIALPACE_SETTINGS_WRITE
    --overdial-lever       DIALPACE_OVERDIAL_LEVER
    --time-zone            DIALPACE_TIME_ZONE
    --calling-hours        DIALPACE_CALLING_HOURS
    --outside-hours        DIALPACE_OUTSIDE_HOURS
    --ratio                DIALPACE_RATIO
    --min-ratio            DIALPACE_MIN_RATIO
    --max-ratio            DIALPACE_MAX_RATIO
    --raise-dwell          DIALPACE_RAISE_DWELL
    --writes-per-hour      DIALPACE_WRITES_PER_HOUR
";

/// The flags that are no settings, by subcommand.
const OTHER_FLAGS: &str = "
    tick      only sandbox speed dry-run json quiet verbose help
    watch     only cycles on-exit sandbox speed dry-run json quiet verbose help
    stop      only all wait restore sandbox quiet verbose help
    resume    only all sandbox quiet help
    check     only write settings sandbox json quiet verbose help
    simulate  print-scenario platform agents answer-rate hours replications seed jobs format trace samples report shard merge quiet help
    backtest  column delimiter input-time-zone time-format header skip-lines decimal answer-rates no-value totals repeated-hour sort on-bad-row jobs output format report quiet help
    fit       campaign time-zone output report column delimiter input-time-zone time-format header skip-lines decimal answer-rates no-value totals repeated-hour sort on-bad-row jobs quiet help
";

#[test]
fn no_name_is_lost() {
    for line in CONTRACT.lines().filter(|line| line.contains(' ')) {
        let (flag, env) = line.trim().split_once(' ').unwrap_or_default();
        let is_it = |setting: &&Setting| match env.trim() {
            "-" => format!("--{}", setting.flag()) == flag,
            env => setting.env == env,
        };
        let Some(setting) = SETTINGS.iter().find(is_it) else {
            assert_eq!(line.trim(), "");
            continue;
        };
        assert_eq!(setting.has_flag(), flag != "-", "{flag}");
        assert!(
            flag == "-" || format!("--{}", setting.flag()) == flag,
            "{flag}"
        );
        assert_eq!(setting.env.is_empty(), env.trim() == "-", "{flag}");
    }
}

#[test]
fn every_flag_is_in_the_long_help_of_its_commands_and_no_other() {
    let folder = Folder::new();
    for line in OTHER_FLAGS.lines().filter(|line| line.contains("help")) {
        let mut words = line.split_whitespace().map(str::to_owned);
        let command = words.next().unwrap();
        let is_live = ["tick", "watch", "stop", "resume", "check"].contains(&command.as_str());
        // Nothing is paced by fit.
        let is_paced = command != "fit";
        let settings = SETTINGS
            .iter()
            .filter(|setting| is_paced && setting.has_flag());
        let settings = settings.filter(|setting| is_live || !setting.group.is_live());
        // What decides nothing in a command is taken and not listed.
        let settings = settings.filter(|setting| match command.as_str() {
            "stop" => setting.group != Group::Pacing,
            "resume" => NAME_THE_STATE.contains(&setting.key),
            _ => true,
        });
        let mut wanted: Vec<String> = words.chain(settings.clone().map(Setting::flag)).collect();
        let help = folder.dialpace(&[&command, "--help"]).finish().expect(0);
        let (options, _) = help.stdout.split_once("Examples:").unwrap();
        // What is said about an option stands further to the right than any option begins.
        let flags = options.lines().filter(|line| !line.starts_with(DETAILS));
        let flags = flags.filter_map(|line| line.split_once("--"));
        let mut found: Vec<String> = flags
            .map(|(_, flag)| flag.split([' ', '\n']).next().unwrap().to_owned())
            .collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{command}");
        for setting in settings.filter(|setting| !setting.env.is_empty()) {
            let env = format!("[env: {}]", setting.env);
            assert!(help.stdout.contains(&env), "{command}: {env}");
        }
    }
}

#[test]
fn the_short_help_is_one_screen() {
    let folder = Folder::new();
    for command in [
        "tick", "watch", "stop", "resume", "check", "simulate", "backtest", "fit",
    ] {
        let help = folder.dialpace(&[command, "-h"]).finish().expect(0).stdout;
        let lines: Vec<&str> = help.lines().collect();
        assert!(lines.len() <= 40, "{command} -h has {} lines", lines.len());
        for line in &lines {
            assert!(line.chars().count() <= 80, "{command}: {line}");
            assert!(!line.starts_with(DETAILS), "two lines, {command}: {line}");
        }
        assert!(help.contains("Examples:"), "{help}");
    }
}

#[test]
fn a_default_that_is_shown_is_the_default_of_the_code() {
    let settings = Layers::default().live_settings().unwrap();
    assert_eq!(settings.pacing.interval, INTERVAL);
    assert_eq!(settings.pacing.pacer.limits(), &Limits::default());
    assert_eq!(settings.retry, Retry::default());
    let layers = gather(&[("policy", "predictive")]);
    let policy = layers.pacing().unwrap().pacer.policy();
    assert!(
        matches!(policy, Policy::Predictive(p) if p.handle_time == HANDLE_TIME
            && p.abandonment_limit == ABANDONMENT_LIMIT)
    );
    for setting in SETTINGS {
        if let (DefaultValue::Text(text), Some(choices)) = (setting.default, setting.choices) {
            assert!(choices(false).iter().any(|(name, _)| *name == text));
        }
    }
}

#[test]
fn a_policy_has_one_name_everywhere() {
    for name in PolicyName::ALL.into_iter().filter(|name| name.runs_live()) {
        let mut flags = vec![("policy", name.as_str())];
        flags.extend((name == PolicyName::Fixed).then_some(("dial_rate", "50")));
        flags.extend((name == PolicyName::Ratio).then_some(("platform", "skills")));
        let pacing = gather(&flags).pacing().unwrap();
        assert_eq!(pacing.pacer.policy().name(), name.as_str());
    }
}

#[test]
fn a_file_may_hold_every_key_but_its_own_name_and_the_secret() {
    let folder = Folder::new();
    for setting in SETTINGS {
        folder.write("c.toml", format!("{} = 1\n", setting.key));
        let config = folder.path("c.toml");
        let sources = Sources {
            flags: [("config".to_owned(), config.display().to_string())].into(),
            folder: folder.path(""),
            ..Sources::default()
        };
        let gathered = Layers::gather(&sources, Scope::Live);
        assert_eq!(
            gathered.is_ok(),
            matches!(setting.given_by, GivenBy::Any | GivenBy::File)
                // It stands in a [[campaign]].
                && setting.key != "shares_agents",
            "{}",
            setting.key
        );
    }
}

#[test]
fn a_misspelled_name_is_told_with_the_right_one() {
    let settings = SETTINGS.iter().map(|setting| setting.env);
    for env in settings.filter(|env| env.starts_with("DIALPACE_")) {
        let mut name = env.to_owned();
        name.remove(name.len() - 2);
        let sources = Sources {
            environment: [(name.clone(), "1".to_owned())].into(),
            ..Sources::default()
        };
        let layers = Layers::gather(&sources, Scope::Live).unwrap();
        let told = Notice::UnknownSetting { name, nearest: env };
        assert_eq!(layers.notices(), [told]);
    }
}

#[test]
fn the_page_shows_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SETTINGS.md");
    let page = page();
    if std::env::var("DIALPACE_WRITE_DOCS").is_ok() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    for (line, (written, wanted)) in written.lines().zip(page.lines()).enumerate() {
        assert_eq!(written, wanted, "docs/SETTINGS.md:{}", line + 1);
    }
    assert_eq!(written.len(), page.len());
}

fn gather(flags: &[(&str, &str)]) -> Layers {
    let flags = flags.iter();
    let sources = Sources {
        flags: flags
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect(),
        ..Sources::default()
    };
    Layers::gather(&sources, Scope::Live).unwrap()
}

fn page() -> String {
    let taken = |wanted| {
        let settings = SETTINGS
            .iter()
            .filter(|setting| setting.without_campaign == wanted);
        let names: Vec<String> = settings
            .map(|setting| format!("`{}`", setting.key))
            .collect();
        names.join(", ")
    };
    let beside = |is_wanted: fn(BesideConfig) -> bool| {
        let settings = SETTINGS
            .iter()
            .filter(|setting| is_wanted(setting.beside_config));
        let names: Vec<String> = settings
            .map(|setting| format!("`{}`", setting.key))
            .collect();
        names.join(", ")
    };
    let fixed = beside(|rule| rule == BesideConfig::Fixed);
    let completes = beside(|rule| matches!(rule, BesideConfig::Completes(_)));
    let mut page = INTRODUCTION
        .replace("FIXED", &fixed)
        .replace("COMPLETES", &completes)
        .replace("REFUSED", &taken(WithoutCampaign::Refused))
        .replace("FLAG_ONLY", &taken(WithoutCampaign::FlagOnly));
    for (group, heading) in [
        (Group::General, "Every command"),
        (Group::Campaign, "tick and watch"),
        (Group::Skill, "tick and watch, on platform skills"),
        (Group::Pacing, "Pacing, in every command"),
    ] {
        let _ = write!(
            page,
            "\n## {heading}\n\n| flag | environment | value | default | meaning |\n|---|---|---|---|---|\n"
        );
        for setting in SETTINGS.iter().filter(|setting| setting.group == group) {
            page.push_str(&row(setting));
        }
    }
    page.push_str("\n## Policies\n\n| name | rate, or calls | runs |\n|---|---|---|\n");
    for name in PolicyName::ALL {
        let runs = if name.runs_live() {
            "everywhere"
        } else {
            "in simulate only"
        };
        let _ = writeln!(page, "| `{name}` | {} | {runs} |", name.help());
    }
    page
}

fn row(setting: &Setting) -> String {
    let flag = if setting.given_by == GivenBy::File {
        format!("key `{}`", setting.key)
    } else if setting.has_flag() {
        format!("`--{}`", setting.flag())
    } else {
        "–".to_owned()
    };
    let value = match (setting.value.replace('|', " or "), setting.unit) {
        (value, "") => value,
        (value, unit) => format!("{value}, {unit}"),
    };
    let default = match setting.default {
        DefaultValue::Text(text) => format!("`{text}`"),
        DefaultValue::Words(words) => words.to_owned(),
        DefaultValue::Required => "required".to_owned(),
        DefaultValue::None => "–".to_owned(),
    };
    let mut meaning = format!("{}.", setting.help);
    if !setting.details.is_empty() {
        let _ = write!(meaning, " {}", setting.details);
    }
    if setting.key == "policy" {
        meaning.push_str(" See below.");
    } else if let Some(choices) = setting.choices {
        for (name, text) in choices(false) {
            let _ = write!(meaning, " `{name}`: {text}.");
        }
    }
    if let Some(lists) = setting.lists {
        let _ = write!(meaning, " In simulate and backtest: {}.", lists.help);
        if !lists.details.is_empty() {
            let _ = write!(meaning, " {}", lists.details);
        }
    }
    let env = match setting.env {
        "" => "–".to_owned(),
        env => format!("`{env}`"),
    };
    format!("| {flag} | {env} | {value} | {default} | {meaning} |\n")
}

/// The margin of the text about an option, from its second line on.
const DETAILS: &str = "          ";

const INTRODUCTION: &str = "\
# Settings

This page is made from the table in `src/config/settings.rs`. A test compares the two;
`DIALPACE_WRITE_DOCS=1 cargo test --test settings` writes the page.

Each setting is a flag, a name in the environment, the same name in the file `.env` of the current
folder, and a key of the TOML file that `--config` names. The key is the flag without `--`, with `_`
for `-`: `--max-dial-rate` is `max_dial_rate`. The strongest source counts: flag, environment,
`.env`, file, default. A value that is empty or out of range is refused before anything is sent, and
so is an unknown key of the file. The error names the source and the line.

Times are written `30s`, `6m`, `1h30m` or `500ms`. Yes and no are `true` and `false`, `on` and
`off`, `yes` and `no`, or `1` and `0`. A relative path starts at the current folder, which under cron
is the home folder.

A line of `.env` is `NAME=value`, with quotes around a value that has spaces or `#`, and single quotes
around one that has `$`. Lines that are no setting are passed over, since other programs may have theirs
there; a name that is nearly that of a setting is told. A line with the name of a setting that cannot be
read is an error. A `.env` that is no regular file is passed over and told.

Whoever can write to the current folder can write a `.env`. Beside a file that `--config` (or
`DIALPACE_CONFIG`) names it may give every other setting, but not change the account of that file: FIXED
are refused unless the file gives the same, and COMPLETES unless the file leaves them out.
`--env-file .env` says that the `.env` is meant, and lifts this.

A file that a setting names may be a link or a pipe, such as `--client-secret-file <(pass show cxone)`. A
pipe is waited for until the deadline of a cycle, and at most 4 MiB are read. A byte order mark and CRLF
do not matter.

The sandbox, `simulate` and `backtest` must never touch what belongs to a real campaign. They take
FLAG_ONLY from flags only, and ignore
REFUSED,
whose flags contradict `--sandbox`.
";

/// The settings that decide which state is a campaign's.
const NAME_THE_STATE: [&str; 7] = [
    "config",
    "env_file",
    "platform",
    "campaign_id",
    "skill_id",
    "state",
    "state_dir",
];
