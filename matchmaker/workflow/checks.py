"""What states and values refuse, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.errors import InvalidInput, WrongState
from matchmaker.messages import message


def check_range(name: str, value: int, minimum: int, maximum: int) -> None:
    """Raise InvalidInput for a number outside these bounds."""
    if not minimum <= value <= maximum:
        raise InvalidInput(
            "must be from %(minimum)s to %(maximum)s.", where=name, minimum=minimum, maximum=maximum
        )


def not_possible(state: str, action: str, possible: Iterable[str]) -> WrongState:
    """The error of an action that a state does not allow, with those that it does."""
    return WrongState(
        "It is %(state)s; '%(action)s' is not possible then.",
        mend="Possible: %(names)s.",
        state=state,
        action=action,
        names=tuple(dict.fromkeys(possible)) or message("nothing"),
    )
