"""The seed folder: every reference resolves, and the samples show what README.md says."""

from __future__ import annotations

import csv
import datetime
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from matchmaker import domain

SEED = Path(__file__).resolve().parents[2] / "seed"
Row = dict[str, str]


def rows(table: str) -> list[Row]:
    """Rows of every file of a table: TABLE.csv and TABLE.SOMETHING.csv."""
    found: list[Row] = []
    for path in sorted([*SEED.glob(f"{table}.csv"), *SEED.glob(f"{table}.*.csv")]):
        with path.open(encoding="utf-8", newline="") as stream:
            found += list(csv.DictReader(stream))
    return found


@pytest.fixture(scope="module")
def tables() -> dict[str, list[Row]]:
    names = (
        "places industries organizations clusters memberships offers needs engagements "
        "participants ties observations planted_pairs"
    )
    return {name: rows(name) for name in names.split()}


def day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def samples(tables: dict[str, list[Row]]) -> list[Row]:
    return [row for row in tables["organizations"] if row["source"] == "sample"]


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("places", "parent", "places"),
        ("industries", "parent", "industries"),
        ("organizations", "place", "places"),
        ("organizations", "industry", "industries"),
        ("clusters", "place", "places"),
        ("clusters", "industry", "industries"),
        ("memberships", "cluster", "clusters"),
        ("memberships", "organization", "organizations"),
        ("offers", "organization", "organizations"),
        ("needs", "organization", "organizations"),
        ("participants", "engagement", "engagements"),
        ("participants", "organization", "organizations"),
        ("ties", "source", "organizations"),
        ("ties", "target", "organizations"),
        ("planted_pairs", "need", "needs"),
        ("planted_pairs", "offer", "offers"),
    ],
)
def test_every_reference_resolves(tables, table, column, target):
    known = {row["id"] for row in tables[target]}
    dangling = {row[column] for row in tables[table] if row[column]} - known
    assert dangling == set()


def test_observed_subjects_exist(tables):
    known = {row["id"] for row in tables["organizations"] + tables["clusters"]}
    assert {row["subject"] for row in tables["observations"]} <= known


def test_ids_are_unique_over_all_tables(tables):
    ids = [row["id"] for table in tables.values() for row in table if "id" in row]
    assert len(ids) == len(set(ids))


def test_the_domain_accepts_every_place_industry_and_cluster(tables):
    for row in tables["places"]:
        domain.Place(
            row["id"],
            row["name"],
            domain.PlaceLevel(row["level"]),
            parent=row["parent"] or None,
            country=row["country"],
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
        )
    for row in tables["industries"]:
        domain.Industry(row["id"], row["name"], row["name_en"], row["parent"] or None)
    for row in tables["clusters"]:
        batch = int(row["batch"]) if row["batch"] else None
        domain.Cluster(row["id"], row["name"], row["name_en"], batch=batch)


def test_the_domain_accepts_every_organization(tables):
    for row in tables["organizations"]:
        domain.Organization(
            row["id"],
            row["name"],
            domain.Kind(row["kind"]),
            row["name_en"],
            domain.Size(row["size"]) if row["size"] else None,
            domain.Tier(row["tier"]) if row["tier"] else None,
            stages=tuple(map(domain.Stage, filter(None, row["stages"].split(";")))),
            capacity=int(row["capacity"]) if row["capacity"] else None,
            founded=day(row["founded"]),
        )


def test_the_domain_accepts_every_statement(tables):
    for row in tables["offers"]:
        kind, terms = domain.OfferKind(row["kind"]), domain.Terms(row["terms"])
        slots = int(row["slots"]) if row["slots"] else None
        domain.Offer(row["id"], row["organization"], kind, row["text"], terms=terms, slots=slots)
    for row in tables["needs"]:
        domain.Need(
            row["id"],
            row["organization"],
            domain.GoalName(row["goal"]),
            row["text"],
            budget=float(row["budget"]) if row["budget"] else None,
            state=domain.NeedState(row["state"]),
        )


def test_the_domain_accepts_every_tie_membership_and_observation(tables):
    for row in tables["ties"]:
        layer = domain.Layer(row["layer"])
        ends = (row["id"], row["source"], row["target"])
        domain.Tie(*ends, layer, day(row["since"]), day(row["until"]))
    for row in tables["memberships"]:
        domain.Membership(row["cluster"], row["organization"], day(row["since"]), day(row["until"]))
    for row in tables["observations"]:
        value = float(row["value"])
        domain.Observation(row["id"], row["subject"], row["indicator"], int(row["year"]), value)


def test_the_domain_accepts_every_engagement(tables):
    parts = defaultdict(list)
    for row in tables["participants"]:
        part = domain.Participant(row["organization"], domain.Role(row["role"]))
        parts[row["engagement"]].append(part)
    for row in tables["engagements"]:
        domain.Engagement(
            row["id"],
            domain.EngagementKind(row["kind"]),
            tuple(parts[row["id"]]),
            row["title"],
            row["text"],
            date=day(row["date"]),
            until=day(row["until"]),
        )


def test_samples_are_plainly_samples(tables):
    found = samples(tables)
    assert all(row["name"].startswith("示例") for row in found)
    assert all(row["name_en"].startswith("Sample ") for row in found)
    assert all(row["contact"].endswith("@example.com") for row in found)
    assert all(row["credit_code"] == row["vat"] == "" for row in found)
    assert len({row["name"] for row in found}) == len(found)


