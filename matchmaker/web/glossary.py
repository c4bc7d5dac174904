"""The meaning of each figure on a page: the one place that its link leads to."""

from __future__ import annotations

from flask import render_template

from matchmaker.api.auditing.responses import DefinitionList
from matchmaker.messages import Message, message
from matchmaker.web.labels import language
from matchmaker.web.layout import PageAnswer, signed_in, web
from matchmaker.workflow.introduction_states import State

GLOSSARY: tuple[tuple[str, Message, Message], ...] = (
    (
        "fit",
        message("Fit"),
        message(
            "The score by which candidates are ranked for one goal, from 0 to 1: below a third "
            "“possible”, below two thirds “good”, above it “very good”; it compares candidates of "
            "one list and is no probability. Where a ranker was learned from the graph's history "
            "it is the calibrated chance that a tie comes within two years, and the bar compares "
            "it with the first of the list."
        ),
    ),
    (
        "weight",
        message("Weight of a reason"),
        message(
            "What the score loses when this kind of evidence is taken away. All weights, with the "
            "base that is left without any evidence, add up to the score."
        ),
    ),
    (
        "distance",
        message("Distance"),
        message("As the crow flies between the two places, on a sphere of 6,371 km radius."),
    ),
    (
        "registration",
        message("Registration on record"),
        message(
            "A credit code or VAT number with a right check digit is on record, and an "
            "administrator has looked at it. It says who the firm is, not how good it is."
        ),
    ),
    (
        "outcomes",
        message("Confirmed outcomes"),
        message("Outcomes of introductions that both sides have confirmed."),
    ),
    (
        "slots",
        message("Slots"),
        message(
            "How many introductions an organisation takes on at the same time. Whoever has none "
            "free is not recommended until one is over."
        ),
    ),
    (
        "reach",
        message("What this brings"),
        message(
            "Counts over the newest snapshot. A need counts when the text is among the twenty "
            "organisations closest to it by meaning; near is within 50 km; a firm complements "
            "you when it is at a value-chain stage that you are not at."
        ),
    ),
    (
        "call",
        message("Call"),
        message(
            "One need put to several at once, until a day. Those invited see neither each other "
            "nor each other's answers; questions are answered to all, and who asked is told to the "
            "caller alone. An award is possible when no answer can come any more, and proposes an "
            "introduction to which both sides still have to agree."
        ),
    ),
    (
        "refusals",
        message("What refusals teach"),
        message(
            "Reasons for declining introductions and calls, counted by kind. Nothing is said of "
            "fewer than five with a reason, or of fewer than three organisations; a kind is spoken "
            "of where a quarter of them gave it."
        ),
    ),
    (
        "never_with",
        message("Never-with list"),
        message(
            "Whoever is on it is not recommended to you nor you to them, is not introduced and not "
            "invited to calls, in either direction. They are not told; what they see is the same "
            "as of somebody who does not want to be proposed."
        ),
    ),
    (
        "survey",
        message("Survey of ties"),
        message(
            "Members are asked whom they work with. A tie that one side names is declared, one "
            "that both name is confirmed and enters the graph, one that the other side says is "
            "none is denied. Answers are the firm's own: coordinators see counts, from five "
            "answers on, confirmed ties, and the rows of firms that agreed."
        ),
    ),
    (
        "course",
        message("Actors, channels, network over five years"),
        message(
            "Three groups of indicators, each the mean of its indicators put on a scale from 0 "
            "to 1, where 1 is the better end. All years are held to one model, so that they "
            "compare."
        ),
    ),
    (
        "stages",
        message("The four stages"),
        message(
            "Comparative, competitive, innovative and dynamic advantage, each the mean of its "
            "criteria from 0 to 1. The first that comes to less than 0.75 is the one to work at "
            "next. The whole audit has the criteria and what is missing."
        ),
    ),
    (
        "funnel",
        message("How far introductions came"),
        message(
            "Shown in a list, proposed, answered, accepted by both, agreed, delivered, "
            "completed: each counts introductions that came at least so far. Intervals are 95 % "
            "Wilson intervals."
        ),
    ),
    (
        "effect",
        message("Did it bring ties that would not have come anyway?"),
        message(
            "Of the pairs planned in batches a random share is left out. The difference in new "
            "ties between proposed and left-out pairs is what the introductions brought."
        ),
    ),
    (
        "percentile",
        message("Percentile"),
        message(
            "The share of the other clusters that do worse, and half of those that do the same; "
            "100 is the good end."
        ),
    ),
)


@web.get("/design")
def design() -> PageAnswer:
    """All components of the pages, in light and dark."""
    states = (State.PROPOSED, State.ACCEPTED, State.MEETING, State.AGREED)
    marks = ("done", "done", "current", "ahead")
    progress = [{"name": state, "mark": mark} for state, mark in zip(states, marks, strict=True)]
    return render_template("design.html", progress=progress)


@web.get("/definitions")
def definitions() -> str:
    """Every figure of every page."""
    signed_in()
    return render_template(
        "definitions.html", terms=GLOSSARY, indicators=DefinitionList.all(language()).items
    )
