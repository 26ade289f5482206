//! The file of `--output`, which appears under its name only when it is complete.

use std::path::Path;

use anyhow::{Context, Result};

use crate::base::files::Draft;
use crate::base::input::InputError;
use crate::base::swept::SweptValues;
use crate::history::HistoryRow;
use crate::pacing::{Decision, Pacer};
use crate::report::backtest::{DecisionFormat, DecisionWriter};

pub(super) struct DecisionFile<'a> {
    path: &'a Path,
    writer: DecisionWriter<Draft>,
}

impl<'a> DecisionFile<'a> {
    /// Begins the file.
    pub(super) fn create(path: &'a Path, pacers: &[Pacer], swept: &[SweptValues]) -> Result<Self> {
        let refuse = |problem: &str| InputError(format!("--output {}: {problem}", path.display()));
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => DecisionFormat::Csv,
            Some("ndjson" | "jsonl") => DecisionFormat::Ndjson,
            _ => return Err(refuse("its name must end in .csv or .ndjson").into()),
        };
        let draft = Draft::create(path).with_context(|| cannot_write(path))?;
        Ok(Self {
            path,
            writer: DecisionWriter::new(draft, format, pacers, swept),
        })
    }

    /// Adds the decision of the pacer of this number on `row`.
    pub(super) fn add(
        &mut self,
        pacer: usize,
        decision: &Decision,
        row: &HistoryRow,
    ) -> Result<()> {
        let added = self.writer.add(pacer, decision, row);
        added.context("cannot write the decisions")
    }

    /// Gives the complete file its name.
    pub(super) fn publish(self) -> Result<()> {
        let published = self.writer.finish().and_then(Draft::publish);
        published.with_context(|| cannot_write(self.path))
    }
}

pub(super) fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
