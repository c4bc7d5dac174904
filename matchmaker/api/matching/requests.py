"""Requests of recommendations, and of what is done with them."""

from __future__ import annotations

from pydantic import Field, model_validator

from matchmaker.api.directory.requests import MAX_VALUES, CertificateNames, Narrowing
from matchmaker.api.http.fields import LookupId, OptionalText, Short, Strict, Text
from matchmaker.api.http.files import ExportQuery
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput
from matchmaker.recommend.model import Filters, Request
from matchmaker.recommend.specification import Choices
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.programme_alerts import ProgrammeChoice

MAX_RECOMMENDATIONS = 100
NAME_PARTNERS = "Name the partners that fit and are left out; else they are only counted."


class CandidateFilters(Narrowing):
    """Narrows the candidates of a recommendation."""

    cluster: list[LookupId] = Field([], max_length=MAX_VALUES, description="By id or name.")
    certificate: CertificateNames = Field([])
    radius_km: float | None = Field(
        None,
        gt=0,
        le=20_040,
        allow_inf_nan=False,
        description="From the seeker, or from latitude, longitude.",
    )
    latitude: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _both_coordinates(self) -> CandidateFilters:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self

    def to_ids(self) -> Filters[str]:
        centre = None
        if self.latitude is not None and self.longitude is not None:
            centre = (self.latitude, self.longitude)
        return Filters(
            **self.narrowed_to(),
            clusters=frozenset(self.cluster),
            certificates=frozenset(self.certificate),
            radius_km=self.radius_km,
            centre=centre,
        )


class RequirementChoices(Strict):
    """The requirements read from the words that count; `key` as answers give it."""

    ignored: list[Short] = Field([], max_length=MAX_VALUES, description="Keys not to count.")
    hard: list[Short] = Field([], max_length=MAX_VALUES, description="Keys to insist on.")
    soft: list[Short] = Field([], max_length=MAX_VALUES, description="Keys merely wished for.")

    def to_choices(self) -> Choices:
        return Choices(frozenset(self.ignored), frozenset(self.hard), frozenset(self.soft))


class RecommendationQuery(CandidateFilters):
    """The question of an organisation: what it looks for."""

    goal: GoalName
    limit: int = Field(10, ge=1, le=MAX_RECOMMENDATIONS)
    only_new: bool = Field(True, description="Leave out those who are partners already.")
    name_partners: bool = Field(True, description=NAME_PARTNERS)
    exposure_cap: bool = Field(
        True, description="Make those who are suggested to many others pay for it."
    )

    def to_question(self) -> Request[str]:
        return Request(self.goal, self.limit, self.only_new, self.to_ids(), self.exposure_cap)


class RecommendationExportQuery(ExportQuery, RecommendationQuery):
    """Recommendations as a file."""

    text: OptionalText = Field("", description="In one's own words; empty: by the profile.")


class RecommendationBody(Strict):
    """A free text, or a posted need, to find partners for."""

    text: Text | None = None
    need: LookupId | None = None
    organization: LookupId | None = Field(None, description="Who asks, with a text.")
    goal: GoalName | None = Field(None, description="Required with a text; a need has its own.")
    limit: int = Field(10, ge=1, le=MAX_RECOMMENDATIONS)
    only_new: bool = True
    name_partners: bool = Field(True, description=NAME_PARTNERS)
    exposure_cap: bool = True
    filters: CandidateFilters = CandidateFilters()
    requirements: RequirementChoices = RequirementChoices()

    @model_validator(mode="after")
    def _one_question(self) -> RecommendationBody:
        if (self.text is None) == (self.need is None):
            raise ValueError("send either text or need")
        if self.text is not None and self.goal is None:
            raise ValueError("a text needs a goal")
        if self.need is not None and self.organization is not None:
            raise ValueError("a need has its own organization")
        return self

    def to_question(self, goal_of_need: GoalName | None = None) -> Request[str]:
        """The question; a need has a goal of its own."""
        goal = self.goal or goal_of_need
        if goal is None:  # validated above: only a need comes without a goal
            raise InvalidInput("is needed.", where="goal")
        return Request(
            goal,
            self.limit,
            self.only_new,
            self.filters.to_ids(),
            self.exposure_cap,
            self.requirements.to_choices(),
        )


class Click(Strict):
    """The candidate of a list that was looked at."""

    candidate: LookupId


class Pick(Strict):
    """Save a candidate, or dismiss it with a reason."""

    candidate: LookupId
    kind: InteractionKind
    reason: Short = ""
    goal: GoalName | None = Field(None, description="What it was looked for.")


class PickQuery(Strict):
    """A filter of what was saved, or dismissed."""

    kind: InteractionKind = InteractionKind.SAVED


class CandidateQuery(Strict):
    """The candidate that is meant."""

    candidate: LookupId


class ChosenProgramme(Strict):
    """A programme and what a firm decides on it; null takes the decision back."""

    programme: LookupId
    choice: ProgrammeChoice | None
