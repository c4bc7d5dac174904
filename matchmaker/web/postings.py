"""Pages of needs and offers: one's own, and the open needs of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.cooperation.requests import NewPosting, PostingPatch
from matchmaker.api.http.context import services
from matchmaker.domain import PARTING, GoalName, Kind, Need, Offer, OfferKind, Size, Terms, Tier
from matchmaker.errors import ChangedMeanwhile, InvalidInput, MatchmakerError
from matchmaker.messages import message
from matchmaker.recommend.model import Request
from matchmaker.services.cooperation.postings import MOST_IMPORTED
from matchmaker.services.directory.codes import CodeTable
from matchmaker.services.matching.interaction_log import DISMISSAL_REASONS
from matchmaker.web.cards import Card, cards_of
from matchmaker.web.find import PAGE_SIZE, asked_text, picks_of
from matchmaker.web.forms import read_form
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    PageAnswer,
    acting_organization,
    own_organization,
    parse_choice,
    redirect_back,
    show_notice,
    signed_in,
    web,
    whole_number,
)
from matchmaker.web.name_lookup import industry_meant
from matchmaker.web.qr_codes import qr_code
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.posting import Posting, PostingAction, PostingState

NEEDS_SHOWN = 3


@web.get("/postings")
def postings() -> PageAnswer:
    """One's needs and offers in every state."""
    principal, own = signed_in(), acting_organization()
    after = request.args.get("after", "")
    page = services().postings.listed(principal, own, after, 50)
    imported = () if after else services().postings.imported(principal, own)
    today = datetime.now(UTC).date()
    return render_template(
        "postings.html", page=page, imported=imported, most_imported=MOST_IMPORTED, today=today
    )


@web.get("/postings/new")
def new_posting() -> PageAnswer:
    """A need or an offer in one's own words."""
    principal = signed_in()
    sent = {"what": "need"} | request.args.to_dict()
    return _posting_page(sent | {"text": asked_text(principal)})


def _posting_page(
    sent: dict[str, Any],
    preview: list[Card] | None = None,
    *,
    is_change: bool = False,
    saved_meanwhile: str = "",
) -> str:
    return render_template(
        "posting_new.html",
        sent=sent,
        preview=preview,
        is_change=is_change,
        saved_meanwhile=saved_meanwhile,
        goals=list(GoalName),
        offer_kinds=list(OfferKind),
        terms=list(Terms),
        tiers=list(Tier),
        sizes=list(Size),
        reasons=DISMISSAL_REASONS,
    )


_KEPT = {
    PostingState.DRAFT: message("It is kept as a draft; nobody else sees it."),
    PostingState.IN_REVIEW: message("It is handed in; others see it once it is approved."),
    PostingState.PUBLISHED: message("It is published."),
}
_MOVED = {
    PostingAction.WITHDRAW: message("It is taken down: nobody finds it any more."),
    PostingAction.RENEW: message("It is renewed."),
}
# Conditions of a programme as the form has them: several are ticked, or parted by ;.
_TICKED = ("for_tiers", "for_sizes")
_PARTED = ("for_certificates", "for_places", "for_industries")
_TABLES: dict[str, CodeTable] = {"for_places": "places", "for_industries": "industries"}
_IN_WORDS = "further_conditions"
_PROGRAMME = (
    *_TICKED, *_PARTED, _IN_WORDS, "min_years", "max_years", "opens", "deadline", "amount", "url",
)  # fmt: skip


def _several() -> dict[str, list[str]]:
    """Conditions that have several values; none where the form is not that of an offer."""
    if request.form.get("what") != "offer":
        return {}
    chosen = {
        name: [_meant(name, part) for part in _parts(name, request.form.get(name, ""))]
        for name in _PARTED
    }
    further = re.split(f"[{PARTING}]", request.form.get(_IN_WORDS, ""))
    chosen[_IN_WORDS] = [part.strip() for part in further if part.strip()]
    return chosen | {name: request.form.getlist(name) for name in _TICKED}


