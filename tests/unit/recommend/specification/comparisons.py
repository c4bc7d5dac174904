"""A need compared with a statement, and the need that most tests compare."""

from matchmaker.recommend.specification import Comparison, compare, read


def compared(need: str, statement: str) -> Comparison:
    return compare(read(need), read(statement))


def values(judgements) -> list[str]:
    return [judgement.requirement.value for judgement in judgements]


VALVES = {
    "other size": "Gate valves DN400 PN25 in carbon steel.",
    "same": "Gate valves DN40 PN25 in carbon steel.",
    "other size and pressure": "Gate valves DN20 PN250 in carbon steel.",
    "same, spaced": "Gate valves DN 40 PN 25 in carbon steel.",
    "in inches": "Gate valves 1-1/2 inch (DN40), class 300, carbon steel WCB.",
    "denied": "We no longer make gate valves DN40 PN25 in carbon steel.",
}


NEED = "carbon steel gate valves DN40 PN25"
