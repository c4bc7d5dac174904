"""Reasons in sentences: what each kind of evidence contributed, for and against apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from matchmaker.messages import Message, in_context, message, plural
from matchmaker.recommend.answers import NO_STATEMENT
from matchmaker.recommend.evidence import FITS, FITS_PARTLY
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.features.affinity import country_work
from matchmaker.recommend.model import ProperName, Reason
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.questions import QuestionSource
from matchmaker.recommend.rank import NEGLIGIBLE, Contributions
from matchmaker.recommend.specification import TOLD_BY_GRAPH, Comparison, Judgement, Requirement
from matchmaker.recommend.walks import entries
from matchmaker.snapshot.model import BoolArray, FloatArray, Snapshot, stages_in
from matchmaker.terms import TERMS
from matchmaker.vocabulary import BASE, EXPOSURE

FIT_UNKNOWN = 1e-6
_QUESTIONS = {
    QuestionSource.NEED: in_context("question", "what you ask"),
    QuestionSource.OWN: in_context("question", "what you do"),
    QuestionSource.PEERS: in_context("question", "what others in your industry ask"),
}
ACTIVE = 3
# Of those whose country is known so many are in one: to be of it tells nobody apart.
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class ShownFacts:
    """Facts on the candidates that are shown, `pairs`, each figure made for all at once."""

    pairs: Pairs

    @cached_property
    def _features(self) -> dict[str, FloatArray]:
        return {}

    def feature(self, name: str) -> FloatArray:
        """A feature's values, (n,)."""
        if name not in self._features:
            self._features[name] = FEATURES[name].compute(self.pairs)
        return self._features[name]

    @cached_property
    def text_fit(self) -> FloatArray:
        """The largest fit of each one's texts, (n,)."""
        return np.asarray(self.pairs.fit.best[self.pairs.rows])

    def may_fit(self, position: int) -> bool:
        """False where the best of a candidate's texts fits too little to be shown as evidence.

        Where words are asked that depends on more.
        """
        return self.pairs.seeker.asks_in_words or bool(self.text_fit[position] >= FITS_PARTLY)

    @cached_property
    def shared_partners(self) -> FloatArray:
        """Number of partners in common of whom the reader may be told, (n,)."""
        pairs = self.pairs
        if pairs.seeker.hidden and pairs.seeker.row is not None:
            return np.array([len(pairs.told_shared(row)) for row in pairs.rows.tolist()], float)
        return np.asarray(pairs.shared("shared_partners")[pairs.rows])

    @cached_property
    def undertakings(self) -> FloatArray:
        """Number of joint undertakings of which the reader may be told, (n,)."""
        return self.feature("completed") - self.pairs.hidden_ties()

    @cached_property
    def is_near_without_hidden(self) -> BoolArray:
        """Whether three steps over those of whom the reader may be told lead to each, (n,)."""
        pairs, hidden = self.pairs, list(self.pairs.seeker.hidden)
        if not hidden or pairs.seeker.row is None:
            return np.ones(len(pairs.rows), dtype=np.bool_)
        partners, network = pairs.around.partners, pairs.network
        partners = partners[~np.isin(partners, hidden)]
        _, theirs, _ = entries(network.adjacency, partners)
        near = np.zeros(len(pairs.snapshot), dtype=np.bool_)
        near[theirs] = near[partners] = True
        near[hidden] = False
        steps = ((row, *network.partners(row).tolist()) for row in pairs.rows.tolist())
        return np.array([near[list(each)].any() for each in steps], dtype=np.bool_)

    @cached_property
    def is_country_of_most(self) -> bool:
        """Whether nearly all whose country is known are of the seeker's."""
        return _is_of_most(self.pairs.snapshot, self.pairs.country)

    @cached_property
    def country_work(self) -> FloatArray:
        """Recent work with the seeker's country, (n,)."""
        return np.asarray(country_work(self.pairs)[self.pairs.rows])


