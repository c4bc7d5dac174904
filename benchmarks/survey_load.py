"""A tie survey that a cluster answers at once: how long pages take while a fifth of it writes.

    python benchmarks/survey_load.py [--members 500] [--answering 100] [--seconds 60] [--workers 2]
        [--reading 2 12] [--models FOLDER] [--no-model]

A cluster of its own making is asked all the usual questions. Members follow their personal links at
moments drawn evenly over `--seconds` by a fixed seed, read the form for as many seconds as are
drawn between those of `--reading`, and send it with ties that they tick, partners that they name
and what others said of them. Times are those of whole answers. The last line counts the answers
kept: all that were acknowledged must be there.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import numpy as np
from measure import machine, percentiles, verdict
from serving import server

from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization
from matchmaker.settings import Settings
from matchmaker.store.documents import new_id
from matchmaker.wiring import Wiring
from matchmaker.workflow.survey import SurveyQuestion, SurveyRound

SEED = 20260101
BOUND_MS = 500.0
CLUSTER = "t:cluster"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
# Not the pattern of a row, which is in a template.
_TICK = re.compile(r'<input type="checkbox" name="(tie:[^"]+)" value="(?!PARTNER")([^"]+)"')
_CLAIM = re.compile(r'<input type="radio" name="(claim:[^"]+)" value="yes"')


def cluster_of(count: int) -> GraphRows:
    """A cluster of so many firms without ties."""
    firms = tuple(
        Organization(f"t:firm-{number:04}", f"测试企业{number:04}有限公司", Kind.FIRM)
        for number in range(count)
    )
    return GraphRows(
        organizations=firms,
        clusters=(Cluster(CLUSTER, "测试集群", name_en="Test cluster"),),
        memberships=tuple(Membership(CLUSTER, firm.id) for firm in firms),
    )


class Member:
    """One who answers, with a browser's cookies."""

    def __init__(self, address: str, members: int, seed: int, reading: tuple[float, float]) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._address, self._members, self._chance = address, members, random.Random(seed)
        self._reading = reading
        self.seconds: dict[str, float] = {}
        self.problem = ""

    def answer(self, path: str, wait: float) -> None:
        """Wait, read the form, think, and send it."""
        try:
            time.sleep(wait)
            page = self._timed("form", path, None)
            time.sleep(self._chance.uniform(*self._reading))
            self._timed("answer", path, urllib.parse.urlencode(self._filled(page)).encode())
        except (OSError, ValueError) as error:
            self.problem = str(error)

    def _timed(self, name: str, path: str, body: bytes | None) -> str:
        start = time.perf_counter()
        with self._opener.open(self._address + path, body, timeout=60) as response:
            page = response.read().decode()
        self.seconds[name] = time.perf_counter() - start
        return page

    def _filled(self, page: str) -> list[tuple[str, str]]:
        fields = list(_HIDDEN.findall(page))
        ticks = _TICK.findall(page)
        fields += self._chance.sample(ticks, min(2, len(ticks)))
        fields += [(name, "yes") for name in _CLAIM.findall(page)]
        questions = sorted(set(re.findall(r'name="(other:[^"]+)"', page)))
        for question in questions:
            for _ in range(2):
                number = self._chance.randrange(self._members)
                fields.append((question, f"测试企业{number:04}有限公司"))
        return fields


def opened(folder: Path, members: int) -> dict[str, str]:
    """A graph with its snapshot and an open round: the path of each member's link."""
    os.environ["MATCHMAKER_DATA_DIR"] = str(folder)
    services = Wiring(Settings())
    services.store.prepare()
    services.store.upsert(cluster_of(members))
    services.refresher.refresh(ADMIN)
    now = services.clock()
    usual = tuple(each for each in SurveyQuestion if each is not SurveyQuestion.USED_BY)
    survey = SurveyRound(
        new_id(), CLUSTER, "贵单位与谁合作？", usual,
        tuple(services.surveys.member_ids(CLUSTER)), now.date() + timedelta(days=7), "admin", now,
    )  # fmt: skip
    services.surveys.open(ADMIN, survey)
    paths = {}
    for link in services.surveys.link_sheet(ADMIN, survey.id):
        parts = urllib.parse.urlsplit(link.url)
        paths[link.organization.id] = f"{parts.path}?{parts.query}"
    return paths


def kept(folder: Path) -> int:
    """Answers on record."""
    os.environ["MATCHMAKER_DATA_DIR"] = str(folder)
    services = Wiring(Settings())
    return sum(
        response.answered is not None
        for survey in services.surveys.listed(ADMIN, CLUSTER).rows
        for response in services.surveys.responses(survey.id)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--answering", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--reading", type=float, nargs=2, default=(2.0, 12.0), metavar=("LEAST", "MOST")
    )
    parser.add_argument("--models", type=Path, help="unpacked ones to share, else unpacked anew")
    parser.add_argument(
        "--no-model", action="store_true", help="serve without: nothing is asked of it here"
    )
    options = parser.parse_args()
    chance = random.Random(SEED)
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.models:
            (folder / "models").symlink_to(options.models.resolve())
        paths = opened(folder, options.members)
        chosen = chance.sample(sorted(paths), min(options.answering, len(paths)))
        environment = {"MATCHMAKER_DATA_DIR": name}
        if options.no_model:
            environment["MATCHMAKER_MODEL"] = str(folder / "none")
        with server(environment, options.workers) as (address, _):
            clients = [
                Member(address, options.members, number, options.reading)
                for number in range(len(chosen))
            ]
            threads = [
                threading.Thread(
                    target=client.answer,
                    args=(paths[organization], chance.uniform(0, options.seconds)),
                )
                for client, organization in zip(clients, chosen, strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        by_name: dict[str, list[float]] = defaultdict(list)
        for client in clients:
            for step, seconds in client.seconds.items():
                by_name[step].append(seconds)
        for step, seconds in by_name.items():
            print(f"  {step:<10} {len(seconds):5} {percentiles(seconds)}")
        every = [seconds for each in by_name.values() for seconds in each]
        verdict("p95 of a page", float(np.percentile(every, 95)) * 1000, BOUND_MS, "ms")
        problems = [client.problem for client in clients if client.problem]
        acknowledged = len(by_name["answer"])
        print(f"  answers acknowledged {acknowledged}, kept {kept(folder)}, failed {len(problems)}")
        for problem in problems[:3]:
            print(f"  {problem}")


if __name__ == "__main__":
    main()
