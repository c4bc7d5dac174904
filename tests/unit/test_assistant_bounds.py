"""Heavy questions of assistants: a few at once, of an account two, and who is too many is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from matchmaker.assistants.bounds import MOST_AT_ONCE, MOST_OF_ACCOUNT, MOST_OF_FIRM, HeavyCalls
from matchmaker.errors import TooManyAttempts


def asked(
    heavy: HeavyCalls, whose: str, may_end: threading.Event, firm: str = ""
) -> asyncio.Task[bool]:
    """A question that computes until it may end."""
    call: Coroutine[Any, Any, bool] = heavy.run(whose, lambda: may_end.wait(10), firm)
    return asyncio.get_running_loop().create_task(call)


def test_a_third_question_of_an_account_is_refused_and_another_s_taken() -> None:
    async def asking() -> None:
        heavy, may_end = HeavyCalls(), threading.Event()
        first = [asked(heavy, "a", may_end) for _ in range(MOST_OF_ACCOUNT)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyAttempts, match="2 seconds"):
            await heavy.run("a", lambda: True)
        other = asked(heavy, "b", may_end)
        await asyncio.sleep(0)
        may_end.set()
        assert all(await asyncio.gather(*first, other))
        assert await heavy.run("a", lambda: True)

    asyncio.run(asking())


def test_the_accounts_of_one_firm_take_half_of_the_places() -> None:
    """Four of them with two questions each: whoever else asked was refused for as long as that."""

    async def asking() -> None:
        heavy, may_end = HeavyCalls(), threading.Event()
        calls = [
            asked(heavy, f"account {number}", may_end, "firm") for number in range(MOST_OF_FIRM)
        ]
        await asyncio.sleep(0)
        with pytest.raises(TooManyAttempts):
            await heavy.run("another account", lambda: True, "firm")
        other = [asked(heavy, "b", may_end, firm) for firm in ("other firm", "")]
        await asyncio.sleep(0)
        may_end.set()
        assert all(await asyncio.gather(*calls, *other))
        assert await heavy.run("another account", lambda: True, "firm")
        assert MOST_OF_FIRM <= MOST_AT_ONCE / 2

    asyncio.run(asking())


def test_no_more_wait_than_are_answered_soon() -> None:
    async def asking() -> None:
        heavy, may_end = HeavyCalls(), threading.Event()
        calls = [asked(heavy, f"account {number}", may_end) for number in range(MOST_AT_ONCE)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyAttempts):
            await heavy.run("another", lambda: True)
        may_end.set()
        assert all(await asyncio.gather(*calls))
        assert await heavy.run("another", lambda: True)

    asyncio.run(asking())


def test_who_leaves_keeps_its_place_while_the_answer_is_made() -> None:
    """Or who leaves and asks again has any number made at once."""

    async def asking() -> None:
        heavy, may_end = HeavyCalls(), threading.Event()
        calls = [asked(heavy, "a", may_end) for _ in range(MOST_OF_ACCOUNT)]
        await asyncio.sleep(0.2)  # both compute
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        with pytest.raises(TooManyAttempts):
            await heavy.run("a", lambda: True)
        may_end.set()
        await asyncio.sleep(0.2)
        assert await heavy.run("a", lambda: True)

    asyncio.run(asking())
