"""Whatever the service says itself, it says in the reader's language, and in no other."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import re
import shutil
from typing import Any

import ahocorasick
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from matchmaker import messages
from matchmaker.access import ADMIN
from matchmaker.cli import run
from matchmaker.domain import GraphRows
from matchmaker.messages import TRANSLATIONS, message, plural
from matchmaker.workflow.account import Preferences
from matchmaker.workflow.session import SignInOrigin
from tests.api.conftest import ROWS, application_of, installation
from tests.api.requests_of_routes import REQUESTS
from tests.api.sending import id_of, send
from tests.api.things_of_routes import CLUSTER, FIRM
from tests.api.world import ROLES, make_world
from tools import translations

CHINESE = re.compile(r"[\u3001-\u301e\u3400-\u9fff\uff01-\uff5e]")
PLACEHOLDER = translations.PLACEHOLDER
# Elements that name a language in itself: the menu of languages.
OWN_NAMES = re.compile(r"<(button|option)[^>]*\slang=\"[^>]*>.*?</\1>", re.S)
# Fields of the API that are public in both languages: `zh` and `en`, `title_zh` and `title_en`.
OTHER_LANGUAGE = {"en": "zh", "zh": "en"}


def segments() -> list[str]:
    """Every part between parameters, of two words or more, of what the code can say."""
    found = set()
    for text in translations.texts():
        for part in PLACEHOLDER.split(text.id) + PLACEHOLDER.split(text.plural):
            if text.context != messages.FIELD and re.search(r"[A-Za-z]{2,}\W+[A-Za-z]{2,}", part):
                found.add(part.strip())
    return sorted(found)


@functools.cache
def english() -> ahocorasick.Automaton:
    """Finds all of them in one pass over a text."""
    automaton = ahocorasick.Automaton()
    for part in segments():
        automaton.add_word(part, part)
    automaton.make_automaton()
    return automaton


def foreign(text: str, language: str) -> list[str]:
    """What a text says in the other language; its data are English words that no text has."""
    text = OWN_NAMES.sub("", text)
    if language != "en":
        return sorted({part for _, part in english().iter(text)})
    if not CHINESE.search(text):
        return []
    return sorted(set(re.findall(f".{{0,20}}{CHINESE.pattern}.{{0,20}}", text)))


# What an imported file itself says, beside our own words for it.
OF_THE_FILE = {"columns"}


def spoken(answer: Any, language: str) -> str:
    """All strings of a JSON answer but those that are public in the other language."""
    if isinstance(answer, dict):
        other = OTHER_LANGUAGE[language]
        values = [
            value
            for name, value in answer.items()
            if name.rpartition("_")[2] != other and name not in OF_THE_FILE
        ]
        return "\n".join(spoken(value, language) for value in values)
    if isinstance(answer, list):
        return "\n".join(spoken(value, language) for value in answer)
    return answer if isinstance(answer, str) else ""


def in_english(rows: GraphRows) -> GraphRows:
    """The rows with invented Latin words wherever they had Chinese ones."""
    number = itertools.count()

    def plain(value: Any) -> Any:
        if isinstance(value, str) and CHINESE.search(value):
            return f"Zorvex-{next(number)} valve castings"
        if isinstance(value, tuple):
            return tuple(plain(part) for part in value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {
                field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
            }
            if fields.get("language") == "zh":
                fields["language"] = "en"
            return type(value)(**fields)
        return value

    return GraphRows(**{name: plain(given) for name, given in rows.tables()})


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """Data without a Chinese character."""
    services = installation(tmp_path_factory, in_english(ROWS), demo=True)
    yield services
    services.store.close()


@pytest.fixture(scope="module")
def application(services):
    return application_of(services)


@pytest.fixture(scope="module")
def world(services):
    return make_world(services)


# -- the API


# Every role is answered in one of them, roles beside each other and operations beside each other
# in different ones; in the long run in both.
IN_TURN = [
    pytest.param(operation, order, id=operation)
    for operation, order in zip(
        sorted(REQUESTS), itertools.cycle((("en", "zh"), ("zh", "en"))), strict=False
    )
]
WHOLE = [
    pytest.param(operation, (language,), id=f"{language}-{operation}", marks=pytest.mark.long)
    for operation in sorted(REQUESTS)
    for language in ("en", "zh")
]


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "languages"), IN_TURN + WHOLE)
def test_a_route_speaks_one_language_to_every_role(application, world, operation, languages):
    for role, language in zip(ROLES, itertools.cycle(languages), strict=False):
        answer = send(application.test_client(), world, operation, role, language=language)
        assert answer.headers["Content-Language"] == language
        if answer.is_json or answer.mimetype.endswith("+json"):
            said = spoken(json.loads(answer.text), language)
            assert foreign(said, language) == [], (role, answer.status_code, answer.text[:3000])


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/offers", {"organization": "no id", "kind": "gift", "text": "", "slots": -1, "x": 1}),
        ("/needs", {"organization": FIRM, "goal": 7, "text": " ", "budget": "x"}),
        ("/recommendations", {"text": "x", "need": "t:need1", "latitude": "x", "limit": 1000}),
        ("/engagements", {"kind": "event", "participants": []}),
        ("/postings", {"organization": FIRM, "text": "x"}),
        ("/introductions", {"goal": "supplier", "seeker": FIRM, "candidate": FIRM}),
        ("/webhooks", {"organization": FIRM, "url": "gopher://x"}),
        ("/invitations", {"email": "x", "organization": FIRM, "cluster": CLUSTER}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_faults_of_fields_are_said_in_one_language(application, world, path, sent, language):
    headers = world.headers("admin") | {"Accept-Language": language}
    answer = application.test_client().post(f"/api/v1{path}", json=sent, headers=headers)
    assert answer.status_code in (409, 422), answer.text
    said = spoken(answer.json, language)
    assert foreign(said, language) == [], answer.text


# -- the pages

# What stands for a page's argument: an id, or the route whose valid request makes one.
ARGUMENTS = {
    "call": {"id": "GET /calls/{id}"},
    "award_call": {"id": "GET /calls/{id}"},
    "export_answers": {"id": "GET /calls/{id}", "format": "csv"},
    "organization": {"id": FIRM},
    "introduction": {"id": "GET /introductions/{id}"},
    "posting": {"id": "GET /postings/{id}"},
    "change_posting": {"id": "GET /postings/{id}"},
    "gathering": {"id": "GET /gatherings/{id}"},
    "job": {"id": "none"},
    "codes": {"table": "places"},
    "template": {"table": "organizations"},
    "vendored": None,
    "design": None,  # shows every part in all languages, side by side
    "static": None,
}  # fmt: skip
QUERIES = {
    "card": {"id": FIRM},
    "compare": {"id": [FIRM, "t:firm2"]},
    "find": {"goal": "supplier"},
    "codes": {"place": "Zor"},
    "new_introduction": {"goal": "supplier", "candidate": "t:firm2"},
    "new_posting": {"what": "need"},
    "organizations": {"q": "valve"},
    "admin_clusters": {"id": CLUSTER},
    "reset": {"token": "x"},
    "unsubscribe": {"token": "x"},
    "confirmation": {"token": "x"},
    "invitation": {"token": "x"},
}


def page_rules(app) -> list[Any]:
    return sorted(
        (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("web.")
         and "GET" in rule.methods),
        key=lambda rule: rule.rule,
    )  # fmt: skip


def visitor(app, world, role: str, language: str):
    """A client with the session of a role, and a language chosen."""
    client = app.test_client()
    with client.session_transaction() as session:
        if role != "anyone":
            account = world.services.accounts.own_account(world.principal(role))  # as it is by now
            session["session"] = world.services.sessions.begin(account, SignInOrigin())
        session["language"] = language
    return client


# Every role reads all pages in one of the languages; in the long run in both.
READERS = [
    pytest.param(
        role,
        language,
        id=f"{role}-{language}",
        marks=[pytest.mark.long] if (number + of_language) % 2 else [],
    )
    for number, role in enumerate(ROLES)
    for of_language, language in enumerate(OTHER_LANGUAGE)
]


@pytest.mark.slow
@pytest.mark.parametrize(("role", "language"), READERS)
def test_every_page_speaks_one_language(application, world, role, language):
    client = visitor(application, world, role, language)
    mixed = {}
    for rule in page_rules(application):
        name = rule.endpoint.removeprefix("web.")
        arguments = ARGUMENTS.get(name, {"id": CLUSTER} if "id" in rule.arguments else {})
        if arguments is None:
            continue
        given = {
            key: id_of(world, value) if value in REQUESTS else value
            for key, value in arguments.items()
        }
        with application.test_request_context():
            address = application.url_for(rule.endpoint, **given, **QUERIES.get(name, {}))
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.text)
        if answer.mimetype in ("text/html", "application/json"):
            text = answer.text if answer.mimetype == "text/html" else spoken(answer.json, language)
            if found := foreign(text, language):
                mixed[rule.rule] = found
    assert mixed == {}


def test_a_word_that_stands_in_a_template_is_said_anew_to_every_reader(application):
    template = application.jinja_env.from_string('{{ "ask"|word }}')
    said = []
    for language in ("en", "zh", "en"):
        with application.test_request_context(headers={"Accept-Language": language}):
            said.append(template.render())
    assert said == ["Ask before deciding", "决定前先询问", "Ask before deciding"]


def test_a_redirect_says_nothing_in_a_language_of_the_library(application):
    """Werkzeug's own page says in English where to go; browsers never show it."""
    answer = application.test_client().get("/admin", headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.text) == (303, "")
    assert answer.headers["Location"].startswith("/sign-in")


