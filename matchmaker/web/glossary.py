"""What each figure on a page means: the one place that its link leads to."""

from __future__ import annotations

from flask import render_template
from flask_babel import LazyString, lazy_gettext

from matchmaker.api.auditing.responses import DefinitionList
from matchmaker.web.layout import language, signed_in, web

GLOSSARY: tuple[tuple[str, LazyString, LazyString], ...] = (
    (
        "fit",
        lazy_gettext("Fit"),
        lazy_gettext(
            "The score by which candidates are ranked for one goal, from 0 to 1: below a third "
            "“possible”, below two thirds “good”, above it “very good”; it compares candidates of "
            "one list and is no probability. Where a ranker was learned from the graph's history "
            "it is the calibrated chance that a tie comes within two years, and the bar compares "
            "it with the first of the list."
        ),
    ),
    (
        "weight",
        lazy_gettext("Weight of a reason"),
        lazy_gettext(
            "What the score loses when this kind of evidence is taken away. All weights, with the "
            "base that is left without any evidence, add up to the score."
        ),
    ),
    (
        "distance",
        lazy_gettext("Distance"),
        lazy_gettext("As the crow flies between the two places, on a sphere of 6,371 km radius."),
    ),
    (
        "registration",
        lazy_gettext("Registration on record"),
        lazy_gettext(
            "A credit code or VAT number with a right check digit is on record, and an "
            "administrator has looked at it. It says who the firm is, not how good it is."
        ),
    ),
    (
        "outcomes",
        lazy_gettext("Confirmed outcomes"),
        lazy_gettext("Outcomes of introductions that both sides have confirmed."),
    ),
    (
        "slots",
        lazy_gettext("Slots"),
        lazy_gettext(
            "How many introductions an organisation takes on at the same time. Whoever has none "
            "free is not recommended until one is over."
        ),
    ),
    (
        "reach",
        lazy_gettext("What this brings"),
        lazy_gettext(
            "Counts over the newest snapshot. A need counts when the text is among the twenty "
            "organisations closest to it by meaning; near is within 50 km; a firm complements "
            "you when it is at a value-chain stage that you are not at."
        ),
    ),
    (
        "course",
        lazy_gettext("Actors, channels, network over five years"),
        lazy_gettext(
            "Three groups of indicators, each the mean of its indicators put on a scale from 0 "
            "to 1, where 1 is the better end. All years are held to one model, so that they "
            "compare."
        ),
    ),
    (
        "stages",
        lazy_gettext("The four stages"),
        lazy_gettext(
            "Comparative, competitive, innovative and dynamic advantage, each the mean of its "
            "criteria from 0 to 1. The first that comes to less than 0.75 is the one to work at "
            "next. The whole audit has the criteria and what is missing."
        ),
    ),
    (
        "funnel",
        lazy_gettext("How far introductions came"),
        lazy_gettext(
            "Shown in a list, proposed, answered, accepted by both, agreed, delivered, "
            "completed: each counts introductions that came at least so far. Intervals are 95 % "
            "Wilson intervals."
        ),
    ),
    (
        "effect",
        lazy_gettext("Did it bring ties that would not have come anyway?"),
        lazy_gettext(
            "Of the pairs planned in batches a random share is left out. The difference in new "
            "ties between proposed and left-out pairs is what the introductions brought."
        ),
    ),
    (
        "percentile",
        lazy_gettext("Percentile"),
        lazy_gettext(
            "The share of the other clusters that do worse, and half of those that do the same; "
            "100 is the good end."
        ),
    ),
)


@web.get("/definitions")
def definitions() -> str:
    """Every figure of every page."""
    signed_in()
    return render_template(
        "definitions.html", terms=GLOSSARY, indicators=DefinitionList.all(language()).items
    )
