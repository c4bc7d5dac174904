"""Whether the bands of a survey's figures hold the truth, and how much narrower they are.

    python benchmarks/survey_bands.py [--draws 200] [--members 60] [--answering 0.6]
        [--layer supply]

Each draw is a cluster with ties that are known (by distance, trade, how outgoing each member
is, groups, and partners of partners: another process than the model of the bands), of which
a share answers: at random, and so that those with few ties answer less. Of every indicator
it is printed in how many draws the figure of the whole network lies within its band, and
how wide bands are beside the bounds that need no model.
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections import defaultdict

import numpy as np
from measure import machine, verdict
from numpy.typing import NDArray

from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import Landscape
from matchmaker.audit.nonresponse import BANDED, MONOTONE, SurveyedTies, as_network, bands
from matchmaker.audit.ties import DIRECTED, Channel
from matchmaker.audit.view import View
from matchmaker.domain import (
    Cluster,
    GraphRows,
    Industry,
    Kind,
    Membership,
    Organization,
    Place,
    PlaceLevel,
    Size,
)
from matchmaker.snapshot.build import build
from matchmaker.store.ports import Export

YEAR = 2025
IMPUTATIONS = 150
HELD, NARROWER = 0.9, 0.5
KINDS = (*[Kind.FIRM] * 8, Kind.UNIVERSITY, Kind.PLATFORM)
SIZES = (Size.SMALL, Size.SMALL, Size.MEDIUM, Size.LARGE)
TRADES, TOWNS = 4, 6

Matrix = NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--members", type=int, default=60)
    parser.add_argument("--answering", type=float, default=0.6)
    parser.add_argument("--layer", type=Channel, default=Channel.COOPERATION)
    options = parser.parse_args()
    print(machine())
    view = cluster(options.members, options.layer)
    for selective in (False, True):
        report(view, options.draws, options.answering, selective)


def report(view: View, draws: int, answering: float, selective: bool) -> None:
    """Coverage and width of each indicator, for one way of not answering."""
    began = time.perf_counter()
    held: dict[str, list[bool]] = defaultdict(list)
    widths: dict[str, list[float]] = defaultdict(list)
    for seed in range(draws):
        rng = np.random.default_rng([seed, int(selective)])
        truth = known_ties(view, rng)
        surveyed = survey(view, truth, answering, rng, selective)
        real = measured(at(view, truth), BANDED)
        for name, band in bands(view, surveyed, IMPUTATIONS).items():
            value = real[name].value
            if value is None or band.low is None or band.high is None:
                continue
            held[name].append(band.low - 1e-9 <= value <= band.high + 1e-9)
            if name in MONOTONE and band.least is not None and band.most - band.least > 1e-9:
                widths[name].append((band.high - band.low) / (band.most - band.least))
    seconds = (time.perf_counter() - began) / draws
    who = "those with few ties answer less" if selective else "at random"
    print(f"\n{view.channel}, {len(view.network)} members, {answering:.0%} answer, {who}")
    print(f"{draws} draws, {seconds:.1f} s each\n")
    print(f"{'indicator':28} {'held':>6} {'draws':>6} {'width of bounds':>16}")
    for name, each in held.items():
        width = f"{np.mean(widths[name]):16.2f}" if widths[name] else f"{'–':>16}"
        print(f"{name:28} {np.mean(each):6.2f} {len(each):6} {width}")
    least = min(float(np.mean(each)) for each in held.values())
    mean = float(np.mean([np.mean(each) for each in widths.values() if each]))
    verdict("not held, worst indicator", 1 - least, 1 - HELD, "of draws")
    verdict("width of a band, mean", mean, NARROWER, "of the bounds")


def at(view: View, truth: Matrix) -> View:
    """The view of the whole network."""
    network = as_network(view, truth, view.channel in DIRECTED)
    return View(view.landscape, view.cluster, view.channel, view.year, given=network)


def cluster(size: int, channel: Channel) -> View:
    """A cluster without any tie on record: members of four trades in six towns."""
    rng = np.random.default_rng(size)
    towns = [
        Place(f"p:{town}", f"Town {town}", PlaceLevel.CITY, latitude=float(30 + rng.normal(0, 0.4)),
              longitude=float(120 + rng.normal(0, 0.4)))
        for town in range(TOWNS)
    ]  # fmt: skip
    members = [
        Organization(
            f"s:{number:04}", f"Member {number}", KINDS[number % len(KINDS)],
            size=SIZES[number % len(SIZES)] if KINDS[number % len(KINDS)] is Kind.FIRM else None,
            place=towns[int(rng.integers(TOWNS))].id,
            industry=f"i:{int(rng.integers(TRADES))}",
        )
        for number in range(size)
    ]  # fmt: skip
    rows = GraphRows(
        places=tuple(towns),
        industries=tuple(Industry(f"i:{trade}", f"Trade {trade}") for trade in range(TRADES)),
        organizations=tuple(members),
        clusters=(Cluster("s:c", "Cluster"),),
        memberships=tuple(Membership("s:c", member.id) for member in members),
    )
    return View(
        Landscape(build(Export(1, rows), datetime.date(YEAR + 1, 1, 1), None)), 0, channel, YEAR
    )


def known_ties(view: View, rng: np.random.Generator) -> Matrix:
    """A network (n, n) of about four partners a member; directed where the layer is."""
    organizations, rows = view.landscape.snapshot.organizations, view.network.members
    size = len(rows)
    outgoing = rng.gamma(1.5, 1.0, size)
    group = rng.integers(0, 5, size)
    place = np.column_stack([organizations.latitude[rows], organizations.longitude[rows]])
    far = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    same_trade = organizations.industry[rows][:, None] == organizations.industry[rows][None]
    pull = np.outer(outgoing, outgoing if view.channel not in DIRECTED else np.ones(size))
    pull *= np.exp(-far / 0.5) * np.where(same_trade, 1.5, 1.0)
    pull *= np.where(group[:, None] == group[None], 3.0, 1.0)
    np.fill_diagonal(pull, 0)
    directed = view.channel in DIRECTED
    chance = np.minimum(pull * (1.5 if directed else 3.0) * size / pull.sum(), 0.9)
    ties = rng.random((size, size)) < chance
    if not directed:
        ties = np.triu(ties, 1)
        ties |= ties.T
    # Some partners of partners meet.
    both = ties | ties.T
    common = (both.astype(int) @ both) * ~np.eye(size, dtype=bool)
    met = rng.random((size, size)) < 0.04 * common
    met = np.triu(met, 1) if not directed else met
    ties |= met if directed else met | met.T
    return np.asarray(ties)


def survey(
    view: View, truth: Matrix, answering: float, rng: np.random.Generator, selective: bool
) -> SurveyedTies:
    """What the members who answer tell of it, each all of its ties."""
    size, directed = len(truth), view.channel in DIRECTED
    weight = np.ones(size)
    if selective:
        weight = 1.0 + np.minimum((truth | truth.T).sum(axis=1), 6)
    chosen = rng.choice(size, round(answering * size), replace=False, p=weight / weight.sum())
    answered = np.zeros(size, dtype=bool)
    answered[chosen] = True
    seen = answered[:, None] | answered[None]
    possible = ~np.eye(size, dtype=bool)
    return SurveyedTies(
        answered, truth & seen, seen, possible, np.zeros((size, size), dtype=bool), directed
    )


if __name__ == "__main__":
    main()
