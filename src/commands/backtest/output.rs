//! The file of `--output`, which appears under its name only when it is complete.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::base::files::Draft;
use crate::base::input::InputError;
use crate::history::HistoryRow;
use crate::pacing::{Decision, Pacer};
use crate::report::backtest::{DecisionFormat, DecisionWriter};

pub(super) struct DecisionFile<'a> {
    path: &'a Path,
    writer: DecisionWriter<Draft>,
}

impl<'a> DecisionFile<'a> {
    /// Begins the file. It must not be the `input`.
    pub(super) fn create(path: &'a Path, input: &Path, pacers: &[Pacer]) -> Result<Self> {
        let refuse = |problem: &str| InputError(format!("--output {}: {problem}", path.display()));
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => DecisionFormat::Csv,
            Some("ndjson" | "jsonl") => DecisionFormat::Ndjson,
            _ => return Err(refuse("its name must end in .csv or .ndjson").into()),
        };
        if is_same_file(path, input) {
            return Err(refuse("it is the input file; choose another").into());
        }
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(refuse("it is not a regular file; choose another").into());
        }
        let draft = Draft::create(path).with_context(|| cannot_write(path))?;
        Ok(Self {
            path,
            writer: DecisionWriter::new(draft, format, pacers),
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

fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}