def test_no_fact_is_invented_about_a_real_organization_or_cluster(tables):
    """Members, texts, ties, projects and figures belong to samples only."""
    owners = {
        "memberships": ("cluster", "organization"),
        "offers": ("organization",),
        "needs": ("organization",),
        "participants": ("organization",),
        "ties": ("source", "target"),
        "observations": ("subject",),
    }
    named = {row[column] for table in owners for row in tables[table] for column in owners[table]}
    columns = {column for table in owners for column in owners[table]}
    assert columns
    for table, own in owners.items():
        for row in tables[table]:
            assert all(row[column].startswith("seed:") for column in own), (table, row)
    assert {row["id"] for row in samples(tables)} & named


def test_reference_counts_are_those_of_the_lists(tables):
    """34 provinces, 340 prefectures; 112 + 64 clusters; 147 universities; 37 divisions."""
    levels = [row["level"] for row in tables["places"]]
    assert (levels.count("province"), levels.count("city")) == (34, 340)
    assert sum(row["level"] == "national_sme" for row in tables["clusters"]) == 112
    assert (
        sum(row["level"] == "national_advanced_manufacturing" for row in tables["clusters"]) == 64
    )
    assert sum(row["id"].startswith("cn-university:") for row in tables["organizations"]) == 147
    assert sum(row["parent"] == "" for row in tables["industries"]) == 37


def test_sample_counts_are_about_as_asked(tables):
    assert 280 <= len(samples(tables)) <= 320
    assert 450 <= len(tables["offers"]) <= 550
    assert 250 <= len(tables["needs"]) <= 350
    assert 850 <= len(tables["ties"]) <= 1050
    assert 220 <= len(tables["engagements"]) <= 290
    assert len(tables["planted_pairs"]) >= 40


def test_planted_pairs_join_an_open_need_to_another_organizations_active_offer(tables):
    needs = {row["id"]: row for row in tables["needs"]}
    offers = {row["id"]: row for row in tables["offers"]}
    for pair in tables["planted_pairs"]:
        need, offer = needs[pair["need"]], offers[pair["offer"]]
        assert (need["state"], offer["active"]) == ("open", "true")
        assert need["organization"] != offer["organization"]


def test_texts_are_varied_and_finished(tables):
    texts = [row["text"] for row in tables["offers"] + tables["needs"]]
    assert len(set(texts)) / len(texts) > 0.97
    assert not [text for text in texts if re.search(r"[{}|]", text)]


def test_ties_lie_within_the_membership_of_both_ends(tables):
    members = {row["organization"]: row for row in tables["memberships"]}
    for tie in tables["ties"]:
        for end in (members[tie["source"]], members[tie["target"]]):
            assert tie["since"] >= end["since"]
            assert not end["until"] or tie["until"] <= end["until"]


def figures(tables: dict[str, list[Row]], cluster: str) -> list[str]:
    """The README's columns, counted from the files.

    Members without an end date; ties with both ends among them. Density of
    SUPPLIES, a directed layer: ties / (n (n - 1)).
    """
    members = {
        row["organization"]
        for row in tables["memberships"]
        if row["cluster"] == cluster and not row["until"]
    }
    labs = {row["id"] for row in tables["organizations"] if row["kind"] == "research_institute"}
    inside = [tie for tie in tables["ties"] if {tie["source"], tie["target"]} <= members]
    supplies = [tie for tie in inside if tie["layer"] == "SUPPLIES"]
    cooperating = [tie for tie in inside if tie["layer"] == "COOPERATES_WITH"]
    with_lab = [tie for tie in cooperating if {tie["source"], tie["target"]} & labs]
    uses = [tie for tie in inside if tie["layer"] == "USES"]
    name = cluster.removeprefix("seed:cluster-")
    projects = [
        row
        for row in tables["engagements"]
        if row["kind"] == "research_project" and row["id"].startswith(f"seed:engagement-{name}-")
    ]
    tied = {tie[end] for tie in inside for end in ("source", "target")}
    counts = (supplies, cooperating, with_lab, uses, projects, members - tied)
    cells = [str(len(found)) for found in counts]
    density = len(supplies) / (len(members) * (len(members) - 1))
    return [str(len(members)), cells[0], f"{density:.4f}", *cells[1:]]


def test_the_readme_states_the_figures_of_every_sample_cluster(tables):
    stated = {}
    for line in (SEED / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].startswith("`seed:cluster-"):
            stated[cells[0].strip("`")] = cells[1:]
    clusters = [row["id"] for row in tables["clusters"] if row["level"] == "sample"]
    assert len(clusters) == 6
    assert stated == {cluster: figures(tables, cluster) for cluster in clusters}


def test_a_gathered_cluster_is_sparser_than_a_working_one(tables):
    """The design's contrast: many isolates and no research ties against few and many."""
    _, _, thin, _, with_lab, _, _, isolates = figures(tables, "seed:cluster-hosiery")
    _, _, dense, _, with_lab_dense, _, _, isolates_dense = figures(tables, "seed:cluster-drones")
    assert float(thin) * 5 < float(dense)
    assert (with_lab, int(with_lab_dense) >= 15) == ("0", True)
    assert int(isolates) > 4 * int(isolates_dense)


def test_running_the_generator_again_gives_the_same_bytes(tmp_path):
    command = [sys.executable, str(SEED / "make_samples.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    written = sorted(tmp_path.iterdir())
    assert len(written) == 10
    for path in written:
        assert path.read_bytes() == (SEED / path.name).read_bytes(), path.name


def test_no_file_is_larger_than_500_kb():
    assert all(path.stat().st_size < 500_000 for path in SEED.rglob("*") if path.is_file())
