"""Pins that are behind, told from what a package index answers."""

from datetime import UTC, datetime

from packaging.version import Version

from tools.overdue import overdue_since, pins, releases


def file(name, day, **more):
    return {"filename": name, "upload-time": f"{day}T08:00:00Z", **more}


ANSWER = {
    "files": [
        file("thing-1.0.tar.gz", "2026-01-01"),
        file("thing-1.1-py3-none-any.whl", "2026-03-02"),
        file("thing-1.1.tar.gz", "2026-03-01"),
        file("thing-1.2.tar.gz", "2026-04-01", yanked="broken"),
        file("thing-1.3.tar.gz", "2026-05-01", **{"requires-python": ">=3.14"}),
        file("thing-2.0rc1.tar.gz", "2026-06-01"),
        file("thing-0.3.2d.dev.tar.gz", "2009-06-01"),
    ]
}


def test_only_final_releases_that_could_be_installed_count():
    assert releases(ANSWER) == {
        Version("1.0"): datetime(2026, 1, 1, 8, tzinfo=UTC),
        Version("1.1"): datetime(2026, 3, 1, 8, tzinfo=UTC),
    }


def test_a_pin_is_behind_since_the_first_newer_release():
    known = releases(ANSWER)
    assert overdue_since(Version("1.0"), known) == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert overdue_since(Version("1.1"), known) is None


def test_pins_are_read_with_their_extras_and_without_what_brings_them():
    text = "thing==1.0\n    # via other==2\nother-one[extra]==2.5.1\n# last==3\n"
    assert pins(text) == {"thing": Version("1.0"), "other-one": Version("2.5.1")}
