"""Simulated calls per second of `dialpace simulate`, on one core and on two, beside a plain C loop
over a binary heap and SimPy, in turn; and of its ratio dialer beside a C loop of the same. Prints
medians and ratios, and that the worlds agree."""
import statistics
import subprocess
import sys
import time

binary, reference, ratio_reference, simpy_python = sys.argv[1:5]
rounds = int(sys.argv[5])
SCENARIO = "scripts/bench.d/fixed-rate.toml"
RATE = ["--dial-rate", "47"]
RATIO = ["--ratio", "2"]


def ours(setting, jobs, replications):
    command = [binary, "simulate", SCENARIO, "--policy", "fixed", *setting,
               "--stop-without-agents", "off", "--format", "csv", "--quiet",
               "--jobs", str(jobs), "--replications", str(replications)]
    start = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - start
    names, values = (line.split(",") for line in output.splitlines())
    row = dict(zip(names, values))
    return float(row["callsDialed"]) / seconds, float(row["abandonmentRate"])


def theirs(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    calls, seconds, connected, abandoned = map(float, output)
    return calls / seconds, abandoned / (connected + abandoned)


def race(contestants):
    speeds = {name: [] for name in contestants}
    abandonment = {}
    for _ in range(rounds):
        for name, run in contestants.items():
            speed, abandonment[name] = run()
            speeds[name].append(speed)
    base = next(iter(speeds.values()))
    for name, values in speeds.items():
        ratio = statistics.median(b / v for b, v in zip(base, values))
        print(f"{name:22} {statistics.median(values) / 1e6:8.3f} million calls a second, "
              f"one core is {ratio:7.2f} × that, abandonment {abandonment[name] * 100:.2f} %")


contestants = {
    "dialpace, one core": lambda: ours(RATE, 1, 500),
    "dialpace, two cores": lambda: ours(RATE, 2, 1000),
    "C, binary heap": lambda: theirs([reference, "300"]),
}
if simpy_python:
    contestants["SimPy"] = lambda: theirs([simpy_python, "scripts/bench.d/dialer_simpy.py", "4"])
race(contestants)
race({
    "at a ratio, one core": lambda: ours(RATIO, 1, 300),
    "C, at a ratio": lambda: theirs([ratio_reference, "200"]),
})
