"""The things of the graph, as frozen values; what classes them stands in `vocabulary`.

All of it is imported from this module.

Ids are `source:key` (`cordis:O6fc04f8722c5`), unique over all kinds of things.
Values check themselves when made and raise `InvalidInput` naming the field, so
that no store ever holds what another could not.
"""

from __future__ import annotations

import calendar
import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from matchmaker.errors import InvalidInput, WrongState
from matchmaker.goals import GoalName as GoalName
from matchmaker.messages import Message, message
from matchmaker.provenance import SAID_HERE
from matchmaker.provenance import ContradictedValue as ContradictedValue
from matchmaker.provenance import FieldOrigin as FieldOrigin
from matchmaker.provenance import OtherStatement as OtherStatement
from matchmaker.provenance import Provenance as Provenance
from matchmaker.regex import regex
from matchmaker.vocabulary import RIVAL_LAYERS as RIVAL_LAYERS
from matchmaker.vocabulary import UNDIRECTED_LAYERS as UNDIRECTED_LAYERS
from matchmaker.vocabulary import ClaimTier as ClaimTier
from matchmaker.vocabulary import DatePrecision as DatePrecision
from matchmaker.vocabulary import EngagementKind as EngagementKind
from matchmaker.vocabulary import Kind as Kind
from matchmaker.vocabulary import Layer as Layer
from matchmaker.vocabulary import NeedState as NeedState
from matchmaker.vocabulary import OfferKind as OfferKind
from matchmaker.vocabulary import OrganizationStatus as OrganizationStatus
from matchmaker.vocabulary import PlaceLevel as PlaceLevel
from matchmaker.vocabulary import Role as Role
from matchmaker.vocabulary import Size as Size
from matchmaker.vocabulary import SourceTier as SourceTier
from matchmaker.vocabulary import Stage as Stage
from matchmaker.vocabulary import StatementKind as StatementKind
from matchmaker.vocabulary import Terms as Terms
from matchmaker.vocabulary import Tier as Tier

MAX_TEXT = 20_000
# What parts conditions in words from each other.
PARTING = ";；\n"
MAX_NAME = 500
MAX_OTHER_NAMES = 50
MAX_KIND = 120  # of what a certificate is known as
EMPTY = message("must not be empty.")
HALF_CHARACTERS = message("has characters that are only half there; send text as UTF-8.")
_ID = regex(r"[a-z0-9][a-z0-9_.-]{0,31}:[^\s\x00-\x1f\x7f]{1,200}")

_DATE_TEXT = regex(r"(\d{4})(?:-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?")

NEED_TRANSITIONS: dict[NeedState, frozenset[NeedState]] = {
    NeedState.OPEN: frozenset({NeedState.MATCHED, NeedState.CLOSED, NeedState.EXPIRED}),
    NeedState.MATCHED: frozenset({NeedState.OPEN, NeedState.CLOSED}),
    NeedState.CLOSED: frozenset({NeedState.OPEN}),
    NeedState.EXPIRED: frozenset({NeedState.OPEN, NeedState.CLOSED}),
}


def date_text(date: datetime.date, precision: DatePrecision) -> str:
    """The date as precisely as it is known: 2012, 2012-Q4, 2012-10, 2012-10-31."""
    match precision:
        case DatePrecision.YEAR:
            return f"{date.year:04}"
        case DatePrecision.QUARTER:
            return f"{date.year:04}-Q{(date.month + 2) // 3}"
        case DatePrecision.MONTH:
            return f"{date.year:04}-{date.month:02}"
        case DatePrecision.DAY:
            return date.isoformat()


def _require(condition: bool, entity: object, name: str, fault: Message) -> None:
    if not condition:
        raise InvalidInput(fault, where=f"{type(entity).__name__}.{name}")


def date_of_text(text: str) -> tuple[datetime.date, DatePrecision]:
    """The inverse of `date_text`: the first day and how much of it is known.

    Raises InvalidInput.
    """
    match = _DATE_TEXT.fullmatch(text)
    year, quarter, month, day = match.groups() if match else (None, None, None, None)
    first = (int(quarter) - 1) * 3 + 1 if quarter else int(month or 1)
    try:
        date = datetime.date(int(year or 0), first, int(day or 1))
    except ValueError:
        raise InvalidInput(
            "'%(cell)s' is no day of the calendar.", where="date", cell=text
        ) from None
    if day:
        return date, DatePrecision.DAY
    if quarter:
        return date, DatePrecision.QUARTER
    return date, DatePrecision.MONTH if month else DatePrecision.YEAR


