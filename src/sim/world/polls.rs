//! The polls: what the platform tells, and what is done with the answer.

use super::{World, count};
use crate::pacing::Setpoint;
use crate::sim::controller::{Command, Controller, PlatformMetrics, Snapshot};

impl World {
    /// The metrics of the interval that ends now.
    pub(in crate::sim) fn end_interval(&mut self) -> PlatformMetrics {
        let attempts = self.dialer.end_interval(self.now);
        PlatformMetrics {
            ended: attempts.ended,
            answered: attempts.answered,
            idle: count(self.staff.idle()),
            abandoned: self.callers.end_interval(self.now),
            logged_in: self.staff.staffed(),
        }
    }

    pub(super) fn poll(&mut self, controller: &mut dyn Controller) {
        self.next_poll_at += self.interval_secs;
        let metrics = self.end_interval();
        let (connected, abandoned) = (self.staff.connected(), self.callers.abandoned());
        let counts = self.counts();
        let half_hour = &mut self.control.half_hour;
        half_hour.end_interval(connected, abandoned, self.interval_secs, counts);
        let answer_rate = metrics.answer_rate();
        if let Some(rate) = answer_rate.filter(|_| counts) {
            self.control.intervals_with_attempts += 1;
            self.control.answer_rate_sum += rate.value();
        }
        controller.observe(Snapshot {
            at_secs: self.now,
            setpoint: match &self.ratio {
                Some(ratio) => ratio.setpoint(),
                None => Setpoint::at(self.timer.dial_rate()),
            },
            logged_in: metrics.logged_in,
            idle: metrics.idle,
            answer_rate,
            connected,
            abandoned,
            placed: self.dialer.placed(),
        });
        let fails = self.faults.poll_fails(self.now);
        let told = match &mut self.reports {
            Some(reports) => reports.report(self.now, metrics, fails),
            None => (!fails).then_some(metrics),
        };
        let command = controller.poll(self.now, told);
        if self.counts() {
            self.control.intervals += u64::from(command.is_outside_band.is_some());
            self.control.intervals_outside += u64::from(command.is_outside_band == Some(true));
        }
        self.apply_command(command, controller);
    }

    fn apply_command(&mut self, command: Command, controller: &mut dyn Controller) {
        let Some(setpoint) = command.send else {
            return;
        };
        let is_applied = self.send(setpoint, controller);
        let lasts_secs = command.lasts_secs.filter(|_| is_applied);
        self.burst_over_at = lasts_secs.map_or(f64::INFINITY, |secs| self.now + secs);
    }

    /// A burst is over: the lever goes back to a standstill, if need be at the second try.
    pub(super) fn end_burst(&mut self, controller: &mut dyn Controller) {
        let is_applied = self.send(Setpoint::Stopped, controller);
        self.burst_over_at = if is_applied {
            f64::INFINITY
        } else {
            self.now + BURST_END_AGAIN_SECS
        };
    }

    /// Sends a setpoint and returns whether it was applied.
    fn send(&mut self, setpoint: Setpoint, controller: &mut dyn Controller) -> bool {
        let fails = self.faults.patch_fails();
        if self.counts() {
            self.control.patches += 1;
            self.control.applied += u64::from(!fails);
            self.control.rate_changes += u64::from(!fails && setpoint != self.applied);
        }
        if fails {
            return false;
        }
        self.applied = setpoint;
        controller.applied(self.now, setpoint);
        let (delay_secs, rate) = (self.change_delay_secs, setpoint.steps());
        match &mut self.ratio {
            Some(ratio) if delay_secs > 0.0 => ratio.set_later(self.now + delay_secs, setpoint),
            Some(ratio) => ratio.set(self.now, setpoint, self.staff.staffed()),
            None if delay_secs > 0.0 => {
                self.timer.set_dial_rate_later(self.now + delay_secs, rate);
            }
            None => self.set_dial_rate(rate),
        }
        true
    }

    fn counts(&self) -> bool {
        self.now >= self.counted.start
    }
}

/// Time from a failed end of a burst to the next try, s: that of `watch`.
const BURST_END_AGAIN_SECS: f64 = 2.0;
