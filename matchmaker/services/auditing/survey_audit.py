"""The audit of a survey: indicators of ties on record, confirmed and declared, with bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.access import Principal
from matchmaker.audit.figures import Figure
from matchmaker.audit.indicators import INDICATORS, measured
from matchmaker.audit.nonresponse import BANDED, DRAWS, Band, SurveyedTies, as_network, bands
from matchmaker.audit.ties import DIRECTED, LABS, Channel
from matchmaker.audit.view import HUBS, View
from matchmaker.domain import Layer
from matchmaker.errors import WrongState
from matchmaker.messages import Message, message
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.auditing.surveys import Surveys
from matchmaker.snapshot.model import BoolArray
from matchmaker.workflow.survey import (
    FEWEST,
    SurveyQuestion,
    SurveyResponse,
    SurveyRound,
    SurveyTie,
    TieStatus,
    survey_ties,
)

_CHANNELS = {
    Layer.SUPPLIES: Channel.SUPPLY,
    Layer.COOPERATES_WITH: Channel.RESEARCH,
    Layer.USES: Channel.PLATFORM,
    Layer.SHARES_WITH: Channel.SHARING,
}


@dataclass(frozen=True, slots=True)
class SurveyFigure:
    """One indicator three times over, and what it may be.

    `recorded` is that of the graph, `confirmed` of ties that both sides name, `band.told` of
    all that nobody denies.
    """

    name: str
    recorded: Figure
    confirmed: Figure
    band: Band

    @property
    def title(self) -> Message:
        """The name of the indicator."""
        return INDICATORS[self.name][0].title


@dataclass(frozen=True, slots=True)
class SurveyAudit:
    """The figures of one layer of a round. `share` of the members asked have answered."""

    survey: str
    layer: Channel
    members: int
    answered: int
    figures: tuple[SurveyFigure, ...]
    sources: Message

    @property
    def share(self) -> float:
        """Answered over members."""
        return self.answered / self.members if self.members else 0.0

    def figure(self, name: str) -> SurveyFigure | None:
        """One of them by the indicator's name."""
        return next((figure for figure in self.figures if figure.name == name), None)

    @property
    def lead(self) -> Message | None:
        """The sentence on how many stand alone, with the range that the silent leave open."""
        isolates = self.figure("isolates")
        if isolates is None or isolates.band.low is None or isolates.band.high is None:
            return None
        low, high = round(isolates.band.low), round(isolates.band.high)
        if low == high:
            return message(
                "%(count)s of %(members)s members stand alone.", count=low, members=self.members
            )
        return message(
            "Between %(low)s and %(high)s of %(members)s members stand alone.",
            low=low,
            high=high,
            members=self.members,
        )


SOURCES = message(
    "A tie that one side names counts unless the other denies it (Stork and Richards, 1992; "
    "Huisman, 2009). Ties between two silent members are unseen, and leaving them out would bias "
    "every figure (Kossinets, 2006): they are drawn 200 times from a model fitted on the pairs "
    "that were seen (multiple imputation: Rubin, 1987; Handcock and Gile, 2010), with the "
    "opportunity of the pair and an effect of each member (van Duijn, Snijders and Zijlstra, "
    "2004). A band holds 97 % of the draws; bounds need no model."
)


@dataclass(frozen=True, slots=True)
class SurveyAudits:
    """Use cases of auditing by a survey, for the cluster's coordinators."""

    surveys: Surveys
    auditing: Auditing

    def audit(
        self, principal: Principal, survey_id: str, channel: Channel, draws: int = DRAWS
    ) -> SurveyAudit:
        """The figures of one layer, kept until somebody answers or the snapshot is new.

        Raises NotFound, SnapshotUnavailable, or WrongState where fewer than five answered,
        the round is still open, or does not ask for the layer, or an answer was taken back since.
        """
        shown = self.surveys.show(principal, survey_id)
        survey = shown.survey
        if channel not in channels_of(survey):
            raise WrongState("The survey does not ask for this layer.", mend="Choose another one.")
        if survey.final is not None:
            raise WrongState(
                "An answer was taken back after the end: figures of the others would tell, beside"
                " those from before, what it said.",
                mend="The counts stay as they were at the end.",
            )
        responses = [each for each in self.surveys.responses(survey.id) if each.answered]
        if len(responses) < FEWEST:
            raise WrongState(
                "Fewer than %(fewest)s members have answered.",
                mend="Remind them, or hand out their links.",
                fewest=FEWEST,
            )
        if shown.is_open:
            raise WrongState(
                "A survey has figures once it is over: by their change with each answer they"
                " would tell what one firm said.",
                mend="Wait for its last day, or end it.",
            )
        view = self.auditing.view(principal, survey.cluster, channel)
        last = max(each.answered for each in responses if each.answered)
        key = ("survey", survey.id, channel, draws, len(responses), last)
        return view.landscape.once(key, lambda: _audit(view, survey, responses, draws))


