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
        controller.observe(Snapshot {
            at_secs: self.now,
            setpoint: match &self.ratio {
                Some(ratio) => ratio.setpoint(),
                None => Setpoint::at(self.timer.dial_rate()),
            },
            logged_in: metrics.logged_in,
            idle: metrics.idle,
            answer_rate: metrics.answer_rate(),
            connected,
            abandoned,
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
        let fails = self.faults.patch_fails();
        if self.counts() {
            self.control.patches += 1;
            self.control.applied += u64::from(!fails);
            self.control.rate_changes += u64::from(!fails && setpoint != self.applied);
        }
        if fails {
            return;
        }
        self.applied = setpoint;
        controller.applied(setpoint);
        let (delay_secs, rate) = (self.change_delay_secs, setpoint.steps());
        match &mut self.ratio {
            Some(ratio) if delay_secs > 0.0 => ratio.set_later(self.now + delay_secs, setpoint),
            Some(ratio) => ratio.set(self.now, setpoint, self.staff.staffed()),
            None if delay_secs > 0.0 => {
                self.timer.set_dial_rate_later(self.now + delay_secs, rate);
            }
            None => self.set_dial_rate(rate),
        }
    }

    fn counts(&self) -> bool {
        self.now >= self.counted.start
    }
}
