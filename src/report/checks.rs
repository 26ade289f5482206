//! The answers of `check`, and the settings that hold.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use crate::base::plain_words::without_numbers;
use crate::config::ShownSetting;
use crate::live::{Check, Status};

/// The answers about one campaign.
#[derive(Debug)]
pub struct CampaignChecks {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// Each question with its answer.
    pub checks: Vec<Check>,
    /// The code of the first failure.
    pub exit: u8,
}

#[derive(Serialize)]
struct ChecksObject<'a> {
    checks: Vec<CheckObject<'a>>,
    exit: u8,
}

#[derive(Serialize)]
struct CheckObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<&'a str>,
    name: &'a str,
    status: &'static str,
    detail: Cow<'a, str>,
    advice: &'a str,
}

/// One line for each question.
#[must_use]
pub fn text(campaigns: &[CampaignChecks]) -> String {
    let mut lines = Vec::new();
    for campaign in campaigns {
        if let Some(name) = &campaign.name
            && !campaign.checks.is_empty()
        {
            lines.push(format!("{name}:"));
        }
        let names = campaign
            .checks
            .iter()
            .map(|check| check.name.chars().count());
        let width = names.max().unwrap_or(0);
        for check in &campaign.checks {
            let status = match check.status {
                Status::Fail => "FAIL",
                status => word(status),
            };
            let mut line = format!(
                "{status:<7}  {:<width$}  {}",
                check.name,
                without_numbers(&check.detail)
            );
            if !check.advice.is_empty() {
                let gap = if check.detail.is_empty() { "" } else { "; " };
                // Writing to a String cannot fail.
                let _ = write!(line, "{gap}{}", check.advice);
            }
            lines.push(line.trim_end().to_owned());
        }
    }
    lines.join("\n")
}

/// All of them as one JSON object.
#[must_use]
pub fn json(campaigns: &[CampaignChecks], exit: u8) -> String {
    let all = campaigns.iter().flat_map(|campaign| {
        let checks = campaign.checks.iter();
        checks.map(|check| CheckObject {
            campaign: campaign.name.as_deref(),
            name: &check.name,
            status: word(check.status),
            detail: without_numbers(&check.detail),
            advice: &check.advice,
        })
    });
    let object = ChecksObject {
        checks: all.collect(),
        exit,
    };
    // Text and whole numbers can always be written as JSON.
    serde_json::to_string(&object).unwrap_or_default()
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Warn => "warn",
        Status::Fail => "fail",
        Status::Skipped => "skipped",
    }
}

/// The settings of a campaign: name, value and source.
#[must_use]
pub fn settings(name: Option<&str>, settings: &[ShownSetting], is_json: bool) -> String {
    if is_json {
        let object = SettingsObject { name, settings };
        // Text can always be written as JSON.
        return serde_json::to_string(&object).unwrap_or_default();
    }
    let width = |of: fn(&ShownSetting) -> &str| {
        let lengths = settings.iter().map(|setting| of(setting).chars().count());
        lengths.max().unwrap_or(0).min(WIDTH_MAX)
    };
    let (names, values) = (width(|it| &it.name), width(|it| &it.value));
    let line = |setting: &ShownSetting| {
        let ShownSetting {
            name,
            value,
            source,
        } = setting;
        format!("{name:<names$}  {value:<values$}  {source}")
    };
    let title = name.map(|name| format!("{name}:"));
    let lines: Vec<String> = title.into_iter().chain(settings.iter().map(line)).collect();
    lines.join("\n")
}

#[derive(Serialize)]
struct SettingsObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    settings: &'a [ShownSetting],
}

/// Widest column: a longer value pushes its source to the right.
const WIDTH_MAX: usize = 40;
