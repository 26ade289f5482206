//! The settings of a skill's platform, checked.

use std::fmt;

use jiff::tz::TimeZone;
use secrecy::SecretString;

use crate::platform::Site;

/// A skill's identifier: a whole number from 1 to ten digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillId(u64);

impl SkillId {
    /// Checks `text`.
    ///
    /// ```
    /// # use dialpace::platform::skills::SkillId;
    /// assert_eq!(SkillId::new("4711").unwrap().number(), 4711);
    /// for text in ["", "0", "04711", "+4711", "4711/x", "12345678901"] {
    ///     assert!(SkillId::new(text).is_err(), "{text}");
    /// }
    /// ```
    pub fn new(text: &str) -> Result<Self, String> {
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let is_usual = is_digits && !text.starts_with('0') && text.len() <= DIGITS_MAX;
        match text.parse() {
            Ok(number) if is_usual => Ok(Self(number)),
            _ => Err(format!(
                "{text:?} is not a skill id: a whole number from 1, of at most {DIGITS_MAX} digits"
            )),
        }
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for SkillId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A skill on a real platform, and the credentials for it.
#[derive(Clone, Debug)]
pub struct SkillAccess {
    /// The skill.
    pub skill_id: SkillId,
    /// The credentials.
    pub credentials: SkillCredentials,
    /// The tenant's area, a part of its login host: `na1`.
    pub area: String,
    /// The host to log in at and to ask for the tenant's hosts, instead of the area's.
    pub auth_base: Option<Site>,
    /// The host of the data calls, instead of the one that the platform tells.
    pub api_base: Option<Site>,
}

/// The credentials of an access key's user.
#[derive(Clone, Debug)]
pub struct SkillCredentials {
    /// The access key's id.
    pub key_id: String,
    /// The access key's secret.
    pub key_secret: SecretString,
    /// The application that logs in for the user, with the password grant; `None`: the access key
    /// is enough.
    pub application: Option<Application>,
}

/// A registered application.
#[derive(Clone, Debug)]
pub struct Application {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
}

/// Settings of a skill's platform, wherever it runs.
#[derive(Clone, Debug)]
pub struct SkillSettings {
    /// Versions of the operations.
    pub versions: ApiVersions,
    /// The form of a change.
    pub write: SettingsWrite,
    /// True where ratios between whole numbers are set by the second lever.
    pub overdial_lever: bool,
    /// The highest ratio that the user allows, hundredths of a call per agent; `None`: the one that
    /// the skill has at the first poll.
    pub ratio_max: Option<u32>,
    /// The time zone at whose midnight the counts begin anew; `None`: the business unit's.
    pub time_zone: Option<TimeZone>,
}

/// The form of a change of a skill's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingsWrite {
    /// All settings as they were read, with the lever replaced.
    #[default]
    Merge,
    /// The lever alone.
    Partial,
}

/// Versions of the operations: 30 is `v30.0` in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiVersions {
    /// Counts of agents.
    pub activity: u32,
    /// Counts of calls.
    pub summary: u32,
    /// General settings.
    pub settings: u32,
    /// The skill and the business unit.
    pub skill: u32,
    /// Start and stop.
    pub control: u32,
    /// The skills of a campaign.
    pub campaign_skills: u32,
}

const DIGITS_MAX: usize = 10;
