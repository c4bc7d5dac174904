"""Allocation of 5,000 seekers × 5,000 candidates: time, and how many would mutually accept.

    python benchmarks/allocation.py [--seekers 5000] [--candidates 5000] [--options 50]

Acceptance is simulated; these are the assumptions. Every seeker has `options` candidates, drawn
by popularity: a candidate's chance to be among them falls as 1/rank^skew, as firms name the same
few universities; skew 0 is no fame at all, 1 is Zipf's law. A seeker's wish for a candidate is
fame and its own taste in equal parts; a candidate accepts by its own taste for the seeker, and
the famous are choosier. Both probabilities are logistic. The allocator sees both sides'
probabilities with noise (a recommender is no oracle); the baseline sees each seeker's own wish
with the same noise. Everyone has the same slots in both; what is counted is the product of the
true probabilities over the introductions that are made.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from matchmaker.workflow.allocation import Options, allocate


def own_top_lists(options, capacity, wanted):
    """What happens without allocation: each seeker asks those it wants most, as many as it may.

    A candidate takes requests in the order of the seekers' wish (`wanted`, (n,))
    until its slots are used; the others' requests are lost. The baseline that
    `allocate` is compared with, at equal capacity.
    """
    order = np.lexsort((-wanted, options.seekers))
    seekers = options.seekers[order]
    begins = np.searchsorted(seekers, seekers)
    requests = order[np.arange(len(order)) - begins < capacity[seekers]]
    arriving = requests[np.lexsort((-wanted[requests], options.candidates[requests]))]
    candidates = options.candidates[arriving]
    begins = np.searchsorted(candidates, candidates)
    taken = arriving[np.arange(len(arriving)) - begins < capacity[candidates]]
    return np.sort(taken)


def simulated(seekers, candidates, count, skew, seed):
    rng = np.random.default_rng(seed)
    fame = np.arange(1.0, candidates + 1) ** -skew
    left = np.repeat(np.arange(seekers), count)
    right = np.concatenate(
        [rng.choice(candidates, count, replace=False, p=fame / fame.sum()) for _ in range(seekers)]
    )
    popularity = np.log(fame[right])
    if skew:
        popularity = (popularity - popularity.mean()) / popularity.std()
    size = seekers * count
    wish = logistic(popularity + rng.normal(size=size))
    accepts = logistic(-0.5 * popularity + rng.normal(size=size) - 0.5)
    noise = [np.exp(0.3 * rng.normal(size=size)) for _ in range(2)]
    noisy_wish = np.clip(wish * noise[0], 0, 1)
    noisy_answer = np.clip(accepts * noise[1], 0, 1)
    options = Options(left, right + seekers, noisy_wish * noisy_answer)
    capacity = rng.integers(1, 6, seekers + candidates)
    return options, capacity, noisy_wish, wish * accepts


def logistic(value):
    return 1 / (1 + np.exp(-value))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seekers", type=int, default=5000)
    parser.add_argument("--candidates", type=int, default=5000)
    parser.add_argument("--options", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--skews", type=float, nargs="+", default=[0.0, 0.5, 1.0])
    arguments = parser.parse_args()
    for skew in arguments.skews:
        for seed in range(arguments.seeds):
            options, capacity, wish, truth = simulated(
                arguments.seekers, arguments.candidates, arguments.options, skew, seed
            )
            begun = time.perf_counter()
            chosen = allocate(options, capacity)
            seconds = time.perf_counter() - begun
            own = own_top_lists(options, capacity, wish)
            taken = np.bincount(options.candidates[chosen], minlength=len(capacity))
            assert (taken <= capacity).all()
            row = {
                "skew": skew,
                "seed": seed,
                "seconds": round(seconds, 2),
                "allocated": len(chosen),
                "own_top_lists": len(own),
                "accepted": round(float(truth[chosen].sum()), 1),
                "accepted_own": round(float(truth[own].sum()), 1),
                "ratio": round(float(truth[chosen].sum() / truth[own].sum()), 3),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
