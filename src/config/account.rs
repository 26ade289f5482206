//! The account of a real platform: site, credentials, campaign.

use std::path::Path;

use secrecy::SecretString;

use super::error::ConfigError;
use super::layers::Layers;
use super::settings::how_to_set;
use crate::platform::{CampaignId, Site};

/// A campaign on a real platform, and the credentials for it.
#[derive(Clone, Debug)]
pub struct CampaignAccess {
    /// The host of the platform.
    pub site: Site,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// The campaign.
    pub campaign_id: CampaignId,
}

impl Layers {
    /// The campaign and the credentials for it. The error names everything that is missing.
    pub fn campaign_access(&self) -> Result<CampaignAccess, ConfigError> {
        let site = self.parse("site", Site::new)?;
        let client_id = self.text("client_id").map(str::to_owned);
        let client_secret = self.secret("client_secret", "client_secret_file")?;
        let campaign_id = self.parse("campaign_id", CampaignId::new)?;
        match (site, client_id, client_secret, campaign_id) {
            (Some(site), Some(client_id), Some(client_secret), Some(campaign_id)) => {
                Ok(CampaignAccess {
                    site,
                    client_id,
                    client_secret,
                    campaign_id,
                })
            }
            (site, client_id, client_secret, campaign_id) => {
                let wanted = [
                    (site.is_none(), "site"),
                    (client_id.is_none(), "client_id"),
                    (client_secret.is_none(), "client_secret_file"),
                    (campaign_id.is_none(), "campaign_id"),
                ];
                let missing = wanted.into_iter().filter(|(is_missing, _)| *is_missing);
                let ways: Vec<String> = missing.map(|(_, key)| how_to_set(key)).collect();
                Err(ConfigError::Missing(format!(
                    "{}; to try it without a campaign: dialpace tick --sandbox",
                    ways.join(", ")
                )))
            }
        }
    }

    /// The campaign.
    pub fn campaign_id(&self) -> Result<CampaignId, ConfigError> {
        let id = self.parse("campaign_id", CampaignId::new)?;
        id.ok_or_else(|| ConfigError::Missing(how_to_set("campaign_id")))
    }

    /// The secret itself or the file that holds it, whichever the stronger source gives.
    pub(super) fn secret(
        &self,
        itself: &str,
        file: &str,
    ) -> Result<Option<SecretString>, ConfigError> {
        let rank = |key| self.find(key).map(|given| given.source.rank());
        let is_by_file = match (rank(file), rank(itself)) {
            (Some(file), Some(secret)) => file <= secret,
            (file, _) => file.is_some(),
        };
        if is_by_file {
            self.parse(file, |path| self.secret_in(path))
        } else {
            Ok(self.text(itself).map(SecretString::from))
        }
    }

    fn secret_in(&self, path: &str) -> Result<SecretString, String> {
        let text = self
            .read_text(Path::new(path))
            .map_err(|error| format!("{path} cannot be read: {error}"))?;
        match text.trim() {
            "" => Err(format!("the file {path} holds no secret")),
            secret => Ok(SecretString::from(secret)),
        }
    }
}
