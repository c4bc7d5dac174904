"""Slips of the pen in English questions, and words that only look like some."""

import time

import pytest

from matchmaker.recommend.spelling import respelt


def read(text: str, *stated: str) -> str:
    return respelt(text, set(stated).__contains__)[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("titanum screws in blue", "titanium screws in blue"),
        ("maternty socks", "maternity socks"),
        ("rent a machning centre at night", "rent a machining centre at night"),
        ("stianless steel castings", "stainless steel castings"),
        ("Galvenized brackets.", "Galvanized brackets."),
        ("who does heat treatmet of dies?", "who does heat treatment of dies?"),
    ],
)
def test_a_word_that_nobody_knows_is_read_as_the_one_it_was_to_be(written, meant):
    assert read(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "aluminum and aluminium, mold and mould, analysed and anodised",
        "nitrile, nitride, nitrite and polyimide film",
        "three tonnes, five kilos, twenty euros",
        "valves for Wenzou, made by Haichng",
        "write to salez@example.com, or see www.exampel.com/socksz",
        "order no. titanum-7, “titanum”",
        "qwrtzplk vbnmasd",
        "bolts, nuts, shims",
        "siemens drives and huawei phones",
    ],
)
def test_names_substances_codes_and_known_words_stay_as_they_are(text):
    assert read(text) == text


def test_a_word_that_a_statement_in_the_graph_has_is_meant():
    assert read("titanum screws", "titanum") == "titanum screws"


def test_each_slip_is_told_once():
    text, slips = respelt("Titanum frames or titanum screws, titanum", lambda word: False)
    assert text == "Titanium frames or titanium screws, titanium"
    assert slips == (("Titanum", "Titanium"), ("titanum", "titanium"))


def test_words_behind_lines_without_end_are_looked_at_in_time():
    """Before each, all ways to the lines above it were tried: a question took minutes."""
    text = "\n" * 8_000 + "Valbe " * 1_200
    began = time.process_time()
    assert respelt(text, lambda _: True) == (text, ())
    assert time.process_time() - began < 5
