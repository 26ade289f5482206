//! The campaign or the skill that is paced.

use std::fmt;

/// The campaign or the skill that is paced, by its identifier on the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A campaign of the campaign API.
    Campaign(String),
    /// A skill that dials by itself.
    Skill(u64),
}

impl Subject {
    /// Its name in the state file. No campaign has the name of a skill.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Campaign(id) => id.clone(),
            Self::Skill(id) => format!("skills/{id}"),
        }
    }

    /// The identifier as text.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Campaign(id) => id.clone(),
            Self::Skill(id) => id.to_string(),
        }
    }

    /// `campaign` or `skill`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Campaign(_) => "campaign",
            Self::Skill(_) => "skill",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.id())
    }
}
