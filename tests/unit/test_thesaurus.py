"""What the trades call the same thing, against what anybody of the trade would say."""

from __future__ import annotations

from importlib.resources import files

import pytest

import matchmaker.thesaurus as package
from matchmaker.text import normal
from matchmaker.thesaurus import ASKED, ConceptRow, by_name_in, named, of_rows, thesaurus

LINES = [
    line
    for file in files(package).iterdir()
    if file.name.endswith(".tsv")
    for line in file.read_text("utf-8").splitlines()
]


def names(text: str) -> set[str]:
    return {thesaurus().concepts[number].name for number in named(text).concepts}


@pytest.mark.parametrize(
    ("said", "concept"),
    [
        ("找翻砂厂做铁件", "sand casting"),
        ("ball valves for steam", "ball valve"),
        ("零件打压漏气怎么办", "vacuum impregnation"),
        ("谁家有三坐标可以借用", "coordinate measuring machine"),
        ("Sand castings in grey iron", "sand casting"),
        ("两千个打包盒", "food box"),
        ("spray bottles for perfume", "spray bottle"),
    ],
)
def test_a_thing_is_known_by_whatever_it_is_called(said: str, concept: str) -> None:
    assert concept in names(said)


def test_the_longest_form_counts() -> None:
    assert "ball valve" in names("球阀")
    assert names("球阀") & names("阀门") == set()


def test_no_form_is_found_within_another_word() -> None:
    assert names("scmmx") == set()
    assert "coordinate measuring machine" in names("cmm")


def test_who_describes_the_problem_only_asks_for_what_solves_it() -> None:
    (number,) = (
        n for n, each in enumerate(thesaurus().concepts) if each.name == "vacuum impregnation"
    )
    assert named("打压漏气").concepts[number] == ASKED
    assert named("真空浸渗").concepts[number] == 1


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("袜子洗过就皱，想找人定型", True),
        ("定型 皱 袜子", True),  # whatever the order
        ("袜子洗过就皱", False),
        ("our sock comes out crumpled, who steams it?", True),
        ("who steams hats", False),
        ("Our sock mill is full. The boxes arrived crumpled.", False),  # another sentence
        ("socks " + "of many kinds and colours " * 6 + "crumpled", False),  # far apart
    ],
)
def test_a_phrase_in_parts_is_there_where_all_its_parts_are(text: str, is_asked: bool) -> None:
    rows = [
        ConceptRow(
            "boarding", ("boarding", "袜子定型"), (), ("袜子 + 皱 + 定型", "socks + crumpled")
        ),
        ConceptRow("hat", ("hat", "帽子"), (), ()),
    ]
    assert (0 in of_rows(rows).named(text).concepts) == is_asked
    assert 1 not in of_rows(rows).named(text).concepts or "hat" in text


@pytest.mark.parametrize(
    ("text", "is_named"), [("tights for dancers", True), ("leak-tight at 1.5 MPa", False)]
)
def test_a_plural_whose_singular_is_another_word_is_read_as_it_stands(
    text: str, is_named: bool
) -> None:
    rows = [ConceptRow("pantyhose", ("pantyhose", "tights"), (), ())]
    assert (0 in of_rows(rows).named(text).concepts) == is_named


def test_the_parts_of_a_phrase_are_covered() -> None:
    rows = [ConceptRow("boarding", ("boarding", "定型机"), (), ("袜子 + 皱",))]
    assert of_rows(rows).named("袜子很皱").coverage == 3 / 4
    assert of_rows(rows).named("袜子很好").coverage == 0


def test_coverage_is_the_share_of_letters_that_name_something() -> None:
    assert named("").coverage == named("xyzzy").coverage == 0
    assert named("球阀").coverage == 1
    assert named("球阀!").coverage == 1
    assert named("xy球阀").coverage == 0.5


def test_a_concept_has_a_name_in_the_other_language() -> None:
    assert by_name_in("zh", "ball valves", 4) == "球阀"
    assert by_name_in("en", "球阀", 4) == "ball valve"
    assert by_name_in("en", "你好", 4) == ""


def test_narrower_concepts_are_those_that_name_it_as_wider_at_any_depth() -> None:
    concepts = thesaurus().concepts
    for number, concept in enumerate(concepts):
        assert number not in concept.narrower
        for above in concept.wider:
            assert number in concepts[above].narrower or above in concept.narrower
            assert set(concept.narrower) <= {*concepts[above].narrower, above}


def test_every_line_of_the_files_is_whole_and_in_normal_form() -> None:
    rows = [line.split("\t") for line in LINES]
    assert {len(row) for row in rows} == {5}
    concepts = [row[0] for row in rows]
    assert len(set(concepts)) == len(concepts)
    assert all(row[0] and row[1] for row in rows)
    forms = {form for row in rows for cell in row for form in cell.split("|")}
    assert {form for form in forms if normal(form) != form} == set()
    assert {wider for row in rows for wider in row[3].split("|") if wider} <= set(concepts)
