//! The site of an account and the identifier of a campaign, checked.

use std::fmt;

use crate::http::{Address, HostScope};

/// A campaign's identifier: 1 to 64 letters, digits, `-` and `_`. Other characters could end the
/// quotes of the metrics query or the path of an address, and are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignId(String);

impl CampaignId {
    /// Checks `text`.
    pub fn new(text: &str) -> Result<Self, String> {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.is_empty() || text.len() > CAMPAIGN_ID_MAX || !text.chars().all(is_safe) {
            return Err(format!(
                "{text:?} is not a campaign id: 1 to {CAMPAIGN_ID_MAX} letters, digits, `-` or `_`"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of a platform: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    origin: String,
    scope: HostScope,
}

impl Site {
    /// Checks `text`: a host, with or without `https://`, with or without a port. Plain `http://`
    /// is for loopback hosts only.
    ///
    /// ```
    /// # use dialpace::platform::Site;
    /// assert_eq!(Site::new("api.nice.example")?.origin(), "https://api.nice.example");
    /// assert_eq!(Site::new("http://127.0.0.1:8080/")?.origin(), "http://127.0.0.1:8080");
    /// assert!(Site::new("http://api.nice.example").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn new(text: &str) -> Result<Self, String> {
        let full = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let address = Address::new(&full)?;
        if !address.is_origin() {
            return Err("it has a path; give only the host and, if needed, the port".to_owned());
        }
        Ok(Self {
            origin: address.origin(),
            scope: address.scope(),
        })
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The place of the host.
    #[must_use]
    pub fn scope(&self) -> HostScope {
        self.scope
    }
}

/// Longest campaign id.
const CAMPAIGN_ID_MAX: usize = 64;
