"""What anybody may read of clusters, offers, needs and engagements: these fields and no other."""

from __future__ import annotations

from dataclasses import fields

import pytest

from matchmaker.domain import Cluster, Engagement, Need, Offer, Participant

# Answers and pages show these rows whole: a field that is added becomes public. Add it here
# when it may be; otherwise give it a response of its own, as an organisation's contact has.
PUBLIC = {
    Cluster: "id name name_en place industry level batch provenance",
    Offer: "id organization kind text language terms slots stages date date_precision active "
    "provenance for_tiers for_certificates for_sizes for_places for_industries min_years max_years "
    "further_conditions opens deadline amount url",
    Need: "id organization goal text language quantity budget currency deadline stages date "
    "date_precision state provenance",
    Engagement: "id kind participants title text language date until "
    "date_estimated date_precision programme topic amount currency provenance "
    "number also_stated ended",
    Participant: "organization role amount ended",
}


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.__name__)
def test_rows_that_are_shown_whole_have_public_fields_only(row):
    assert {field.name for field in fields(row)} == set(PUBLIC[row].split())
