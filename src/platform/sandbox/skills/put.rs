//! The body that changes a skill's general settings, checked field by field.

use serde_json::{Map, Value};

/// The fields in the body of a PUT; `Err` says what is wrong with it.
pub(super) fn read(body: &[u8]) -> Result<Map<String, Value>, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let wrapped = match body {
        Value::Object(mut body) if body.len() == 1 => body.remove("generalSettings"),
        _ => None,
    };
    match wrapped {
        Some(Value::Object(fields)) if !fields.is_empty() => {
            for (name, value) in &fields {
                check(name, value)?;
            }
            Ok(fields)
        }
        Some(_) => Err("generalSettings: an object with fields is expected".to_owned()),
        None => Err("only generalSettings is expected".to_owned()),
    }
}

/// True where a field holds true or false, and an absent one may be taken for false.
#[must_use]
pub fn is_flag(name: &str) -> bool {
    matches!(kind(name), Some((Kind::Flag, _)))
}

fn check(name: &str, value: &Value) -> Result<(), String> {
    let Some((kind, may_be_null)) = kind(name) else {
        return Err(format!("{name}: there is no such field"));
    };
    let within = |low: f64, high: f64| value.as_f64().is_some_and(|n| n >= low && n <= high);
    let fits = match kind {
        _ if value.is_null() => may_be_null,
        Kind::Flag => value.is_boolean(),
        Kind::Whole(low, high) => value.is_u64() && within(low, high),
        Kind::Number(low, high) => within(low, high),
        // The settings that are read together with others have a number here.
        Kind::Text => value.is_string() || value.is_u64(),
        // And true or false here.
        Kind::Factor => value.is_boolean() || within(0.0, 999.0),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("{name}: {value} is not allowed"))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Flag,
    Whole(f64, f64),
    Number(f64, f64),
    Factor,
    Text,
}

/// The kind of a field, and true where it may be null.
fn kind(name: &str) -> Option<(Kind, bool)> {
    let found = FIELDS.iter().find(|(field, _, _)| *field == name);
    found.map(|(_, kind, may_be_null)| (*kind, *may_be_null))
}

/// The documented fields: name, kind with its range, and whether null is allowed.
const FIELDS: [(&str, Kind, bool); 27] = [
    ("maximumRatio", Kind::Whole(1.0, 3.0), true),
    (
        "percentageOfAgentsBeforeOverdial",
        Kind::Whole(0.0, 100.0),
        true,
    ),
    ("abandonRateThreshold", Kind::Number(0.0, 99.9), true),
    ("abandonRateCutoff", Kind::Number(0.0, 100.0), true),
    ("beginDampenPercentage", Kind::Number(0.0, 100.0), true),
    ("maximumRingingDuration", Kind::Whole(1.0, 60.0), true),
    ("inactiveBlenderTimer", Kind::Whole(15.0, 999.0), true),
    (
        "consecutiveAttemptsWithoutALiveConnect",
        Kind::Whole(1.0, 999.0),
        true,
    ),
    (
        "endOfListNotificationsDelay",
        Kind::Whole(0.0, 3600.0),
        true,
    ),
    ("minimumRetryMinutes", Kind::Whole(1.0, 50_000.0), true),
    ("maximumAttempts", Kind::Whole(1.0, 300.0), true),
    (
        "defaultContactExpiration",
        Kind::Whole(1.0, 527_039.0),
        true,
    ),
    ("proficiencyFactor", Kind::Number(0.0, 999.0), false),
    ("waitTimeFactor", Kind::Factor, false),
    ("maxConcurrentCallsPerAgent", Kind::Whole(1.0, 10.0), false),
    ("maxWaitTimeSeconds", Kind::Whole(0.0, 999.0), false),
    ("aggressiveness", Kind::Text, true),
    ("blockMultipleCalls", Kind::Flag, true),
    ("overrideBusinessUnitAbandonRate", Kind::Flag, false),
    ("loadFresh", Kind::Flag, false),
    ("loadNonFresh", Kind::Flag, false),
    ("loadCallbacks", Kind::Flag, false),
    ("getPriorityContactsOnContactInsertion", Kind::Flag, false),
    ("notifyAgentsWhenListIsEmpty", Kind::Flag, true),
    ("enableDialingByProficiency", Kind::Flag, true),
    ("deliverCallbacksOnDNCHolidays", Kind::Flag, true),
    ("deliverPrioritiesOnDNCHolidays", Kind::Flag, true),
];
