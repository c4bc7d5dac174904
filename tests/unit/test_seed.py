"""The seed folder: every reference resolves, and the samples show what README.md says."""

from __future__ import annotations

import csv
import datetime
import re
import subprocess
import sys
from collections import Counter, defaultdict
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
    """112 + 64 clusters; 147 universities.

    34 provinces; 333 prefectures, Xiong'an and 6 cities of Taiwan; 2,847 counties (2026).
    GB/T 4754-2017 has 97 divisions, 473 groups and 1,380 classes, of which our list
    leaves out those that are a whole group (311 is 3110) and counts one more.
    """
    levels = Counter(row["level"] for row in tables["places"])
    assert (levels["province"], levels["city"], levels["county"]) == (34, 340, 2847)
    digits = Counter(len(row["id"].removeprefix("gbt4754:")) for row in tables["industries"])
    parents = Counter(row["parent"] for row in tables["industries"])
    whole_groups = sum(
        len(row["id"]) == len("gbt4754:344") and not parents[row["id"]]
        for row in tables["industries"]
    )
    assert (digits[2], digits[3], digits[4] + whole_groups) == (97, 473, 1381)
    assert sum(row["level"] == "national_sme" for row in tables["clusters"]) == 112
    assert (
        sum(row["level"] == "national_advanced_manufacturing" for row in tables["clusters"]) == 64
    )
    assert sum(row["id"].startswith("cn-university:") for row in tables["organizations"]) == 147
    assert parents[""] == 97


def test_every_chinese_division_has_an_english_name_and_nearly_all_a_point(tables):
    """Names as atlases have them; readings of characters that have several."""
    known = {row["name"]: row["name_en"] for row in tables["places"]}
    names = {
        "重庆市": "Chongqing", "厦门市": "Xiamen", "六安市": "Lu'an", "陕西省": "Shaanxi",
        "山西省": "Shanxi", "西藏自治区": "Tibet", "内蒙古自治区": "Inner Mongolia",
        "乌鲁木齐市": "Ürümqi", "温州市": "Wenzhou", "永嘉县": "Yongjia County",
        "乐清市": "Yueqing", "乐亭县": "Laoting County", "番禺区": "Panyu District",
        "单县": "Shan County", "长子县": "Zhangzi County", "盱眙县": "Xuyi County",
        "浦东新区": "Pudong New Area", "阿拉善左旗": "Alxa Left Banner", "吕梁市": "Lüliang",
        "恩施土家族苗族自治州": "Enshi Tujia and Miao Autonomous Prefecture",
    }  # fmt: skip
    assert {name: known[name] for name in names} == names
    chinese = [row for row in tables["places"] if row["id"].startswith("gbt2260:")]
    assert all(row["name_en"] for row in chinese)
    assert sum(not row["latitude"] for row in chinese) == 6


def test_every_code_of_another_classification_leads_to_industries(tables):
    known = {row["id"] for row in tables["industries"]}
    with (SEED / "lists" / "industry_codes.csv").open(encoding="utf-8", newline="") as stream:
        codes = list(csv.DictReader(stream))
    assert {row["scheme"] for row in codes} == {"nace", "isic", "hs", "cpv"}
    assert all(set(row["industries"].split(";")) <= known for row in codes)
    industries = {(row["scheme"], row["code"]): row["industries"] for row in codes}
    assert industries["nace", "28.14"] == "gbt4754:3443"  # taps and valves
    assert industries["isic", "2813"] == "gbt4754:344"  # pumps, compressors, taps and valves
    assert industries["hs", "8481"] == industries["cpv", "42131"] == "gbt4754:3443"


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


def test_public_bodies_offer_programmes_of_which_one_is_over(tables):
    """So that asking for support finds something in the sample graph, and not what has closed."""
    kinds = {row["id"]: row["kind"] for row in tables["organizations"]}
    programmes = [row for row in tables["offers"] if row["kind"] == "programme"]
    assert len(programmes) == 7
    assert {kinds[row["organization"]] for row in programmes} == {"public_body"}
    over = [row for row in programmes if row["deadline"] and day(row["deadline"]).year < 2026]
    assert [row["id"] for row in over] == ["seed:programme-007"]
    known = {row["id"] for row in tables["places"] + tables["industries"]}
    for row in programmes:
        named = {*row["for_places"].split(";"), *row["for_industries"].split(";")} - {""}
        assert named <= known