# -- one file for a language


@pytest.fixture
def esperanto(tmp_path, monkeypatch):
    """A language that nobody made: every text in brackets, in one file."""
    folder = tmp_path / "translations"
    shutil.copytree(TRANSLATIONS, folder)
    catalogue = Catalog(locale="eo")
    for text in translations.texts():
        if text.plural:
            ids, strings = (text.id, text.plural), (f"⟦{text.id}⟧", f"⟦{text.plural}⟧")
        else:
            ids, strings = text.id, f"⟦{text.id}⟧"
        catalogue.add(ids, strings, context=text.context or None)
    with (folder / "eo.po").open("wb") as file:
        write_po(file, catalogue)
    monkeypatch.setattr(messages, "TRANSLATIONS", folder)
    messages.catalogue.cache_clear()
    yield "eo"
    messages.catalogue.cache_clear()


def test_a_language_is_one_file(esperanto):
    assert esperanto in messages.languages()
    assert message("Not found").text("eo") == "⟦Not found⟧"
    assert message("Not found").text("en") == "Not found"
    one, two = (
        plural(
            "String should have at most %(count)s character",
            "String should have at most %(count)s characters",
            count=count,
        ).text("eo")
        for count in (1, 2)
    )
    assert one == "⟦String should have at most 1 character⟧"
    assert two == "⟦String should have at most 2 characters⟧"


