//! Skills of NICE CXone: a skill that dials by itself, whose calls per agent are set.

mod account;
pub mod activity;
mod bounds;
mod calls;
mod control;
mod count;
pub mod counters;
mod discovery;
pub mod general;
pub mod hosts;
mod lever;
mod login;
mod looking;
mod memory;
pub mod object;
mod paced;
mod platform;
mod poll;
mod repair;
mod settings;
mod sight;
pub mod skill;
pub mod summary;
pub mod tenant;
pub mod times;

pub use account::{ProxyFor, SkillAccount, SkillAccountSettings};
pub use paced::{LeverLimits, PacedSkill};
pub use settings::{
    ApiVersions, Application, SettingsWrite, SkillAccess, SkillCredentials, SkillId, SkillSettings,
};
