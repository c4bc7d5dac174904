"""Share of needs completed within 90 days, with and without what is to move them.

    python benchmarks/cooperation.py [--firms 30] [--needs 40] [--seeds 3] [--ranges]

Firms with needs, attention and answers act through the real services (introductions, calls,
slots, certificates, notices, reminders) on a store of their own, a day at a time. What is assumed
of them stands in cooperation.toml, with its sources and ranges; nothing is fitted but the chance
that what both accepted is completed, so that the baseline completes the published share. The arms:

- baseline: one request at a time, to whom words suggest, the next one after a refusal or a lapse;
- calls: one need is put to many at once, and the best answer awarded;
- reminders: two and five days before a request or a call lapses, by the services' own reminders;
- trust: certificates on record, confirmed: who holds what is needed is asked first, and is trusted;
- plans: slots are known, so nobody is asked who has no room;
- all of them.

All arms see the same firms, needs and luck (common random numbers, by seed). An answer is a word
of the other side: accepted, declined or a bid; unanswered needs count as 90 days.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time

import numpy as np
from cooperation_world import ARMS, HORIZON, World, assumptions


def simulate(assumed, helped, seed, firms, needs):
    """Share completed within 90 days, and days to the first answer of each need."""
    with tempfile.TemporaryDirectory(prefix="cooperation-") as folder:
        requests = World(assumed, helped, seed, firms, needs, folder).run()
    done = [
        request.completed is not None and request.completed - request.day <= HORIZON
        for request in requests
    ]
    waits = [
        min(HORIZON, HORIZON if request.answered is None else request.answered - request.day)
        for request in requests
    ]
    return np.mean(done), waits


def measured(assumed, helped, options):
    """Mean share with its standard error over seeds, and the median wait."""
    runs = [
        simulate(assumed, helped, seed, options.firms, options.needs)
        for seed in range(options.seeds)
    ]
    shares = np.array([share for share, _ in runs])
    error = float(shares.std(ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else float("nan")
    return float(shares.mean()), error, float(np.median(np.concatenate([w for _, w in runs])))


def calibrated(assumed, target, options):
    """The assumptions with the chance of completion that gives the baseline its share."""
    low, high = 0.0, 1.0
    top = measured(assumed | {"completes": 1.0}, ARMS["baseline"], options)[0]
    if top <= target:
        return assumed | {"completes": 1.0}, top
    for _ in range(options.steps):
        middle = (low + high) / 2
        share = measured(assumed | {"completes": middle}, ARMS["baseline"], options)[0]
        low, high = (middle, high) if share < target else (low, middle)
    return assumed | {"completes": (low + high) / 2}, share


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=30)
    parser.add_argument("--needs", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5, help="Halvings of the calibration.")
    parser.add_argument("--ranges", action="store_true", help="Also both ends of every range.")
    options = parser.parse_args()
    values, ranges, target = assumptions()
    settings = [("as assumed", values)]
    if options.ranges:
        settings += [
            (f"{name} {end}", values | {name: end}) for name, ends in ranges.items() for end in ends
        ]
    for title, chosen in settings:
        begun = time.time()
        assumed, reached = calibrated(chosen, target, options)
        arms = ARMS if title == "as assumed" else {name: ARMS[name] for name in ("baseline", "all")}
        for arm, helped in arms.items():
            share, error, wait = measured(assumed, helped, options)
            row = {
                "assumed": title, "arm": arm, "completes": round(assumed["completes"], 3),
                "completed": round(share, 3), "error": round(error, 3), "first_answer_days": wait,
                "calibrated_to": round(reached, 3), "seconds": round(time.time() - begun),
            }  # fmt: skip
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