_MONTHS = {DatePrecision.YEAR: 12, DatePrecision.QUARTER: 3, DatePrecision.MONTH: 1}


def last_day_of_text(text: str) -> datetime.date:
    """The last day of what `date_of_text` reads: 2027 is 2027-12-31. Raises InvalidInput."""
    first, precision = date_of_text(text)
    if precision is DatePrecision.DAY:
        return first
    month = first.month + _MONTHS[precision] - 1
    return first.replace(month=month, day=calendar.monthrange(first.year, month)[1])


def is_whole(text: str) -> bool:
    """Tell whether a text can be written: halves of characters stand for bytes, not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id, source:key."""
    return _ID.fullmatch(text) is not None


def _check_ids(entity: object, *names: str) -> None:
    for name in names:
        value = getattr(entity, name)
        if value is None or _ID.fullmatch(value) is None:
            fault = message("%(value)s is not an id of the form source:key.", value=repr(value))
            _require(False, entity, name, fault)


def _check_text(entity: object, name: str, limit: int = MAX_TEXT, *, filled: bool = False) -> None:
    text = getattr(entity, name)
    if filled:
        _require(bool(text.strip()), entity, name, EMPTY)
    if len(text) > limit:
        fault = message(
            "has %(length)s characters; at most %(limit)s.", length=len(text), limit=limit
        )
        _require(False, entity, name, fault)
    _require(is_whole(text), entity, name, HALF_CHARACTERS)


def _check_further_conditions(entity: object, conditions: tuple[str, ...]) -> None:
    """Each is a line of its own in files and on pages, where they are parted by ;."""
    name, longest = "further_conditions", max(map(len, conditions), default=0)
    _require(all(condition.strip() for condition in conditions), entity, name, EMPTY)
    fault = message("has %(length)s characters; at most %(limit)s.", length=longest, limit=MAX_NAME)
    _require(longest <= MAX_NAME, entity, name, fault)
    is_parted = not any(mark in condition for condition in conditions for mark in PARTING)
    _require(is_parted, entity, name, message("holds a line break or ;: make it two conditions."))


def _check_other_names(entity: object, names: tuple[str, ...]) -> None:
    if not names:  # as most have none, and whole tables are read
        return
    _require(all(name.strip() for name in names), entity, "other_names", EMPTY)
    fault = message("has %(length)s characters; at most %(limit)s.",
                    length=max(map(len, names), default=0), limit=MAX_NAME)  # fmt: skip
    _require(all(len(name) <= MAX_NAME for name in names), entity, "other_names", fault)
    fault = message("are %(length)s; at most %(limit)s.", length=len(names), limit=MAX_OTHER_NAMES)
    _require(len(names) <= MAX_OTHER_NAMES, entity, "other_names", fault)


def _check_not_negative(entity: object, name: str) -> None:
    value = getattr(entity, name)
    if value is not None and value < 0:
        _require(False, entity, name, message("is negative."))


