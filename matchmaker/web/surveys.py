"""Tie surveys: held by coordinators, answered on a phone by account or by a personal link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import redirect, render_template, request, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.guards import csrf
from matchmaker.audit.profile import CHANNEL_TITLES
from matchmaker.audit.ties import Channel
from matchmaker.errors import ChangedMeanwhile, InvalidInput
from matchmaker.exports.files import MEDIA_TYPES
from matchmaker.exports.tables import ExportFormat, ExportTable
from matchmaker.exports.workbook import write_workbook
from matchmaker.regex import regex
from matchmaker.services.auditing.survey_audit import channels_of
from matchmaker.services.auditing.survey_forms import SurveyForm
from matchmaker.services.auditing.survey_tables import link_table, result_tables
from matchmaker.services.auditing.surveys import SurveyLink
from matchmaker.store.documents import new_id
from matchmaker.web.downloads import dated_file
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    PageAnswer,
    day_of,
    is_htmx_request,
    own_organization,
    parse_choice,
    show_notice,
    signed_in,
    web,
)
from matchmaker.web.qr_codes import qr_code
from matchmaker.workflow.survey import (
    LONGEST,
    DeniedTie,
    ReportedTie,
    SurveyAnswer,
    SurveyQuestion,
    SurveyRound,
    TieFrequency,
)

_USUAL_DAYS = timedelta(days=14)
_YEAR = regex(r"[0-9]{4}")
# Asked where nobody chose: of platforms what others use of them follows from the rest.
_USUAL = frozenset(SurveyQuestion) - {SurveyQuestion.USED_BY}


@web.get("/clusters/<path:id>/surveys")
def surveys(id: str) -> PageAnswer:
    """Rounds of a cluster, and the form that opens one."""
    principal = signed_in()
    cluster = services().published.cluster(id)
    page = services().surveys.listed(principal, cluster.id, request.args.get("after", ""))
    today = services().clock().date()
    return render_template(
        "surveys.html",
        cluster=cluster,
        page=page,
        questions=list(SurveyQuestion),
        usual=_USUAL,
        members=services().surveys.members(cluster.id),
        today=today,
        usual_end=today + _USUAL_DAYS,
        latest_end=today + LONGEST,
    )


@web.post("/clusters/<path:id>/surveys")
def open_survey(id: str) -> PageAnswer:
    """Open a round for the members that were chosen, for all of the cluster where none was."""
    principal, form = signed_in(), request.form
    cluster = services().published.cluster(id)
    principal.require_coordinator(cluster.id)
    questions = [
        parse_choice(SurveyQuestion, each, "questions") for each in form.getlist("question")
    ]
    survey = SurveyRound(
        new_id(),
        cluster.id,
        form.get("title", "").strip()[:200] or gettext("Whom do you work with?"),
        tuple(dict.fromkeys(questions)),
        tuple(dict.fromkeys(form.getlist("member")))
        or tuple(services().surveys.member_ids(cluster.id)),
        day_of(form.get("deadline", ""), "deadline"),
        principal.subject,
        datetime.now(UTC).replace(microsecond=0),
        form.get("text", "").strip()[:2000],
    )
    view = services().surveys.open(principal, survey)
    show_notice(gettext("The survey is open; whoever has an account is told."))
    return redirect(url_for("web.survey", id=view.survey.id), 303)


@web.get("/surveys/<id>")
def survey(id: str) -> PageAnswer:
    """For coordinators how far a round is; members go on to their answer."""
    principal = signed_in()
    stored = services().surveys.survey_of(id).value
    own = own_organization()
    if own in stored.members and not (principal.admin or stored.cluster in principal.clusters):
        return redirect(url_for("web.answer_survey", id=id), 303)
    return _survey_page(id)


@web.post("/surveys/<id>")
def change_survey(id: str) -> PageAnswer:
    """Remind, show or renew a link, or end the round."""
    principal, form = signed_in(), request.form
    match form.get("do"):
        case "remind":
            count = services().surveys.remind(principal, id)
            show_notice(_reminded(principal, id, count))
        case "close":
            services().surveys.close(principal, id)
            show_notice(gettext("The survey is over."))
        case what:
            link = services().surveys.link(
                principal, id, form.get("organization", ""), renew=what == "renew"
            )
            return _survey_page(id, link)
    return redirect(url_for("web.survey", id=id), 303)


def _reminded(principal: Principal, id: str, count: int) -> str:
    """How many were reminded, and how many no reminder reaches."""
    if not count:
        return gettext("Of those who have not answered nobody has an account: pass links on.")
    told = gettext("Members reminded: %(count)s.", count=count)
    members = services().surveys.show(principal, id).members
    silent = sum(not member.answered for member in members) - count
    if silent < 1:
        return told
    rest = gettext("Without an account: %(count)s; pass their links on.", count=silent)
    return f"{told} {rest}"


def _survey_page(id: str, link: SurveyLink | None = None) -> str:
    principal = signed_in()
    view = services().surveys.show(principal, id)
    if is_htmx_request():
        return render_template("survey_figures.html", view=view)
    return render_template(
        "survey.html",
        view=view,
        cluster=services().published.cluster(view.survey.cluster),
        ties=services().surveys.ties(principal, id),
        link=link,
        picture=qr_code(link.url) if link else "",
    )


@web.get("/surveys/<id>/audit")
def survey_audit(id: str) -> PageAnswer:
    """Indicators of ties on record, confirmed and told, with bands, one layer at a time."""
    principal = signed_in()
    view = services().surveys.show(principal, id)
    channels = channels_of(view.survey)
    wanted = request.args.get("layer", "")
    layer = Channel(wanted) if wanted in channels else channels[-1]
    audit = services().survey_audits.audit(principal, id, layer)
    return render_template(
        "survey_audit.html",
        audit=audit,
        survey=view.survey,
        cluster=services().published.cluster(view.survey.cluster),
        channels=[(each, CHANNEL_TITLES[each]) for each in channels],
    )


@web.get("/surveys/<id>/codes")
def survey_codes(id: str) -> PageAnswer:
    """A sheet to print: a QR code for each member that has not answered."""
    principal = signed_in()
    links = services().surveys.link_sheet(principal, id)
    return render_template(
        "survey_codes.html",
        survey=services().surveys.survey_of(id).value,
        cluster=services().published.cluster(services().surveys.survey_of(id).value.cluster),
        links=[(link, qr_code(link.url)) for link in links],
    )


@web.get("/surveys/<id>/links/export")
def survey_links(id: str) -> PageAnswer:
    """The links of those who have not answered as a workbook, each with words to send it by."""
    principal = signed_in()
    links = services().surveys.link_sheet(principal, id)
    survey = services().surveys.survey_of(id).value
    table = link_table(survey, services().published.cluster(survey.cluster), links)
    return _workbook([table], survey)


@web.get("/surveys/<id>/export")
def survey_results(id: str) -> PageAnswer:
    """All that the page of a round shows as a workbook, with the audit by it where it is over."""
    principal = signed_in()
    view = services().surveys.show(principal, id)
    audit = None
    if view.figures.counts and view.survey.final is None:
        layer = channels_of(view.survey)[-1]
        audit = services().survey_audits.audit(principal, id, layer)
    tables = result_tables(view, services().surveys.ties(principal, id), audit)
    return _workbook(tables, view.survey)


def _workbook(tables: Sequence[ExportTable], survey: SurveyRound) -> PageAnswer:
    content = write_workbook(tables, language())
    kind = MEDIA_TYPES[ExportFormat.XLSX]
    return dated_file(content, f"{survey.title}.xlsx", kind, "survey")


# -- answering


@web.get("/surveys/<id>/answer")
def answer_survey(id: str) -> PageAnswer:
    """The form of one's own organisation."""
    principal = signed_in()
    form = services().survey_answers.form(principal, id, own_organization())
    services().notifications.mark_read_of(principal, f"survey/{id}")
    return _form_page(form)


