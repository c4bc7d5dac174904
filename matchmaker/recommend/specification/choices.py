"""What a person makes of the requirements that were read: dropped, insisted on, merely wished."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matchmaker.recommend.specification.model import Requirement, Specification


@dataclass(frozen=True, slots=True)
class Choices:
    """Keys of requirements (`Requirement.key`): `ignored`, `hard`, and `soft` ones."""

    ignored: frozenset[str] = frozenset()
    hard: frozenset[str] = frozenset()
    soft: frozenset[str] = frozenset()

    def applied_to(self, specification: Specification) -> Specification:
        """The specification as the person means it."""
        if not (self.ignored or self.hard or self.soft):
            return specification
        kept = (item for item in specification.items if item.key not in self.ignored)
        return replace(specification, items=tuple(map(self._meant, kept)), choices=self._marks())

    def _meant(self, item: Requirement) -> Requirement:
        if item.key in self.hard:
            return item._replace(soft=False)
        return item._replace(soft=True) if item.key in self.soft else item

    def _marks(self) -> str:
        return "\n".join(
            f"{name}: {', '.join(sorted(keys))}"
            for name, keys in (("ignored", self.ignored), ("hard", self.hard), ("soft", self.soft))
        )
