"""A valid request for every route: what is asked of t:firm1, its people and its cluster."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

from matchmaker.access import ADMIN
from matchmaker.domain import NeedState
from tests.api.things_of_routes import (
    CLUSTER,
    FIRM,
    ROBOT,
    _account,
    _answer_file,
    _answered_call,
    _answered_survey,
    _appointment,
    _asked_call,
    _asking_own_passkey,
    _attachment,
    _awarded_call,
    _by_passkey,
    _call,
    _called,
    _called_with_file,
    _certificate,
    _channel,
    _confirmation,
    _confirming,
    _edit,
    _ending_passkey,
    _file,
    _finished,
    _gathering,
    _imported,
    _impression,
    _introduction,
    _invitation,
    _key,
    _making_passkey,
    _need,
    _noted_call,
    _number,
    _offer,
    _own_of,
    _posting,
    _programme,
    _reset,
    _sealed_call,
    _seen,
    _session,
    _survey,
    _survey_token,
    _tomorrow,
    _upload,
    _version,
)
from tests.api.world import PASSWORD

POSTING = {
    "organization": FIRM,
    "text": "Castings that stand high pressure",
    "goal": "supplier",
    "publish": False,
}


MEETING = {"at": "2026-05-01T09:00:00Z", "topic": "Seals"}


# "METHOD /path": (the path's id or a function that makes one, what else is sent)
def _with(id="", **sent):
    return id, lambda world, role: sent


REQUESTS = {
    "GET /organizations": _with(),
    "POST /organizations": ("", lambda w, r: {"json": {"name": "New works", "kind": "firm"}}),
    "GET /organizations/{id}": _with(FIRM),
    "PUT /organizations/{id}": (
        FIRM, lambda w, r: {"json": _edit(w), "headers": {"If-Match": _version(w)}}
    ),
    "PATCH /organizations/{id}": (
        FIRM, lambda w, r: {"json": {"website": ""}, "headers": {"If-Match": _version(w)}}
    ),
    "GET /organizations/{id}/neighborhood": _with(FIRM),
    "GET /organizations/{id}/certificates": _with(FIRM),
    "POST /organizations/{id}/certificates": (
        FIRM, lambda w, r: {"json": {"kind": f"Scheme {next(_number)}", "until": "2999-01-01"}}
    ),
    "PUT /certificates/{id}": (
        _certificate, lambda w, r: {"json": {"kind": f"Scheme {next(_number)}"}}
    ),
    "DELETE /certificates/{id}": (_certificate, lambda w, r: {}),
    "PUT /certificates/{id}/file": (
        _certificate, lambda w, r: {"data": {"file": (BytesIO(b"Held"), "held.txt")}}
    ),
    "GET /certificates/{id}/file": (_certificate, lambda w, r: {}),
    "POST /certificates/{id}/confirmation": (
        _certificate, lambda w, r: {"json": {"seen": _seen["certificate"]}}
    ),
    "DELETE /certificates/{id}/confirmation": (
        lambda w: _certificate(w, confirmed=True), lambda w, r: {}
    ),
    "GET /organizations/{id}/recommendations": _with(FIRM, query_string={"goal": "supplier"}),
    "GET /organizations/{id}/accounts": _with(FIRM),
    "DELETE /organizations/{id}/accounts": (
        FIRM, lambda w, r: {"query_string": {"account": _account(w)}}
    ),
    "GET /organizations/{id}/export": _with(FIRM),
    "GET /organizations/{id}/slots": _with(FIRM),
    "GET /organizations/{id}/load": _with(FIRM),
    "GET /organizations/{id}/picks": _with(FIRM),
    "POST /organizations/{id}/picks": _with(FIRM, json={"candidate": "t:firm2", "kind": "saved"}),
    "DELETE /organizations/{id}/picks": _with(FIRM, query_string={"candidate": "t:firm2"}),
    "GET /paths": _with(query_string={"source": FIRM, "target": "t:firm3"}),
    "GET /reconcile": _with(),
    "POST /reconcile": _with(data={"queries": '{"q0": {"query": "示例阀门1厂"}}'}),
    "POST /reconcile/match": _with(
        json={"queries": [{"conditions": [{"matchType": "name", "v": "示例阀门1厂"}]}]}
    ),
    "GET /reconcile/suggest/entity": _with(query_string={"prefix": "示例"}),
    "GET /reconcile/suggest/type": _with(),
    "GET /reconcile/suggest/property": _with(),
    "GET /reconcile/extend/propose": _with(),
    "GET /reconcile/preview": _with(query_string={"id": FIRM}),
    "GET /clusters": _with(),
    "GET /clusters/{id}": _with(CLUSTER),
    "GET /clusters/{id}/members": _with(CLUSTER),
    "GET /clusters/{id}/members/export": _with(CLUSTER, query_string={"format": "json"}),
    "GET /clusters/{id}/certificates/export": _with(CLUSTER, query_string={"format": "csv"}),
    "GET /clusters/{id}/ties/export": _with(CLUSTER, query_string={"format": "gexf"}),
    "GET /clusters/{id}/audit/export": _with(
        CLUSTER, query_string={"samples": 0, "format": "xlsx"}
    ),
    "GET /clusters/{id}/worklist/export": _with(CLUSTER, query_string={"format": "csv"}),
    "GET /organizations/{id}/recommendations/export": _with(
        FIRM, query_string={"goal": "supplier", "format": "graphml"}
    ),
    "GET /clusters/{id}/audit": _with(CLUSTER, query_string={"samples": 0}),
    "GET /clusters/{id}/worklist": _with(CLUSTER),
    "GET /clusters/{id}/benchmark": _with(CLUSTER),
    "POST /clusters/{id}/what-if": _with(
        CLUSTER, json={"ties": [{"source": FIRM, "target": "t:firm2"}]}
    ),
    "POST /clusters/{id}/introductions": _with(CLUSTER, json={"goal": "supplier"}),
    "GET /clusters/{id}/postings": _with(CLUSTER),
    "PUT /clusters/{id}/rules": _with(CLUSTER, json={"reviews": False}),
    "GET /clusters/{id}/funnel": _with(CLUSTER),
    "GET /clusters/{id}/effect": _with(CLUSTER),
    "GET /benchmark": _with(),
    "GET /indicators": _with(),
    "GET /goals": _with(),
    "GET /status": _with(),
    "GET /imports": _with(query_string={"cluster": CLUSTER}),
    "POST /imports": ("", lambda w, r: {"data": {"file": _file(), "cluster": CLUSTER}}),
    "DELETE /imports/{id}": (_upload, lambda w, r: {}),
    "GET /imports/{id}": (_imported, lambda w, r: {}),
    "GET /imports/{id}/changes": (_imported, lambda w, r: {}),
    "GET /imports/{id}/problems": (_imported, lambda w, r: {"query_string": {"format": "csv"}}),
    "POST /imports/{id}/write": (_upload, lambda w, r: {"json": {}}),
    "POST /imports/{id}/undo": (_imported, lambda w, r: {"json": {}}),
    "GET /offers": _with(),
    "POST /offers": _with(json={"organization": FIRM, "kind": "product", "text": "Ball valves"}),
    "GET /offers/{id}": _with("t:offer1"),
    "GET /needs": _with(),
    "GET /search": _with(query_string={"q": "阀"}),
    "POST /needs": _with(json={"organization": FIRM, "goal": "supplier", "text": "Castings"}),
    "GET /needs/{id}": _with("t:need1"),
    "POST /needs/{id}/transition": (
        _need, lambda w, r: {"json": {"before": NeedState.OPEN, "after": NeedState.CLOSED}}
    ),
    "GET /engagements": _with(),
    "POST /engagements": _with(
        json={"kind": "event", "participants": [{"organization": FIRM, "role": "attendee"}]}
    ),
    "GET /engagements/{id}": _with("t:project"),
    "POST /recommendations": _with(
        json={"text": "Ball valves for high pressure", "goal": "supplier", "organization": FIRM}
    ),
    "POST /impressions/{id}/clicks": (
        _impression, lambda w, r: {"json": {"candidate": "t:firm2"}}
    ),
    "GET /postings": _with(query_string={"organization": FIRM}),
    "POST /postings": _with(json=POSTING),
    "POST /postings/preview": _with(json=POSTING),
    "GET /postings/{id}": (_posting, lambda w, r: {}),
    "PATCH /postings/{id}": (_posting, lambda w, r: {"json": {"text": "Castings wanted"}}),
    "POST /postings/{id}/transition": (_posting, lambda w, r: {"json": {"action": "publish"}}),
    "GET /introductions": _with(query_string={"organization": FIRM}),
    "POST /introductions": _with(
        json={"goal": "supplier", "seeker": FIRM, "candidate": "t:firm4"}
    ),
    "GET /introductions/{id}": (_introduction, lambda w, r: {}),
    "POST /introductions/{id}/transition": (
        _introduction, lambda w, r: {"json": {"action": "cancel"}}
    ),
    "PUT /introductions/{id}/reference": (_finished, lambda w, r: {"json": {}}),
    "DELETE /introductions/{id}/reference": (_finished, lambda w, r: {}),
    "GET /introductions/{id}/messages": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {}
    ),
    "POST /introductions/{id}/messages": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {"json": {"text": "Good morning"}}
    ),
    "POST /introductions/{id}/attachments": (
        lambda w: _introduction(w, accepted=True),
        lambda w, r: {
            "data": {"file": (BytesIO("见附图".encode()), "drawing.txt"), "text": "Drawing"}
        },
    ),
    "GET /attachments/{id}": (_attachment, lambda w, r: {}),
    "GET /introductions/{id}/meetings": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {}
    ),
    "POST /introductions/{id}/meetings": (
        lambda w: _introduction(w, accepted=True), lambda w, r: {"json": {"times": [_tomorrow()]}}
    ),
    "GET /meetings/{id}": (_appointment, lambda w, r: {}),
    "GET /meetings/{id}/calendar": (lambda w: _appointment(w, fixed=True), lambda w, r: {}),
    "POST /meetings/{id}/transition": (
        _appointment, lambda w, r: {"json": {"action": "call_off"}}
    ),
    "GET /gatherings": _with(query_string={"cluster": CLUSTER}),
    "POST /gatherings": _with(
        json={
            "kind": "circle", "cluster": CLUSTER, "title": "Circle",
            "parties": [f"t:firm{number}" for number in range(1, 6)],
        }
    ),
    "GET /gatherings/{id}": (_gathering, lambda w, r: {}),
    "POST /gatherings/{id}/answer": (
        _gathering, lambda w, r: {"json": {"organization": FIRM, "answer": "joined"}}
    ),
    "POST /gatherings/{id}/meetings": (
        lambda w: _gathering(w, joined=True), lambda w, r: {"json": MEETING}
    ),
    "POST /gatherings/{id}/close": (_gathering, lambda w, r: {"json": {}}),
    "GET /clusters/{id}/surveys": _with(CLUSTER),
    "POST /clusters/{id}/surveys": (
        CLUSTER,
        lambda w, r: {
            "json": {
                "title": "Zorvex",
                "questions": ["sells_to"],
                "deadline": _tomorrow()[:10],
            }
        },
    ),
    "GET /surveys/{id}": (_survey, lambda w, r: {}),
    "GET /surveys/{id}/audit": (
        _answered_survey,
        lambda w, r: {"query_string": {"layer": "supply", "draws": 20}},
    ),
    "GET /surveys/{id}/ties": (_survey, lambda w, r: {}),
    "POST /surveys/{id}/remind": (_survey, lambda w, r: {"json": {}}),
    "POST /surveys/{id}/close": (_survey, lambda w, r: {"json": {}}),
    "POST /survey-links": (
        "", lambda w, r: {"json": {"survey": _survey(w), "organization": FIRM}}
    ),
    "GET /surveys/{id}/answer": (_survey, lambda w, r: {"query_string": {"organization": FIRM}}),
    "PUT /surveys/{id}/answer": (
        _survey,
        lambda w, r: {
            "json": {
                "organization": FIRM, "ties": [{"question": "buys_from", "partner": "t:firm2"}]
            }
        },
    ),
    "DELETE /surveys/{id}/answer": (
        _survey, lambda w, r: {"query_string": {"organization": FIRM}}
    ),
    "POST /survey-answers/look": ("", lambda w, r: {"json": {"token": _survey_token(w)}}),
    "POST /survey-answers/withdrawal": ("", lambda w, r: {"json": {"token": _survey_token(w)}}),
    "POST /survey-answers": (
        "",
        lambda w, r: {
            "json": {
                "token": _survey_token(w), "ties": [{"question": "buys_from", "name": "Others"}]
            }
        },
    ),
    "GET /calls": ("", _own_of),
    "POST /calls": (
        "",
        lambda w, r: {
            "json": {
                "organization": FIRM, "title": "Valves", "text": "Ball valves DN50",
                "goal": "supplier", "deadline": _tomorrow()[:10],
            }
        },
    ),
    "GET /calls/{id}": (_call, lambda w, r: {}),
    "GET /calls/{id}/comparison": (
        lambda w: _call(w, submitted=True), lambda w, r: {"query_string": {"format": "csv"}}
    ),
    "GET /calls/{id}/suggestions": (_call, lambda w, r: {}),
    "POST /calls/{id}/invitations": (
        _call, lambda w, r: {"json": {"organizations": ["t:firm3"]}}
    ),
    "PUT /calls/{id}/deadline": (
        _call,
        lambda w, r: {
            "json": {"deadline": (datetime.now(UTC) + timedelta(days=20)).date().isoformat()}
        },
    ),
    "PUT /calls/{id}/team": (
        _call,
        lambda w, r: {
            "json": {"members": [{"account": w.accounts["member"].id, "role": "reader"}]}
        },
    ),
    "PUT /calls/{id}/shortlist": (_call, lambda w, r: {"json": {"organizations": []}}),
    "POST /calls/{id}/notes": (_call, lambda w, r: {"json": {"text": "Ask for the price"}}),
    "DELETE /calls/{id}/notes": (_call, lambda w, r: _noted_call(w)),
    "POST /calls/{id}/replies": (_call, lambda w, r: _asked_call(w)),
    "POST /calls/{id}/award": (_call, lambda w, r: _answered_call(w)),
    "POST /calls/{id}/introductions": (_call, lambda w, r: _awarded_call(w)),
    "POST /calls/{id}/end": (_call, lambda w, r: {"json": {"reason": "postponed"}}),
    "GET /call-invitations": ("", _own_of),
    "GET /call-invitations/open": ("", _own_of),
    "POST /calls/{id}/corrections": (
        _call, lambda w, r: {"json": {"summary": "DN65", "text": "Ball valves DN65"}}
    ),
    "POST /calls/{id}/opening": (_sealed_call, lambda w, r: {"json": {}}),
    "POST /calls/{id}/files": (
        _called,
        lambda w, r: {
            "data": {"file": (BytesIO("见附图".encode()), "plan.txt"), "organization": FIRM}
        },
    ),
    "GET /calls/{id}/files": (_called_with_file, _answer_file),
    "DELETE /calls/{id}/files": (_called_with_file, _answer_file),
    "GET /calls/{id}/calendar": (_called, lambda w, r: {}),
    "GET /calls/{id}/answer": (_called, _own_of),
    "PUT /calls/{id}/answer": (
        _called, lambda w, r: {"json": {"organization": FIRM, "text": "We can"}}
    ),
    "DELETE /calls/{id}/answer": (_called, _own_of),
    "POST /calls/{id}/decline": (
        _called, lambda w, r: {"json": {"organization": FIRM, "reason": "no_capacity"}}
    ),
    "POST /calls/{id}/questions": (
        _called, lambda w, r: {"json": {"organization": FIRM, "text": "Until when?"}}
    ),
    "GET /clusters/{id}/calls": _with(CLUSTER),
    "GET /clusters/{id}/refusals": _with(CLUSTER),
    "GET /organizations/{id}/refusals": _with(FIRM),
    "GET /organizations/{id}/programmes": _with(FIRM),
    "GET /organizations/{id}/offers/export": _with(FIRM),
    "GET /clusters/{id}/offers/export": _with(CLUSTER),
    "PUT /organizations/{id}/programmes": (
        FIRM, lambda w, r: {"json": {"programme": _programme(w), "choice": "kept"}}
    ),
    "GET /organizations/{id}/never-with": _with(FIRM),
    "GET /organizations/{id}/meeting-rule": _with(FIRM),
    "PUT /organizations/{id}/meeting-rule": (
        FIRM, lambda w, r: {"json": {"own_clusters_only": False}}
    ),
    "POST /organizations/{id}/never-with": (
        FIRM, lambda w, r: {"json": {"organization": "t:firm6"}}
    ),
    "DELETE /organizations/{id}/never-with": (
        FIRM, lambda w, r: {"query_string": {"organization": "t:firm6"}}
    ),
    "GET /session": _with(),
    "POST /session": (
        "",
        lambda w, r: {"json": {"email": w.accounts["member"].email, "password": PASSWORD}},
    ),
    "DELETE /session": _with(),
    "POST /password/request": _with(json={"email": "nobody@example.org"}),
    "POST /password/reset": (
        "", lambda w, r: {"json": {"token": _reset(w), "password": PASSWORD}}
    ),
    "POST /unsubscribe": (
        "",
        lambda w, r: {
            "json": {"token": w.services.notifications.unsubscribe_token(w.accounts["liaison"].id)}
        },
    ),
    "POST /invitations": (
        "",
        lambda w, r: {"json": {"email": f"i{next(_number)}@example.org", "organization": FIRM}},
    ),
    "POST /invitations/look": ("", lambda w, r: {"json": {"token": _offer(w)}}),
    "POST /invitations/accept": (
        "",
        lambda w, r: {
            "json": {"token": _offer(w), "name": "walk", "password": PASSWORD}
        },
    ),
    "POST /invitations/{id}/link": (_invitation, lambda w, r: {"json": {}}),
    "POST /confirmation": (
        "", lambda w, r: {"json": {"token": _confirmation(w), "password": "violet harbour 7"}}
    ),
    "GET /account": _with(),
    "GET /account/sessions": _with(),
    "POST /account/sessions/{id}/end": (_session, lambda w, r: {"json": {"password": PASSWORD}}),
    "POST /account/confirmation": _with(json={}),
    "POST /account/second-factor": _with(json={"password": PASSWORD}),
    "POST /account/second-factor/confirm": ("", _confirming),
    "POST /account/second-factor/remove": (
        "",
        lambda w, r: {
            "json": {"password": PASSWORD, "code": ""}, "headers": w.headers_of_another(r),
        },
    ),
    "POST /account/recovery-codes": ("none", _ending_passkey),
    "POST /session/passkey/options": _with(json={}),
    "POST /session/passkey": ("", _by_passkey),
    "GET /account/passkeys": _with(),
    "POST /account/passkeys/confirm/options": ("none", _asking_own_passkey),
    "POST /account/passkeys/options": _with(json={"password": PASSWORD}),
    "POST /account/passkeys": ("", _making_passkey),
    "POST /account/passkeys/{id}/remove": ("none", _ending_passkey),
    "PATCH /account": _with(json={"language": "zh"}),
    "POST /account/password": (
        "",
        lambda w, r: {
            "json": {"old_password": PASSWORD, "new_password": PASSWORD},
            "headers": w.headers_of_another(r),  # it ends with the old password
        },
    ),
    "POST /account/sign-out": _with(json={"password": PASSWORD}),
    "GET /account/export": _with(),
    "POST /account/delete": (
        "",
        lambda w, r: {"json": {"password": PASSWORD}, "headers": w.headers_of_another(r)},
    ),
    "GET /account/channels": _with(),
    "POST /account/channels": _with(
        json={"address": ROBOT, "quiet_from": 22, "quiet_until": 7, "password": PASSWORD}
    ),
    "GET /clusters/{id}/channels": _with(CLUSTER),
    "POST /clusters/{id}/channels": _with(
        CLUSTER, json={"address": ROBOT, "rhythm": "daily", "password": PASSWORD}
    ),
    "PUT /channels/{id}": (_channel, lambda w, r: {"json": {"rhythm": "daily"}}),
    "DELETE /channels/{id}": (_channel, lambda w, r: {}),
    "GET /account/keys": _with(),
    "POST /account/keys": _with(json={"name": "walk", "password": PASSWORD}),
    "DELETE /account/keys/{id}": (_key, lambda w, r: {}),
    "GET /accounts": _with(),
    "PATCH /accounts/{id}": (_account, lambda w, r: {"json": {"active": True}}),
    "DELETE /accounts/{id}": (_account, lambda w, r: {}),
    "GET /log": _with(),
    "GET /notices": _with(),
    "POST /notices/read": _with(json={}),
    "GET /webhooks": _with(query_string={"organization": FIRM}),
    "POST /webhooks": _with(
        json={"organization": FIRM, "url": "https://example.org/hook", "password": PASSWORD}
    ),
    "DELETE /webhooks/{id}": (
        lambda w: w.services.webhooks.register(ADMIN, FIRM, "https://example.org/x").id,
        lambda w, r: {},
    ),
}  # fmt: skip