@web.post("/surveys/<id>/answer")
def send_answer(id: str) -> PageAnswer:
    """Keep the answer of one's own organisation, or take it back."""
    principal, own = signed_in(), own_organization()
    if request.form.get("do") == "withdraw":
        try:
            services().survey_answers.withdraw(principal, id, own, _seen())
        except ChangedMeanwhile as error:
            show_notice(error, "bad")
            return _form_page(services().survey_answers.form(principal, id, own)), 409
        show_notice(gettext("Your answer is taken back."))
    else:
        sent = _answer()
        try:
            form = services().survey_answers.answer(principal, id, own, sent, _seen())
        except ChangedMeanwhile as error:
            show_notice(error, "bad")
            return _form_page(services().survey_answers.form(principal, id, own, sent)), 409
        _thank(form)
    return redirect(url_for("web.answer_survey", id=id), 303)


@web.get("/survey")
def survey_by_link() -> PageAnswer:
    """The form behind a personal link; no account is needed."""
    token = request.args.get("token", "")
    return _form_page(services().survey_answers.form_of_link(token), token)


@web.post("/survey")
def send_answer_by_link() -> PageAnswer:
    """Keep the answer that was given by a personal link, or take it back."""
    csrf.protect()
    token = request.form.get("token", "")
    if request.form.get("do") == "withdraw":
        services().survey_answers.withdraw_by_link(token)
        show_notice(gettext("Your answer is taken back."))
        return redirect(url_for("web.survey_by_link", token=token), 303)
    sent = _answer()
    try:
        answered = services().survey_answers.answer_by_link(token, sent, _seen())
    except ChangedMeanwhile as error:
        show_notice(error, "bad")
        return _form_page(services().survey_answers.form_of_link(token, sent), token), 409
    _thank(answered)
    # What was sent is shown to who sent it, now, and not to who opens the link later.
    return _form_page(answered, token)