def _check_period(entity: object, since: datetime.date | None, until: datetime.date | None) -> None:
    if since is not None and until is not None and since > until:
        fault = message("%(until)s is before %(since)s.", until=until, since=since)
        _require(False, entity, "until", fault)


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the hierarchy of places; latitude and longitude in degrees, WGS-84."""

    id: str
    name: str
    level: PlaceLevel
    name_en: str = ""
    parent: str | None = None
    country: str = ""  # ISO 3166-1 alpha-2
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        _check_ids(self, "id")
        _check_text(self, "name", MAX_NAME)
        if self.latitude is not None:
            is_latitude = -90 <= self.latitude <= 90
            _require(is_latitude, self, "latitude", message("must be between -90 and 90."))
        if self.longitude is not None:
            is_longitude = -180 <= self.longitude <= 180
            _require(is_longitude, self, "longitude", message("must be within ±180."))


@dataclass(frozen=True, slots=True)
class Industry:
    """A node of an industry classification (GB/T 4754, NACE)."""

    id: str
    name: str
    name_en: str = ""
    parent: str | None = None

    def __post_init__(self) -> None:
        _check_ids(self, "id")
        _check_text(self, "name", MAX_NAME)


@dataclass(frozen=True, slots=True)
class NamedOrganization:
    """An organisation as answers name it: audits, introductions."""

    id: str
    name: str
    name_en: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Organization:
    """A firm, university, institute, platform or public body.

    `capacity` is the number of introductions it can still take on (None: not
    said). `listed` False means it opted out of being recommended. `contact` is
    private: no public view carries it. `date_precision` is that of `founded`.
    `street_address` is where it is in its source's own words, finer than `place`.
    `other_names` are what it is or was called besides: short names, acronyms, former names.
    `ended` is the day it was dissolved, `successor` the organisation that took its
    place. Codes (`credit_code`, `vat`, `lei`, `ror`) are kept as their source has them;
    only valid ones tell who it is. `origins` tell of the fields that do not come from
    `provenance`, or that another source contradicts. `version` is kept by the store and
    counts its changes, for compare-and-set.
    """

    id: str
    name: str
    kind: Kind
    name_en: str = ""
    size: Size | None = None
    tier: Tier | None = None
    place: str | None = None
    industry: str | None = None
    country: str = ""
    stages: tuple[Stage, ...] = ()
    credit_code: str = ""
    vat: str = ""
    lei: str = ""  # ISO 17442
    ror: str = ""  # Research Organization Registry
    website: str = ""
    street_address: str = ""
    contact: str = ""
    capacity: int | None = None
    listed: bool = True
    founded: datetime.date | None = None
    date_precision: DatePrecision = DatePrecision.DAY
    status: OrganizationStatus = OrganizationStatus.ACTIVE
    ended: datetime.date | None = None
    successor: str | None = None
    other_names: tuple[str, ...] = ()
    provenance: Provenance = SAID_HERE
    origins: tuple[FieldOrigin, ...] = ()
    version: int = 0

    def __post_init__(self) -> None:
        _check_ids(self, "id")
        _check_text(self, "name", MAX_NAME, filled=True)
        _check_text(self, "name_en", MAX_NAME)
        _check_text(self, "street_address", MAX_NAME)
        _check_other_names(self, self.other_names)
        _check_not_negative(self, "capacity")
        if self.successor is not None:
            _check_ids(self, "successor")
            fault = message("is the organisation itself.")
            _require(self.successor != self.id, self, "successor", fault)

    @property
    def all_names(self) -> str:
        """Every name of it, as full text is searched."""
        return " ".join((self.name, self.name_en, *self.other_names))

    @property
    def open_to_meet(self) -> bool:
        """Tell whether it did not opt out and still is."""
        return self.listed and self.status is OrganizationStatus.ACTIVE

    def is_active_on(self, day: datetime.date) -> bool:
        """Tell whether it was neither dissolved nor in liquidation; with no day known, by now."""
        is_active = self.status is OrganizationStatus.ACTIVE
        return is_active or (self.ended is not None and self.ended > day)

    @property
    def founded_text(self) -> str:
        """The day it was founded, as precisely as it is known; "" where it is not."""
        return date_text(self.founded, self.date_precision) if self.founded else ""

    @property
    def named(self) -> NamedOrganization:
        """As answers name it."""
        return NamedOrganization(self.id, self.name, self.name_en, self.kind)


@dataclass(frozen=True, slots=True)
class Description:
    """A text about an organisation: its profile, an industry it works in."""

    id: str
    organization: str
    text: str
    language: str = ""
    date: datetime.date | None = None
    date_estimated: bool = False
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY

    def __post_init__(self) -> None:
        _check_ids(self, "id", "organization")
        _check_text(self, "text")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate or qualification that an organisation holds, from `since` to `until`.

    `kind` is how it is known ("ISO 9001"), `proof` the name or address of the file that shows it.
    `claim` says who stands for it since `confirmed_on`; the log names them. `date_precision` is
    that of `since`. `taken_back_on` is the day on which a coordinator took a confirmation back,
    until one of them confirms it anew; meanwhile it is only stated.
    """

    id: str
    organization: str
    kind: str
    number: str = ""
    issuer: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    proof: str = ""
    claim: ClaimTier = ClaimTier.STATED
    confirmed_on: datetime.date | None = None
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY
    taken_back_on: datetime.date | None = None

    def __post_init__(self) -> None:
        _check_ids(self, "id", "organization")
        _check_text(self, "kind", MAX_KIND, filled=True)
        for name in ("number", "issuer", "proof"):
            _check_text(self, name, MAX_NAME)
        _check_period(self, self.since, self.until)
        is_stated = self.taken_back_on is None or self.claim is ClaimTier.STATED
        fault = message("is confirmed although the confirmation was taken back.")
        _require(is_stated, self, "claim", fault)

    @property
    def since_text(self) -> str:
        """The first day, as precisely as it is known; "" where it is not."""
        return date_text(self.since, self.date_precision) if self.since else ""

    def is_valid_on(self, day: datetime.date) -> bool:
        """Tell whether it holds on a day; where no last day is known, it does."""
        return is_within(self.since, self.until, day)