@dataclass(frozen=True)
class CandidateFacts:
    """Facts on one of the candidates shown against the seeker, for the sentences."""

    shown: ShownFacts
    position: int

    @property
    def pairs(self) -> Pairs:
        return self.shown.pairs

    @property
    def row(self) -> int:
        return int(self.pairs.rows[self.position])

    @property
    def comparison(self) -> Comparison | None:
        """The candidate's best statement compared with what the question specifies."""
        return self.pairs.answers.comparisons[self.position]

    def feature(self, name: str) -> float:
        """A feature's value for this candidate."""
        return float(self.shown.feature(name)[self.position])


# The leading figure of a sentence, None where there is none, and the sentence.
Sentence = tuple[float | None, Message]


def _text(facts: CandidateFacts, good: bool) -> Sentence:
    in_words = facts.pairs.seeker.asks_in_words
    fit = facts.feature("words_fit") if in_words else float(facts.shown.text_fit[facts.position])
    if fit < FIT_UNKNOWN:
        return None, message("no text of its to compare")
    if in_words and facts.pairs.answers.statements[facts.position] == NO_STATEMENT:
        return fit, message("only its name speaks of it: it has told nothing of itself yet")
    question = _QUESTIONS[facts.pairs.fit.source]
    if fit < FITS_PARTLY:
        return fit, message("its texts say little of %(question)s", question=question)
    if fit < FITS:
        text = message("its texts partly fit %(question)s", question=question)
    else:
        text = message("its texts fit %(question)s", question=question)
    return fit, text if good else message("%(text)s, others' do more", text=text)


def _specification(facts: CandidateFacts, good: bool) -> Sentence:
    comparison = facts.comparison
    if comparison is None:
        return None, message("says nothing of what you specify")
    if comparison.denied:
        return None, message("says that it does not have it")
    judged = comparison.met if good else comparison.unmet
    if not judged:
        return None, message("says nothing of what you specify")
    on_record = _on_record(judged)
    others = [each for each in judged if not each.on_record]
    if not others:
        return None, on_record
    text = _named_requirements(others, good)
    if on_record.id:
        text = message("%(before)s, %(after)s", before=on_record, after=text)
    return None, text


def _met_on_record(facts: CandidateFacts) -> Message:
    """What of the question is met by facts on record; "" for nothing."""
    if not facts.pairs.seeker.asks_in_words:
        return Message("")
    comparison = facts.comparison
    return _on_record(comparison.met if comparison is not None else ())


def _on_record(judged: Sequence[Judgement]) -> Message:
    """What is held, until when and who stands for it; "" where nothing is asked that is."""
    held = [
        message("%(kind)s %(note)s", kind=each.evidence.text, note=each.note)
        for each in judged
        if each.on_record and each.evidence is not None
    ]
    if not held:
        return Message("")
    return reduce(
        lambda before, after: message("%(before)s, %(after)s", before=before, after=after), held
    )


def _named_requirements(judged: Sequence[Judgement], good: bool) -> Message:
    """What of a specification a statement, or the graph of places and kinds, says."""
    # Where it is and what it is stands in the graph, and is not its saying.
    stated = [each for each in judged if each.requirement.kind not in TOLD_BY_GRAPH]
    named = tuple(
        {each.requirement.text: _named(each.requirement) for each in stated or judged}.values()
    )
    if good and not stated:
        return message("is what you ask of a partner: %(named)s", named=named)
    if not stated:
        return message("is not what you ask of a partner: %(named)s", named=named)
    if good:
        return message("says what you specify: %(named)s", named=named)
    return message("something else than you specify: %(named)s", named=named)


def _named(requirement: Requirement) -> str | Message:
    if not requirement.denied:
        return requirement.text
    return message("not %(named)s", named=requirement.text)


def _network(facts: CandidateFacts, good: bool) -> Sentence:
    shared = int(facts.shown.shared_partners[facts.position])
    if shared and good:
        text = plural(
            "you have one partner in common", "you have %(count)s partners in common", shared
        )
    elif good and not facts.shown.is_near_without_hidden[facts.position]:
        return None, message("not linked to you in the network yet")
    elif good:
        text = message("near to you in the network of undertakings")
    elif shared:
        text = message(
            "%(count)s partners in common, but many others are nearer to you", count=shared
        )
    else:
        text = message("not linked to you in the network yet")
    return float(shared), text