def _seen() -> str | None:
    """The mark of the answer that was seen; None of a page of an earlier version."""
    return request.form.get("seen")


def _form_page(form: SurveyForm, token: str = "") -> str:
    return render_template(
        "survey_answer.html",
        form=form,
        token=token,
        cluster=services().published.cluster(form.survey.cluster),
        frequencies=list(TieFrequency),
        year=services().clock().year,
        names={row.id: row for row in form.roster},
        signed_in=bool(current_principal().account),
    )


def _thank(form: SurveyForm) -> None:
    if form.claims:
        show_notice(gettext("Thank you, it is kept. Others named you; is it so?"))
    else:
        show_notice(gettext("Thank you, it is kept. You can change it until the survey ends."))


def _answer() -> SurveyAnswer:
    """What the form says: ticked and written partners, and what others named."""
    form = request.form
    ties, denied = list[ReportedTie](), list[DeniedTie]()
    for question in SurveyQuestion:
        for partner in dict.fromkeys(form.getlist(f"tie:{question}")):
            ties.append(_tie(question, partner))
        names = dict.fromkeys(name.strip() for name in form.getlist(f"other:{question}"))
        ties += [ReportedTie(question, name=name) for name in names if name]
        for partner in dict.fromkeys(form.getlist(f"denied:{question}")):
            denied.append(DeniedTie(question, partner))
    ticked = {(tie.question, tie.partner) for tie in ties}
    for name, value in form.items():
        kind, _, rest = name.partition(":")
        if kind != "claim" or value not in ("yes", "no"):
            continue
        word, _, partner = rest.partition(":")
        question = parse_choice(SurveyQuestion, word, "question")
        if (question, partner) in ticked:
            continue
        if value == "yes":
            ties.append(ReportedTie(question, partner))
        else:
            denied.append(DeniedTie(question, partner))
    # Who ticks a partner again does not deny it any more.
    kept = tuple(no for no in dict.fromkeys(denied) if (no.question, no.partner) not in ticked)
    return SurveyAnswer(tuple(ties), kept, bool(form.get("shows_rows")))


def _tie(question: SurveyQuestion, partner: str) -> ReportedTie:
    since = request.form.get(f"since:{question}:{partner}", "").strip()
    if since and not _YEAR.fullmatch(since):
        raise InvalidInput("must be a year, like %(year)s.", where="since", year="2019")
    often = request.form.get(f"frequency:{question}:{partner}", "")
    return ReportedTie(
        question,
        partner,
        since=int(since) if since else None,
        frequency=parse_choice(TieFrequency, often, "frequency") if often else None,
    )