def is_within(since: datetime.date | None, until: datetime.date | None, day: datetime.date) -> bool:
    """Tell whether a day is one of a period; an end that is None is not known and no bound."""
    return (since is None or since <= day) and (until is None or until >= day)


_CERTIFICATE_ID = "#certificate-"


def certificate_id(organization: str, kind: str, number: str = "") -> str:
    """The id of a certificate that nobody gave one: the same from whatever source it is told.

    An organisation holds one of a kind, so a number tells only those of one kind apart.
    """
    identity = f"{kind.casefold()}\x1f{number}" if number else kind.casefold()
    digest = hashlib.blake2b(identity.encode(), digest_size=6).hexdigest()
    return f"{organization[:180]}{_CERTIFICATE_ID}{digest}"


def is_certificate_id(id: str) -> bool:
    """Tell whether an id is one that `certificate_id` gave."""
    return _CERTIFICATE_ID in id


@dataclass(frozen=True, slots=True)
class Cluster:
    """A recognised industrial cluster; `batch` is the year it was recognised."""

    id: str
    name: str
    name_en: str = ""
    place: str | None = None
    industry: str | None = None
    level: str = ""
    batch: int | None = None
    provenance: Provenance = SAID_HERE

    def __post_init__(self) -> None:
        _check_ids(self, "id")
        _check_text(self, "name", MAX_NAME, filled=True)


@dataclass(frozen=True, slots=True)
class Membership:
    """An organisation belongs to a cluster from `since` to `until` (None: still)."""

    cluster: str
    organization: str
    since: datetime.date | None = None
    until: datetime.date | None = None
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY

    def __post_init__(self) -> None:
        _check_ids(self, "cluster", "organization")
        _check_period(self, self.since, self.until)

    @property
    def key(self) -> tuple[str, str]:
        return (self.cluster, self.organization)

    @property
    def since_text(self) -> str:
        """The first day, as precisely as it is known; "" where it is not."""
        return date_text(self.since, self.date_precision) if self.since else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTerms:
    """On what conditions a programme may be applied to, and until when; blank: not a condition.

    One of `for_tiers` or `for_certificates` is enough, as is one of `for_sizes`, `for_places` and
    `for_industries` (ids, with all that lies below them). `min_years` and `max_years` bound the
    years since the applicant was founded. `further_conditions` are in words: whoever reads them
    checks them. `opens` and `deadline` are the first and the last day;
    `amount` says in words what is given, `url` where it is announced.
    """

    for_tiers: tuple[Tier, ...] = ()
    for_certificates: tuple[str, ...] = ()
    for_sizes: tuple[Size, ...] = ()
    for_places: tuple[str, ...] = ()
    for_industries: tuple[str, ...] = ()
    min_years: int | None = None
    max_years: int | None = None
    further_conditions: tuple[str, ...] = ()
    opens: datetime.date | None = None
    deadline: datetime.date | None = None
    amount: str = ""
    url: str = ""

    def check_terms(self) -> None:
        """Raises InvalidInput naming the field."""
        for name in ("min_years", "max_years"):
            _check_not_negative(self, name)
        least, most = self.min_years, self.max_years
        fault = message("%(until)s is before %(since)s.", until=most, since=least)
        is_period = least is None or most is None or least <= most
        _require(is_period, self, "max_years", fault)
        if self.opens is not None and self.deadline is not None and self.opens > self.deadline:
            fault = message("%(until)s is before %(since)s.", until=self.deadline, since=self.opens)
            _require(False, self, "deadline", fault)
        for name in ("for_places", "for_industries"):
            fault = message("%(value)s is not an id of the form source:key.", value=name)
            _require(all(map(is_id, getattr(self, name))), self, name, fault)
        _check_further_conditions(self, self.further_conditions)
        _check_text(self, "amount", MAX_NAME)
        _check_text(self, "url", MAX_NAME)
        is_address = not self.url or self.url.startswith(("https://", "http://"))
        _require(is_address, self, "url", message("is no address of the web (https://…)."))

    def is_open_on(self, day: datetime.date) -> bool:
        """Tell whether it can be applied to on a day; without a deadline, always."""
        return is_within(self.opens, self.deadline, day)


