"""Pages of administrators: how the service is, accounts, the log."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.ingest.columns import table_name
from matchmaker.store.log import LogFilter, LoggedEntry
from matchmaker.store.ports import Page
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import PageAnswer, day_of, show_notice, signed_in, web, whole_number
from matchmaker.web.log_actions import action_choices
from matchmaker.web.log_lines import ACTORS, log_lines
from matchmaker.web.name_lookup import clusters_shown, industry_meant, organization_named
from matchmaker.web.refused_forms import comes_back_as
from matchmaker.web.second_factor import by_passkey, own_proof
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.job import JobState

_LOG_LINES = 100


@web.get("/admin")
def admin() -> PageAnswer:
    """Store, snapshot, model and rankers, and what to look at."""
    principal = signed_in()
    principal.require_admin()
    rankers = services().rankers
    failed = [job for job in services().job_queue.page(principal) if job.state is JobState.FAILED]
    return render_template(
        "admin.html",
        status=services().health.status(),
        checks=services().health.checks(principal),
        goals=[(goal, rankers.learned_at(goal)) for goal in GoalName],
        table_name=table_name,
        models=rankers.current().models,
        duplicates=len(services().duplicates.pairs(principal)),
        failed_jobs=len(failed),
        invitations=len(services().invitations.open(principal)),
    )


@web.get("/admin/accounts")
def accounts() -> PageAnswer:
    """Everybody with an account."""
    principal, chosen = signed_in(), request.args.get("account", "")
    if chosen:
        rows = tuple(services().accounts.by_ids(principal, [chosen]).values())
        return _accounts_page(principal, "", only=Page(rows, None))
    return _accounts_page(principal, request.args.get("after", ""))


@web.post("/admin/accounts")
@comes_back_as(accounts, shows_others=True)
def change_accounts() -> PageAnswer:
    """Invite somebody, take a part of an account away, close it or open it again."""
    principal, form = signed_in(), request.form
    if form.get("what") == "invite":
        _invite(principal, form)
    elif form.get("what") == "link":
        link = services().invitations.hand_over(principal, form.get("invitation", ""))
        return _accounts_page(principal, "", link)
    else:
        account = form.get("account", "")
        if form.get("what") == "relieve":
            services().accounts.relieve(principal, account, form.get("cluster", ""))
        elif form.get("what") == "open":
            services().second_factors.open_account(principal, account, own_proof())
        else:
            services().accounts.set_active(principal, account, active=False)
        show_notice(gettext("Done."))
    return redirect(url_for("web.accounts"), 303)


def _invite(principal: Principal, form: Mapping[str, str]) -> None:
    organization = organization_named(principal, form.get("organization", ""))
    role_name = form.get("role", "")
    role = MembershipRole.MEMBER
    if role_name in list(MembershipRole):
        role = MembershipRole(role_name)
    issued = services().invitations.invite(
        principal,
        form.get("email", ""),
        membership=AccountMembership(organization, role) if organization else None,
        cluster=services().codes.id_of("clusters", form.get("cluster", "")) or "",
        admin=bool(form.get("admin")),
        language=language(),
        proof=own_proof(),
    )
    if issued.mailed or issued.invitation.unmailed:
        show_notice(issued.message, "good" if issued.mailed else "bad")
    else:
        show_notice(gettext("This service sends no mail: hand the link over yourself."))


def _accounts_page(
    principal: Principal, after: str, link: str = "", only: Page[Account] | None = None
) -> str:
    return render_template(
        "accounts.html",
        page=only or services().accounts.page(principal, after, 100),
        is_one=only is not None,
        invitations=services().invitations.open(principal),
        roles=list(MembershipRole),
        link=link,
        by_passkey=by_passkey(),
    )


@web.get("/admin/clusters")
def admin_clusters() -> PageAnswer:
    """Clusters to make, and one to change."""
    principal = signed_in()
    principal.require_admin()
    page = clusters_shown(request.args.get("q", ""), request.args.get("after"))
    id, codes = request.args.get("id", ""), services().codes
    chosen = services().published.cluster(id) if id else None
    return render_template(
        "admin_clusters.html",
        page=page,
        chosen=chosen,
        place=codes.name_of("places", chosen.place) if chosen else "",
        industry=codes.name_of("industries", chosen.industry) if chosen else "",
        members=services().directory.members(principal, id, None, 200).rows if id else (),
    )


@web.post("/admin/clusters")
def change_cluster() -> PageAnswer:
    """Make or rename a cluster; let a member in or out."""
    principal, form = signed_in(), request.form
    id, action = form.get("id", "").strip(), form.get("what", "")
    if action in ("join", "leave"):
        organization = organization_named(principal, form.get("organization", ""))
        services().directory.set_member(principal, id, organization, stays=action == "join")
    else:
        codes = services().codes
        cluster = services().directory.put_cluster(
            principal,
            id,
            {
                "name": form.get("name", "").strip(),
                "name_en": form.get("name_en", "").strip(),
                "place": codes.id_of("places", form.get("place", "")),
                "industry": industry_meant(form.get("industry", "")),
            },
        )
        id = cluster.id
    show_notice(gettext("Saved."))
    return redirect(url_for("web.admin_clusters", id=id), 303)


@web.get("/admin/log")
def log() -> PageAnswer:
    """The log of all changes, newest first: everybody's, or who, what and on which day."""
    principal, args = signed_in(), request.args
    principal.require_admin()
    before, problem, lines = args.get("before", ""), None, list[LoggedEntry]()
    line = whole_number(before, "before") if before else None
    try:
        only = _log_filter(principal, line)
        lines = services().change_log.page(principal, _LOG_LINES + 1, only)
    except (InvalidInput, NotFound) as error:  # what was asked for stays
        problem = error
    older = str(lines[_LOG_LINES - 1].number) if len(lines) > _LOG_LINES else ""
    page = render_template(
        "log.html",
        lines=log_lines(principal, lines[:_LOG_LINES]),
        older=older,
        problem=problem,
        actors=[name.text(language()) for name in ACTORS.values()],
        actions=action_choices(),
        zone=services().settings.time_zone,
    )
    return page, status_of(problem) if problem else 200


def _log_filter(principal: Principal, before: int | None) -> LogFilter:
    """The filter that the form asks for: who has no account may stand there as pages call them."""
    args = request.args
    who, chosen = args.get("who", "").strip(), args.get("day", "").strip()
    named = (code for code, name in ACTORS.items() if who == name.text(language()))
    day = day_of(chosen, "day") if chosen else None
    try:
        return services().change_log.narrowed(
            principal, who=next(named, who), action=args.get("action", ""), day=day, before=before
        )
    except NotFound:
        raise NotFound(
            "There is no account for %(email)s.", mend="Look among the accounts.", email=who
        ) from None