def _history(facts: CandidateFacts, _: bool) -> Sentence:
    value = facts.feature("worked_with_you")
    if value > 0:
        return value, message("you two have worked together")
    return value, message("you two have not worked together yet")


def _home(facts: CandidateFacts, good: bool) -> Sentence:
    value = float(facts.shown.country_work[facts.position])
    if facts.shown.is_country_of_most:  # to be of it says nothing
        if good:
            return value, message("often works with organisations like you")
        return value, message("seldom works with organisations like you")
    if not good:
        return value, message("seldom works with organisations of your country")
    if facts.feature("same_country"):
        return value, message("of your own country, and active in it")
    return value, message("often works with organisations of your country")


def _is_of_most(snapshot: Snapshot, country: int) -> bool:
    """Whether nearly all whose country is known are of this one."""

    def share() -> float:
        countries = snapshot.organizations.country
        located = countries[countries >= 0]
        return float((located == country).mean()) if len(located) else 1.0

    return snapshot.cached(("share of a country", country), share) >= NEARLY_ALL


def _nearness(facts: CandidateFacts, good: bool) -> Sentence:
    snapshot = facts.pairs.snapshot
    common = facts.pairs.common_places[facts.position]
    if common >= 0:
        names = (snapshot.string("places", column, common) for column in ("name", "name_en"))
        place = ProperName(next(names), english=next(names))
        if good:
            return None, message("both in %(place)s", place=place)
        return None, message("how far within %(place)s is not known", place=place)
    km = float(facts.pairs.distance_km[facts.position])
    if math.isnan(km):
        return None, message("distance unknown, counted as average")
    if good:
        return km, message("about %(km).0f km away", km=km)
    return km, message("rather far, about %(km).0f km away", km=km)


def _programme(facts: CandidateFacts, good: bool) -> Sentence:
    value = facts.feature("programme_activity")
    if good:
        return value, message("lately active in the programmes you are in")
    return value, message("little active in the programmes you are in")


def _conditions(facts: CandidateFacts, good: bool) -> Sentence:
    value = facts.feature("conditions")
    if good and value > 0.5:
        return value, message("you meet conditions of a programme of its")
    if good and value > 0:
        return value, message("a programme of its may be open to you")
    return value, message("you do not meet the conditions of its programmes")


def _activity(facts: CandidateFacts, good: bool) -> Sentence:
    count = int(facts.shown.undertakings[facts.position])
    if not count:
        text = message("no joint undertaking on record")
    elif good and count >= ACTIVE:
        text = message("active: %(count)s joint undertakings on record", count=count)
    elif good:
        text = plural(
            "one joint undertaking on record", "%(count)s joint undertakings on record", count
        )
    else:
        text = plural(
            "not very active: one joint undertaking on record",
            "not very active: %(count)s joint undertakings on record",
            count,
        )
    return float(count), text


def _industry(facts: CandidateFacts, good: bool) -> Sentence:
    relatedness = facts.feature("same_industry")
    if good and facts.feature("other_cluster"):
        return None, message("from another cluster")
    if relatedness == 1:
        return relatedness, message("the same industry")
    if relatedness > 0:
        return relatedness, message("a related industry")
    if good:
        return None, message("holds stages of the value chain that you do not")
    return None, message("another industry")


def _stages(facts: CandidateFacts, good: bool) -> Sentence:
    organizations = facts.pairs.snapshot.organizations
    sought, theirs = facts.pairs.sought_stages, int(organizations.stages[facts.row])
    if not (theirs and sought):
        return None, message("its stages of the value chain are not known")
    if not theirs & sought:
        lacking = _stage_names(sought)
        return 0.0, message("does not do what you look for: %(stages)s", stages=lacking)
    names, share = _stage_names(theirs & sought), facts.feature("sought_stages")
    if organizations.stages_read[facts.row]:
        text = message("by its own words does what you look for: %(stages)s", stages=names)
    else:
        text = message("does what you look for: %(stages)s", stages=names)
    return share, text if good else message("%(text)s, others do more of it", text=text)


