//! Settings: merged from every source and checked once, before anything is sent.

mod account;
mod beside_config;
mod calling_hours;
mod campaign_tables;
mod campaigns;
mod dot_env;
mod endpoint;
mod error;
pub mod expectation;
mod file_uses;
mod front_load;
mod layers;
mod live_settings;
mod log_format;
mod misspelled;
mod nearest;
mod pacing;
mod platform_names;
mod platforms;
mod policy_name;
pub mod scenario_file;
mod setting;
mod settings;
mod shares;
mod shown;
mod skill_access;
mod source;
mod sweep;
mod toml_file;
mod values;

pub use account::CampaignAccess;
pub use endpoint::Endpoint;
pub use error::ConfigError;
pub use layers::{Layers, Scope, Sources};
pub use live_settings::LiveSettings;
pub use log_format::LogFormat;
pub use pacing::Pacing;
pub use platform_names::PlatformKind;
pub use policy_name::{PacerPolicy, PolicyKind, PolicyName};
pub use setting::{
    BesideConfig, Choices, DefaultValue, GivenBy, Group, Lists, Setting, WithoutCampaign,
};
pub use settings::SETTINGS;
pub use shares::share;
pub use shown::ShownSetting;
pub use values::{duration, duration_or_none, time_zone};
