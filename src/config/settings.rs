//! The settings, in one table.

use super::policy_name;
use super::setting::{BesideConfig, DefaultValue, GivenBy, Group, Lists, Setting, WithoutCampaign};
use super::values;

use BesideConfig::{Completes, Fixed};
use DefaultValue::{Required, Text, Words};

/// The setting of this key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// How to set `key`. The secret is set by the file that holds it or by itself.
pub(super) fn how_to_set(key: &str) -> String {
    match (key, find(key)) {
        ("client_secret_file", _) => "--client-secret-file or CXONE_CLIENT_SECRET".to_owned(),
        (_, Some(setting)) => setting.how_to_set(),
        (key, None) => key.to_owned(),
    }
}

/// Every setting, in the order of help.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "config",
        env: "DIALPACE_CONFIG",
        group: Group::General,
        given_by: GivenBy::NotFile,
        value: "FILE",
        help: "Settings as a TOML file",
        details: "Each setting is named as its flag, with _ for -.",
        is_common: true,
        ..PACING
    },
    Setting {
        key: "env_file",
        env: "",
        group: Group::General,
        given_by: GivenBy::Flag,
        value: "FILE",
        default: Words(".env in the current folder"),
        help: "File of settings as NAME=value",
        details: "It is read instead of .env. Beside --config, a .env that is not named here may not change site, credentials, certificates or warehouse. /dev/null reads none.",
        ..PACING
    },
    Setting {
        key: "site",
        env: "CXONE_SITE",
        beside_config: Fixed,
        without_campaign: WithoutCampaign::Refused,
        value: "HOST",
        default: Required,
        help: "Host of the platform",
        details: "With or without https:// and a port. http:// is accepted for a loopback host only.",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "client_id",
        env: "CXONE_CLIENT_ID",
        beside_config: Completes(None),
        without_campaign: WithoutCampaign::Refused,
        value: "ID",
        default: Required,
        help: "OAuth client id",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "client_secret_file",
        env: "CXONE_CLIENT_SECRET_FILE",
        beside_config: Completes(Some("client_secret")),
        without_campaign: WithoutCampaign::Refused,
        value: "FILE",
        default: Required,
        help: "File that holds the OAuth client secret",
        details: "The secret itself may be given as CXONE_CLIENT_SECRET, in the environment or in .env. It is never taken from the command line.",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "client_secret",
        env: "CXONE_CLIENT_SECRET",
        beside_config: Completes(Some("client_secret_file")),
        given_by: GivenBy::Environment,
        without_campaign: WithoutCampaign::Refused,
        value: "SECRET",
        help: "The OAuth client secret itself, instead of the file that holds it",
        ..CAMPAIGN
    },
    Setting {
        key: "campaign_id",
        env: "CAMPAIGN_ID",
        without_campaign: WithoutCampaign::Refused,
        value: "ID",
        default: Required,
        help: "Campaign to pace",
        details: "Letters, digits, - and _, at most 64 of them.",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "dw_endpoint",
        env: "DW_ENDPOINT",
        beside_config: Fixed,
        without_campaign: WithoutCampaign::FlagOnly,
        value: "URL|FILE",
        default: Words("nowhere"),
        help: "Warehouse for records: https URL or file",
        details: "An https address gets one POST per record; an NDJSON file gets one line. A file is a path with a / in it, or a name that ends in .ndjson, .jsonl, .json, .log or .txt.",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "state",
        env: "DIALPACE_STATE",
        without_campaign: WithoutCampaign::FlagOnly,
        value: "FILE",
        default: Words("dialpace/CAMPAIGN.json under $XDG_STATE_HOME or ~/.local/state"),
        help: "File that keeps the state between cycles",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "deadline",
        env: "DIALPACE_DEADLINE",
        value: "TIME",
        // A cycle ends before the next one is due, 30 s after it began.
        default: Text("25s"),
        help: "Time that a cycle may take",
        details: "In watch at most the interval.",
        ..CAMPAIGN
    },
    Setting {
        key: "if_match",
        env: "DIALPACE_IF_MATCH",
        value: "GUARD",
        default: Text("any"),
        help: "Condition of the PATCH",
        choices: Some(|_| values::guards()),
        ..CAMPAIGN
    },
    Setting {
        key: "ca_file",
        env: "DIALPACE_CA_FILE",
        beside_config: Fixed,
        value: "FILE",
        help: "Certificates to trust besides those of the machine, PEM",
        ..CAMPAIGN
    },
    Setting {
        key: "retries",
        env: "DIALPACE_RETRIES",
        value: "N",
        default: Text("5"),
        help: "Retries of a failed call",
        ..CAMPAIGN
    },
    Setting {
        key: "retry_wait",
        env: "DIALPACE_RETRY_WAIT",
        value: "TIME",
        default: Text("1s"),
        help: "Wait before the first retry",
        details: "The waits before the next ones are 1, 2, 3, 5, 8, … times as long.",
        ..CAMPAIGN
    },
    Setting {
        key: "metrics_file",
        env: "DIALPACE_METRICS_FILE",
        value: "FILE.prom",
        help: "Write metrics for Prometheus after every cycle",
        details: "For the textfile collector of its node exporter.",
        ..CAMPAIGN
    },
    Setting {
        key: "outbox_limit",
        env: "DIALPACE_OUTBOX_LIMIT",
        value: "N",
        // Sixteen hours of records at one every 30 s.
        default: Text("2000"),
        help: "Records that may wait for the warehouse",
        details: "Older ones are moved to a file beside the state. 0 lets none wait.",
        ..CAMPAIGN
    },
    Setting {
        key: "policy",
        env: "DIALPACE_POLICY",
        value: "NAME",
        default: Text("capacity"),
        help: "How the dial rate is found",
        lists: Some(Lists {
            help: "Policies, comma-separated",
            details: "",
        }),
        choices: Some(policy_name::choices),
        is_common: true,
        ..PACING
    },
    Setting {
        key: "sla_threshold",
        env: "SLA_THRESHOLD",
        value: "SHARE",
        unit: "0 to 1",
        default: Text("0.75"),
        help: "Answer-rate threshold",
        details: "The answer rate that the campaign is held to.",
        lists: Some(Lists {
            help: "Answer-rate thresholds",
            details: "A value, a list 0.7,0.75 or a range 0.6:0.9:0.05.",
        }),
        is_common: true,
        ..PACING
    },
    Setting {
        key: "tolerance_margin",
        env: "TOLERANCE_MARGIN",
        value: "SHARE",
        unit: "0 to 1",
        default: Text("0.05"),
        help: "Dead band around it",
        details: "An answer rate further from the threshold than this is outside the band, and the rate is sent even if it stays the same.",
        lists: Some(Lists {
            help: "Dead bands around them",
            details: "A value, a list or a range.",
        }),
        is_common: true,
        ..PACING
    },
    Setting {
        key: "min_dial_rate",
        env: "MIN_DIAL_RATE",
        value: "N",
        unit: "calls/min",
        default: Words("10; with policy predictive 0"),
        help: "Lowest dial rate",
        details: "It holds while there are agents. Policy predictive dials nobody while no agent will be free.",
        is_common: true,
        ..PACING
    },
    Setting {
        key: "max_dial_rate",
        env: "MAX_DIAL_RATE",
        value: "N",
        unit: "calls/min",
        default: Text("100"),
        help: "Highest dial rate",
        is_common: true,
        ..PACING
    },
    Setting {
        key: "window",
        env: "DIALPACE_WINDOW",
        value: "N",
        unit: "samples",
        default: Text("6"),
        help: "Length of the sliding window",
        ..PACING
    },
    Setting {
        key: "utilisation",
        env: "DIALPACE_UTILISATION",
        value: "SHARE",
        unit: "0 to 1",
        default: Text("0.85"),
        help: "Calls per minute for each available agent",
        ..PACING
    },
    Setting {
        key: "interval",
        env: "DIALPACE_INTERVAL",
        value: "TIME",
        unit: "at least 15s",
        default: Text("30s"),
        help: "Time from one poll to the next",
        details: "Also the span of the metrics query.",
        ..PACING
    },
    Setting {
        key: "dial_rate",
        env: "DIALPACE_DIAL_RATE",
        value: "N",
        unit: "calls/min",
        help: "Dial rate of policy fixed",
        is_common: true,
        ..PACING
    },
    Setting {
        key: "ratio",
        env: "DIALPACE_RATIO",
        value: "N",
        unit: "calls per agent",
        help: "Dial ratio of policy fixed",
        details: "For a dialer that dials by itself, instead of a dial rate.",
        ..PACING
    },
    Setting {
        key: "min_ratio",
        env: "DIALPACE_MIN_RATIO",
        value: "N",
        unit: "calls per agent",
        default: Text("1"),
        help: "Lowest dial ratio",
        ..PACING
    },
    Setting {
        key: "max_ratio",
        env: "DIALPACE_MAX_RATIO",
        value: "N",
        unit: "calls per agent",
        default: Text("3"),
        help: "Highest dial ratio",
        ..PACING
    },
    Setting {
        key: "raise_dwell",
        env: "DIALPACE_RAISE_DWELL",
        value: "TIME",
        // Three times the longest ring and an interval: by then a change shows in what is reported.
        default: Text("180s"),
        help: "Least time from a change of the dial ratio to a raise",
        details: "Policy ratio lowers it at once.",
        ..PACING
    },
    Setting {
        key: "writes_per_hour",
        env: "DIALPACE_WRITES_PER_HOUR",
        value: "N",
        // Each change is an entry in the history of the skill.
        default: Text("12"),
        help: "Changes of the dial ratio in an hour",
        details: "Policy ratio raises it only while enough of them are left to lower it again.",
        ..PACING
    },
    Setting {
        key: "abandonment_limit",
        env: "DIALPACE_ABANDONMENT_LIMIT",
        value: "SHARE",
        unit: "0 to 1",
        default: Text("0.03"),
        help: "Highest abandonment rate",
        details: "Abandoned ÷ (connected + abandoned). Policies predictive and ratio keep under it, and simulate recommends no setting above it.",
        ..PACING
    },
    Setting {
        key: "logged_in_agents",
        env: "DIALPACE_LOGGED_IN_AGENTS",
        value: "N",
        default: Words("estimated"),
        help: "Agents logged in, for policy predictive",
        details: "It is used where the platform does not tell their number.",
        ..PACING
    },
    Setting {
        key: "handle_time",
        env: "DIALPACE_HANDLE_TIME",
        value: "TIME",
        default: Text("180s"),
        help: "Mean talk and wrap-up time, for policies predictive and ratio",
        details: "It is used until it is learned. The campaign API gives nothing to learn it from.",
        ..PACING
    },
    Setting {
        key: "front_load",
        env: "DIALPACE_FRONT_LOAD",
        value: "on|off",
        default: Text("off"),
        help: "Place the calls of an interval in its first third",
        details: "Policy predictive, watch and simulate only. A poll after a pause tells more, so a small team is busier. It takes two PATCHes and two records an interval, 240 an hour at 30 s. A burst dials at up to three times the rate, --max-dial-rate at most, and then nobody; what is killed in a burst leaves that rate in force until the next tick, watch or stop, which lowers it first.",
        lists: Some(Lists {
            help: "Place the calls of an interval in its first third",
            details: "off, on or both, comma-separated: for policy predictive. It takes two PATCHes an interval.",
        }),
        ..PACING
    },
    Setting {
        key: "max_sample_age",
        env: "DIALPACE_MAX_SAMPLE_AGE",
        value: "TIME",
        default: Words("2 × window × interval"),
        help: "Drop samples older than this, or off",
        ..PACING
    },
    Setting {
        key: "stop_without_agents",
        env: "DIALPACE_STOP_WITHOUT_AGENTS",
        value: "BOOL",
        default: Text("true"),
        help: "Stop dialing after a full window without an available agent",
        ..PACING
    },
    Setting {
        key: "safe_rate",
        env: "DIALPACE_SAFE_RATE",
        value: "N",
        unit: "calls/min",
        default: Words("the lowest dial rate, or 10"),
        help: "Dial rate once every sample is too old, or off",
        details: "The rate is never raised to it.",
        ..PACING
    },
];

const PACING: Setting = Setting {
    key: "",
    env: "",
    group: Group::Pacing,
    given_by: GivenBy::Any,
    beside_config: BesideConfig::Free,
    without_campaign: WithoutCampaign::Same,
    value: "",
    unit: "",
    default: DefaultValue::None,
    help: "",
    details: "",
    lists: None,
    choices: None,
    is_common: false,
};

const CAMPAIGN: Setting = Setting {
    group: Group::Campaign,
    ..PACING
};