@dataclass(frozen=True, slots=True)
class Offer(ProgrammeTerms):
    """A thing that an organisation can give; `slots` is how many can still take it up.

    The terms of a programme are for offers of that kind. Its name is the first line of its text.
    """

    id: str
    organization: str
    kind: OfferKind
    text: str
    language: str = ""
    terms: Terms = Terms.MARKET
    slots: int | None = None
    stages: tuple[Stage, ...] = ()
    date: datetime.date | None = None
    active: bool = True
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY

    def __post_init__(self) -> None:
        _check_ids(self, "id", "organization")
        _check_text(self, "text", filled=True)
        _check_not_negative(self, "slots")
        self.check_terms()


@dataclass(frozen=True, slots=True)
class Need:
    """A thing that an organisation looks for, in its own words; `date` is when it was posted."""

    id: str
    organization: str
    goal: GoalName
    text: str
    language: str = ""
    quantity: str = ""
    budget: float | None = None
    currency: str = ""
    deadline: datetime.date | None = None
    stages: tuple[Stage, ...] = ()
    date: datetime.date | None = None
    state: NeedState = NeedState.OPEN
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY

    def __post_init__(self) -> None:
        _check_ids(self, "id", "organization")
        _check_text(self, "text", filled=True)
        _check_not_negative(self, "budget")

    def is_answerable_on(self, day: datetime.date) -> bool:
        """Tell whether it can be answered: it is open and its deadline has not passed."""
        return self.state is NeedState.OPEN and (self.deadline is None or self.deadline >= day)

    def transitioned(self, before: NeedState, after: NeedState) -> Need:
        """The need in its new state. Raises WrongState: not in `before`, or no such way."""
        if self.state is before and after in NEED_TRANSITIONS[before]:
            return replace(self, state=after)
        raise WrongState(
            "%(id)s is %(state)s; it cannot go from %(before)s to %(after)s.",
            mend="Read it again: somebody else may have changed it.",
            id=self.id,
            state=self.state,
            before=before,
            after=after,
        )


@dataclass(frozen=True, slots=True)
class Participant:
    """One organisation's part in an engagement; `amount` in the engagement's currency.

    `ended` says that it left before the end; on which day is not known.
    """

    organization: str
    role: Role
    amount: float | None = None
    ended: bool = False

    def __post_init__(self) -> None:
        _check_ids(self, "organization")


@dataclass(frozen=True, slots=True)
class Engagement:
    """A dated joint undertaking.

    `date` is its start (award, filing); where the source has none it is the
    middle of the period the source names, and `date_estimated` is True. `number` is that of
    the order, contract, project or patent. `ended` says that it holds no more, as a patent that
    lapsed: it is on record and speaks for nobody. `also_stated` are further statements of it.
    """

    id: str
    kind: EngagementKind
    participants: tuple[Participant, ...]
    title: str = ""
    text: str = ""
    language: str = ""
    date: datetime.date | None = None
    until: datetime.date | None = None
    date_estimated: bool = False
    programme: str = ""
    topic: str = ""
    amount: float | None = None
    currency: str = ""
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY
    number: str = ""
    ended: bool = False
    also_stated: tuple[OtherStatement, ...] = ()

    def __post_init__(self) -> None:
        _check_ids(self, "id")
        _check_text(self, "title")
        _check_text(self, "text")
        if not self.participants:
            _require(False, self, "participants", message("must name at least one."))
        _check_period(self, self.date, self.until)

    @property
    def statement_text(self) -> str:
        """Title and text as one piece of evidence; "" of what holds no more."""
        if self.ended:
            return ""
        return f"{self.title}. {self.text}".strip(". ") if self.text else self.title


