"""Letters: whom they are addressed to, and what cannot be."""

import smtplib
from typing import ClassVar

import pytest

from matchmaker import mail
from matchmaker.errors import LetterRefused, ServiceUnavailable
from matchmaker.mail import Mailer
from matchmaker.settings import Settings


class Server:
    """Takes letters without a network, or answers with `problem`."""

    sent: ClassVar[list[tuple[str, str]]] = []
    problem: Exception | None = None

    def __init__(self, *_, **__):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def send_message(self, letter):
        if self.problem is not None:
            raise self.problem
        (receiver,) = letter["To"].addresses
        self.sent.append((receiver.addr_spec, str(letter["Subject"])))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(Server, "sent", [])
    monkeypatch.setattr(mail, "_TimedSmtp", Server)
    return Server


@pytest.fixture
def mailer(tmp_path):
    return Mailer(
        Settings(
            data_dir=tmp_path, smtp_host="127.0.0.1", smtp_tls=False,
            smtp_from="hello@matchmaker.example", _env_file=None,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("wang@example.org", "wang@example.org"),
        ("a+b@mail.example.org", "a+b@mail.example.org"),
        ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s"),  # the registered form of RFC 3492
        ("a@भारत.भारत", "a@xn--h2brj9c.xn--h2brj9c"),  # India's own, as IANA lists it
    ],
)
def test_a_letter_goes_to_the_very_address(server, mailer, address, reached):
    mailer.send(address, "One\r\nBcc: other@example.org", "text")
    assert server.sent == [(reached, "One Bcc: other@example.org")]


@pytest.mark.parametrize(
    "address",
    [
        "a..b@example.org", "a(b)@example.org", "ü@example.org", "a]@example.org",
        "a@example..org", "`@[?.co", "a@example.org(b)", "=?utf-8?q?a?=@example.org", "", "a",
        "a@straße.example", "a@" + "b" * 70 + ".example",
    ],
)  # fmt: skip
def test_an_address_that_no_letter_reaches_is_refused_and_nobody_else_written_to(
    server, mailer, address
):
    with pytest.raises(LetterRefused):
        mailer.send(address, "subject", "text")
    assert server.sent == []


def test_a_receiver_that_the_server_refuses_says_nothing_of_the_server(server, mailer, monkeypatch):
    refused = smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"No such user")})
    monkeypatch.setattr(server, "problem", refused)
    with pytest.raises(LetterRefused):
        mailer.send("a@example.org", "subject", "text")
    monkeypatch.setattr(server, "problem", smtplib.SMTPServerDisconnected("gone"))
    with pytest.raises(ServiceUnavailable) as down:
        mailer.send("a@example.org", "subject", "text")
    assert not isinstance(down.value, LetterRefused)


@pytest.mark.parametrize("code", [421, 450, 451, 452, 530, 554])
def test_a_receiver_put_off_or_not_passed_on_to_is_no_fault_of_the_address(
    server, mailer, monkeypatch, code
):
    refused = smtplib.SMTPRecipientsRefused({"a@example.org": (code, b"Not now")})
    monkeypatch.setattr(server, "problem", refused)
    with pytest.raises(ServiceUnavailable) as down:
        mailer.send("a@example.org", "subject", "text")
    assert not isinstance(down.value, LetterRefused)


@pytest.mark.parametrize("code", [501, 550, 551, 553])
def test_a_receiver_that_there_is_not_is_a_fault_of_the_address(server, mailer, monkeypatch, code):
    refused = smtplib.SMTPRecipientsRefused({"a@example.org": (code, b"No such user")})
    monkeypatch.setattr(server, "problem", refused)
    with pytest.raises(LetterRefused):
        mailer.send("a@example.org", "subject", "text")
