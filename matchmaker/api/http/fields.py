"""Types of fields that requests share: bounded, and free of what no store can hold."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from matchmaker.domain import MAX_NAME, MAX_TEXT, Size, Tier, date_of_text
from matchmaker.errors import InvalidInput
from matchmaker.store.ports import MAX_PAGE
from matchmaker.text import clean, is_unseen, without_hidden

Row = TypeVar("Row")
MAX_INTEGER = 2**31 - 1
MAX_ID = 240
MAX_TERMS = 50  # values of one condition of a programme
ID_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,31}:[^\s\x00-\x1f\x7f]{1,200}$"


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character NUL")
    return text


def _visible(text: str) -> str:
    """A name as it is read: what an import leaves out of a cell stands in none that is sent."""
    return clean(_without_nul(text))[0]


def _visible_text(text: str) -> str:
    """The same of a text of several lines, whose tabs and indents are its writer's."""
    return without_hidden(_without_nul(text))


def _not_blank(text: str) -> str:
    if is_unseen(text):
        raise ValueError("must not be blank")
    return text


_Plain = AfterValidator(_without_nul)
_Line = AfterValidator(_visible)
_Lines = AfterValidator(_visible_text)
_Filled = AfterValidator(_not_blank)
Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=MAX_ID), _Plain]
LookupId = Annotated[str, Field(min_length=1, max_length=MAX_ID), _Plain]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), _Line, _Filled]
OptionalName = Annotated[str, Field(max_length=MAX_NAME), _Line]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), _Lines, _Filled]
OptionalText = Annotated[str, Field(max_length=MAX_TEXT), _Lines]
Short = Annotated[str, Field(max_length=200), _Line]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$", description="ISO 3166-1 alpha-2")]
Currency = Annotated[str, Field(pattern=r"^([A-Z]{3})?$", description="ISO 4217")]
Language = Annotated[str, Field(pattern=r"^([a-z]{2,3})?$", description="ISO 639; empty: detected")]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
MoneyAmount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Day = Annotated[date, Field(ge=date(1000, 1, 1), le=date(2999, 12, 31))]


def _of_calendar(text: str) -> str:
    try:
        date_of_text(text)
    except InvalidInput as error:
        raise ValueError(error.message) from None
    return text


PartialDay = Annotated[
    str,
    Field(
        pattern=r"^[12]\d{3}(-Q[1-4]|-\d{2}(-\d{2})?)?$",
        description="As precisely as known: 2012-10-31, 2012-10, 2012-Q4, 2012.",
    ),
    AfterValidator(_of_calendar),
]


class Strict(BaseModel):
    """Whatever is sent and unknown is an error: a misspelt field is never passed over."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """As pydantic's. flask-openapi3 asks for it at every request, and it takes 5 ms."""
        return super().model_json_schema(*args, **options) if args or options else _schema(cls)


class ProgrammeFields(Strict):
    """On what terms a programme may be applied to (`domain.ProgrammeTerms`)."""

    for_tiers: list[Tier] = Field([], max_length=len(Tier))
    for_certificates: list[Short] = Field([], max_length=MAX_TERMS)
    for_sizes: list[Size] = Field([], max_length=len(Size))
    for_places: list[Id] = Field([], max_length=MAX_TERMS)
    for_industries: list[Id] = Field([], max_length=MAX_TERMS)
    min_years: Count | None = None
    max_years: Count | None = None
    further_conditions: list[OptionalName] = Field(
        [], max_length=MAX_TERMS, description="In words, each to be checked by the reader."
    )
    opens: Day | None = None
    deadline: Day | None = None
    amount: OptionalName = ""
    url: OptionalName = ""


# Fields of it that say nothing by being empty, not by null.
NEVER_NULL = frozenset(
    name for name, field in ProgrammeFields.model_fields.items() if field.default is not None
)


def with_tuples(fields: dict[str, Any]) -> dict[str, Any]:
    """Lists as the tuples that values of the domain have."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }


@cache
def _schema(model: type[Strict]) -> dict[str, Any]:
    return super(Strict, model).model_json_schema()


class IdPath(BaseModel):
    """The id in a path; ids may hold `:` and `/`."""

    id: LookupId


class EditHeaders(BaseModel):
    """The version of the profile that was edited."""

    if_match: str | None = Field(
        None, alias="If-Match", max_length=100, description="ETag of the version that was read."
    )


class SeenHeaders(EditHeaders):
    """The version that was seen of what is replaced or taken back; whatever is there without."""

    @property
    def seen(self) -> str | None:
        """The mark in the ETag; None for any."""
        tag = (self.if_match or "*").strip()
        return None if tag == "*" else tag.removeprefix("W/").strip('"')


class IdempotencyHeaders(BaseModel):
    """A key under which a repeated POST is answered as the first was."""

    idempotency_key: str | None = Field(
        None, alias="Idempotency-Key", min_length=1, max_length=200, description="Your own key."
    )


class PageQuery(Strict):
    """One page; `cursor` is the `next` of the page before."""

    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=2000)


class Outgoing(BaseModel):
    """Read from the attributes of the domain's frozen values."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_serialization_defaults_required=True
    )


class Localised(Outgoing):
    """Read from attributes; messages become words of the reader's language, wherever they are."""

    model_config = ConfigDict(revalidate_instances="always")

    @classmethod
    def of(cls, value: object, language: str) -> Self:
        """The answer in a language."""
        return cls.model_validate(value, context={"language": language})


class RowOut(RootModel[Row], Generic[Row]):
    """One row of the domain, all of whose fields are public."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class FieldError(Outgoing):
    """One field at fault."""

    field: str
    message: str


class ProblemDetails(Outgoing):
    """RFC 9457 problem details."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] = []


class ListOut(Outgoing, Generic[Row]):
    """All there are."""

    items: list[Row]


class PageOut(Outgoing, Generic[Row]):
    """One page; `next` is the cursor of the following one, null on the last."""

    items: list[Row]
    next: str | None