def _parts(name: str, text: str) -> Iterator[str]:
    """What a field of several names; an industry's own name has commas: 泵、阀门、压缩机制造."""
    for part in filter(None, map(str.strip, re.split("[;；\n]", text))):
        if name == "for_industries" and _is_industry(part):
            yield part
        else:
            yield from filter(None, map(str.strip, part.split("、")))


def _is_industry(text: str) -> bool:
    try:
        return services().codes.meant("industries", text)[0] is not None
    except InvalidInput:
        return False


def _meant(name: str, text: str) -> str:
    """What a condition says: of a place or an industry its id, by whatever it is called."""
    table = _TABLES.get(name)
    try:
        if table == "industries":
            return industry_meant(text) or text
        return text if table is None else services().codes.id_of(table, text) or text
    except InvalidInput as error:
        error.where = name
        raise


def _written(name: str, value: str) -> str:
    """The same as people write it."""
    table = _TABLES.get(name)
    return value if table is None else services().codes.name_of(table, value)


@web.post("/postings/new")
def make_posting() -> PageAnswer:
    """Shown who could meet it first; then saved or published."""
    principal, form = signed_in(), request.form
    sent = form.to_dict() | {name: form.getlist(name) for name in _TICKED}
    try:
        posting = read_form(NewPosting, organization=own_organization(), **_several()).to_posting()
        if form.get("do") == "preview":
            answer = services().postings.preview(principal, posting, 5)
            cards = cards_of(principal, answer).matches
            return _posting_page(sent, cards)
        posted = services().postings.post(principal, posting, publish=form.get("do") != "draft")
    except MatchmakerError as error:
        show_notice(error.text(language()), "bad")
        return _posting_page(sent), 422
    show_notice(_KEPT.get(posted.posting.state, message("Saved.")).text(language()))
    return redirect(url_for("web.posting", id=posted.posting.id), 303)


@web.get("/postings/imported")
def change_imported() -> PageAnswer:
    """Change an imported need or offer of one's own."""
    row = services().postings.imported_row(
        signed_in(), acting_organization(), request.args.get("id", "")
    )
    return _posting_page(_fields(row, row.goal if isinstance(row, Need) else ""), is_change=True)


@web.post("/postings/imported")
def adopt_imported() -> PageAnswer:
    """From now on it is a posting, as changed."""
    principal, own, id = signed_in(), acting_organization(), request.args.get("id", "")
    try:
        posted = services().postings.adopt(principal, own, id, _changes())
    except MatchmakerError as error:
        show_notice(error.text(language()), "bad")
        return _posting_page(request.form.to_dict(), is_change=True), 422
    show_notice(gettext("Saved."))
    return redirect(url_for("web.posting", id=posted.posting.id), 303)


@web.get("/postings/<id>/change")
def change_posting(id: str) -> PageAnswer:
    """A posting of one's own, to be changed."""
    posted = services().postings.show(signed_in(), id)
    sent = _fields(posted.posting, posted.posting.goal or "") | {"version": str(posted.version)}
    return _posting_page(sent, is_change=True)


@web.post("/postings/<id>/change")
def save_posting(id: str) -> PageAnswer:
    """Saved, unless somebody else did meanwhile: then theirs is shown beside what was typed."""
    principal = signed_in()
    sent = request.form.to_dict()
    try:
        seen_version = sent.get("version", "")
        version = int(seen_version) if re.fullmatch("[0-9]{1,9}", seen_version) else 0
        services().postings.edit(principal, id, _changes(), version)
    except MatchmakerError as error:
        now = services().postings.show(principal, id)
        if sent.get("version") != str(now.version):
            sent["version"] = str(now.version)
            return _posting_page(sent, is_change=True, saved_meanwhile=now.posting.text), 409
        show_notice(error.text(language()), "bad")
        return _posting_page(sent, is_change=True), 422
    show_notice(gettext("Saved."))
    return redirect(url_for("web.posting", id=id), 303)


