//! The settings of each of several campaigns.

use super::campaign_tables::CampaignTable;
use super::error::ConfigError;
use super::layers::{Layers, Scope};
use super::platform_names::PlatformKind;
use crate::pacing::CallingHours;

impl Layers {
    /// The settings of each campaign that the file names, or of those among them that `only` picks.
    /// A file without `[[campaign]]`, or none, is one campaign without a name.
    pub fn of_each(self, only: &[String], scope: Scope) -> Result<Vec<Self>, ConfigError> {
        let tables = self.campaigns();
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let unknown = only.iter().find(|name| !names.contains(&name.as_str()));
        if let Some(unknown) = unknown {
            let problem = if names.is_empty() {
                "it needs a --config file with [[campaign]]".to_owned()
            } else {
                format!("there is no such campaign; there are {}", names.join(", "))
            };
            return Err(ConfigError::Value(format!("--only {unknown}"), problem));
        }
        if tables.is_empty() {
            return Ok(vec![self]);
        }
        for key in ["campaign_id", "skill_id", "state"] {
            let source = self.source_of(key);
            if source.rank() == 0 {
                let problem = "the file has several campaigns; pick one with --only NAME";
                return Err(ConfigError::Value(source.to_string(), problem.to_owned()));
            }
        }
        if scope == Scope::Live {
            self.refuse_doubles()?;
        }
        let picked = tables
            .iter()
            .filter(|table| only.is_empty() || only.contains(&table.name));
        picked
            .map(|table| Ok(self.of_campaign(table).in_pool(self.pool_of(table)?)))
            .collect()
    }

    /// The campaigns of a campaign's pool, with their calling hours.
    fn pool_of(
        &self,
        table: &CampaignTable,
    ) -> Result<Vec<(String, Option<CallingHours>)>, ConfigError> {
        let members = self.campaigns().iter();
        let members =
            members.filter(|other| table.pool().is_some() && other.pool() == table.pool());
        let with_hours = |member: &CampaignTable| {
            let pacing = self.of_campaign(member).pacing()?;
            Ok((member.name.clone(), pacing.pacer.hours().cloned()))
        };
        members.map(with_hours).collect()
    }

    /// Refuses two campaigns with one name or one id.
    fn refuse_doubles(&self) -> Result<(), ConfigError> {
        let id = match self.platform()? {
            PlatformKind::CampaignApi => "campaign_id",
            PlatformKind::Skills => "skill_id",
        };
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for table in self.campaigns() {
            let entry = table.entries.iter().find(|(setting, _)| setting.key == id);
            let Some((_, given)) = entry else {
                let problem = format!("it needs {id} = …");
                return Err(ConfigError::Value(table.place.clone(), problem));
            };
            if let Some((name, known)) = seen.iter().find(|(name, known)| {
                name.eq_ignore_ascii_case(&table.name) || *known == given.text.trim()
            }) {
                let problem = if name.eq_ignore_ascii_case(&table.name) {
                    "another campaign has this name".to_owned()
                } else {
                    format!("campaign {name} has the same {id} {known}")
                };
                return Err(ConfigError::Value(table.place.clone(), problem));
            }
            seen.push((&table.name, given.text.trim()));
        }
        Ok(())
    }
}
