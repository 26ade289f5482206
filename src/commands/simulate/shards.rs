//! Runs beyond one machine: the parts of a sharded run, and how they are put together.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::sim::{Cell, Feed, Placing, Plan, Point, Scenario};

/// What `--merge` needs of one shard.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Part {
    scenario: Scenario,
    seed: u64,
    replications: u32,
    points: Vec<PartPoint>,
    baseline: usize,
    cells: Vec<Cell>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PartPoint {
    policy: String,
    sla_threshold: f64,
    tolerance_margin: f64,
}

/// One shard's share of the cells.
#[must_use]
pub(super) fn part(plan: &Plan, cells: &[Cell]) -> String {
    let points = plan.points.iter().map(|point| PartPoint {
        policy: point.policy.clone(),
        sla_threshold: point.sla_threshold,
        tolerance_margin: point.tolerance_margin,
    });
    let part = Part {
        scenario: plan.scenario.clone(),
        seed: plan.seed,
        replications: plan.replications,
        points: points.collect(),
        baseline: plan.baseline,
        cells: cells.to_vec(),
    };
    serde_json::to_string(&part).unwrap_or_default()
}

/// Puts shards together; they must be of one plan, and together all of it.
pub(super) fn merge(paths: &[PathBuf]) -> Result<(Plan, Vec<Cell>), String> {
    let mut whole: Option<Part> = None;
    for path in paths {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        let mut part: Part = serde_json::from_str(&text)
            .map_err(|error| format!("{name} is not a part of a sharded run: {error}"))?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => {
                let is_same = whole.scenario == part.scenario
                    && whole.seed == part.seed
                    && whole.replications == part.replications
                    && whole.points == part.points;
                if !is_same {
                    return Err(format!(
                        "{name} is of another run than {}: scenario, seed, replications or grid differ",
                        paths
                            .first()
                            .map_or_else(Default::default, |p| p.display().to_string())
                    ));
                }
                whole.cells.append(&mut part.cells);
            }
        }
    }
    let whole = whole.ok_or("--merge: no part is named")?;
    let plan = Plan {
        scenario: whole.scenario,
        seed: whole.seed,
        replications: whole.replications,
        baseline: whole.baseline.min(whole.points.len().saturating_sub(1)),
        points: whole
            .points
            .into_iter()
            .map(|point| Point {
                policy: point.policy,
                sla_threshold: point.sla_threshold,
                tolerance_margin: point.tolerance_margin,
                pacer: None,
                placing: Placing::ByRate,
                feed: Feed::Full,
            })
            .collect(),
    };
    let mut cells = whole.cells;
    cells.sort_by_key(|cell| cell.cell);
    cells.dedup_by_key(|cell| cell.cell);
    if cells.len() != plan.cells() {
        return Err(format!(
            "the parts hold {} of {} replications; a shard is missing",
            cells.len(),
            plan.cells()
        ));
    }
    Ok((plan, cells))
}
