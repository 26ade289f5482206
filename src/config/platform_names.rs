//! The names of platforms, grants, writes, guards, formats and more: values of settings.

use super::values::Named;
use crate::http::BodyFormat;
use crate::pacing::OutsideHours;
use crate::platform::IfMatch;
use crate::platform::skills::SettingsWrite;

/// A kind of platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformKind {
    /// The campaign API: a dial rate is set.
    CampaignApi,
    /// Skills that dial by themselves: their calls per agent are set.
    Skills,
}

/// How the login proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    AccessKey,
    Password,
}

pub(super) const PLATFORMS: [Named<PlatformKind>; 2] = [
    (
        "campaign-api",
        PlatformKind::CampaignApi,
        "a campaign, by its dial rate",
    ),
    (
        "skills",
        PlatformKind::Skills,
        "a skill of NICE CXone, by the calls per agent that it dials",
    ),
];

pub(super) const GRANTS: [Named<Grant>; 2] = [
    ("access-key", Grant::AccessKey, "the access key alone"),
    (
        "password-grant",
        Grant::Password,
        "the access key as user and password of a registered application, whose id and secret are --client-id and --client-secret-file",
    ),
];

pub(super) const WRITES: [Named<SettingsWrite>; 2] = [
    (
        "merge",
        SettingsWrite::Merge,
        "everything that was read, with the ratio replaced",
    ),
    (
        "partial",
        SettingsWrite::Partial,
        "the ratio alone, for a tenant that refuses the rest",
    ),
];

pub(super) const GUARDS: [Named<IfMatch>; 2] = [
    (
        "any",
        IfMatch::Any,
        "no condition; the campaign may have changed meanwhile",
    ),
    (
        "etag",
        IfMatch::Etag,
        "the campaign has not changed since it was read in the same cycle",
    ),
];

/// The forms of the body of an export, by name.
pub(super) const BODY_FORMATS: [Named<BodyFormat>; 2] = [
    ("json", BodyFormat::Json, "one record a request"),
    (
        "ndjson",
        BodyFormat::Ndjson,
        "all records that wait in one request, one a line, at most 500 and 512 KiB",
    ),
];

/// What a skill does outside calling hours, by name.
pub(super) const OUTSIDE_HOURS: [Named<OutsideHours>; 2] = [
    (
        "minimum",
        OutsideHours::Minimum,
        "has its lowest ratio, and still calls while agents are available",
    ),
    (
        "stop",
        OutsideHours::Stop,
        "is stopped, and started again when they begin",
    ),
];
