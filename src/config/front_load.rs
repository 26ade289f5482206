//! The setting that places the calls of an interval in its first third.

use super::error::ConfigError;
use super::layers::Layers;
use super::values;

impl Layers {
    /// True where the calls of an interval are to be placed in its first third.
    pub fn front_load(&self) -> Result<bool, ConfigError> {
        self.value("front_load", values::flag)
    }

    /// Both ways to place the calls of an interval, or one, to compare in a simulation.
    pub fn front_loads(&self) -> Result<Vec<bool>, ConfigError> {
        self.value("front_load", values::flags)
    }

    /// Refuses its flag where history is replayed.
    pub fn refuse_front_load(&self) -> Result<(), ConfigError> {
        let source = self.source_of("front_load");
        if source.rank() > 0 || !self.front_load()? {
            return Ok(());
        }
        Err(ConfigError::Value(
            source.to_string(),
            "backtest replays one decision for each row, and a burst takes two: watch and simulate have it".to_owned(),
        ))
    }
}
