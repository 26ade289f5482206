//! The settings, in one table.

/// One setting, under the names that its sources use.
pub(super) struct Setting {
    /// Its name in the configuration file; with `-` for `_`, its flag.
    pub(super) key: &'static str,
    /// Its name in the environment and in `.env`.
    pub(super) env: &'static str,
}

/// How to set `key`: by its flag or by its name in the environment.
pub(super) fn how_to_set(key: &str) -> String {
    let flag = format!("--{}", key.replace('_', "-"));
    let env = match key {
        "client_secret_file" => Some("CXONE_CLIENT_SECRET"),
        key => SETTINGS.iter().find(|s| s.key == key).map(|s| s.env),
    };
    match env {
        Some(env) => format!("{flag} or {env}"),
        None => flag,
    }
}

/// Every setting, under the names that its sources use.
pub(super) const SETTINGS: &[Setting] = &[
    setting("site", "CXONE_SITE"),
    setting("client_id", "CXONE_CLIENT_ID"),
    setting("client_secret", "CXONE_CLIENT_SECRET"),
    setting("client_secret_file", "CXONE_CLIENT_SECRET_FILE"),
    setting("campaign_id", "CAMPAIGN_ID"),
    setting("sla_threshold", "SLA_THRESHOLD"),
    setting("tolerance_margin", "TOLERANCE_MARGIN"),
    setting("min_dial_rate", "MIN_DIAL_RATE"),
    setting("max_dial_rate", "MAX_DIAL_RATE"),
    setting("dw_endpoint", "DW_ENDPOINT"),
    setting("policy", "DIALPACE_POLICY"),
    setting("dial_rate", "DIALPACE_DIAL_RATE"),
    setting("window", "DIALPACE_WINDOW"),
    setting("utilisation", "DIALPACE_UTILISATION"),
    setting("interval", "DIALPACE_INTERVAL"),
    setting("abandonment_limit", "DIALPACE_ABANDONMENT_LIMIT"),
    setting("logged_in_agents", "DIALPACE_LOGGED_IN_AGENTS"),
    setting("handle_time", "DIALPACE_HANDLE_TIME"),
    setting("max_sample_age", "DIALPACE_MAX_SAMPLE_AGE"),
    setting("stop_without_agents", "DIALPACE_STOP_WITHOUT_AGENTS"),
    setting("safe_rate", "DIALPACE_SAFE_RATE"),
    setting("state", "DIALPACE_STATE"),
    setting("deadline", "DIALPACE_DEADLINE"),
    setting("retries", "DIALPACE_RETRIES"),
    setting("retry_wait", "DIALPACE_RETRY_WAIT"),
    setting("if_match", "DIALPACE_IF_MATCH"),
    setting("ca_file", "DIALPACE_CA_FILE"),
    setting("outbox_limit", "DIALPACE_OUTBOX_LIMIT"),
    setting("metrics_file", "DIALPACE_METRICS_FILE"),
    setting("config", "DIALPACE_CONFIG"),
];

const fn setting(key: &'static str, env: &'static str) -> Setting {
    Setting { key, env }
}