def _stage_names(bits: int) -> Message:
    names = [Message(TERMS[stage.value]) for stage in stages_in(bits)]
    return reduce(
        lambda before, after: message("%(before)s, %(after)s", before=before, after=after), names
    )


def _trust(facts: CandidateFacts, good: bool) -> Sentence:
    if not good:
        return None, message("little capacity left, or not verified")
    marks = []
    if facts.feature("terms") > 0:
        marks.append(message("offers free or discounted terms"))
    if facts.feature("verified"):
        marks.append(message("its identity is verified"))
    if (slots := facts.feature("capacity")) > 0:
        marks.append(message("can take on %(count)s more", count=int(slots)))
    if not marks:
        return None, message("reliable information")
    return None, reduce(
        lambda before, after: message("%(before)s, %(after)s", before=before, after=after), marks
    )


def _rivalry(_: CandidateFacts, good: bool) -> Sentence:
    if good:
        return 0.0, message("not recorded as a competitor")
    return 1.0, message("recorded as a competitor")


_SENTENCES: dict[Family, Callable[[CandidateFacts, bool], Sentence]] = {
    Family.TEXT: _text,
    Family.SPECIFICATION: _specification,
    Family.NETWORK: _network,
    Family.HISTORY: _history,
    Family.HOME: _home,
    Family.NEARNESS: _nearness,
    Family.PROGRAMME: _programme,
    Family.CONDITIONS: _conditions,
    Family.ACTIVITY: _activity,
    Family.INDUSTRY: _industry,
    Family.STAGES: _stages,
    Family.TRUST: _trust,
    Family.RIVALRY: _rivalry,
}


def reasons(
    shown: ShownFacts, position: int, parts: Contributions, price: float
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Reasons for one of the candidates shown, and reasons against it.

    For: in the order in which the evidence was taken away, so that losing the first
    costs just what it says. Against: what costs most first. Contributions of both add up
    to the score: those of the kinds of evidence, the price of being suggested to many
    others already (`exposure`), and what anybody gets without any (`base`).
    """
    facts = CandidateFacts(shown, position)
    by_column = parts.parts[position].tolist()
    every = [
        _reason(facts, parts.families[column], by_column[column])
        for column in parts.order[position].tolist()
        if abs(by_column[column]) > NEGLIGIBLE
    ]
    if (fact := _met_on_record(facts)).id and Family.SPECIFICATION.value not in {
        reason.feature for reason in every
    }:  # it fits as well as can be without it, and is what was asked for all the same
        held = Reason(Family.SPECIFICATION.value, 0.0, None, fact)
    else:
        held = None
    if abs(price) > NEGLIGIBLE:
        often = message("much sought after: others get a turn")
        every.append(Reason(EXPOSURE, -price, None, often))
    base = Reason(BASE, float(parts.base[position]), None, message("where anybody starts"))
    against: list[Reason] = []
    speaking_for: list[Reason] = []
    for reason in every:
        is_against = reason.contribution < 0 or _is_weak(reason)
        (against if is_against else speaking_for).append(reason)
    if held is not None:
        speaking_for.append(held)
    against.sort(key=lambda reason: (reason.contribution, reason.feature))
    if base.contribution > NEGLIGIBLE:
        speaking_for.append(base)
    elif base.contribution < -NEGLIGIBLE:
        against.append(base)
    return tuple(speaking_for), tuple(against)


def _is_weak(reason: Reason) -> bool:
    """Whether a little of the evidence is all there is: its sentence says how little."""
    if reason.feature == Family.TEXT:
        return reason.value is None or reason.value < FITS_PARTLY
    if reason.feature == Family.NETWORK:  # over those alone who are hidden from the reader
        return reason.value is None
    return reason.feature in (Family.HISTORY, Family.ACTIVITY) and not reason.value


def _reason(facts: CandidateFacts, family: Family, contribution: float) -> Reason:
    value, text = _SENTENCES[family](facts, contribution >= 0)
    return Reason(family.value, contribution, value, text)