@pytest.mark.slow
def test_pages_are_in_it_and_the_menu_offers_it(application, world, esperanto):
    page = application.test_client().get("/sign-in", headers={"Accept-Language": "eo"}).text
    assert '<html lang="eo">' in page
    assert "⟦Sign in⟧" in page
    assert re.search(r'<button[^>]*value="eo"[^>]*>Esperanto</button>', page)
    home = visitor(application, world, "owner", "eo").get("/").text
    assert "⟦What to do next⟧" in home
    assert "<option" in home
    assert "⟦Suppliers⟧" in home


@pytest.mark.slow
def test_the_api_is_in_it(application, world, esperanto):
    client = application.test_client()
    headers = world.headers("owner") | {"Accept-Language": "eo"}
    refused = client.get("/api/v1/offers/t:none", headers=headers)
    assert refused.headers["Content-Language"] == "eo"
    assert refused.json["title"] == "⟦Not found⟧"
    assert refused.json["detail"].startswith("⟦")
    wrong = client.post("/api/v1/recommendations", json={"limit": "x"}, headers=headers)
    assert {error["message"][0] for error in wrong.json["errors"]} == {"⟦"}
    answer = client.get(
        f"/api/v1/organizations/{FIRM}/recommendations",
        query_string={"goal": "supplier"},
        headers=headers,
    )
    reasons = [
        reason["text"] for row in answer.json["recommendations"] for reason in row["reasons"]
    ]
    assert reasons
    assert {text[0] for text in reasons if text} == {"⟦"}


class Letters:
    """Keeps what would be sent."""

    is_set_up = True

    def __init__(self):
        self.sent = []

    def send(self, to, subject, text, headers=None):
        self.sent.append((to, subject, text))


@pytest.mark.slow
def test_mails_are_in_it(services, world, esperanto, monkeypatch):
    account = services.accounts.create(ADMIN, "eo@example.org", "Ludoviko", "correct horse 9")
    services.accounts.set_preferences(account.principal(), Preferences(language="eo"))
    letters = Letters()
    monkeypatch.setattr(services.links, "mailer", letters)
    services.sign_in.send_reset("eo@example.org")
    (_, subject, text) = letters.sent[0]
    assert subject.startswith("⟦")
    assert text.startswith("⟦")


@pytest.fixture
def locale(esperanto, monkeypatch):
    """The language of the environment of commands."""
    monkeypatch.setenv("LC_ALL", "eo.UTF-8")


@pytest.mark.slow
def test_reports_are_in_it(services, locale, monkeypatch, capsys):
    monkeypatch.setattr("matchmaker.cli.auditing.wired", lambda: services)
    assert run(["audit", CLUSTER, "--samples", "0"]) == 0
    printed = capsys.readouterr().out
    assert "⟦" in printed.splitlines()[0]
    assert not CHINESE.search(printed)


def test_commands_are_in_it(locale, monkeypatch, capsys, tmp_path):
    """Helps and errors."""
    assert run(["status", "--help"]) == 0
    assert "⟦" in capsys.readouterr().out
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MATCHMAKER_STORE", "nonsense://x")
    assert run(["status"]) != 0
    assert "⟦" in capsys.readouterr().err


# -- the catalogues


@pytest.mark.parametrize("path", sorted(TRANSLATIONS.glob("*.po")), ids=lambda path: path.stem)
def test_a_catalogue_says_every_text_and_no_other(path):
    """Nothing is missing or unused, and no translation has a parameter of its own."""
    assert translations.faults(translations.read(path), translations.texts()) == []
