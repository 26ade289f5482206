//! Sharded runs: their parts, and the merge of these.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::files;
use crate::base::input::InputError;
use crate::base::plain_words::json_problem;
use crate::base::swept::SweptValues;
use crate::pacing::{Band, Ratio};
use crate::sim::{BaselineIs, Plan, Replication, Results, Scenario, Standing, VariantResults};

/// A share of a plan, by `--shard`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// Number of the share, from 0.
    number: usize,
    of: usize,
}

/// The result of one shard, a file that `--merge` reads.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Part {
    scenario: Scenario,
    seed: u64,
    replications: u32,
    /// The settings that pace, by key.
    #[serde(default)]
    options: Vec<(String, String)>,
    #[serde(rename = "points")]
    variants: Vec<PartVariant>,
    baseline: usize,
    #[serde(default)]
    baseline_is: BaselineIs,
    cells: Vec<Replication>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PartVariant {
    policy: String,
    sla_threshold: Ratio,
    tolerance_margin: Ratio,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    swept: SweptValues,
    standing: Standing,
}

impl Shard {
    /// Reads "2/8", the second of eight shares.
    pub(super) fn parse(text: &str) -> Result<Self, InputError> {
        let wrong = || {
            InputError(format!(
                "--shard: {text:?} is not I/N, such as 2/8 for the second of eight"
            ))
        };
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        match (number.parse::<usize>(), of.parse::<usize>()) {
            (Ok(number), Ok(of)) if (1..=of).contains(&number) => Ok(Self {
                number: number - 1,
                of,
            }),
            _ => Err(wrong()),
        }
    }

    /// Number of shares.
    pub(super) fn of(self) -> usize {
        self.of
    }

    /// True where the replication of this index is in the share.
    pub(super) fn has(self, index: usize) -> bool {
        index % self.of == self.number
    }
}

/// The file of one shard.
#[must_use]
pub(super) fn part(
    plan: &Plan,
    replications: Vec<Replication>,
    options: Vec<(String, String)>,
) -> String {
    let variants = plan.variants.iter().map(|variant| PartVariant {
        policy: variant.policy.clone(),
        sla_threshold: variant.band.sla_threshold,
        tolerance_margin: variant.band.tolerance_margin,
        swept: variant.swept.clone(),
        standing: variant.driver.standing(),
    });
    let part = Part {
        scenario: plan.scenario.clone(),
        seed: plan.seed,
        replications: plan.replications,
        options,
        variants: variants.collect(),
        baseline: plan.baseline,
        baseline_is: plan.baseline_is,
        cells: replications,
    };
    serde_json::to_string(&part).unwrap_or_default()
}

/// Merges the parts of one plan, which must be complete. Returns the results and the settings that
/// pace, by key.
pub(super) fn merge(paths: &[PathBuf]) -> Result<(Results, Vec<(String, String)>), InputError> {
    let mut whole: Option<Part> = None;
    for path in paths {
        let mut part = read(path)?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => {
                let is_same = whole.scenario == part.scenario
                    && whole.seed == part.seed
                    && whole.replications == part.replications
                    && whole.variants == part.variants;
                if !is_same {
                    let first = paths.first().map(|path| path.display().to_string());
                    return Err(InputError(format!(
                        "{} is not from the same run as {}: scenario, seed, replications or combinations differ",
                        path.display(),
                        first.unwrap_or_default()
                    )));
                }
                whole.cells.append(&mut part.cells);
            }
        }
    }
    let mut whole = whole.ok_or_else(|| InputError("--merge: no part is named".to_owned()))?;
    let options = std::mem::take(&mut whole.options);
    Ok((whole.results()?, options))
}

fn read(path: &Path) -> Result<Part, InputError> {
    let name = path.display();
    let text = files::read_text(path, PART_BYTES_MAX, PATIENCE)
        .map_err(|error| InputError(format!("{name} cannot be read: {error}")))?;
    serde_json::from_str(&text).map_err(|error| {
        let (problem, line, column) = (json_problem(&error), error.line(), error.column());
        InputError(format!(
            "{name} is not a part of a sharded run: {problem}, at line {line}, column {column}"
        ))
    })
}

impl Part {
    fn results(mut self) -> Result<Results, InputError> {
        self.cells.sort_by_key(|replication| replication.index);
        self.cells.dedup_by_key(|replication| replication.index);
        let (found, all) = (
            self.cells.len(),
            self.variants
                .len()
                .saturating_mul(self.replications as usize),
        );
        if found != all {
            return Err(InputError(format!(
                "the parts hold {found} of {all} simulated runs; a shard is missing"
            )));
        }
        let variants = self.variants.into_iter().map(|variant| VariantResults {
            policy: variant.policy,
            band: Band {
                sla_threshold: variant.sla_threshold,
                tolerance_margin: variant.tolerance_margin,
            },
            swept: variant.swept,
            standing: variant.standing,
            figures: Vec::new(),
        });
        let results = Results {
            scenario: self.scenario,
            seed: self.seed,
            replications: self.replications,
            baseline: self.baseline.min(variants.len().saturating_sub(1)),
            baseline_is: self.baseline_is,
            variants: variants.collect(),
            platform: None,
        };
        Ok(results.with(&self.cells))
    }
}

/// Largest part, bytes: a million replications have a third of it.
const PART_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Time in which a part that comes from a pipe has to be there: another process may simulate it.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
