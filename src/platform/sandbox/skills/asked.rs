//! What the skills API can be asked.

use serde_json::{Map, Value};

use crate::base::units::UnixMillis;

/// A request that keeps to the contract.
#[derive(Clone, Debug, PartialEq)]
pub enum SkillsCall {
    /// A login with an access key.
    AccessKey {
        /// Id of the key.
        id: String,
        /// Its secret.
        secret: String,
    },
    /// A login by password grant.
    Password {
        /// Id of the key.
        id: String,
        /// Its secret.
        secret: String,
        /// Id and secret of the application, as `ID:SECRET`.
        client: String,
    },
    /// The addresses of the password grant.
    OpenId,
    /// The addresses of a tenant.
    Discovery {
        /// Its id.
        tenant: String,
    },
    /// The skill.
    Skill,
    /// Its agents now.
    Activity,
    /// Its calls in a range.
    Summary {
        /// Start of the range.
        start: UnixMillis,
        /// End of the range.
        end: UnixMillis,
    },
    /// Its general settings.
    Settings,
    /// A change of its general settings to these fields.
    Change(Map<String, Value>),
    /// The business unit.
    BusinessUnit,
    /// Start of the skill.
    Start,
    /// Stop of the skill.
    Stop {
        /// True where live calls end too.
        force: bool,
    },
}
