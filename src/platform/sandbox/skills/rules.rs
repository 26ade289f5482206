//! What the skills API is asked: each request is checked against the contract, and whatever differs
//! from it is refused as the platform would, or more strictly.

use std::borrow::Cow;

use jiff::Timestamp;

use super::asked::SkillsCall;
use super::checks::{fields, invalid, is_readable, json_body, no_body, refuse, verb};
use super::{login, put};
use crate::base::units::UnixMillis;
use crate::platform::sandbox::server::{Reply, ServerRequest};

/// What a request is checked against.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The only skill.
    pub skill: u32,
    /// The server's time.
    pub now: UnixMillis,
    /// True for a version, `30` for v30.0, in which an operation is served.
    pub is_served: &'a dyn Fn(&str, u32) -> bool,
    /// True for a token that is valid now.
    pub is_valid: &'a dyn Fn(&str) -> bool,
}

/// What `request` asks; `Err` holds its refusal.
pub fn read(request: &ServerRequest, rules: &Rules<'_>) -> Result<SkillsCall, Reply> {
    match below_api(request.path()) {
        Some(path) => data(request, rules, path),
        None => login::read(request),
    }
}

/// The path below `/incontactapi/services/`, in any case.
fn below_api(path: &str) -> Option<&str> {
    let head = path.get(..API.len())?;
    head.eq_ignore_ascii_case(API)
        .then(|| path.get(API.len()..))?
}

fn data(request: &ServerRequest, rules: &Rules<'_>, path: &str) -> Result<SkillsCall, Reply> {
    let (version, path) = path.split_once('/').unwrap_or((path, ""));
    let operation = Operation::of(path, rules.skill)?;
    let version = version
        .strip_prefix(['v', 'V'])
        .and_then(|v| v.strip_suffix(".0"));
    let version = version.and_then(|version| version.parse().ok());
    if !version.is_some_and(|version| (rules.is_served)(operation.name(), version)) {
        return Err(refuse(404, "No such version"));
    }
    let method = request.method.as_str();
    let is_put = operation == Operation::Settings && method == "PUT";
    if !is_put {
        verb(method, operation.verb())?;
    }
    let token = request
        .header("authorization")
        .and_then(|h| h.strip_prefix("Bearer "));
    if !token.is_some_and(rules.is_valid) {
        return Err(refuse(401, "Unauthorized"));
    }
    is_readable(request)?;
    if is_put {
        let body = json_body(request)?;
        return put::read(body)
            .map(SkillsCall::Change)
            .map_err(|problem| Reply {
                body: format!("InvalidParameter: {problem}"),
                ..refuse(400, "Invalid parameter")
            });
    }
    no_body(request)?;
    operation.read(&fields(request.query())?, rules.now)
}

/// A path below the version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Skill,
    Activity,
    Summary,
    Settings,
    BusinessUnit,
    Start,
    Stop,
}

impl Operation {
    fn of(path: &str, skill: u32) -> Result<Self, Reply> {
        if path == "business-unit" {
            return Ok(Self::BusinessUnit);
        }
        let unknown = || refuse(404, &format!("No such path: {path}"));
        let rest = path.strip_prefix("skills/").ok_or_else(unknown)?;
        let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let operation = match rest {
            "" => Self::Skill,
            "activity" => Self::Activity,
            "summary" => Self::Summary,
            "parameters/general-settings" => Self::Settings,
            "start" => Self::Start,
            "stop" => Self::Stop,
            _ => return Err(unknown()),
        };
        if id == skill.to_string() {
            Ok(operation)
        } else {
            Err(refuse(404, "Invalid skillId"))
        }
    }

    /// Its name where versions are set for each operation.
    fn name(self) -> &'static str {
        match self {
            Self::Skill | Self::BusinessUnit => "skill",
            Self::Activity => "activity",
            Self::Summary => "summary",
            Self::Settings => "settings",
            Self::Start | Self::Stop => "control",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Start | Self::Stop => "POST",
            _ => "GET",
        }
    }

    fn read(self, query: &[(&str, Cow<'_, str>)], now: UnixMillis) -> Result<SkillsCall, Reply> {
        let call = match self {
            Self::Skill => SkillsCall::Skill,
            Self::Activity => SkillsCall::Activity,
            Self::Settings => SkillsCall::Settings,
            Self::BusinessUnit => SkillsCall::BusinessUnit,
            Self::Start => SkillsCall::Start,
            Self::Stop => {
                return match query {
                    [] => Ok(SkillsCall::Stop { force: false }),
                    [("force", force)] => match force.as_ref() {
                        "true" => Ok(SkillsCall::Stop { force: true }),
                        "false" => Ok(SkillsCall::Stop { force: false }),
                        _ => Err(refuse(400, "Invalid force")),
                    },
                    _ => Err(invalid()),
                };
            }
            Self::Summary => {
                let [("startDate", start), ("endDate", end)] = query else {
                    return Err(invalid());
                };
                return range(start, end, now);
            }
        };
        if query.is_empty() {
            Ok(call)
        } else {
            Err(invalid())
        }
    }
}

fn range(start: &str, end: &str, now: UnixMillis) -> Result<SkillsCall, Reply> {
    let start = time(start).ok_or_else(|| refuse(400, "Invalid startDate"))?;
    let end = time(end).filter(|end| *end <= now);
    let end = end.ok_or_else(|| refuse(400, "Invalid endDate"))?;
    if start > end {
        return Err(refuse(400, "Invalid date range"));
    }
    if end.0 - start.0 > RANGE_MILLIS_MAX {
        return Err(refuse(400, "Invalid date range. Max 30 days."));
    }
    Ok(SkillsCall::Summary { start, end })
}

/// A time in UTC with a literal `Z` and whole seconds.
fn time(text: &str) -> Option<UnixMillis> {
    let is_literal = text.len() == "2026-03-02T14:30:05Z".len() && text.ends_with('Z');
    let time: Timestamp = text.parse().ok().filter(|_| is_literal)?;
    Some(UnixMillis(time.as_millisecond()))
}

const API: &str = "/incontactapi/services/";
/// Longest range of a summary, ms: 30 days.
const RANGE_MILLIS_MAX: i64 = 30 * 86_400_000;