def channels_of(survey: SurveyRound) -> tuple[Channel, ...]:
    """The layers that a round asks for; all together where it asks for several."""
    channels = tuple(dict.fromkeys(_CHANNELS[question.layer] for question in survey.questions))
    return (*channels, Channel.COOPERATION) if len(channels) > 1 else channels


def _audit(
    view: View, survey: SurveyRound, responses: Sequence[SurveyResponse], draws: int
) -> SurveyAudit:
    view = _of_members(view, survey)
    ties = surveyed(view, survey, responses)
    reported = survey_ties(responses)
    both = [tie for tie in reported if tie.status is TieStatus.CONFIRMED]
    confirmed = as_network(view, _matrix(view, both), ties.directed)
    recorded = measured(replace(view, samples=0), BANDED)
    of_confirmed = measured(replace(view, given=confirmed, samples=0), BANDED)
    bands_by_name = bands(view, ties, draws)
    figures = tuple(
        SurveyFigure(name, recorded[name], of_confirmed[name], band)
        for name, band in bands_by_name.items()
    )
    return SurveyAudit(
        survey.id, view.channel, len(view.network), int(ties.answered.sum()), figures, SOURCES
    )


def _of_members(view: View, survey: SurveyRound) -> View:
    """The view of those who were asked; whoever joined later was not."""
    members = set(survey.members)
    network = view.network
    ids = view.landscape.snapshot.ids_of(network.members)
    others = np.array(
        [position for position, id in enumerate(ids) if id not in members], dtype=np.int64
    )
    return replace(view, given=network.without(others)) if len(others) else view


def surveyed(view: View, survey: SurveyRound, responses: Sequence[SurveyResponse]) -> SurveyedTies:
    """Ties of one layer among the members of a view, as the answers have them."""
    directed = view.channel in DIRECTED
    ids = view.landscape.snapshot.ids_of(view.network.members)
    gave = {response.organization for response in responses}
    answered = np.array([id in gave for id in ids], dtype=np.bool_)
    undenied = [tie for tie in survey_ties(responses) if tie.status is not TieStatus.DENIED]
    seen = np.ones((len(ids), len(ids)), dtype=np.bool_)
    possible = np.zeros_like(seen)
    for layer in dict.fromkeys(question.layer for question in survey.questions):
        if view.channel not in (_CHANNELS[layer], Channel.COOPERATION):
            continue
        of_layer = _answered_pairs(survey, layer, answered)
        able = _possible(view, layer)
        if not directed:
            of_layer, able = (of_layer & of_layer.T), (able | able.T)
        # Seen is what no layer leaves open.
        seen &= of_layer | ~able
        possible |= able
    np.fill_diagonal(possible, val=False)
    matrix = _matrix(view, undenied)
    recorded = view.network.arcs.toarray().astype(np.bool_)
    if not directed:
        matrix, recorded = matrix | matrix.T, recorded | recorded.T
    return SurveyedTies(answered, matrix, seen | matrix, possible | matrix, recorded, directed)


def _answered_pairs(survey: SurveyRound, layer: Layer, answered: BoolArray) -> BoolArray:
    """Pairs (n, n), source to target, of which a side that was asked has answered."""
    seen = np.zeros((len(answered), len(answered)), dtype=np.bool_)
    for question in survey.questions:
        if question.layer is not layer:
            continue
        seen |= answered[:, None] if question.own_is_source else answered[None, :]
        if question is SurveyQuestion.RESEARCHES_WITH:
            seen |= answered[None, :]
    return seen


def _possible(view: View, layer: Layer) -> BoolArray:
    """Pairs that a layer may hold: what is used is a platform, and research has a lab in it."""
    size = len(view.network)
    possible = np.ones((size, size), dtype=np.bool_)
    if layer is Layer.USES:
        possible &= np.isin(view.kind, HUBS)[None, :]
    if layer is Layer.COOPERATES_WITH and view.channel is Channel.RESEARCH:
        lab = np.isin(view.kind, LABS)
        possible &= lab[None, :] | lab[:, None]
    return possible


def _matrix(view: View, ties: Sequence[SurveyTie]) -> BoolArray:
    """Ties of the view's layer among its members, (n, n), source to target."""
    ids = view.landscape.snapshot.ids_of(view.network.members)
    positions = {id: position for position, id in enumerate(ids)}
    matrix = np.zeros((len(ids), len(ids)), dtype=np.bool_)
    lab = np.isin(view.kind, LABS)
    for tie in ties:
        source, target = positions.get(tie.key.source), positions.get(tie.key.target)
        if source is None or target is None:
            continue
        channel = _CHANNELS[tie.key.layer]
        if channel is Channel.RESEARCH and not (lab[source] or lab[target]):
            channel = Channel.COOPERATION
        if view.channel in (channel, Channel.COOPERATION):
            matrix[source, target] = True
    return matrix
