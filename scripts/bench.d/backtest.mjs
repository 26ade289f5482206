// Times `dialpace backtest` against the csv crate alone and the same rule in Node over readline, polars and
// DuckDB, in turn: whole processes, but of polars and DuckDB the query alone, without the start of Python.
//
//   node backtest.mjs DIALPACE CSV_READ FOLDER RUNS [PYTHON]     PYTHON has polars and DuckDB
//   node backtest.mjs replay FILE                    the reference: the capacity rule over readline

import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, openSync, writeSync, closeSync, statSync, unlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { performance } from "node:perf_hooks";

const ROWS = 3_000_000;

if (process.argv[2] === "replay") await replay(process.argv[3]);
else bench(...process.argv.slice(2));

async function replay(path) {
  const campaigns = new Map();
  let columns;
  let rows = 0, adjustments = 0, changes = 0, rates = 0, outside = 0, equal = 0, differences = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const fields = line.split(",");
    if (!columns) {
      columns = Object.fromEntries(fields.map((name, place) => [name, place]));
      continue;
    }
    const at = Date.parse(fields[columns.timestamp]);
    const agents = Number(fields[columns.availableAgents]);
    const rate = Number(fields[columns.answerRate]);
    const id = fields[columns.campaignId];
    let campaign = campaigns.get(id);
    if (!campaign) campaigns.set(id, (campaign = { window: [], current: 0 }));
    const window = campaign.window;
    while (window.length && at - window[0].at > 360_000) window.shift();
    window.push({ at, agents });
    if (window.length > 6) window.shift();
    let sum = 0;
    for (const sample of window) sum += sample.agents;
    let decided = Math.min(100, Math.max(10, Math.floor((sum / window.length) * 0.85)));
    if (window.length === 6 && sum === 0) decided = 0;
    const isOutside = Math.abs(rate - 0.75) > 0.05;
    const changed = decided !== campaign.current;
    campaign.current = decided;
    const history = Number(fields[columns.dialRate]);
    rows += 1;
    adjustments += isOutside || changed ? 1 : 0;
    changes += changed ? 1 : 0;
    rates += decided;
    outside += isOutside ? 1 : 0;
    equal += decided === history ? 1 : 0;
    differences += Math.abs(decided - history);
  }
  console.log(JSON.stringify({ rows, adjustments, changes, rates, outside, equal, differences }));
}

function bench(dialpace, csvRead, folder, runs, python) {
  const history = `${folder}/bench-history-2020.csv`;
  const output = `${folder}/bench-decisions.csv`;
  if (!existsSync(history)) generate(history);
  const commands = {
    "csv crate, reading only": [csvRead, history],
    "dialpace, summary": [dialpace, "backtest", history, "--format", "json"],
    "dialpace, with decisions": [dialpace, "backtest", history, "--format", "json", "--output", output],
    "Node, the same rule": [process.execPath, process.argv[1], "replay", history],
  };
  if (python) {
    commands["polars, the same rule"] = [python, "scripts/bench.d/frames.py", "polars", history];
    commands["DuckDB, the same rule"] = [python, "scripts/bench.d/frames.py", "duckdb", history];
  }
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  const answers = {};
  for (let run = 0; run < Number(runs); run += 1) {
    for (const [name, [command, ...args]] of Object.entries(commands)) {
      const began = performance.now();
      const done = spawnSync(command, args, { encoding: "utf8" });
      const wall = performance.now() - began;
      if (done.status !== 0) throw new Error(`${name}: ${done.stderr}`);
      answers[name] = done.stdout;
      const { seconds } = command === python ? JSON.parse(done.stdout) : {};
      times[name].push(seconds ? seconds * 1000 : wall);
    }
  }
  unlinkSync(output);
  const ours = JSON.parse(answers["dialpace, summary"]).results[0];
  for (const name of Object.keys(commands).filter((name) => name.endsWith("the same rule"))) {
    const theirs = JSON.parse(answers[name]);
    const same = ours.adjustments === theirs.adjustments && ours.rateChanges === theirs.changes
      && ours.dialRateMean === theirs.rates / theirs.rows
      && ours.history.meanAbsoluteDifference === theirs.differences / theirs.rows;
    if (!same) throw new Error(`${name} disagrees: ${JSON.stringify([ours, theirs])}`);
  }
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const ratio = (name, to) => median(times[name].map((time, run) => time / times[to][run])).toFixed(2);
  console.log(`${ROWS} rows, ${(statSync(history).size / 1e6).toFixed(0)} MB, medians of ${runs} runs and of ratios pair by pair`);
  const summary = "dialpace, summary";
  for (const name of Object.keys(commands)) {
    const of = name === "dialpace, with decisions" ? `${ratio(name, summary)} × the summary alone`
      : `${ratio(name, "csv crate, reading only")} × the csv crate, ${ratio(name, summary)} × the summary`;
    console.log(`${name.padEnd(26)} ${(median(times[name]) / 1000).toFixed(3)} s  ${of}`);
  }
}

function generate(path) {
  const file = openSync(path, "w");
  let seed = 1n;
  const draw = (below) => {
    seed = (seed * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((seed >> 33n) % BigInt(below));
  };
  let text = "timestamp,campaignId,totalCallsDialed,totalCallsAnswered,answerRate,availableAgents,dialRate\n";
  let agents = 40;
  for (let row = 1; row <= ROWS; row += 1) {
    agents = Math.max(0, Math.min(130, agents + draw(9) - 4));
    const dialed = 1 + draw(40);
    const answered = draw(dialed + 1);
    const history = Math.max(10, Math.min(100, Math.floor(agents * 0.85)));
    const at = new Date(1_577_836_800_000 + row * 30_000).toISOString();
    text += `${at},outbound-retention-2026,${dialed},${answered},${answered / dialed},${agents},${history}\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = "";
    }
  }
  writeSync(file, text);
  closeSync(file);
}
