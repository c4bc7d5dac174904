"""Shapes of answers about calls, never-with lists and refusals."""

from __future__ import annotations

from pydantic import RootModel

from matchmaker.api.http.fields import ListOut, Localised, Outgoing, PageOut
from matchmaker.messages import Message
from matchmaker.services.cooperation.call_answers import InvitationRow
from matchmaker.services.cooperation.call_figures import CallFigures
from matchmaker.services.cooperation.call_shapes import CallForm, CallView
from matchmaker.services.cooperation.calls import CallRow
from matchmaker.services.cooperation.exclusions import ExcludedOrganization
from matchmaker.workflow.refusals import RefusalCounts


class CallRowOut(RootModel[CallRow]):
    """A call that one's organisation makes."""


class CallPage(PageOut[CallRowOut]):
    """Calls of an organisation, newest first."""


class CallOut(RootModel[CallView]):
    """A call as who makes it sees it: invited ones, answers side by side, questions, notes."""


class CallFormOut(RootModel[CallForm]):
    """A call as who was invited sees it, with its own answer alone."""


class CallInvitationOut(RootModel[InvitationRow]):
    """A call that one's organisation was invited to or may answer."""


class CallInvitationPage(PageOut[CallInvitationOut]):
    """Calls that an organisation was invited to, newest first."""


class CallInvitationList(ListOut[CallInvitationOut]):
    """Calls open to an organisation's clusters, the next to end first."""


class SuggestedOut(Outgoing):
    """Somebody whom the ranking would invite."""

    id: str
    name: str
    name_en: str
    score: float


class SuggestedList(ListOut[SuggestedOut]):
    """The best who may be invited, and were not yet."""


class CallFiguresOut(RootModel[CallFigures]):
    """Counts over the decided calls of a cluster, from five on."""


class ExcludedOut(RootModel[ExcludedOrganization]):
    """Somebody on one's never-with list."""


class ExcludedList(ListOut[ExcludedOut]):
    """Those that one's organisation does not want to be brought together with."""


class MeetingRuleOut(Outgoing):
    """The rule of whether an organisation is brought together within its own clusters only."""

    own_clusters_only: bool


class RefusalCountsOut(RootModel[RefusalCounts]):
    """Refusals by kind of reason; no kinds where there are too few cases."""


class OwnRefusalsOut(Localised):
    """Refusals of and by an organisation, and what to do about them."""

    received: RefusalCounts
    given: RefusalCounts
    not_awarded: RefusalCounts
    advice: list[Message]
