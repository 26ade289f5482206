//! Skills of NICE CXone: a skill that dials by itself, whose calls per agent are set.

pub mod activity;
pub mod counters;
pub mod general;
pub mod hosts;
pub mod object;
mod settings;
pub mod skill;
pub mod summary;
pub mod tenant;
pub mod times;

pub use settings::{
    ApiVersions, Application, SettingsWrite, SkillAccess, SkillCredentials, SkillId, SkillSettings,
};
