"""Lines of the log as pages show them: names with links in place of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask import url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.errors import MatchmakerError
from matchmaker.ingest.columns import table_name
from matchmaker.kind_names import KIND_NAMES
from matchmaker.messages import message
from matchmaker.services.people.demo import shown_name
from matchmaker.store.log import LoggedEntry
from matchmaker.web.labels import capitalised, language, word
from matchmaker.web.layout import localised
from matchmaker.web.log_actions import action_name

_SHOWN = 60  # characters of a text that names a thing
ACTORS = {
    "admin": message("the admin key or the command line"),
    "system": message("the service itself"),
    "link": message("somebody with a link"),
    "anonymous": message("somebody who is not signed in"),
}
# What in the detail of a line names an organisation or a cluster.
_NAMING = {
    "organization": "organization",
    "into": "organization",
    "other": "organization",
    "cluster": "cluster",
}


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing by its name; `link` is "" where it has no page, `kind` says what it is."""

    text: str
    link: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line with everybody in it by name; `others` are whom its detail names."""

    logged: LoggedEntry
    action: str
    actor: NamedThing
    subject: NamedThing
    others: tuple[NamedThing, ...]


def log_lines(principal: Principal, lines: Sequence[LoggedEntry]) -> list[LogLine]:
    """The lines with names; whatever is deleted meanwhile keeps its id."""
    actors = [_split(line.entry.actor) for line in lines]
    subjects = [_split(line.entry.subject) for line in lines]
    details = [
        [(_NAMING[key], id) for key, id in line.entry.detail.items() if key in _NAMING and id]
        for line in lines
    ]
    names = _names(principal, {*actors, *subjects, *(each for row in details for each in row)})
    return [
        LogLine(
            line,
            action_name(line.entry.action),
            names[actor],
            names[subject],
            tuple(names[each] for each in others),
        )
        for line, actor, subject, others in zip(lines, actors, subjects, details, strict=True)
    ]


def _split(name: str) -> tuple[str, str]:
    """(kind, id) of `introduction/1`, `account:1`; ("", name) of what is only a name."""
    for sign in ("/", ":"):
        kind, found, id = name.partition(sign)
        if found and kind in KIND_NAMES:
            return kind, id
    return "", name


def _names(
    principal: Principal, things: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], NamedThing]:
    things = set(things)
    accounts = services().accounts.by_ids(
        principal, sorted(id for kind, id in things if kind == "account")
    )
    organizations = services().directory.by_ids(
        sorted(id for kind, id in things if kind == "organization")
    )
    names = dict[tuple[str, str], NamedThing]()
    for kind, id in things:
        if kind == "account" and id in accounts:
            account = accounts[id]
            link = url_for("web.accounts", account=id)
            names[kind, id] = NamedThing(
                shown_name(account.name, language()) or account.email, link, _kind(kind)
            )
        elif kind == "organization" and id in organizations:
            link = url_for("web.organization", id=id)
            names[kind, id] = NamedThing(localised(organizations[id]), link, _kind(kind))
        else:
            names[kind, id] = _named(principal, kind, id)
    return names


def _named(principal: Principal, kind: str, id: str) -> NamedThing:
    if not kind:
        actor = ACTORS.get(id)
        return NamedThing(actor.text(language()) if actor else id)
    try:
        text, page = _LOOK_UP[kind](principal, id) if kind in _LOOK_UP else (id, "")
    except MatchmakerError:  # deleted, or not for who reads the log
        text, page = id, ""
    link = url_for(page, id=id) if page else ""
    return NamedThing(text, link, _kind(kind))


def _kind(kind: str) -> str:
    return capitalised(KIND_NAMES[kind].text(language()))


def _cluster(_: Principal, id: str) -> tuple[str, str]:
    return localised(services().published.cluster(id)), "web.cluster"


def _introduction(principal: Principal, id: str) -> tuple[str, str]:
    view = services().introductions.show(principal, id)
    return f"{localised(view.seeker)} → {localised(view.candidate)}", "web.introduction"


def _invitation(principal: Principal, id: str) -> tuple[str, str]:
    invited = (each.email for each in services().invitations.open(principal) if each.id == id)
    return next(invited, id), ""


def _table(_: Principal, name: str) -> tuple[str, str]:
    return table_name(name).text(language()), ""


def _posting(principal: Principal, id: str) -> tuple[str, str]:
    text = services().postings.show(principal, id).posting.text
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…", "web.posting"


def _call(principal: Principal, id: str) -> tuple[str, str]:
    return services().calls.show(principal, id).brief.title, "web.call"


def _job(principal: Principal, id: str) -> tuple[str, str]:
    return word(services().job_queue.show(principal, id).kind), "web.job"


def _gathering(principal: Principal, id: str) -> tuple[str, str]:
    return word(services().gatherings.show(principal, id).gathering.kind), "web.gathering"


def _survey_link(_: Principal, organization: str) -> tuple[str, str]:
    found = services().directory.by_ids([organization])
    return (localised(found[organization]) if found else organization), ""


_LOOK_UP: dict[str, Callable[[Principal, str], tuple[str, str]]] = {
    "cluster": _cluster,
    "introduction": _introduction,
    "invitation": _invitation,
    "table": _table,
    "posting": _posting,
    "call": _call,
    "job": _job,
    "gathering": _gathering,
    "survey-link": _survey_link,
}