def _changes() -> dict[str, Any]:
    """What the form says: all that it shows, blank ones too; goal and kind stay as they are."""
    shown = {"text", "terms", "slots", *_PROGRAMME}
    if request.form.get("what") != "offer":
        shown = {"text", "quantity", "deadline"}
    changes = read_form(PostingPatch, **_several()).to_changes()
    return {name: value for name, value in changes.items() if name in shown}


def _fields(row: Posting | Need | Offer, goal: str) -> dict[str, Any]:
    """What the form shows of a need or an offer."""
    if goal:
        names: tuple[str, ...] = ("text", "quantity", "deadline")
    else:
        names = ("text", "terms", "slots", *_PROGRAMME)
    values = {name: getattr(row, name) for name in names}
    sent: dict[str, Any] = {
        name: "; ".join(_written(name, part) for part in value)
        if name in _PARTED
        else ""
        if value is None
        else str(value)
        for name, value in values.items()
    }
    sent |= {name: list(values[name]) for name in _TICKED if name in values}
    if _IN_WORDS in values:
        sent[_IN_WORDS] = "\n".join(values[_IN_WORDS])
    kind = (
        ""
        if isinstance(row, Need)
        else getattr(row, "offer_kind", None) or getattr(row, "kind", "")
    )
    return sent | {"offer_kind": kind} | {"what": "need" if goal else "offer", "goal": goal}


@web.get("/postings/<id>")
def posting(id: str) -> PageAnswer:
    """One posting, with who could meet it."""
    principal = signed_in()
    posting = services().postings.show(principal, id).posting
    services().notifications.mark_read_of(principal, f"posting/{posting.id}")
    answer = None
    is_own = principal.acts_for(posting.organization)
    if posting.goal is not None and posting.state is PostingState.PUBLISHED and is_own:
        only_new = request.args.get("partners") != "1"
        question = Request[str](posting.goal, PAGE_SIZE, only_new=only_new)
        answer = services().matching.for_text(
            principal, posting.text, question, posting.organization
        )
    address = ""  # of the page that whoever may see needs sees
    if posting.goal is not None and posting.state is PostingState.PUBLISHED:
        address = services().links.url(f"needs/{quote(posting.graph_id, safe='')}")
    return render_template(
        "posting.html",
        posting=posting,
        address=address,
        picture=qr_code(address) if address else "",
        question_text=posting.text,
        answer=answer,
        cards=cards_of(principal, answer),
        goal=posting.goal,
        own=own_organization(),
        saved=picks_of(principal, own_organization(), InteractionKind.SAVED),
        reasons=DISMISSAL_REASONS,
        asking_goal=_asking_goal(principal, posting.organization) if is_own else None,
    )


def _asking_goal(principal: Principal, organization: str) -> GoalName | None:
    """For what one looks for those who might take up an offer."""
    goals = services().matching.goals(principal, organization)
    likely = (GoalName.CUSTOMER, GoalName.INDUSTRY_PARTNER)
    return next((goal for goal in likely if goal in goals), None)


@web.post("/postings/<id>")
def move_posting(id: str) -> PageAnswer:
    """Publish, withdraw, renew; approve or return, if it still says what was read."""
    form = request.form
    action = parse_choice(PostingAction, form.get("action", ""), "action")
    version = whole_number(form["version"], "version") if form.get("version") else None
    try:
        moved = services().postings.act(signed_in(), id, action, form.get("note", ""), version)
    except ChangedMeanwhile:
        # The page that this goes back to shows the words as they are now, however long.
        show_notice(gettext("It was changed since you read it. Here it is as it is now."), "")
    else:
        kept = _KEPT.get(moved.posting.state) if action is PostingAction.PUBLISH else None
        told = kept or _MOVED.get(action) or message("It is noted.")
        show_notice(told.text(language()))
    return redirect_back(url_for("web.posting", id=id))


CANDIDATES_ONLY = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE, Kind.PLATFORM})
