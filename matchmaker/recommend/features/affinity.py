"""Places and programmes: what organisations like the seeker are drawn to."""

from __future__ import annotations

import numpy as np

from matchmaker.recommend.features.registry import UNRANKED, Family, feature, rank_in
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.scores import Scores
from matchmaker.snapshot.model import FloatArray

NEAR_KM = 150.0  # what is reached and back within a working day


def _nearness(values: FloatArray) -> FloatArray:
    """exp(−km / 150); unknown counts as an average place, never as far."""
    return np.where(np.isnan(values), 0.3, np.exp(-np.nan_to_num(values) / NEAR_KM)).astype(
        np.float32
    )


@feature(Family.NEARNESS, scale=_nearness, absent=np.nan)
def nearness(pairs: Pairs) -> FloatArray:
    """Great-circle distance between centres of the two places; unknown is never far.

    Shape (n,), kilometres (haversine formula, Earth's mean radius); NaN where either place has no
    coordinates.
    """
    return pairs.centre_km


@feature(Family.HOME)
def same_country(pairs: Pairs) -> FloatArray:
    """Whether both are in the same country.

    Shape (n,): 1 or 0, 0 too where either country is unknown.
    """
    country = pairs.snapshot.organizations.country[pairs.rows]
    return np.asarray((country == pairs.country) & (country >= 0), dtype=np.float32)


@feature(Family.NEARNESS)
def same_region(pairs: Pairs) -> FloatArray:
    """Whether both are in the same region of a country.

    Shape (n,): 1 or 0, 0 too where either region (the place just below the country) is unknown.
    """
    region = pairs.affinity.regions[pairs.rows]
    return np.asarray((region == pairs.region) & (region >= 0), dtype=np.float32)


@feature(Family.HOME)
def country_affinity(pairs: Pairs) -> FloatArray:
    """How much it lately worked with organisations like you of your country, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Joint undertakings count by recency.
    """
    return pairs.over_best(country_work(pairs))


@feature(Family.HOME)
def country_affinity_latest(pairs: Pairs) -> FloatArray:
    """The same over the latest undertakings.

    Shape (n,), in [0, 1] as `country_affinity`; an undertaking counts exp(−age / 1 year).
    """
    lately = pairs.affine("country_latest", lambda a: a.country(pairs.country, lately=True))
    return pairs.over_best(lately)


@feature(Family.HOME)
def country_lift(pairs: Pairs) -> FloatArray:
    """ln of its work with your country over what both sides' activity would make one expect.

    Shape (n,), natural logarithm: 0 as expected, above 0 more. Smoothed, so that none is −∞.
    """
    return pairs.affinity.country_lift(pairs.country, pairs.rows)


@feature(Family.HOME, absent=UNRANKED)
def country_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by recent work with your country.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "country_affinity")


@feature(Family.NEARNESS)
def region_affinity(pairs: Pairs) -> FloatArray:
    """How much it lately worked with organisations of your region, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Joint undertakings count by recency.
    """
    return pairs.over_best(region_work(pairs))


@feature(Family.PROGRAMME)
def topic(pairs: Pairs) -> FloatArray:
    """Cosine of the fields of its recent calls with those of yours, 0 to 1.

    Shape (n,): cosine similarity of recent undertakings by field (Salton and McGill, 1983); 0 for
    a question without an asker.
    """
    row = pairs.seeker.row
    if row is None:
        return np.zeros(len(pairs.rows), dtype=np.float32)
    return pairs.affinity.topic(row, pairs.rows)


@feature(Family.PROGRAMME)
def programme_activity(pairs: Pairs) -> FloatArray:
    """How active it lately was in the programmes that you take part in, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Programmes count by their share in what you do, and your country where you did little.
    """
    return pairs.over_best(programme_work(pairs))


@feature(Family.PROGRAMME)
def programme_partners(pairs: Pairs) -> FloatArray:
    """How many organisations like you it lately met in your programmes, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Those it met count by recency, programmes by their share in what you do.
    """
    partners = pairs.affine("programme_partners", lambda a: a.programme_partners(pairs.profile))
    return pairs.over_best(partners)


@feature(Family.PROGRAMME)
def programme_country(pairs: Pairs) -> FloatArray:
    """How much it lately worked with your country within your programmes, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Joint undertakings count by recency, programmes by their share in what you do.
    """
    return pairs.over_best(programme_country_work(pairs))


@feature(Family.PROGRAMME, absent=UNRANKED)
def programme_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by recent activity in your programmes.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "programme_activity")


@feature(Family.PROGRAMME, absent=UNRANKED)
def programme_country_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by recent work with your country in your programmes.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "programme_country")


def country_work(pairs: Pairs) -> Scores | FloatArray:
    """Recent work of everybody with those of the seeker's country."""
    return pairs.affine("country", lambda a: a.country(pairs.country))


def region_work(pairs: Pairs) -> Scores | FloatArray:
    """Recent work of everybody with those of the seeker's region."""
    return pairs.affine("region", lambda a: a.region(pairs.region))


def programme_work(pairs: Pairs) -> Scores | FloatArray:
    """Recent activity of everybody in the seeker's programmes."""
    return pairs.affine("programme", lambda a: a.programme_activity(pairs.profile))


def programme_country_work(pairs: Pairs) -> Scores | FloatArray:
    """Recent work of everybody with the seeker's country in its programmes."""
    return pairs.affine(
        "programme_country", lambda a: a.programme_country(pairs.profile, pairs.country)
    )
