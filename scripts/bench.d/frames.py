"""The capacity rule over a history in polars or DuckDB, with their times parsed and in order, as `dialpace
backtest` has them. Prints the seconds of the query, without the start of Python and the import, and its counts.

    frames.py polars|duckdb FILE
"""
import json
import sys
import time


def polars(path):
    import polars as pl

    began = time.perf_counter()
    agents = pl.col("availableAgents")
    full_sum = agents.rolling_sum(6)
    capacity = (agents.rolling_mean(6, min_samples=1) * 0.85).floor().clip(10, 100)
    decided = pl.when(full_sum == 0).then(0).otherwise(capacity).cast(pl.Int64)
    at = pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ")
    is_outside = (pl.col("answerRate") - 0.75).abs() > 0.05
    rows = pl.scan_csv(path, schema_overrides={"answerRate": pl.Float64}).with_columns(
        at=at, decided=decided, is_outside=is_outside
    ).with_columns(changed=pl.col("decided") != pl.col("decided").shift(1, fill_value=0))
    found = rows.select(
        rows=pl.len(),
        adjustments=(pl.col("is_outside") | pl.col("changed")).sum(),
        changes=pl.col("changed").sum(),
        rates=pl.col("decided").sum(),
        differences=(pl.col("decided") - pl.col("dialRate")).abs().sum(),
        inOrder=(pl.col("at").diff().drop_nulls() > pl.duration()).all(),
    ).collect(engine="auto").row(0, named=True)
    return time.perf_counter() - began, found


def duckdb(path):
    import duckdb

    began = time.perf_counter()
    query = """
        WITH decided AS (
            SELECT timestamp, answerRate, dialRate,
                CASE WHEN count(*) OVER recent = 6 AND sum(availableAgents) OVER recent = 0 THEN 0
                ELSE least(100, greatest(10, floor(avg(availableAgents) OVER recent * 0.85))) END AS decided
            FROM read_csv(?, header = true, columns = {'timestamp': 'TIMESTAMP', 'campaignId': 'VARCHAR',
                'totalCallsDialed': 'BIGINT', 'totalCallsAnswered': 'BIGINT', 'answerRate': 'DOUBLE',
                'availableAgents': 'BIGINT', 'dialRate': 'BIGINT'})
            WINDOW recent AS (ORDER BY timestamp ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)
        ), changed AS (
            SELECT *, decided <> lag(decided, 1, 0) OVER (ORDER BY timestamp) AS changed FROM decided
        )
        SELECT count(*), sum((abs(answerRate - 0.75) > 0.05 OR changed)::INT), sum(changed::INT),
            sum(decided), sum(abs(decided - dialRate)), true
        FROM changed"""
    found = duckdb.execute(query, [path]).fetchone()
    names = ["rows", "adjustments", "changes", "rates", "differences", "inOrder"]
    return time.perf_counter() - began, dict(zip(names, map(float, found)))


seconds, counts = {"polars": polars, "duckdb": duckdb}[sys.argv[1]](sys.argv[2])
print(json.dumps({"seconds": seconds, **counts}))
