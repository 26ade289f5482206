//! The JSON shapes of the campaign API. Its names are used in this file only.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::pacing::{IntervalRate, Ratio, Traffic};
use crate::platform::CampaignId;
use crate::platform::fields::{count, optional_count, optional_share, text};

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
    #[serde(deserialize_with = "text")]
    campaign_id: String,
    #[serde(default, deserialize_with = "optional_count")]
    total_calls_dialed: Option<u32>,
    #[serde(default, deserialize_with = "optional_count")]
    total_calls_answered: Option<u32>,
    #[serde(default, deserialize_with = "optional_share")]
    answer_rate: Option<Ratio>,
}

/// The metrics of one interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum IntervalMetrics {
    /// The answer rate, `None` where nothing was dialed, and the counts.
    Row(Option<Ratio>, Traffic),
    /// None, and the sentence that says so: no fault while nothing is dialed.
    Missing(String),
}

impl MetricsAnswer {
    /// The metrics of `campaign`, from the only row.
    pub(super) fn metrics(&self, campaign: &CampaignId) -> Result<IntervalMetrics, String> {
        let row = match self.response.as_slice() {
            [row] => row,
            [] => {
                let why = format!("response is empty: no metrics of campaign {campaign}");
                return Ok(IntervalMetrics::Missing(why));
            }
            rows => {
                let rows = rows.len();
                return Err(format!("response has {rows} rows where one was asked for"));
            }
        };
        if row.campaign_id != campaign.as_str() {
            return Err(format!(
                "response[0].campaignId is {:?}, not the campaign that was asked for, {campaign}",
                row.campaign_id
            ));
        }
        let (dialed, answered) = (row.total_calls_dialed, row.total_calls_answered);
        let traffic = Traffic {
            attempts: dialed,
            answered,
            ..Traffic::default()
        };
        match IntervalRate::of(row.answer_rate, dialed, answered) {
            Some(IntervalRate::Known(rate)) => Ok(IntervalMetrics::Row(Some(rate), traffic)),
            Some(IntervalRate::Quiet) => Ok(IntervalMetrics::Row(None, traffic)),
            Some(IntervalRate::Absent) => Ok(IntervalMetrics::Missing(
                "response[0].answerRate is missing or null, and so is one of the totals".to_owned(),
            )),
            None => Err(format!(
                "response[0].totalCallsAnswered is {}, more than totalCallsDialed, which is {}",
                answered.unwrap_or_default(),
                dialed.unwrap_or_default()
            )),
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
    pub(super) dial_rate: u32,
}

/// The body that sets a dial rate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DialRate {
    pub(super) dial_rate: u32,
}
