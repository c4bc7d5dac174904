"""The judged set is whole: what it names exists, and it holds as much of each sort as promised."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

from matchmaker.domain import EngagementKind, GoalName, Kind, Layer
from matchmaker.goals import GOALS, TieEnd

ROOT = Path(__file__).parents[2]


def table(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


NEEDS = {need["id"]: need for need in table("benchmarks/judged/needs.csv")}
GRADES = table("benchmarks/judged/grades.csv")
TIES = table("seed/ties.samples.csv")
PARTICIPANTS = table("seed/participants.samples.csv")
ENGAGEMENTS = table("seed/engagements.samples.csv")
MEMBERSHIPS = table("seed/memberships.samples.csv")
ORGANIZATIONS = {
    row["id"]: row
    for name in ("samples", "universities", "offices")
    for row in table(f"seed/organizations.{name}.csv")
}


def grades_of() -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in GRADES:
        grades[row["need"]][row["organization"]] = int(row["grade"])
    return grades


def meets_nobody(need: dict[str, str]) -> bool:
    return "nobody" in need["tags"].split()


def test_what_is_graded_exists_once() -> None:
    assert len(NEEDS) == len(table("benchmarks/judged/needs.csv"))
    assert len({need["text"] for need in NEEDS.values()}) == len(NEEDS)
    assert {row["need"] for row in GRADES} <= set(NEEDS)
    assert {row["organization"] for row in GRADES} <= set(ORGANIZATIONS)
    assert {row["grade"] for row in GRADES} == {"0", "1", "2"}
    assert len({(row["need"], row["organization"]) for row in GRADES}) == len(GRADES)


def test_a_need_is_met_by_somebody_or_by_nobody() -> None:
    grades = grades_of()
    for id_, need in NEEDS.items():
        best = max(grades[id_].values(), default=0)
        assert best == (0 if meets_nobody(need) else 2), id_


def test_who_is_right_can_be_recommended_to_who_asks() -> None:
    for row in GRADES:
        goal = GOALS[GoalName(NEEDS[row["need"]]["goal"])]
        organization = ORGANIZATIONS[row["organization"]]
        if row["grade"] != "0":
            assert Kind(organization["kind"]) in goal.candidates, row
            assert organization["listed"] == "true", row
    for need in NEEDS.values():
        if need["asker"]:
            kind = ORGANIZATIONS[need["asker"]]["kind"]
            assert Kind(kind) in GOALS[GoalName(need["goal"])].seekers, need


def test_no_asker_is_graded_or_is_a_partner_already_of_who_is_right() -> None:
    grades = grades_of()
    for id_, need in NEEDS.items():
        if need["asker"]:
            right = {other for other, grade in grades[id_].items() if grade}
            goal = GoalName(need["goal"])
            assert need["asker"] not in grades[id_], id_
            assert not right & partners(need["asker"], goal), id_
            if goal is GoalName.CROSS_CLUSTER:
                assert not right & members_with(need["asker"]), id_


def partners(asker: str, goal: GoalName) -> set[str]:
    wanted = GOALS[goal]
    others = set()
    for tie in TIES:
        if Layer(tie["layer"]) not in wanted.layers:
            continue
        if tie["source"] == asker and wanted.candidate_end is not TieEnd.SOURCE:
            others.add(tie["target"])
        if tie["target"] == asker and wanted.candidate_end is not TieEnd.TARGET:
            others.add(tie["source"])
    for kind, participants in engagements():
        if kind in wanted.engagements and asker in participants:
            others |= participants
    return others - {asker}


def members_with(asker: str) -> set[str]:
    clusters = {row["cluster"] for row in MEMBERSHIPS if row["organization"] == asker}
    return {row["organization"] for row in MEMBERSHIPS if row["cluster"] in clusters}


def engagements() -> list[tuple[EngagementKind, set[str]]]:
    participants: dict[str, set[str]] = defaultdict(set)
    for row in PARTICIPANTS:
        participants[row["engagement"]].add(row["organization"])
    return [(EngagementKind(row["kind"]), participants[row["id"]]) for row in ENGAGEMENTS]


# Programmes are ranked by their conditions.
# Goals that needs were judged for, in both halves; one that words judge is added when it was.
JUDGED = {need["goal"] for need in NEEDS.values() if not meets_nobody(need)}


def test_needs_were_judged_for_goals_that_words_judge() -> None:
    assert {name for name, goal in GOALS.items() if not goal.by_conditions} >= JUDGED
    assert len(JUDGED) >= 7


def test_both_halves_hold_every_sort() -> None:
    for part in ("tuning", "report"):
        half = [need for need in NEEDS.values() if need["part"] == part]
        assert abs(len(half) - len(NEEDS) / 2) <= 0.03 * len(NEEDS)
        goals = Counter(need["goal"] for need in half if not meets_nobody(need))
        assert set(goals) == JUDGED
        assert {need["language"] for need in half} == {"zh", "en"}


def test_there_is_as_much_of_each_sort_as_promised() -> None:
    met = [need for need in NEEDS.values() if not meets_nobody(need)]
    languages = Counter(need["language"] for need in NEEDS.values())
    tags = Counter(tag for need in NEEDS.values() for tag in need["tags"].split())
    assert len(NEEDS) >= 300
    assert languages["zh"] >= 200
    assert languages["en"] >= 100
    assert min(Counter(need["goal"] for need in met).values()) >= 30
    assert min(tags["nobody"], tags["stage"], tags["spec"], tags["direction"]) >= 30
    askers = sum(bool(need["asker"]) for need in NEEDS.values())
    assert 0.4 * len(NEEDS) <= askers <= 0.7 * len(NEEDS)


def test_needs_across_clusters_are_answered_outside_the_askers_cluster() -> None:
    needs = {need["id"]: need for need in table("benchmarks/judged/across/needs.csv")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in table("benchmarks/judged/across/grades.csv"):
        assert row["organization"] not in grades[row["need"]], row
        organization = ORGANIZATIONS[row["organization"]]
        assert row["grade"] == "0" or organization["listed"] == "true", row
        grades[row["need"]][row["organization"]] = int(row["grade"])
    assert set(grades) == set(needs)
    for id_, need in needs.items():
        asker = need["asker"]
        assert need["goal"] == GoalName.CROSS_CLUSTER, id_
        assert set(grades[id_].values()) <= {0, 1, 2}, id_
        assert max(grades[id_].values()) == (0 if meets_nobody(need) else 2), id_
        right = {other for other, grade in grades[id_].items() if grade}
        assert asker not in grades[id_], id_
        assert not asker or members_with(asker), id_
        assert not right & (partners(asker, GoalName.CROSS_CLUSTER) | members_with(asker)), id_
    assert Counter(need["language"] for need in needs.values()) == {"zh": 24, "en": 20}
    assert sum(bool(need["asker"]) for need in needs.values()) == 22
    assert sum(meets_nobody(need) for need in needs.values()) == 8


def test_needs_of_links_are_answered_by_others_than_the_asker_and_its_partners() -> None:
    needs = {need["id"]: need for need in table("benchmarks/judged/links/needs.csv")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in table("benchmarks/judged/links/grades.csv"):
        assert row["organization"] not in grades[row["need"]], row
        organization = ORGANIZATIONS[row["organization"]]
        assert row["grade"] == "0" or organization["listed"] == "true", row
        grades[row["need"]][row["organization"]] = int(row["grade"])
    assert set(grades) <= set(needs)
    for id_, need in needs.items():
        goal, asker = GoalName(need["goal"]), need["asker"]
        best = max(grades[id_].values(), default=0)
        assert best == (0 if meets_nobody(need) else 2), id_
        right = {other for other, grade in grades[id_].items() if grade}
        kinds = {Kind(ORGANIZATIONS[other]["kind"]) for other in right}
        assert kinds <= GOALS[goal].answerers, id_
        assert asker not in grades[id_], id_
        assert not right & partners(asker, goal), id_
        if goal is GoalName.CROSS_CLUSTER:
            assert not right & members_with(asker), id_
    goals = Counter(need["goal"] for need in needs.values())
    assert goals == {"cross_cluster": 40, "industry_partner": 30}
    for goal_name in goals:
        halves = Counter(n["part"] for n in needs.values() if n["goal"] == goal_name)
        assert abs(halves["tuning"] - halves["report"]) <= 2, goal_name


def test_needs_as_spoken_are_answered_by_others_than_the_asker_its_partners_and_its_owner() -> None:
    needs = needs_answered_by_others("spoken")
    tags = Counter(tag for need in needs for tag in need["tags"].split())
    assert (tags["plain"], tags["clutter"], tags["nobody"]) == (50, 50, 14)
    assert Counter(need["language"] for need in needs) == {"zh": 40, "en": 60}
    assert Counter(need["part"] for need in needs) == {"tuning": 50, "report": 50}


def test_later_needs_are_answered_by_others_than_the_asker_its_partners_and_its_owner() -> None:
    needs = needs_answered_by_others("later")
    assert Counter(need["language"] for need in needs) == {"zh": 84, "en": 56}
    assert Counter(need["part"] for need in needs) == {"tuning": 70, "report": 70}
    goals = Counter(need["goal"] for need in needs)
    assert set(goals) == JUDGED
    assert min(goals.values()) >= 16
    assert goals[GoalName.CROSS_CLUSTER] >= 24
    assert sum(meets_nobody(need) for need in needs) == 14
    assert sum(bool(need["asker"]) for need in needs) == 70


def test_needs_asked_at_the_door_are_answered_by_others_than_the_asker_and_its_partners() -> None:
    needs = needs_answered_by_others("asked")
    assert Counter(need["language"] for need in needs) == {"zh": 60, "en": 40}
    assert Counter(need["part"] for need in needs) == {"tuning": 50, "report": 50}
    assert Counter(need["goal"] for need in needs) == {
        "cross_cluster": 36,
        "industry_partner": 22,
        "customer": 20,
        "supplier": 8,
        "research_partner": 6,
        "platform": 4,
        "shared_resource": 4,
    }
    assert sum(meets_nobody(need) for need in needs) == 8
    assert sum(bool(need["asker"]) for need in needs) == 33


def needs_answered_by_others(name: str) -> list[dict[str, str]]:
    """The needs of a set, once all that is graded in it could be shown to whoever asks."""
    needs = {need["id"]: need for need in table(f"benchmarks/judged/{name}/needs.csv")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in table(f"benchmarks/judged/{name}/grades.csv"):
        assert row["organization"] in ORGANIZATIONS, row
        assert row["organization"] not in grades[row["need"]], row
        grades[row["need"]][row["organization"]] = int(row["grade"])
    assert set(grades) <= set(needs)
    assert len({need["text"] for need in needs.values()}) == len(needs)
    for id_, need in needs.items():
        goal, asker = GOALS[GoalName(need["goal"])], need["asker"]
        best = max(grades[id_].values(), default=0)
        assert best == (0 if meets_nobody(need) else 2), id_
        right = {other for other, grade in grades[id_].items() if grade}
        assert all(ORGANIZATIONS[other]["listed"] == "true" for other in right), id_
        assert {Kind(ORGANIZATIONS[other]["kind"]) for other in right} <= goal.answerers, id_
        assert not asker or Kind(ORGANIZATIONS[asker]["kind"]) in goal.askers, id_
        assert asker not in grades[id_], id_
        assert not right & partners(asker, goal.name), id_
        assert not any(owners(asker) & owners(other) for other in right if asker), id_
        if goal.name is GoalName.CROSS_CLUSTER:
            assert not right & members_with(asker), id_
    return list(needs.values())


def owners(organization: str) -> set[str]:
    """The organisation and who owns it."""
    ties = (tie for tie in TIES if Layer(tie["layer"]) is Layer.OWNS)
    return {organization} | {tie["source"] for tie in ties if tie["target"] == organization}


def test_needs_about_listed_firms_are_graded_by_stock_code() -> None:
    needs = {need["id"]: need for need in table("benchmarks/judged/listed/needs.csv")}
    grades: dict[str, set[int]] = defaultdict(set)
    for row in table("benchmarks/judged/listed/grades.csv"):
        assert re.fullmatch(r"listed:\d{6}", row["organization"]), row
        grades[row["need"]].add(int(row["grade"]))
    assert len(needs) >= 60
    assert set(grades) <= set(needs)
    for id_, need in needs.items():
        assert grades[id_] <= {0, 1, 2}
        assert (2 in grades[id_]) != meets_nobody(need), id_


def test_every_frame_holds_the_need_once_in_either_language() -> None:
    lines = Path("benchmarks/judged/frames.tsv").read_text("utf-8").splitlines()
    frames = [tuple(line.split("\t")) for line in lines]
    assert Counter(language for language, _ in frames) == {"zh": 3, "en": 3}
    for language, frame in frames:
        before, after = frame.split("{need}")
        assert len(before) + len(after) > (60 if language == "zh" else 150)
        assert "{" not in before + after


def test_needs_of_other_trades_are_about_who_is_in_their_lists() -> None:
    folder = ROOT / "benchmarks/judged/elsewhere"
    lists = "\n".join(path.read_text("utf-8") for path in sorted((folder / "lists").iterdir()))
    needs = {need["id"]: need for need in table("benchmarks/judged/elsewhere/needs.csv")}
    best: dict[str, int] = defaultdict(int)
    for row in table("benchmarks/judged/elsewhere/grades.csv"):
        assert row["organization"] in lists, row
        best[row["need"]] = max(best[row["need"]], int(row["grade"]))
    assert len(needs) == 62
    assert all(not need["asker"] or need["asker"] in lists for need in needs.values())
    for id, need in needs.items():
        assert (best[id] == 2) is not meets_nobody(need), id
