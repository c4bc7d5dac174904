"""Turns: nobody's requests are behind all that somebody else has sent."""

import random

import pytest

from matchmaker.serving.turns import Caller, Callers, KnownCaller, Turns


def served(turns):
    """Everything that waits, in the order in which it is served."""
    order = []
    while caller := turns.next_of(lambda _: True):
        order.append(turns.take(caller))
    return order


def test_addresses_take_turns_and_of_one_address_its_callers():
    turns = Turns()
    for name in ("a1", "a2", "a3"):
        turns.add(Caller("192.0.2.1", "a"), name)
    turns.add(Caller("192.0.2.1", "b"), "b1")
    turns.add(Caller("192.0.2.2", "c"), "c1")
    turns.add(Caller("192.0.2.2", "c"), "c2")
    assert served(turns) == ["a1", "c1", "b1", "c2", "a2", "a3"]
    assert len(turns) == 0


def test_the_people_of_a_firm_have_the_turns_of_one_wherever_they_sit():
    """Nine accounts of a firm, at three addresses, before each of whoever else asked."""
    turns = Turns()
    known = {f"key {n}": KnownCaller(f"account {n}", "a firm") for n in range(9)}
    callers = Callers(0, lambda headers: known.get(headers["AUTHORIZATION"], KnownCaller()))
    for number in range(9):
        caller = callers.of({"AUTHORIZATION": f"key {number}"}, f"192.0.2.{number % 3}")
        for turn in (1, 2):
            turns.add(caller, f"{number}.{turn}")
    other = callers.of({"AUTHORIZATION": ""}, "192.0.2.1")
    assert turns.ahead(other) == 1
    turns.add(other, "other")
    order = served(turns)
    assert order.index("other") == 1
    assert [each for each in order if each != "other"] == [
        f"{number}.{turn}" for turn in (1, 2) for number in range(9)
    ]


@pytest.mark.parametrize("address", ["192.0.2.1", "192.0.2.2"])
def test_made_up_credentials_gain_no_turn(address):
    """Each was a caller of its own: fifty before whoever else asked from the same address."""
    turns, own = Turns(), "matchmaker=own"
    member, nobody = KnownCaller("member"), KnownCaller()
    callers = Callers(0, lambda headers: member if headers["COOKIE"] == own else nobody)
    for number in range(50):
        turns.add(callers.of({"COOKIE": f"matchmaker=made-up-{number}"}, "192.0.2.1"), "flood")
    turns.add(callers.of({"COOKIE": own}, address), "member")
    assert served(turns).index("member") == 1


@pytest.mark.parametrize("seed", range(200))
def test_how_many_are_ahead_is_how_many_are_served_before(seed):
    """Turns that nobody has taken yet, or some: counted by serving them."""
    chance, turns = random.Random(seed), Turns()
    callers = [Caller(address, name) for address in "xyz" for name in "abc"]
    callers += [Caller("", name, "firm") for name in "abc"]
    for _ in range(chance.randrange(40)):
        turns.add(chance.choice(callers[: chance.randrange(1, 13)]), "other")
    caller = chance.choice(callers)
    ahead = turns.ahead(caller)
    turns.add(caller, "this")
    assert ahead - 12 <= served(turns).index("this") <= ahead  # at least one of each is left


def test_what_is_removed_is_served_to_nobody():
    turns = Turns()
    for number in range(10):
        turns.add(Caller("192.0.2.1", str(number % 3)), number)
    assert sorted(turns.remove(lambda number: number % 2 == 0)) == [0, 2, 4, 6, 8]
    assert sorted(served(turns)) == [1, 3, 5, 7, 9]


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        (None, 0, "198.51.100.7"),
        ("192.0.2.1", 0, "198.51.100.7"),  # anybody may write it
        ("192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1, 10.0.0.1", 2, "192.0.2.1"),
        ("192.0.2.1", 2, "198.51.100.7"),
        (None, 1, "198.51.100.7"),
        ("2001:db8:1:2:3::4", 1, "2001:db8:1:2::/64"),
    ],
)
def test_an_address_is_believed_as_the_settings_say(forwarded, proxies, address):
    headers = {} if forwarded is None else {"X_FORWARDED_FOR": forwarded}
    assert Callers(proxies).of(headers, "198.51.100.7").address == address
