"""A cluster's members as a table, and inviting their people: one by one, or by a list."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.errors import InvalidInput, MatchmakerError
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.services.people.invitations import IssuedInvitation
from matchmaker.services.people.second_factors import OwnProof
from matchmaker.web.directory import missing_fields
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import PageAnswer, localised, show_notice, signed_in, web
from matchmaker.web.name_lookup import ASKED_ABOUT, may_be
from matchmaker.web.qr_codes import qr_code
from matchmaker.web.refused_forms import comes_back_as
from matchmaker.web.second_factor import by_passkey, own_proof
from matchmaker.workflow.account import AccountMembership, MembershipRole

_PAGE = 50
_MOST_LINES = 200
_NAME_AND_ADDRESS = regex(
    r"(?P<name>[^@]*[^@\s,，;；])[\s,，;；]+(?P<email>[^\s,，;；]+@[^\s,，;；]+)[\s,，;；]*"
)


@web.get("/clusters/<path:id>/members")
def cluster_members(id: str) -> PageAnswer:
    """Ties, last answer, account and profile of each member."""
    return _members_page(signed_in(), id)


def _members_page(
    principal: Principal,
    id: str,
    link: str = "",
    invited: str = "",
    faults: list[tuple[str, Message]] | None = None,
    sent: str = "",
) -> str:
    cluster = services().published.cluster(id)
    page = services().cluster_members.page(
        principal, cluster.id, request.args.get("after") or None, _PAGE
    )
    rows = [(row, missing_fields(row.profile, has_contact=row.has_contact)) for row in page.rows]
    return render_template(
        "cluster_members.html",
        cluster=cluster,
        rows=rows,
        alone=sum(row.ties == 0 for row, _ in rows),
        with_people=sum(row.people > 0 for row, _ in rows),
        invited_open=sum(row.invited is not None and not row.people for row, _ in rows),
        complete=sum(not missing for _, missing in rows),
        following=page.after,
        link=link,
        picture=qr_code(link) if link else "",
        invited=invited,
        faults=faults or [],
        sent=sent,
        mails=services().links.can_mail,
        by_passkey=by_passkey(),
    )


@web.post("/clusters/<path:id>/members")
@comes_back_as(cluster_members, shows_others=True)
def invite_members(id: str) -> PageAnswer:
    """Invite one member's first person, show a link to pass on, or invite by a list."""
    principal, form = signed_in(), request.form
    principal.require_coordinator(services().published.cluster(id).id)
    match form.get("do"):
        case "link":
            link = services().invitations.hand_over(principal, form.get("invitation", ""))
            return _members_page(principal, id, link, form.get("name", ""))
        case "list":
            text = form.get("list", "")
            faults = _invite_list(principal, id, text)
            if faults:
                left = "\n".join(line for line, _ in faults)
                return _members_page(principal, id, faults=faults, sent=left), 422
        case _:
            email = form.get("email", "")
            issued = _invite(principal, form.get("organization", ""), email, own_proof())
            if issued.invitation.unmailed:
                show_notice(issued.message, "bad")
            elif not issued.mailed and services().invitations.may_hand_over(
                principal, issued.invitation
            ):  # nobody else brings it there
                link = services().invitations.hand_over(principal, issued.invitation.id)
                return _members_page(principal, id, link, issued.invitation.email)
            elif not issued.mailed:
                show_notice(issued.message)
            else:
                show_notice(gettext("The invitation is made."))
    return redirect(url_for("web.cluster_members", id=id), 303)


def _invite(
    principal: Principal, organization: str, email: str, proof: OwnProof, *, later: bool = False
) -> IssuedInvitation:
    place = AccountMembership(organization, MembershipRole.OWNER)
    return services().invitations.invite(
        principal, email, membership=place, language=language(), later=later, proof=proof
    )


def _invite_list(principal: Principal, id: str, text: str) -> list[tuple[str, Message]]:
    """Invite each line's organisation and address; the lines that were not possible, and why."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_LINES:
        too_many = message("At most %(most)s lines at once.", most=_MOST_LINES)
        return [(line, too_many) for line in lines]
    known = _members_by_name(principal, id)
    proof = services().second_factors.show(principal, own_proof())  # once: a code counts once
    faults: list[tuple[str, Message]] = []
    unmailed = 0  # after the first the mail server is not asked again while somebody waits
    for line in lines:
        try:
            organization, email = _parts(line)
            member = _member_called(organization, known)
            issued = _invite(principal, member, email, proof, later=unmailed > 0)
            if issued.refused:  # which says nothing of the other lines
                faults.append((line, issued.message))
            else:
                unmailed += issued.invitation.unmailed
        except MatchmakerError as error:
            faults.append((line, error.full))
    if len(faults) < len(lines):
        show_notice(gettext("Invited: %(count)s.", count=len(lines) - len(faults)))
    if unmailed:
        show_notice(
            gettext(
                "The mail server does not take letters just now: %(count)s are sent again by"
                " themselves until they are taken.",
                count=unmailed,
            ),
            "bad",
        )
    return faults


def _parts(line: str) -> tuple[str, str]:
    """Organisation and address of a line, the address behind a comma, semicolon, tab or blank.

    A name may have commas and blanks of its own: Sample Valve Co., Ltd.
    """
    parts = _NAME_AND_ADDRESS.fullmatch(line.strip())
    if parts is None:
        raise InvalidInput(
            "must be an organisation and an e-mail address.",
            where="list",
            mend="Part them by a comma.",
        )
    return parts["name"].strip(), parts["email"]


def _member_called(name: str, known: dict[str, str]) -> str:
    """The id of a member; who is called in short is asked after. Raises InvalidInput."""
    folded = name.casefold()
    if folded in known:
        return known[folded]
    near = {id for whole, id in known.items() if len(folded) > 1 and folded in whole}
    if not near:
        raise InvalidInput("is no member of the cluster.", where=name)
    meant = services().directory.by_ids(sorted(near)[:ASKED_ABOUT]).values()
    raise may_be(name, "organization", map(localised, meant))


def _members_by_name(principal: Principal, id: str) -> dict[str, str]:
    """Ids of all members by id and names."""
    known: dict[str, str] = {}
    after: str | None = None
    while True:
        page = services().directory.members(principal, id, after, 200)
        for row in page.rows:
            names = [row.id, row.name, row.name_en, *row.other_names]
            known.update({name.casefold(): row.id for name in names if name})
        after = page.after
        if after is None:
            return known
