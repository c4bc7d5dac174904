"""Pages of administrators: how the service is, accounts, the log."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import GoalName
from matchmaker.ingest.columns import table_name
from matchmaker.web.labels import gettext
from matchmaker.web.layout import PageAnswer, show_notice, signed_in, web, whole_number
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.job import JobState


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
    return _accounts_page(signed_in(), request.args.get("after", ""))


@web.post("/admin/accounts")
def change_accounts() -> PageAnswer:
    """Invite somebody, close an account or open it again."""
    principal, form = signed_in(), request.form
    if form.get("what") == "invite":
        organization, role_name = form.get("organization", "").strip(), form.get("role", "")
        role = MembershipRole.MEMBER
        if role_name in list(MembershipRole):
            role = MembershipRole(role_name)
        issued = services().invitations.invite(
            principal,
            form.get("email", ""),
            membership=AccountMembership(organization, role) if organization else None,
            cluster=form.get("cluster", "").strip(),
            admin=bool(form.get("admin")),
        )
        if issued.mailed:
            show_notice(gettext("A letter is on its way."))
        else:
            show_notice(gettext("This service sends no mail: hand the link over yourself."))
    elif form.get("what") == "link":
        link = services().invitations.hand_over(principal, form.get("invitation", ""))
        return _accounts_page(principal, "", link)
    else:
        active = form.get("what") == "open"
        services().accounts.set_active(principal, form.get("account", ""), active=active)
        show_notice(gettext("Done."))
    return redirect(url_for("web.accounts"), 303)


def _accounts_page(principal: Principal, after: str, link: str = "") -> str:
    return render_template(
        "accounts.html",
        page=services().accounts.page(principal, after, 100),
        invitations=services().invitations.open(principal),
        roles=list(MembershipRole),
        link=link,
    )


@web.get("/admin/clusters")
def admin_clusters() -> PageAnswer:
    """Clusters to make, and one to change."""
    principal = signed_in()
    principal.require_admin()
    page = services().published.clusters(request.args.get("after"), 100)
    id = request.args.get("id", "")
    return render_template(
        "admin_clusters.html",
        page=page,
        chosen=services().published.cluster(id) if id else None,
        members=services().directory.members(principal, id, None, 200).rows if id else (),
    )


@web.post("/admin/clusters")
def change_cluster() -> PageAnswer:
    """Make or rename a cluster; let a member in or out."""
    principal, form = signed_in(), request.form
    id, action = form.get("id", "").strip(), form.get("what", "")
    if action in ("join", "leave"):
        organization = form.get("organization", "").strip()
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
                "industry": codes.id_of("industries", form.get("industry", "")),
            },
        )
        id = cluster.id
    show_notice(gettext("Saved."))
    return redirect(url_for("web.admin_clusters", id=id), 303)


@web.get("/admin/log")
def log() -> PageAnswer:
    """The log of all changes, newest first."""
    before = request.args.get("before", "")
    line = whole_number(before, "before") if before else None
    lines = services().change_log.page(signed_in(), line, 100)
    return render_template("log.html", lines=lines)
