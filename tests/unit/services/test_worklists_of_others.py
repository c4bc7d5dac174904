"""Whom a cluster's worklist names of other clusters, and whom it keeps to itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.access import ADMIN
from matchmaker.audit import gatherings
from matchmaker.audit.gatherings import Opening
from matchmaker.audit.view import View
from matchmaker.services.auditing.results import Worklist
from tests.unit.services.test_auditing import Installation, of


@pytest.fixture(scope="module")
def sample_graph(tmp_path_factory):
    """Each other cluster of the samples is one to open to: too few trades to tell nearness by."""

    def every_other(view: View, _hidden: object) -> tuple[Opening, ...]:
        others = set(map(int, view.landscape.clusters)) - {view.cluster}
        return tuple(Opening(other, 0.5, 10, 0, ()) for other in sorted(others))

    made = Installation(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gatherings, "openings", every_other)
        yield made
    made.store.close()


def across(found: Worklist) -> tuple[set[str], set[str]]:
    """Members who are to meet others, and those others."""
    ties = [tie for opening in found.openings for tie in opening.ties_to_make]
    return {tie.member.id for tie in ties}, {tie.partner.id for tie in ties}


def test_who_opted_out_since_the_snapshot_is_suggested_to_nobody(sample_graph):
    auditing = sample_graph.auditing
    usual = auditing.worklist(ADMIN, of("hosiery"))
    members, others = across(usual)
    leaving = frozenset(
        {
            *(party.id for circle in usual.circles for party in circle.members[:2]),
            *(need.organization.id for brief in usual.briefs for need in brief.needs[:1]),
            *(lab.id for brief in usual.briefs for lab in brief.labs[:1]),
            *(isolate.organization.id for isolate in usual.isolates[:1]),
            *(tie.partner.id for tie in usual.items[:1]),
            min(members),
            *others,
        }
    )
    found = replace(auditing, opted_out=lambda: leaving).worklist(ADMIN, of("hosiery"))
    assert found.items
    named = {
        *(party.id for circle in found.circles for party in circle.members),
        *(need.organization.id for brief in found.briefs for need in brief.needs),
        *(lab.id for brief in found.briefs for lab in brief.labs),
        *(isolate.organization.id for isolate in found.isolates),
        *(option.organization.id for isolate in found.isolates for option in isolate.options),
        *(end.id for tie in found.items for end in (tie.asker, tie.partner)),
        *set.union(*across(found)),
    }
    assert leaving.isdisjoint(named)


def test_who_stays_within_its_clusters_is_named_to_no_other(sample_graph):
    auditing = sample_graph.auditing
    usual = auditing.worklist(ADMIN, of("hosiery"))
    members, others = across(usual)
    assert members
    assert others
    staying = frozenset({min(members), *others})
    found = replace(auditing, staying_within=lambda: staying).worklist(ADMIN, of("hosiery"))
    named = set.union(*across(found))
    assert named
    assert staying.isdisjoint(named)
    # The rest of the list is of its own members, who may meet each other.
    assert [one.partner for one in found.items] == [one.partner for one in usual.items]
