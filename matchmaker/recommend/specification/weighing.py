"""How much met, unmet and denied requirements weigh against the likeness of two texts."""

from __future__ import annotations

from matchmaker.recommend.specification.model import Comparison, Judgement, RequirementKind

# Likenesses of right and wrong statements of one trade differ by some .2: an unmet
# requirement outweighs that, and what nothing is said of changes nothing.
DENIED = -1.0
_UNMET = {
    RequirementKind.PRODUCT: -0.5,
    RequirementKind.CODE: -0.5,
    RequirementKind.SIZE: -0.4,
    RequirementKind.PRESSURE: -0.4,
    RequirementKind.MATERIAL: -0.4,
    RequirementKind.TEMPERATURE: -0.4,
    RequirementKind.PROCESS: -0.3,
    RequirementKind.STANDARD: -0.3,
    RequirementKind.CERTIFICATE: -0.3,
    RequirementKind.PRICE: -0.3,
    RequirementKind.DEADLINE: -0.25,
    RequirementKind.QUANTITY: -0.25,
    # Who insists on a place filters by it; a wish only orders who is else alike.
    RequirementKind.PLACE: -0.2,
    RequirementKind.DISTANCE: -0.2,
    RequirementKind.PARTNER: -0.1,
}
_MET = {
    RequirementKind.PRODUCT: 0.14,
    RequirementKind.CODE: 0.2,
    RequirementKind.PLACE: 0.1,
    RequirementKind.DISTANCE: 0.1,
    RequirementKind.PARTNER: 0.1,
}
UNMET, MET = -0.25, 0.04
SOFT = 0.3
LOWEST, HIGHEST = -1.0, 0.4


def adjustment(comparison: Comparison) -> float:
    """What to add to a text fit in [0, 1]: from -1 (denied, or much unmet) to 0.3 (all met).

    Soft requirements count a third. What is unmet always outweighs what is met.
    """
    if comparison.denied:
        return DENIED
    unmet = sum(_weight(j, _UNMET.get(j.requirement.kind, UNMET)) for j in comparison.unmet)
    met = sum(_weight(j, _MET.get(j.requirement.kind, MET)) for j in comparison.met)
    if unmet:  # what is met of another thing than the one asked for is worth little
        met = min(met, -unmet / 4)
    return max(LOWEST, min(HIGHEST, unmet + met))


def _weight(judgement: Judgement, weight: float) -> float:
    return weight * SOFT if judgement.requirement.soft else weight
