//! The settings, in one table.

use super::log_format::LOG_FORMATS;
use super::platform_names;
use super::policy_name;
use super::setting::{BesideConfig, DefaultValue, GivenBy, Group, Lists, Setting, WithoutCampaign};
use super::values;

use BesideConfig::{Completes, Fixed};
use DefaultValue::{Required, Text, Words};

/// The setting of this key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// How to set `key`. A secret is set by the file that holds it or by itself.
pub(super) fn how_to_set(key: &str) -> String {
    let Some(setting) = find(key) else {
        return key.to_owned();
    };
    match key.strip_suffix("_file").and_then(find) {
        Some(secret) => format!("--{} or {}", setting.flag(), secret.env),
        None => setting.how_to_set(),
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
        key: "platform",
        env: "DIALPACE_PLATFORM",
        beside_config: Fixed,
        value: "NAME",
        default: Text("campaign-api"),
        help: "What is paced",
        choices: Some(|_| values::choices(&platform_names::PLATFORMS)),
        is_common: true,
        ..CAMPAIGN
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
        key: "skill_id",
        env: "CXONE_SKILL_ID",
        value: "N",
        default: Words("required with platform skills"),
        help: "Skill to pace, on platform skills",
        details: "A whole number of at most ten digits.",
        is_common: true,
        ..SKILL
    },
    Setting {
        key: "access_key_id",
        env: "CXONE_ACCESS_KEY_ID",
        beside_config: Completes(None),
        value: "ID",
        default: Words("required with platform skills"),
        help: "Id of the user's access key",
        details: "The rights of that user are the rights of dialpace.",
        ..SKILL
    },
    Setting {
        key: "access_key_secret_file",
        env: "CXONE_ACCESS_KEY_SECRET_FILE",
        beside_config: Completes(Some("access_key_secret")),
        value: "FILE",
        default: Words("required with platform skills"),
        help: "File that holds the access key's secret",
        details: "The secret itself may be given as CXONE_ACCESS_KEY_SECRET, in the environment or in .env. It is never taken from the command line.",
        ..SKILL
    },
    Setting {
        key: "access_key_secret",
        env: "CXONE_ACCESS_KEY_SECRET",
        beside_config: Completes(Some("access_key_secret_file")),
        given_by: GivenBy::Environment,
        value: "SECRET",
        help: "The access key's secret itself, instead of the file that holds it",
        ..SKILL
    },
    Setting {
        key: "area",
        env: "CXONE_AREA",
        beside_config: Fixed,
        value: "AREA",
        default: Text("na1"),
        help: "Area of the tenant",
        details: "The login is at https://AREA.nice-incontact.com.",
        ..SKILL
    },
    Setting {
        key: "auth",
        env: "CXONE_AUTH",
        beside_config: Fixed,
        value: "GRANT",
        default: Text("access-key"),
        help: "How to log in",
        choices: Some(|_| values::choices(&platform_names::GRANTS)),
        ..SKILL
    },
    Setting {
        key: "auth_base",
        env: "CXONE_AUTH_BASE",
        beside_config: Fixed,
        value: "URL",
        default: Words("the area's host"),
        help: "Host to log in at and to ask for the tenant's hosts",
        details: "No other host gets the credentials. http:// is accepted for a loopback host only.",
        ..SKILL
    },
    Setting {
        key: "api_base",
        env: "CXONE_API_BASE",
        beside_config: Fixed,
        value: "URL",
        default: Words("as the platform tells"),
        help: "Host of the data calls",
        ..SKILL
    },
    Setting {
        key: "api_version",
        env: "CXONE_API_VERSION",
        value: "N",
        // The version that two clients in use call.
        default: Text("30"),
        help: "Version of the API",
        details: "A table [api_versions] in the configuration file gives single operations another one.",
        ..SKILL
    },
    Setting {
        key: "api_versions.activity",
        help: "Version of the agents' counts",
        ..VERSION
    },
    Setting {
        key: "api_versions.summary",
        help: "Version of the calls' counts",
        ..VERSION
    },
    Setting {
        key: "api_versions.settings",
        help: "Version of the skill's general settings",
        ..VERSION
    },
    Setting {
        key: "api_versions.skill",
        help: "Version of the skill and the business unit",
        ..VERSION
    },
    Setting {
        key: "api_versions.control",
        help: "Version of starting and stopping a skill",
        ..VERSION
    },
    Setting {
        key: "api_versions.campaign_skills",
        help: "Version of the list of a campaign's skills",
        ..VERSION
    },
    Setting {
        key: "settings_write",
        env: "DIALPACE_SETTINGS_WRITE",
        without_campaign: WithoutCampaign::Same,
        value: "FORM",
        default: Text("merge"),
        help: "What a change of the skill's settings sends",
        choices: Some(|_| values::choices(&platform_names::WRITES)),
        ..SKILL
    },
    Setting {
        key: "overdial_lever",
        env: "DIALPACE_OVERDIAL_LEVER",
        without_campaign: WithoutCampaign::Same,
        value: "BOOL",
        default: Text("off"),
        help: "Set ratios between 1 and 2 as well",
        details: "They are ratio 2 with a share of the agents, percentageOfAgentsBeforeOverdial, that must wait before more than one call each is placed.",
        ..SKILL
    },
    Setting {
        key: "time_zone",
        env: "DIALPACE_TIME_ZONE",
        value: "AREA/CITY",
        default: Words("the business unit's, or UTC"),
        help: "Time zone of the campaign",
        details: "A name of the tz database, such as America/Denver, which is part of this program. Calling hours are on its clock, so it is to be that of the people who are called. A skill's counts begin anew at its midnight; times of exported history without an offset are in it, and so are hours of the day in reports.",
        ..PACING
    },
    Setting {
        key: "calling_hours",
        env: "DIALPACE_CALLING_HOURS",
        value: "HOURS",
        default: Words("at any time"),
        help: "When people may be called, on the clock of the time zone",
        details: "Such as \"mon-fri 09:00-20:00; sat 10:00-16:00\". It needs --time-zone. At any other time the dial rate is 0, whatever the policy; a skill does what --outside-hours says. It is lowered before they end. A window over midnight, 22:00-02:00, belongs to the day on which it begins.",
        ..PACING
    },
    Setting {
        key: "closed_days",
        env: "",
        given_by: GivenBy::File,
        value: "[\"YYYY-MM-DD\"]",
        help: "Days on which no calling hours begin",
        ..PACING
    },
    Setting {
        key: "hours",
        env: "",
        given_by: GivenBy::File,
        value: "[[hours]]",
        help: "Windows with a highest dial rate or ratio of their own",
        details: "Each table has days, from, to, and max_dial_rate or max_ratio, which may be below the minimum. Where windows overlap, the lowest applies.",
        ..PACING
    },
    Setting {
        key: "outside_hours",
        env: "DIALPACE_OUTSIDE_HOURS",
        value: "MODE",
        default: Text("minimum"),
        help: "What a skill does outside calling hours",
        choices: Some(|_| values::choices(&platform_names::OUTSIDE_HOURS)),
        ..PACING
    },
    Setting {
        key: "dw_endpoint",
        env: "DW_ENDPOINT",
        beside_config: Fixed,
        without_campaign: WithoutCampaign::FlagOnly,
        value: "URL|FILE",
        default: Words("nowhere"),
        help: "Warehouse for records: https URL or file",
        details: "An https address gets a POST (see --dw-format); an NDJSON file gets a line for each record. A file is a path with a / in it, or a name that ends in .ndjson, .jsonl, .json, .log or .txt.",
        is_common: true,
        ..CAMPAIGN
    },
    Setting {
        key: "dw_header_file",
        env: "DW_HEADER_FILE",
        beside_config: Fixed,
        without_campaign: WithoutCampaign::FlagOnly,
        value: "FILE",
        help: "File of header fields for every export, Name: value",
        details: "One a line, at most 8, such as Authorization: Bearer TOKEN; # begins a comment. They go to the address of --dw-endpoint alone and are never shown. The file is read once a run; watch reads it again when the warehouse answers 401.",
        ..CAMPAIGN
    },
    Setting {
        key: "dw_format",
        env: "DW_FORMAT",
        value: "FORMAT",
        default: Text("json"),
        help: "What one export holds",
        choices: Some(|_| values::choices(&platform_names::BODY_FORMATS)),
        ..CAMPAIGN
    },
    Setting {
        key: "dw_timeout",
        env: "DW_TIMEOUT",
        value: "TIME",
        // The time of every other call.
        default: Text("8s"),
        help: "Time for one try of an export",
        details: "At most what the deadline of the cycle leaves.",
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
        key: "state_dir",
        env: "DIALPACE_STATE_DIR",
        without_campaign: WithoutCampaign::FlagOnly,
        value: "DIR",
        default: Words("the user's state folder"),
        help: "Folder of state files, one for each campaign",
        details: "Without it: dialpace in $XDG_STATE_HOME, or else in ~/.local/state. A campaign's file has its name in the configuration file, or else its id.",
        ..CAMPAIGN
    },
    Setting {
        key: "shares_agents",
        env: "",
        given_by: GivenBy::File,
        value: "POOL",
        default: Words("none"),
        help: "Pool of agents that campaigns share",
        details: "In a [[campaign]]. Campaigns of one pool divide its idle agents between them, so that none is promised twice; one that an operator stopped, or that is outside its calling hours, takes no part. Their min_dial_rate defaults to 0.",
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
        help: "Condition on which a dial rate is set (If-Match)",
        choices: Some(|_| values::choices(&platform_names::GUARDS)),
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
        details: "On platform skills 2, where neither this nor the wait is set.",
        ..CAMPAIGN
    },
    Setting {
        key: "retry_wait",
        env: "DIALPACE_RETRY_WAIT",
        value: "TIME",
        default: Text("1s"),
        help: "Wait before the first retry",
        details: "The waits before the next ones are 1, 2, 3, 5, 8, … times as long. On platform skills they are 2 s and 6 s.",
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
        key: "log_format",
        env: "DIALPACE_LOG_FORMAT",
        value: "FORMAT",
        default: Text("text"),
        help: "Form of the messages of tick and watch",
        details: "On standard error, each with its time, level, campaign (its name or id, - for none), event and message.",
        choices: Some(|_| values::choices(&LOG_FORMATS)),
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
        details: "On platform skills the default is ratio.",
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
        details: "The share of calls, answered by a person of those that ended, that is expected (slaThreshold). Where it is further off than the tolerance margin, the dial rate is sent at every poll; policy compensated then dials threshold ÷ answer rate times as much. No other policy dials more or less for it.",
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
        help: "Tolerance around it",
        details: "Threshold ± tolerance is the (dead) band. At an answer rate outside it the dial rate is sent even if it stays the same.",
        lists: Some(Lists {
            help: "Tolerances around them",
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
        lists: Some(Lists {
            help: "Lowest dial rates, calls/min",
            details: "A value, a list or a range.",
        }),
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
        lists: Some(Lists {
            help: "Highest dial rates, calls/min",
            details: "A value, a list or a range.",
        }),
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
        lists: Some(Lists {
            help: "Lengths of the sliding window, samples",
            details: "A value, a list or a range.",
        }),
        ..PACING
    },
    Setting {
        key: "utilisation",
        env: "DIALPACE_UTILISATION",
        value: "SHARE",
        unit: "0 to 1",
        default: Text("0.85"),
        help: "Calls per minute for each available agent",
        lists: Some(Lists {
            help: "Calls per minute for each available agent, 0 to 1",
            details: "A value, a list or a range.",
        }),
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
        lists: Some(Lists {
            help: "Dial rates of policy fixed, calls/min",
            details: "A value, a list or a range.",
        }),
        ..PACING
    },
    Setting {
        key: "ratio",
        env: "DIALPACE_RATIO",
        value: "N",
        unit: "calls per agent",
        help: "Dial ratio of policy fixed",
        details: "For a dialer that dials by itself, instead of a dial rate.",
        lists: Some(Lists {
            help: "Dial ratios of policy fixed, calls per agent",
            details: "A value, a list or a range.",
        }),
        ..PACING
    },
    Setting {
        key: "min_ratio",
        env: "DIALPACE_MIN_RATIO",
        value: "N",
        unit: "calls per agent",
        default: Text("1"),
        help: "Lowest dial ratio",
        lists: Some(Lists {
            help: "Lowest dial ratios, calls per agent",
            details: "A value, a list or a range.",
        }),
        ..PACING
    },
    Setting {
        key: "max_ratio",
        env: "DIALPACE_MAX_RATIO",
        value: "N",
        unit: "calls per agent",
        default: Text("3"),
        help: "Highest dial ratio",
        details: "On a skill, the ratio that it has at the first poll where this is not set.",
        lists: Some(Lists {
            help: "Highest dial ratios, calls per agent",
            details: "A value, a list or a range.",
        }),
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
        lists: Some(Lists {
            help: "Least times from a change of the dial ratio to a raise",
            details: "A value or a list.",
        }),
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
        lists: Some(Lists {
            help: "Changes of the dial ratio in an hour",
            details: "A value, a list or a range.",
        }),
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
        lists: Some(Lists {
            help: "Highest abandonment rates",
            details: "A value, a list or a range. simulate recommends no setting above the highest of them.",
        }),
        ..PACING
    },
    Setting {
        key: "logged_in_agents",
        env: "DIALPACE_LOGGED_IN_AGENTS",
        value: "N",
        default: Words("estimated"),
        help: "Agents logged in, for policy predictive",
        details: "It is used where the platform does not tell their number.",
        lists: Some(Lists {
            help: "Agents logged in, for policy predictive",
            details: "A value, a list or a range.",
        }),
        ..PACING
    },
    Setting {
        key: "handle_time",
        env: "DIALPACE_HANDLE_TIME",
        value: "TIME",
        default: Text("180s"),
        help: "Mean talk and wrap-up time, for policies predictive and ratio",
        details: "It is used until it is learned. The campaign API gives nothing to learn it from.",
        lists: Some(Lists {
            help: "Mean talk and wrap-up times, for policies predictive and ratio",
            details: "A value or a list.",
        }),
        ..PACING
    },
    Setting {
        key: "front_load",
        env: "DIALPACE_FRONT_LOAD",
        value: "MODE",
        unit: "on or off",
        default: Text("off"),
        help: "Place the calls of an interval in its first third",
        details: "Policy predictive, watch and simulate only; tick sets an even rate. A poll after a pause tells more, so a small team is busier. It takes two changes of the dial rate and two records an interval, 240 an hour at 30 s. A burst dials at up to three times the rate, --max-dial-rate at most, and then nobody; what is killed in a burst leaves that rate in force until the next tick, watch or stop, which lowers it first.",
        lists: Some(Lists {
            help: "Place the calls of an interval in its first third",
            details: "off, on or both, comma-separated: for policy predictive. It takes two changes of the dial rate an interval.",
        }),
        ..PACING
    },
    Setting {
        key: "max_sample_age",
        env: "DIALPACE_MAX_SAMPLE_AGE",
        value: "TIME",
        default: Words("2 × window × interval"),
        help: "Drop samples older than this, or off",
        lists: Some(Lists {
            help: "Drop samples older than these, or off",
            details: "A value or a list.",
        }),
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
        lists: Some(Lists {
            help: "Dial rates once every sample is too old, or off, calls/min",
            details: "A value, a list or a range.",
        }),
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

const SKILL: Setting = Setting {
    group: Group::Skill,
    without_campaign: WithoutCampaign::Refused,
    ..PACING
};

const VERSION: Setting = Setting {
    given_by: GivenBy::File,
    value: "N",
    default: Words("as `api_version`"),
    ..SKILL
};