@dataclass(frozen=True, slots=True)
class Tie:
    """A dated, sourced relation between two organisations.

    `ended` says that it holds no more where the day on which it ended is not known.
    `also_stated` are further statements of the same, as of the other side.
    """

    id: str
    source: str
    target: str
    layer: Layer
    since: datetime.date | None = None
    until: datetime.date | None = None
    date_estimated: bool = False
    note: str = ""
    ended: bool = False
    provenance: Provenance = SAID_HERE
    date_precision: DatePrecision = DatePrecision.DAY
    also_stated: tuple[OtherStatement, ...] = ()

    def __post_init__(self) -> None:
        _check_ids(self, "id", "source", "target")
        fault = message("a tie needs two organisations.")
        _require(self.source != self.target, self, "target", fault)
        _check_period(self, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Observation:
    """A dated figure reported by an organisation or a cluster (`subject`)."""

    id: str
    subject: str
    indicator: str
    year: int
    value: float
    unit: str = ""
    provenance: Provenance = SAID_HERE

    def __post_init__(self) -> None:
        _check_ids(self, "id", "subject")
        fault = message("%(year)s is not a year.", year=self.year)
        _require(1900 <= self.year <= 2200, self, "year", fault)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another id under which `organization` is known: it was merged for `reason`."""

    id: str
    organization: str
    reason: str

    def __post_init__(self) -> None:
        _check_ids(self, "id", "organization")
        is_other = self.id != self.organization
        _require(is_other, self, "organization", message("is the alias itself."))


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """Two organisations that may be one, for a person to decide.

    `score` is the chance that they are, in [0, 1]; `reason` holds the ids of the messages that
    say why, parted by "; ".
    """

    first: str
    second: str
    score: float
    reason: str

    def __post_init__(self) -> None:
        _check_ids(self, "first", "second")
        fault = message("must sort after the first.")
        _require(self.first < self.second, self, "second", fault)

    @property
    def reasons(self) -> list[Message]:
        """Reasons why the two may be one, the strongest first."""
        return [Message(reason) for reason in self.reason.split("; ")]

    @property
    def is_of_one_name(self) -> bool:
        """Tell whether the two bear one name, in whatever spelling or language."""
        return self.reason.startswith("same name")

    @property
    def key(self) -> tuple[str, str]:
        return (self.first, self.second)


def key_of(row: Any) -> Any:
    """The key of a row in its table: its pair of ids where it has one, else its id."""
    return row.key if hasattr(row, "key") else row.id


@dataclass(frozen=True, slots=True)
class GraphRows:
    """Rows of every table, in the order in which they may refer to each other.

    The one currency between ingest, stores and snapshot: what is imported, what
    `upsert` takes and what `export` gives back.
    """

    places: tuple[Place, ...] = ()
    industries: tuple[Industry, ...] = ()
    organizations: tuple[Organization, ...] = ()
    aliases: tuple[Alias, ...] = ()
    duplicates: tuple[DuplicateCandidate, ...] = ()
    descriptions: tuple[Description, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    memberships: tuple[Membership, ...] = ()
    offers: tuple[Offer, ...] = ()
    needs: tuple[Need, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    ties: tuple[Tie, ...] = ()
    observations: tuple[Observation, ...] = ()

    def tables(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Name and rows of each table, referenced tables first."""
        for column in fields(self):
            yield column.name, getattr(self, column.name)

    def __or__(self, other: GraphRows) -> GraphRows:
        """The rows of both; of two with one key the other's."""
        joined = {}
        for name, rows in self.tables():
            by_key = {key_of(row): row for row in (*rows, *getattr(other, name))}
            joined[name] = tuple(by_key.values())
        return GraphRows(**joined)

    def counts(self) -> dict[str, int]:
        """Rows of each table that has any."""
        return {name: len(rows) for name, rows in self.tables() if rows}

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self.tables())


@dataclass(frozen=True, slots=True)
class Statement:
    """Any text that speaks for organisations, whatever it is in the graph."""

    id: str
    kind: StatementKind
    organizations: tuple[str, ...]
    text: str
    language: str = ""
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: from one organisation to the next over a tie or an engagement."""

    source: str
    target: str
    via: str  # id of the tie or engagement
    label: str  # layer, or kind of engagement
    title: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """An ego network: the organisations within `depth` steps and what joins them."""

    centre: str
    depth: int
    organizations: tuple[Organization, ...]
    ties: tuple[Tie, ...]
    engagements: tuple[Engagement, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationFilter:
    """The conditions of a list or search of organisations; None means any.

    `places` and `industries` include everything below them in their hierarchy. `certificates`
    are kinds (`Certificate.kind`), of which one that is valid today is enough.
    """

    kinds: frozenset[Kind] = field(default_factory=frozenset)
    sizes: frozenset[Size] = field(default_factory=frozenset)
    tiers: frozenset[Tier] = field(default_factory=frozenset)
    countries: frozenset[str] = field(default_factory=frozenset)
    places: frozenset[str] = field(default_factory=frozenset)
    industries: frozenset[str] = field(default_factory=frozenset)
    cluster: str | None = None
    certificates: frozenset[str] = field(default_factory=frozenset)
