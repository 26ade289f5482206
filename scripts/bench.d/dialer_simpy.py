"""The fixed-rate scenario in SimPy, a plain reference. Prints calls, seconds, connected, abandoned."""
import random
import sys
import time

import simpy


def caller(env, agents, rng, counts):
    if rng.random() >= 0.3:
        yield env.timeout(25)
        return
    yield env.timeout(rng.uniform(5, 20))
    with agents.request() as request:
        got = yield request | env.timeout(2)
        if request not in got:
            counts["abandoned"] += 1
            return
        counts["connected"] += 1
        yield env.timeout(rng.expovariate(1 / 150) + rng.expovariate(1 / 30))


def dialer(env, agents, rng, counts):
    while True:
        counts["calls"] += 1
        env.process(caller(env, agents, rng, counts))
        yield env.timeout(60 / 47)


counts = {"calls": 0, "connected": 0, "abandoned": 0}
start = time.perf_counter()
for run in range(int(sys.argv[1])):
    env = simpy.Environment()
    env.process(dialer(env, simpy.Resource(env, 50), random.Random(run), counts))
    env.run(until=8 * 3600)
print(counts["calls"], time.perf_counter() - start, counts["connected"], counts["abandoned"])
