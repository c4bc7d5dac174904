"""Programmes in both stores: every term of theirs comes back as it was, and by an import too."""

from __future__ import annotations

from dataclasses import fields

from matchmaker.domain import GraphRows, Kind, Offer, OfferKind, ProgrammeTerms, Size, Tier
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import DAY, firm

TERMS = {
    "for_tiers": (Tier.SPECIALISED, Tier.LITTLE_GIANT),
    "for_certificates": ("高新技术企业", "ISO 9001"),
    "for_sizes": (Size.MICRO, Size.SME),
    "for_places": ("p:1", "p:2"),
    "for_industries": ("i:1",),
    "min_years": 1,
    "max_years": 10,
    "further_conditions": ("上年度研发费用占营业收入3%以上，且有研发机构", "no arrears of tax"),
    "opens": DAY(2026, 11, 1),
    "deadline": DAY(2026, 12, 31),
    "amount": "最高 50 万元",
    "url": "https://example.com/policy",
}


def test_the_terms_of_a_programme_are_kept(store: GraphStore) -> None:
    assert set(TERMS) == {each.name for each in fields(ProgrammeTerms)}
    full = Offer("o:1", "t:1", OfferKind.PROGRAMME, "智能化改造补助", "zh", **TERMS)  # type: ignore[arg-type]
    bare = Offer("o:2", "t:1", OfferKind.PROGRAMME, "展会补贴", "zh")
    office = firm(1, kind=Kind.PUBLIC_BODY)
    store.upsert(GraphRows(organizations=(office,), offers=(full, bare)))
    assert (store.offer("o:1"), store.offer("o:2")) == (full, bare)
    assert store.export().rows.offers == (full, bare)
