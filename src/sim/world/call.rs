//! A call that is answered, drawn from the call's own stream alone.

use crate::sim::draws::Stream;
use crate::sim::scenario::Calls;

/// A call that a person answers, or a machine that is taken for one.
#[derive(Clone, Copy)]
pub(super) struct AnsweredCall {
    pub(super) talk_secs: f64,
    pub(super) wrap_up_secs: f64,
    pub(super) patience_secs: f64,
    /// A machine occupies an agent and never abandons.
    pub(super) is_machine: bool,
}

impl AnsweredCall {
    /// A call that a person answers, and the seconds until then.
    pub(super) fn by_person(calls: &Calls, stream: &mut Stream) -> (f64, Self) {
        let answer_secs = calls.time_to_answer.sample(stream);
        let call = Self {
            talk_secs: calls.talk.sample(stream),
            wrap_up_secs: calls.wrap_up.sample(stream),
            patience_secs: calls.patience.sample(stream),
            is_machine: false,
        };
        (answer_secs, call)
    }

    /// A call that a machine answers, if it is passed to an agent by mistake, and the seconds until
    /// the machine answers.
    pub(super) fn by_machine(calls: &Calls, stream: &mut Stream) -> (f64, Option<Self>) {
        let is_passed = stream.uniform() < calls.machine_passed_share;
        let answer_secs = calls.time_to_answer.sample(stream);
        let call = is_passed.then(|| Self {
            talk_secs: calls.machine_handle.sample(stream),
            wrap_up_secs: 0.0,
            patience_secs: 0.0,
            is_machine: true,
        });
        (answer_secs, call)
    }
}
