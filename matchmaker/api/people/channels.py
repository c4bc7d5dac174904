"""The routes of channels: where notices go besides the inbox, of one's own and of a cluster."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again
from matchmaker.api.http.routing import as_json, created, no_content, reads, writes
from matchmaker.api.people.requests import ChannelTimes, NewChannel
from matchmaker.api.people.responses import ChannelList, ChannelOut
from matchmaker.api.people.routes import NOTICES
from matchmaker.errors import NotFound
from matchmaker.workflow.channel import NoticeChannel
from matchmaker.workflow.receipt import Receipt

channels = Area("channels", __name__, url_prefix=API_PREFIX)


@channels.get("/account/channels", **reads(NOTICES, ChannelList, also=(409,)))
def list_own_channels() -> Response:
    """List where one's own notices go."""
    return _listed("")


@channels.post("/account/channels", **writes(NOTICES, ChannelOut, 201))
def enter_own_channel(header: IdempotencyHeaders, body: NewChannel) -> Response:
    """Have one's own notices sent to a robot, a chat, a gateway or a mailbox, too."""
    entered = services().channels.enter(
        current_principal(), body.to_content(), body.password, body.answer
    )
    return created(_shaped([entered])[0], "account/channels")


@channels.get("/clusters/<path:id>/channels", **reads(NOTICES, ChannelList))
def list_cluster_channels(path: IdPath) -> Response:
    """List where notices to a cluster's coordinators go."""
    return _listed(path.id)


@channels.post("/clusters/<path:id>/channels", **writes(NOTICES, ChannelOut, 201))
def enter_cluster_channel(path: IdPath, header: IdempotencyHeaders, body: NewChannel) -> Response:
    """Have what a cluster's coordinators are told sent to a robot of theirs, too."""
    content = body.to_content(path.id)
    entered = services().channels.enter(current_principal(), content, body.password, body.answer)
    return created(_shaped([entered])[0], f"clusters/{path.id}/channels")


@answers_again("channels.enter_cluster_channel")
def told_of_channel(receipt: Receipt, arguments: Arguments) -> Response:
    """The channel of the cluster that was entered."""
    cluster = arguments["id"]
    listed = services().channels.listed(current_principal(), cluster)
    entered = [each for each in listed if each.id == receipt.made["channel"]]
    if not entered:
        raise NotFound("There is no such channel.")
    return created(_shaped(entered)[0], f"clusters/{cluster}/channels")


@channels.put("/channels/<id>", **writes(NOTICES, ChannelOut))
def change_channel(path: IdPath, header: IdempotencyHeaders, body: ChannelTimes) -> Response:
    """Change when notices are sent to a channel; one that was given up is tried again."""
    changed = services().channels.change(current_principal(), path.id, body.rhythm, body.quiet())
    return as_json(_shaped([changed])[0])


@channels.delete("/channels/<id>", **writes(NOTICES))
def remove_channel(path: IdPath, header: IdempotencyHeaders) -> Response:
    """Remove a channel: no notice is sent to it any more."""
    services().channels.remove(current_principal(), path.id)
    return no_content()


def _listed(cluster: str) -> Response:
    return as_json(
        ChannelList(items=_shaped(services().channels.listed(current_principal(), cluster)))
    )


def _shaped(channels: Sequence[NoticeChannel]) -> list[ChannelOut]:
    authors = services().channels.authors(current_principal(), channels)
    language = current_language()
    return [ChannelOut.of_channel(each, authors.get(each.id, ""), language) for each in channels]
