"""The seeker's side of a recommendation, read fresh from the store.

What a person edited a moment ago counts at once. A vector that the snapshot has
for the same text is taken from there; of new texts those are embedded that are asked with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import numpy as np

from matchmaker.domain import (
    HALF_CHARACTERS,
    MAX_TEXT,
    GoalName,
    Need,
    NeedState,
    Stage,
    Statement,
    StatementKind,
    is_whole,
)
from matchmaker.embedding import Encoder, VectorCache, VectorCaches, comparable, embed_missing
from matchmaker.errors import InvalidInput, StoreUnavailable
from matchmaker.goals import GOALS, Goal
from matchmaker.recommend.asides import asides, named_in, without_named_in
from matchmaker.recommend.asked_words import asked_words, names_abroad
from matchmaker.recommend.floor import Usual, everyday_by_language, everyday_texts, usual_of
from matchmaker.recommend.homophones import resounded
from matchmaker.recommend.model import MAX_ENGAGEMENT_TEXTS, Request, Seeker, SeekerText
from matchmaker.recommend.question_fit import statement_languages
from matchmaker.recommend.questions import own_questions
from matchmaker.recommend.specification import Choices, read, with_lacks_sought, without_denied
from matchmaker.recommend.spelling import Respelling, respelt
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.services.matching.stated_words import is_stated
from matchmaker.snapshot.load import check_model
from matchmaker.snapshot.model import FloatArray, Snapshot, stage_bits
from matchmaker.stages import StageReading, read_stages
from matchmaker.store.ports import MAX_PAGE, GraphStore, SeekerProfile
from matchmaker.text import language_of

MAX_PARTNERS = 1000
NOTHING_CHOSEN = Choices()


@dataclass(frozen=True)
class SeekerFactory:
    """Makes seekers for one snapshot from what the store holds at this moment."""

    store: GraphStore
    rows: SnapshotRows
    embedder: Callable[[], Encoder]
    cache: Callable[[], VectorCache | VectorCaches]
    opted_out: Callable[[], frozenset[str]] = frozenset

    @cached_property
    def _opted_out_rows(self) -> frozenset[int]:
        """Rows of those who opted out; without the store of those alone whom the snapshot knows."""
        with suppress(StoreUnavailable):
            return self.rows.organizations(self.opted_out())
        return frozenset()

    @property
    def snapshot(self) -> Snapshot:
        return self.rows.snapshot

    def organization(self, profile: SeekerProfile, request: Request[str]) -> Seeker:
        """An organisation with everything it says. Raises ModelUnavailable.

        Only the few texts that are asked with have vectors: however many are new, no more are
        embedded.
        """
        seeker = self.without_texts(profile, request)
        statements, texts = self._texts(profile)
        asked = own_questions(replace(seeker, texts=texts), GOALS[request.goal])
        is_asked = [any(text is each for each in asked) for text in texts]
        vectors = self._vectors(list(compress(statements, is_asked)), seeker.row)
        with_vectors = (
            replace(text, vector=vectors.get(statement.id))
            for statement, text in zip(statements, texts, strict=True)
        )
        return replace(seeker, texts=tuple(with_vectors))

    def need(self, need: Need, profile: SeekerProfile, request: Request[str]) -> Seeker:
        """The organisation that posted the need, asking for just that."""
        asker = self.without_texts(profile, request)
        (text,) = self.free_texts([need.text], request.goal, request.choices)
        if need.stages:
            text = replace(text, sought_stages=stage_bits(need.stages))
        return replace(asker, texts=(text,))

    def without_texts(self, profile: SeekerProfile | None, request: Request[str]) -> Seeker:
        """The asker, with its partners where those are left out; without a profile an empty one."""
        if profile is None:
            return Seeker()
        seeker = self.profile(profile)
        return (
            self._with_partners(seeker, profile, GOALS[request.goal])
            if request.only_new
            else seeker
        )

    def profile(self, profile: SeekerProfile) -> Seeker:
        """The asker's profile and partners, without texts."""
        organization = profile.organization
        place = self.rows.places.get(organization.place or "", -1)
        latitude, longitude = self._coordinates(organization.place, place)
        cluster_rows = (self.rows.clusters.get(cluster.id, -1) for cluster in profile.clusters)
        return Seeker(
            row=self.rows.organization(organization.id),
            kind=organization.kind,
            size=organization.size,
            tier=organization.tier,
            founded=organization.founded_text,
            country=organization.country,
            place=place,
            industry=self.rows.industries.get(organization.industry or "", -1),
            clusters=frozenset(row for row in cluster_rows if row >= 0),
            stages=stage_bits(organization.stages),
            latitude=latitude,
            longitude=longitude,
        )

    def _with_partners(self, seeker: Seeker, profile: SeekerProfile, goal: Goal) -> Seeker:
        """The seeker with partners that the store knows and the snapshot may not yet.

        An unchanged graph has no newer partners, so nothing is read then.
        """
        if profile.version == self.snapshot.meta.version:
            return seeker
        organization_id = profile.organization.id
        around = self.store.neighborhood(organization_id, 1, MAX_PARTNERS)
        groups: list[tuple[str, ...]] = [
            (tie.source, tie.target) for tie in around.ties if tie.layer in goal.layers
        ]
        groups += [
            tuple(part.organization for part in engagement.participants)
            for engagement in around.engagements
            if engagement.kind in goal.engagements
        ]
        partners = {other for group in groups if organization_id in group for other in group}
        rows = (self.rows.organization(other) for other in partners - {organization_id})
        return replace(seeker, partners=frozenset(row for row in rows if row is not None))

    def free_texts(
        self,
        texts: Sequence[str],
        goal: GoalName,
        choices: Choices = NOTHING_CHOSEN,
        *,
        posted: bool = False,
    ) -> list[SeekerText]:
        """Texts put as the question for `goal`, embedded together; `posted` ones but once.

        Raises ModelUnavailable.
        """
        row = GOALS[goal]
        languages = [language_of(text) for text in texts]
        texts, respellings = self._as_meant(texts, languages)
        is_need = row.words is StatementKind.NEED
        if is_need:
            texts = [with_lacks_sought(text) for text in texts]
        kept = choices.hard | choices.soft
        asked = [asked_words(self.snapshot, text, row, kept) for text in texts]
        around = [
            asides(self.snapshot, words.text, language, self._quick_vectors)
            for words, language in zip(asked, languages, strict=True)
        ]
        compared = [words.compared(aside) for words, aside in zip(asked, around, strict=True)]
        vectors, abroad = self._question_vectors(compared, languages, kept=posted)
        # Who looks for customers says what it does itself.
        usual = self._usual(vectors, languages)
        readings = [read_stages(without_denied(read(text)), is_need=is_need) for text in texts]
        return [
            SeekerText(
                without_named_in(read(words.text), aside, kept) if aside else words.text,
                words.kind,
                language,
                goal,
                vector,
                other,
                is_question=True,
                usual=figures,
                held_stages=stage_bits(reading.held),
                sought_stages=stage_bits(reading.sought),
                choices=choices,
                said_of_speaker=words.said_of_speaker + named_in(read(words.text), aside, kept),
                clusters=words.clusters,
                own_clusters=words.own_clusters,
                like_clusters=words.like_clusters,
                is_by_a_firm=words.is_by_a_firm,
                respellings=slips,
                asides=aside,
            )
            for words, language, vector, other, figures, reading, slips, aside in zip(
                asked, languages, vectors, abroad, usual, readings, respellings, around, strict=True
            )
        ]

    def _as_meant(
        self, texts: Sequence[str], languages: Sequence[str]
    ) -> tuple[list[str], list[tuple[Respelling, ...]]]:
        """Texts without slips of the pen, and what is read otherwise in each."""

        def is_known(word: str) -> bool:
            return is_stated(self.snapshot, word, self._opted_out_rows)

        meant = [
            respelt(text, is_known) if language == "en" else resounded(text, is_known)
            for text, language in zip(texts, languages, strict=True)
        ]
        return [text for text, _ in meant], [slips for _, slips in meant]

    def _question_vectors(
        self, texts: Sequence[str], languages: Sequence[str], *, kept: bool
    ) -> tuple[Sequence[FloatArray | None], list[FloatArray | None]]:
        """Vectors of questions, and those for statements in other languages, where another.

        Of a graph that speaks one language nobody asks abroad.
        """
        spoken = set(statement_languages(self.snapshot)[0])
        names = [
            names_abroad(text, language) if spoken - {language} else ""
            for text, language in zip(texts, languages, strict=True)
        ]
        named = [position for position, name in enumerate(names) if name]
        raw = self._raw(texts, kept=kept)
        abroad: list[FloatArray | None] = [None] * len(texts)
        if raw is None:
            return abroad, abroad
        vectors = self._comparable(raw, languages)
        if named:
            widened = self._widened(
                raw[named], [f"{texts[position]} {names[position]}" for position in named]
            )
            others = self._comparable(widened, [languages[position] for position in named])
            for position, other in zip(named, others, strict=True):
                alone = len(self.embedder().parts) == 1
                abroad[position] = (vectors[position] + other) * np.float32(0.5) if alone else other
        return list(vectors), abroad

    def _widened(self, raw: FloatArray, texts: Sequence[str]) -> FloatArray:
        """Raw vectors (n, d) of questions as they are put in other languages.

        Of several encoders only the last, which knows them best and takes an eighth of the
        first's time, reads the names besides; one alone reads both.
        """
        last = self.embedder().parts[-1]
        return np.hstack([raw[:, : raw.shape[1] - last.dimension], last.queries(texts)])

    def _usual(self, vectors: Sequence[FloatArray | None], languages: Sequence[str]) -> list[Usual]:
        """What is usual of each question; everyday sentences are embedded once."""
        if not self.snapshot.meta.dimension:
            return [Usual()] * len(vectors)

        def embedded() -> dict[str, FloatArray]:
            spoken, texts = zip(*everyday_texts(), strict=True)
            sentences = np.array(self._query_vectors(texts, spoken, kept=True))
            return everyday_by_language(self.snapshot, sentences)

        everyday = self.snapshot.cached("everyday sentences", embedded)
        pairs = zip(vectors, languages, strict=True)
        return [usual_of(self.snapshot, each, language, everyday) for each, language in pairs]

    def _query_vectors(
        self, texts: Sequence[str], languages: Sequence[str], *, kept: bool = False
    ) -> Sequence[FloatArray | None]:
        """Of texts put as questions; `kept` in the cache of vectors, as they come again."""
        raw = self._raw(texts, kept=kept)
        return [None] * len(texts) if raw is None else list(self._comparable(raw, languages))

    def _raw(self, texts: Sequence[str], *, kept: bool) -> FloatArray | None:
        """Vectors as the encoders make them, None where the graph has none."""
        if not self.snapshot.meta.dimension:
            return None
        embedder = self.embedder()
        check_model(self.snapshot, embedder.identity)
        if kept:
            return embed_missing(self.embedder, self.cache(), texts, as_queries=True)
        return embedder.queries(texts)

    def _quick_vectors(
        self, texts: Sequence[str], languages: Sequence[str], *, kept: bool = False
    ) -> FloatArray:
        """Unit vectors (n, d) of texts by the last encoder alone, an eighth of the first's time."""
        embedder = self.embedder()
        check_model(self.snapshot, embedder.identity)
        last = embedder.parts[-1]
        raw = (
            embed_missing(lambda: last, self.cache().parts[-1], texts, as_queries=True)
            if kept
            else last.queries(texts)
        )
        others = embedder.dimension - last.dimension
        whole = np.hstack([np.zeros((len(texts), others), np.float32), raw])
        vectors = self._comparable(whole, languages)[:, others:]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def _comparable(self, raw: FloatArray, languages: Sequence[str]) -> FloatArray:
        means = self.snapshot.query_means
        return comparable(raw, languages, means, self.embedder().identity.model)

    def _texts(self, profile: SeekerProfile) -> tuple[list[Statement], tuple[SeekerText, ...]]:
        """What an organisation says, and the same as texts, without vectors."""
        statements, goals, ticked = self._speaking(profile)
        readings = {
            statement.id: _stages_of(statement, ticked.get(statement.id, ()))
            for statement in statements
        }
        return statements, tuple(
            SeekerText(
                text=statement.text,
                kind=statement.kind,
                language=statement.language or language_of(statement.text),
                goal=goals.get(statement.id),
                held_stages=stage_bits(readings[statement.id].held),
                sought_stages=stage_bits(readings[statement.id].sought),
            )
            for statement in statements
        )

    def _speaking(
        self, profile: SeekerProfile
    ) -> tuple[list[Statement], dict[str, GoalName], dict[str, tuple[Stage, ...]]]:
        """Descriptions, active offers, open needs, the newest engagements.

        With the goals of the needs, and the stages that were ticked for needs and offers, by id.
        """
        organization_id, statements = profile.organization.id, profile.statements
        by_kind = {
            kind: [s for s in statements if s.kind is kind and s.text.strip()]
            for kind in StatementKind
        }
        offers, needs = by_kind[StatementKind.OFFER], by_kind[StatementKind.NEED]
        goals: dict[str, GoalName] = {}
        ticked: dict[str, tuple[Stage, ...]] = {}
        if needs:
            still_open = self.store.needs(organization_id, NeedState.OPEN, None, MAX_PAGE).rows
            goals = {need.id: need.goal for need in still_open}
            ticked |= {need.id: need.stages for need in still_open}
            needs = [s for s in needs if s.id in goals]
        if offers:
            posted = self.store.offers(organization_id, None, MAX_PAGE, standing=True).rows
            ticked |= {offer.id: offer.stages for offer in posted}
        past = by_kind[StatementKind.ENGAGEMENT]
        past.sort(key=lambda s: (s.date is not None, s.date, s.id), reverse=True)
        current = by_kind[StatementKind.DESCRIPTION] + offers + needs
        return sorted(current, key=lambda s: s.id) + past[:MAX_ENGAGEMENT_TEXTS], goals, ticked

    def _vectors(
        self, statements: Sequence[Statement], row: int | None
    ) -> dict[str, FloatArray | None]:
        """A centred unit vector for each statement, None without a model."""
        if not self.snapshot.meta.dimension:
            return dict.fromkeys((statement.id for statement in statements), None)
        vectors = self._snapshot_vectors(statements, row)
        missing = [statement for statement in statements if statement.id not in vectors]
        if missing:
            vectors |= self._embedded(missing)
        return {statement.id: vectors[statement.id] for statement in statements}

    def _snapshot_vectors(
        self, statements: Sequence[Statement], row: int | None
    ) -> dict[str, FloatArray]:
        if row is None or not statements:
            return {}
        snapshot, vectors = self.snapshot, {}
        wanted = {statement.id: statement for statement in statements}
        for number in snapshot.organization_statements.row(row).tolist():
            statement = wanted.pop(snapshot.string("statements", "id", number), None)
            if statement is None:
                continue
            is_same = snapshot.string("statements", "text", number) == statement.text
            if is_same and (vector := snapshot.vectors[number]).any():
                vectors[statement.id] = vector
            if not wanted:
                break
        return vectors

    def _embedded(self, statements: Sequence[Statement]) -> dict[str, FloatArray]:
        texts = [statement.text for statement in statements]
        cache = self.cache()
        check_model(self.snapshot, cache.identity)
        vectors = embed_missing(self.embedder, cache, texts)
        languages = [statement.language or language_of(statement.text) for statement in statements]
        means = self.snapshot.language_means
        centred = comparable(np.asarray(vectors), languages, means, cache.identity.model)
        return {s.id: vector for s, vector in zip(statements, centred, strict=True)}

    def _coordinates(self, place: str | None, row: int) -> tuple[float, float]:
        """From the snapshot; for a place newer than it, from the store."""
        if place is None or row >= 0:
            return self.rows.coordinates(row)
        stored = self.store.places([place]).get(place)
        if stored is None or stored.latitude is None or stored.longitude is None:
            return (math.nan, math.nan)
        return (stored.latitude, stored.longitude)


def _stages_of(statement: Statement, ticked: Sequence[Stage]) -> StageReading:
    """The stages that a statement names: as ticked, else as its words name; nothing of the past."""
    is_need = statement.kind is StatementKind.NEED
    if ticked:
        stages = frozenset(ticked)
        return StageReading(sought=stages) if is_need else StageReading(held=stages)
    if statement.kind is StatementKind.ENGAGEMENT:
        return StageReading()
    return read_stages(statement.text, is_need=is_need)


def is_usable(text: str) -> bool:
    """Tell whether a text says anything, and not too much."""
    return bool(text.strip()) and len(text) <= MAX_TEXT


def check_text(text: str) -> None:
    """Raise InvalidInput for an empty or too long text, or one that is not encoded as UTF-8."""
    if not text.strip():
        raise InvalidInput("must not be empty.", where="text")
    if not is_whole(text):
        raise InvalidInput(HALF_CHARACTERS, where="text")
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            "has %(count)s characters; at most %(max_text)s.",
            where="text",
            count=len(text),
            max_text=MAX_TEXT,
        )
