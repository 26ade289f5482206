//! The general settings of a skill, which hold its lever. All fields are kept as they were sent.

use serde_json::{Map, Value};

use super::object::{Object, as_flag, shown, unwrapped};
use crate::base::number_text::{finite, whole};

/// The general settings as they were read: names and values untouched.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneralSettings(Map<String, Value>);

/// What `maximumRatio` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundRatio {
    /// 1 to 3 calls per agent.
    Calls(u32),
    /// Null, absent, or outside 1 to 3: the lever has no authority, unless it is taken.
    NoAuthority(Option<u32>),
}

impl GeneralSettings {
    /// The settings in an answer: flat, or inside `generalSettings`.
    pub fn read(answer: &Value) -> Result<Self, String> {
        match unwrapped(answer, WRAPPER) {
            Value::Object(fields) if !fields.is_empty() => Ok(Self(fields.clone())),
            other => Err(format!("it holds no settings: {}", shown(other))),
        }
    }

    /// The settings that were kept.
    #[must_use]
    pub fn kept(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The lever.
    pub fn ratio(&self) -> Result<FoundRatio, String> {
        match self.object(|object| object.number(&[RATIO]))? {
            None => Ok(FoundRatio::NoAuthority(None)),
            Some(number) => match whole(number) {
                Some(ratio @ 1..=RATIO_MAX) => Ok(FoundRatio::Calls(ratio)),
                Some(ratio) => Ok(FoundRatio::NoAuthority(Some(ratio))),
                None => Err(format!("{RATIO} is {number}, expected a whole number")),
            },
        }
    }

    /// The second lever, per cent of the staffed agents; 0 where it is absent.
    pub fn overdial_percent(&self) -> Result<u32, String> {
        let percent = self.object(|object| object.count(&[OVERDIAL]))?;
        Ok(percent.unwrap_or(0))
    }

    /// True where the skill may place one call an agent only, whatever the ratio.
    pub fn blocks_multiple_calls(&self) -> Result<bool, String> {
        Ok(self
            .object(|object| object.flag(&["blockMultipleCalls"]))?
            .unwrap_or(false))
    }

    /// The body that sets `changes` and leaves all else: all that was received with the changes in
    /// it, or the changes alone. A field keeps the spelling in which it was received.
    #[must_use]
    pub fn body_with(&self, changes: &Map<String, Value>, is_partial: bool) -> String {
        let mut fields = if is_partial {
            Map::new()
        } else {
            self.0.clone()
        };
        for (name, value) in changes {
            fields.insert(self.spelled(name), value.clone());
        }
        let typed = fields.into_iter().map(|(name, value)| {
            let value = in_its_type(&name, value);
            (name, value)
        });
        let mut body = Map::new();
        body.insert(WRAPPER.to_owned(), Value::Object(typed.collect()));
        Value::Object(body).to_string()
    }

    /// The fields besides those named that differ in `other`.
    #[must_use]
    pub fn differences(&self, other: &Self, besides: &[&str]) -> Vec<String> {
        let names = self.0.iter();
        let differing = names.filter(|(name, value)| {
            let found = other.0.get(*name);
            let is_beside = besides
                .iter()
                .any(|beside| name.eq_ignore_ascii_case(beside));
            !is_beside && !is_same(value, found.unwrap_or(&Value::Null))
        });
        differing.map(|(name, _)| name.clone()).collect()
    }

    /// True where the fields named say the same in `other`.
    #[must_use]
    pub fn agrees(&self, other: &Self, names: &[&str]) -> bool {
        let mut names = names.iter();
        names.all(|name| is_same(self.value(name), other.value(name)))
    }

    /// The value of a field, in any case; null where it is absent.
    #[must_use]
    pub fn value(&self, name: &str) -> &Value {
        self.0.get(&self.spelled(name)).unwrap_or(&Value::Null)
    }

    /// The name of a field as the answer spells it.
    fn spelled(&self, name: &str) -> String {
        let mut names = self.0.keys();
        let found = names.find(|found| found.eq_ignore_ascii_case(name));
        found.cloned().unwrap_or_else(|| name.to_owned())
    }

    fn object<T>(
        &self,
        read: impl FnOnce(&Object<'_>) -> Result<Option<T>, String>,
    ) -> Result<Option<T>, String> {
        let value = Value::Object(self.0.clone());
        read(&Object::new("", &value)?)
    }
}

/// True where two values say the same, whatever the type that they are sent in.
#[must_use]
pub fn is_same(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::String(text) => finite(text.as_bytes()),
        value => value.as_f64(),
    };
    let numbers = number(one).zip(number(other));
    let flags = (one.is_boolean() || other.is_boolean()).then(|| as_flag(one).zip(as_flag(other)));
    one == other
        || numbers.is_some_and(|(one, other)| (one - other).abs() < f64::EPSILON)
        || flags.flatten().is_some_and(|(one, other)| one == other)
}

/// A value in the type that the platform wants: some answers quote booleans and numbers.
fn in_its_type(name: &str, value: Value) -> Value {
    let Value::String(text) = &value else {
        return value;
    };
    let is_flag = ["true", "false"]
        .iter()
        .any(|flag| text.trim().eq_ignore_ascii_case(flag));
    let number =
        (name != "aggressiveness").then(|| serde_json::from_str::<serde_json::Number>(text.trim()));
    match (as_flag(&value).filter(|_| is_flag), number) {
        (Some(flag), _) => flag.into(),
        (None, Some(Ok(number))) => Value::Number(number),
        (None, _) => value,
    }
}

const WRAPPER: &str = "generalSettings";
/// The lever.
pub const RATIO: &str = "maximumRatio";
/// The second lever.
pub const OVERDIAL: &str = "percentageOfAgentsBeforeOverdial";
/// Highest ratio that a tenant can be set to without the vendor.
pub const RATIO_MAX: u32 = 3;
