"""All that things, work and materials of the lists are called, in either language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.tables import NAMES_KEPT, word_table
from matchmaker.recommend.specification.vocabulary import parts
from matchmaker.text import has_chinese

_OF_THINGS = ("products", "processes", "doers")


@lru_cache(NAMES_KEPT)
def names_of(product: str) -> tuple[str, ...]:
    """All that a product, or work, is called in either language; none of what is not listed."""
    table = word_table("products.toml")
    named = [table[part].get(product) for part in _OF_THINGS]
    listed = [name for names in named if names is not None for name in names]
    return (product, *listed) if any(names is not None for names in named) else ()


@lru_cache(NAMES_KEPT)
def names_of_kinds(product: str) -> tuple[str, ...]:
    """All that a product and its kinds are called: valves, ball valves, 球阀."""
    table = word_table("products.toml")
    named = (kind for kind in table["products"] if kind.endswith(" " + product))
    kinds = (kind for kind in (*named, *table["families"].get(product, ())) if kind not in parts())
    return (*names_of(product), *(name for kind in kinds for name in names_of(kind)))


@lru_cache(NAMES_KEPT)
def material_names(material: str) -> tuple[str, ...]:
    """All that a material and its grades are called, or one grade; none of what is not listed."""
    table = word_table("materials.toml")
    families, grades = table["families"], table["grades"]
    if material in families:
        return (
            material,
            *families[material],
            *(each for line in grades.get(material, ()) for each in line),
        )
    lines = (line for of_family in grades.values() for line in of_family)
    return next((tuple(line) for line in lines if line[0].upper() == material), ())


def chinese_names() -> frozenset[str]:
    """What things, materials and work are called in Chinese."""
    things, materials = word_table("products.toml"), word_table("materials.toml")
    lists = [things[part] for part in _OF_THINGS] + [materials["families"]]
    called = (name for names in lists for listed in names.values() for name in listed)
    return frozenset(name for name in called if has_chinese(name))


_THINGS = frozenset({RequirementKind.PRODUCT, RequirementKind.PROCESS})


def in_chinese(asked: Iterable[Requirement], most: int) -> str:
    """What the things and the work that are asked for are first called in Chinese, at most so many.

    "" of what is not listed.
    """
    sought = (each.value for each in asked if each.kind in _THINGS and not each.denied)
    called = (next(filter(has_chinese, names_of(value)), "") for value in sought)
    return " ".join(islice(dict.fromkeys(filter(None, called)), most))
