"""A language is one file: with it there, accounts can have it and are written to in it."""

import shutil

import pytest

from matchmaker import messages
from matchmaker.access import ADMIN
from matchmaker.errors import InvalidInput
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.links import Links
from matchmaker.workflow.account import Preferences

API = "/api/v1"
FRENCH = """msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "You are invited to Matchmaker: %(place)s"
msgstr "Venez dans Matchmaker: %(place)s"
"""


@pytest.fixture
def french(tmp_path, monkeypatch):
    """A third catalogue beside the packaged one."""
    shutil.copy(messages.TRANSLATIONS / "zh.po", tmp_path)
    (tmp_path / "fr.po").write_text(FRENCH, "utf-8")
    monkeypatch.setattr(messages, "TRANSLATIONS", tmp_path)
    messages.catalogue.cache_clear()
    yield
    messages.catalogue.cache_clear()


class Box:
    is_set_up = True

    def __init__(self):
        self.letters = []

    def send(self, to, subject, text, headers=None):
        self.letters.append((to, subject, text))


@pytest.fixture
def reader(wired, request):
    return wired.accounts.create(
        ADMIN, f"{request.node.name[:40]}@example.org", "R", "correct horse 9"
    )


def test_an_account_takes_a_language_that_has_a_catalogue(app, wired, reader, french):
    client = app.test_client()
    token = client.post(
        f"{API}/session", json={"email": reader.email, "password": "correct horse 9"}
    ).json["csrf_token"]
    headers = {"X-CSRF-Token": token}
    changed = client.patch(f"{API}/account", json={"language": "fr"}, headers=headers)
    assert changed.json["preferences"]["language"] == "fr"
    unknown = client.patch(f"{API}/account", json={"language": "tlh"}, headers=headers)
    assert unknown.status_code == 422


def test_letters_come_in_it(wired, french):
    box = Box()
    links = Links(lambda: "secret of the tests", lambda: "https://m.example", box)
    invitations = Invitations(
        lambda: wired.store, wired.repositories, wired.accounts, links,
        wired.second_factors, wired.clock, LocalAllowance(0),
    )  # fmt: skip
    issued = invitations.invite(ADMIN, "r@example.org", cluster="t:cluster", language="fr")
    assert issued.mailed
    ((to, subject, text),) = box.letters
    assert (to, subject) == ("r@example.org", "Venez dans Matchmaker: Valves of A")
    assert "https://m.example/invitation?token=" in text  # not translated


def test_the_settings_page_offers_it_by_its_own_name(app, reader, french):
    client = app.test_client()
    client.post(f"{API}/session", json={"email": reader.email, "password": "correct horse 9"})
    page = client.get("/account").text
    for code, name in (("en", "English"), ("fr", "français"), ("zh", "中文")):
        assert f'<option value="{code}" lang="{code}" ' in page
        assert f">{name}</option>" in page


def test_without_a_catalogue_it_is_refused(wired, reader):
    with pytest.raises(InvalidInput, match="one of en, zh"):
        wired.accounts.set_preferences(reader.principal(), Preferences("fr"))
    with pytest.raises(InvalidInput, match="one of en, zh"):
        wired.invitations.invite(ADMIN, "r@example.org", cluster="t:cluster", language="fr")
