//! Each call of a cycle by itself, for a check before the first one.

use super::CampaignApi;
use super::calls::{AGENTS_CALL, CAMPAIGN_CALL, METRICS_CALL};
use super::wire::IntervalMetrics;
use crate::base::clock::Deadline;
use crate::http::CallError;
use crate::platform::{Applied, Change, Cursor, Look, MustNot, Platform as _};

impl CampaignApi<'_> {
    pub(super) fn looks(&self, deadline: &Deadline) -> Vec<Look> {
        let metrics = self.metrics(deadline).map(|metrics| match metrics {
            IntervalMetrics::Row(Some(rate), _) => {
                format!("an answer rate of {:.3} in the last interval", rate.value())
            }
            IntervalMetrics::Row(None, _) => "nothing was dialed in the last interval".to_owned(),
            IntervalMetrics::Missing(why) => format!("no data of the last interval: {why}"),
        });
        let agents = self.available_agents(deadline);
        let standing = self.standing(deadline);
        vec![
            Look::new(METRICS_CALL, metrics),
            Look::new(
                AGENTS_CALL,
                agents.map(|agents| format!("{agents} available")),
            ),
            Look::new(
                CAMPAIGN_CALL,
                standing.map(|it| format!("a dial rate of {} calls/min", it.setpoint.steps())),
            ),
        ]
    }

    pub(super) fn send_again(
        &self,
        must_not: MustNot,
        deadline: &Deadline,
    ) -> Result<Applied, CallError> {
        // Whatever the guard: the version that was read keeps a lowering by somebody else.
        let (standing, version) = self.standing_and_tag(deadline)?;
        if let Some(why) = must_not() {
            return Ok(Applied::NoAuthority(why));
        }
        let change = Change {
            setpoint: standing.setpoint,
            previous: Some(standing.setpoint),
            version,
            is_latched: false,
            was_stopped: false,
        };
        self.apply(&mut Cursor::default(), &change, deadline)
    }
}
