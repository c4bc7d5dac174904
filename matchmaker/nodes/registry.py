"""The register of nodes and what each serves: said by each, forgotten when it is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from matchmaker.nodes.notes import NodeNote
from matchmaker.nodes.shared_state import SharedState, answering, key

# A node that was not heard of for so long is gone.
FORGOTTEN_SECONDS = 15
# Its processes say so less often: while one takes a snapshot over, it says nothing.
_SERVED_SECONDS = 60
ANNOUNCED_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class NodeState:
    """The state that a node tells of itself.

    `program` is its version and `generation` how new its files are, against other nodes'.
    `format` is that of the snapshots that it reads and makes, `snapshot` the version of the graph
    that its data folder has, and `serving` what each of its processes serves, by process id;
    0: none. `is_elected` says whether it works off jobs.
    """

    name: str
    address: str
    program: str
    generation: int
    format: int
    started: datetime
    snapshot: int = 0
    note: NodeNote = NodeNote.FOLLOWS
    is_elected: bool = False
    serving: Mapping[str, int] = field(default_factory=dict)

    @property
    def served(self) -> int:
        """The oldest version of the graph that any of its processes answers from; 0: none."""
        return min(self.serving.values(), default=0)


_GENERATION = """
local there = redis.call('TYPE', KEYS[1]).ok
if there ~= 'hash' and there ~= 'none' then redis.call('DEL', KEYS[1]) end
local now = redis.call('TIME')
redis.call('HSETNX', KEYS[1], ARGV[1], string.format('%.0f', now[1] * 1000000 + now[2]))
return redis.call('HGET', KEYS[1], ARGV[1])
"""
_STATE = TypeAdapter(NodeState)


class NodeRegistry:
    """All nodes, at the server that they share."""

    def __init__(self, state: SharedState) -> None:
        self._redis = state.quick

    def announce(self, node: NodeState) -> None:
        """This node is there. Raises ServiceUnavailable."""
        content = _STATE.dump_json(node, exclude={"serving"})
        with answering():
            self._redis.set(key("node", node.name), content, ex=FORGOTTEN_SECONDS)

    def announce_served(self, node: str, pid: int, version: int) -> None:
        """A process of a node serves a version of the graph. Raises ServiceUnavailable."""
        with answering():
            self._redis.set(key("serving", node, str(pid)), version, ex=_SERVED_SECONDS)

    def withdraw(self, node: str) -> None:
        """A node ends. Raises ServiceUnavailable."""
        with answering():
            self._redis.delete(key("node", node))

    def generation(self, digest: str) -> int:
        """The age of a program: when, by the server's clock, one with its digest came first.

        Raises ServiceUnavailable.
        """
        with answering():
            number: Any = self._redis.eval(_GENERATION, 1, key("generations"), digest)
        return int(number)

    def highest_generation(self) -> int:
        """Of the nodes that are there; 0 where none is. Raises ServiceUnavailable."""
        return max((node.generation for node in self.nodes()), default=0)

    def nodes(self) -> list[NodeState]:
        """By name. Raises ServiceUnavailable."""
        with answering():
            nodes = self._values("node")
            serving = self._values("serving")
        states = []
        for content in nodes.values():
            state = _STATE.validate_json(content)
            beginning = key("serving", state.name) + ":"
            served = {
                name.removeprefix(beginning): int(version)
                for name, version in serving.items()
                if name.startswith(beginning)
            }
            states.append(replace(state, serving=served))
        return sorted(states, key=lambda state: state.name)

    def _values(self, kind: str) -> dict[str, Any]:
        names: list[Any] = sorted(self._redis.scan_iter(match=key(kind, "*"), count=500))
        values = self._redis.mget(names) if names else []
        return {
            name.decode(): value
            for name, value in zip(names, values, strict=True)
            if value is not None
        }
