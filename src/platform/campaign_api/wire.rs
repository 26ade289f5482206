//! The JSON shapes of the campaign API. Its names are used in this file only.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::pacing::{Ratio, Traffic};
use crate::platform::CampaignId;

/// The metrics query.
#[derive(Serialize)]
pub(super) struct MetricsQuery {
    select: [&'static str; 4],
    #[serde(rename = "where")]
    filter: String,
    interval: String,
    #[serde(rename = "pageSize")]
    page_size: u32,
    page: u32,
}

impl MetricsQuery {
    pub(super) fn new(campaign: &CampaignId, interval_secs: u64) -> Self {
        Self {
            select: [
                "campaignId",
                "totalCallsDialed",
                "totalCallsAnswered",
                "answerRate",
            ],
            filter: format!("campaignId = '{campaign}'"),
            interval: format!("PT{interval_secs}S"),
            page_size: 1,
            page: 1,
        }
    }
}

/// The answer to the metrics query.
#[derive(Deserialize)]
pub(super) struct MetricsAnswer {
    response: Vec<MetricsRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetricsRow {
    campaign_id: String,
    #[serde(default, deserialize_with = "optional_count")]
    total_calls_dialed: Option<u64>,
    #[serde(default, deserialize_with = "optional_count")]
    total_calls_answered: Option<u64>,
    answer_rate: Ratio,
}

impl MetricsAnswer {
    /// The answer rate and the counts of `campaign`, from the only row.
    pub(super) fn metrics(&self, campaign: &CampaignId) -> Result<(Ratio, Traffic), String> {
        let [row] = self.response.as_slice() else {
            return Err(match self.response.len() {
                0 => format!("response is empty: no metrics of campaign {campaign}"),
                rows => format!("response has {rows} rows where one was asked for"),
            });
        };
        if row.campaign_id != campaign.as_str() {
            return Err(format!(
                "response[0].campaignId is {:?}, not the campaign that was asked for, {campaign}",
                row.campaign_id
            ));
        }
        match (row.total_calls_answered, row.total_calls_dialed) {
            (Some(answered), Some(dialed)) if answered > dialed => Err(format!(
                "response[0].totalCallsAnswered is {answered}, more than totalCallsDialed, which is {dialed}"
            )),
            _ => {
                let count = |count: Option<u64>| count.and_then(|count| u32::try_from(count).ok());
                let traffic = Traffic {
                    attempts: count(row.total_calls_dialed),
                    answered: count(row.total_calls_answered),
                    ..Traffic::default()
                };
                Ok((row.answer_rate, traffic))
            }
        }
    }
}

/// The available agents: a plain array, or one page of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AgentsPage {
    /// Elements of this answer.
    pub(super) agents: Vec<ListedAgent>,
    /// `None` for a plain array, which holds all agents.
    pub(super) paging: Option<Paging>,
}

/// One element of a list of agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListedAgent {
    /// Its id, where it has one.
    pub(super) id: Option<String>,
    /// False where its state says that it is not available. The list was asked for by state, so an
    /// element without one is available.
    pub(super) is_available: bool,
}

impl<'de> Deserialize<'de> for ListedAgent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let element = Value::deserialize(deserializer)?;
        let field = |names: &[&str]| {
            let mut values = names.iter().filter_map(|name| element.get(name));
            values.find(|value| !value.is_null()).cloned()
        };
        let id = field(&["agentId", "id"]).map(|id| match id {
            Value::String(text) => text,
            other => other.to_string(),
        });
        let state = field(&["state", "status", "agentState"]);
        let is_available = state.is_none_or(|state| {
            let text = state.as_str().unwrap_or_default();
            text.eq_ignore_ascii_case("available")
        });
        Ok(Self { id, is_available })
    }
}

/// The paging fields of a page. The contract's names are `page`, `pageSize` and `totalElements`;
/// the others are those of the platform's older interfaces.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paging {
    page: Option<u64>,
    page_number: Option<u64>,
    pub(super) page_size: Option<u64>,
    total_elements: Option<u64>,
    total: Option<u64>,
    total_records: Option<u64>,
    total_count: Option<u64>,
    page_count: Option<u64>,
    total_pages: Option<u64>,
    next: Option<Value>,
    next_page: Option<Value>,
    next_uri: Option<Value>,
    has_more: Option<Value>,
}

impl Paging {
    /// Number of the page.
    pub(super) fn number(&self) -> Option<u64> {
        self.page.or(self.page_number)
    }

    /// Name of the field and of the parameter for the page number.
    pub(super) fn number_name(&self) -> &'static str {
        match (self.page, self.page_number) {
            (None, Some(_)) => "pageNumber",
            _ => "page",
        }
    }

    /// Number of agents on all pages.
    pub(super) fn total(&self) -> Option<u64> {
        let older = self.total.or(self.total_records).or(self.total_count);
        self.total_elements.or(older)
    }

    /// Number of pages.
    pub(super) fn pages(&self) -> Option<u64> {
        self.page_count.or(self.total_pages)
    }

    /// A field that announces more pages without their number.
    pub(super) fn unknown_sequel(&self) -> Option<&'static str> {
        let fields = [
            ("next", &self.next),
            ("nextPage", &self.next_page),
            ("nextUri", &self.next_uri),
            ("hasMore", &self.has_more),
        ];
        let says_more = |value: &Value| *value != Value::Bool(false);
        fields
            .into_iter()
            .find(|(_, value)| value.as_ref().is_some_and(says_more))
            .map(|(name, _)| name)
    }
}

#[derive(Deserialize)]
struct PagedAgents {
    #[serde(
        alias = "agents",
        alias = "entities",
        alias = "items",
        alias = "results"
    )]
    response: Vec<ListedAgent>,
    #[serde(flatten)]
    paging: Paging,
}

impl<'de> Deserialize<'de> for AgentsPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = AgentsPage;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of agents, or a page with one in `response`")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<AgentsPage, A::Error> {
                let mut agents = Vec::new();
                while let Some(agent) = seq.next_element()? {
                    agents.push(agent);
                }
                Ok(AgentsPage {
                    agents,
                    paging: None,
                })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                map: A,
            ) -> Result<AgentsPage, A::Error> {
                let page =
                    PagedAgents::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(AgentsPage {
                    agents: page.response,
                    paging: Some(page.paging),
                })
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// A campaign.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CampaignAnswer {
    #[serde(deserialize_with = "count")]
    pub(super) dial_rate: u64,
}

/// The body that sets a dial rate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DialRate {
    pub(super) dial_rate: u32,
}

/// Reads a whole number, also one that is written `34.0`.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let whole =
        |value: f64| (value.fract() == 0.0 && (0.0..EXACT_MAX).contains(&value)).then_some(value);
    match (number.as_u64(), number.as_f64().and_then(whole)) {
        (Some(value), _) => Ok(value),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, not negative and below 2^53, by the line above"
        )]
        (None, Some(value)) => Ok(value as u64),
        (None, None) => Err(D::Error::custom(format!(
            "{number} is not a whole number of at least 0"
        ))),
    }
}

fn optional_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    count(deserializer).map(Some)
}

/// 2⁵³: whole numbers below it are exact as floats.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
