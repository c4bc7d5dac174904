"""Log lines go to standard error, whichever stream that is by then."""

import io
import json
import logging
import re
import socket
import ssl
import subprocess
import threading
import time

import pytest
import structlog

from matchmaker.errors import SettingsError
from matchmaker.log_forwarding import LogForwarder, Receiver, receiver_of
from matchmaker.logs import configure_logs, take_library_lines
from matchmaker.settings import Settings


@pytest.fixture(autouse=True)
def _configuration_as_before():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_logger_writes_to_the_standard_error_of_the_moment(monkeypatch):
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    configure_logs(Settings(log_format="json", _env_file=None))
    log = structlog.get_logger("tests")
    log.info("one")
    monkeypatch.setattr("sys.stderr", second)
    first.close()
    log.info("two")
    assert json.loads(second.getvalue())["event"] == "two"


@pytest.mark.parametrize("form", ["console", "json"])
def test_what_others_send_makes_no_line_and_moves_no_cursor(form, monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    configure_logs(Settings(log_format=form, _env_file=None))
    structlog.get_logger("tests").error("unexpected", path="/x\x1b[2J\r\nforged\u2028\x9b1A")
    assert written.getvalue().count("\n") == 1
    assert not set("\x1b\r\u2028\x9b") & set(written.getvalue())


def test_what_a_library_warns_of_is_one_line_without_what_was_sent_or_paths(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setattr(logging.root, "handlers", [])
    configure_logs(Settings(log_format="json", _env_file=None))
    take_library_lines()
    try:
        raise ValueError("what somebody sent")
    except ValueError:
        logging.getLogger("mcp.server").exception("handler for %r raised\n\n", "x" * 5_000)
    logging.getLogger("mcp.server").info("of no interest")
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert (line["level"], line["library"], line["error"]) == ("error", "mcp.server", "ValueError")
    assert line["event"].startswith("handler for 'xxx")
    assert len(written.getvalue()) < 500
    assert not any(part in written.getvalue() for part in ("Traceback", "somebody", ".py"))


@pytest.fixture
def receiver():
    """A listener on loopback, and what reaches it on each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        yield listener


def messages(connection, count):
    """So many messages, each framed by its length (RFC 6587, section 3.4.1)."""
    connection.settimeout(20)
    stream = connection.makefile("rb")
    framed = []
    for _ in range(count):
        digits = b""
        while (char := stream.read(1)) != b" ":
            digits += char
        framed.append(stream.read(int(digits)).decode())
    return framed


def test_lines_are_sent_on_by_syslog_as_they_are_written(receiver, monkeypatch):
    monkeypatch.setattr("sys.stderr", io.StringIO())
    address = f"syslog://127.0.0.1:{receiver.getsockname()[1]}"
    configure_logs(Settings(log_format="json", log_forward=address, _env_file=None))
    log = structlog.get_logger("tests")
    log.warning("sign-in failed", subject="unknown\nforged")
    log.info("request", status=200)
    connection, _ = receiver.accept()
    with connection:
        first, second = messages(connection, 2)
    # RFC 5424: facility local0 (16) times eight, and warning (4) or information (6).
    head = r"<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ matchmaker \d+ - - (\{.*\})"
    for message, priority, event in ((first, "132", "sign-in failed"), (second, "134", "request")):
        found = re.fullmatch(head, message)
        assert (found[1], json.loads(found[2])["event"]) == (priority, event)


def test_what_could_not_be_sent_is_sent_when_the_receiver_is_there_again(receiver, capsys):
    forwarder = LogForwarder(Receiver(*receiver.getsockname(), is_encrypted=False))
    forwarder.send("info", "one")
    connection, _ = receiver.accept()
    assert messages(connection, 1)[0].endswith(" - - one")
    connection.close()
    forwarder.send("info", "two")
    connection, _ = receiver.accept()
    with connection:
        assert messages(connection, 1)[0].endswith(" - - two")


def test_nobody_waits_for_a_receiver_and_what_was_dropped_is_counted(receiver, monkeypatch):
    monkeypatch.setattr("matchmaker.log_forwarding.MAX_WAITING", 3)
    held = threading.Event()
    connect = LogForwarder._connect

    def late(self):
        held.wait(20)
        return connect(self)

    monkeypatch.setattr(LogForwarder, "_connect", late)
    forwarder = LogForwarder(Receiver(*receiver.getsockname(), is_encrypted=False))
    for number in range(10):
        forwarder.send("info", str(number))
    held.set()
    connection, _ = receiver.accept()
    with connection:
        told = [message.partition(" - - ")[2] for message in messages(connection, 4)]
    assert told == ["7 lines were dropped", "0", "1", "2"]


@pytest.mark.parametrize(
    "address", ["nowhere", "http://logs.example.org", "syslog://", "syslog+tls://h:x"]
)
def test_what_is_no_receiver_is_refused(address):
    with pytest.raises(SettingsError, match="no address"):
        receiver_of(Settings(log_forward=address, _env_file=None))


def test_lines_leave_this_machine_encrypted_only():
    with pytest.raises(SettingsError, match="without encryption"):
        receiver_of(Settings(log_forward="syslog://logs.example.org", _env_file=None))
    forwarded = receiver_of(Settings(log_forward="syslog+tls://logs.example.org", _env_file=None))
    assert forwarded == Receiver("logs.example.org", 6514, is_encrypted=True)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_over_tls_only_the_receiver_that_is_certified_gets_lines(
    receiver, tmp_path, monkeypatch, capsys, name
):
    """Its certificate is localhost's, and no number's."""
    certificate = tmp_path / "own.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
            "-keyout", tmp_path / "own.key", "-out", certificate, "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "own.key")
    forwarder = LogForwarder(Receiver(name, receiver.getsockname()[1], is_encrypted=True))
    forwarder.send("info", "one")
    plain, _ = receiver.accept()
    if name != "localhost":
        with plain, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(plain, server_side=True).read(1)
        return
    with context.wrap_socket(plain, server_side=True) as connection:
        assert messages(connection, 1)[0].endswith(" - - one")


def test_a_receiver_that_breaks_off_loses_no_count_of_what_was_dropped(receiver, monkeypatch):
    monkeypatch.setattr("matchmaker.log_forwarding.MAX_WAITING", 3)
    held, connect, connections = threading.Event(), LogForwarder._connect, []

    def late(self):
        held.wait(20)
        connection = connect(self)
        if not connections:
            receiver.accept()[0].close()
        connections.append(connection)
        return connection

    monkeypatch.setattr(LogForwarder, "_connect", late)
    forwarder = LogForwarder(Receiver(*receiver.getsockname(), is_encrypted=False))
    for number in range(10):
        forwarder.send("info", str(number))
    held.set()
    while len(connections) < 1:
        time.sleep(0.01)
    connection, _ = receiver.accept()
    with connection:
        told = [message.partition(" - - ")[2] for message in messages(connection, 4)]
    assert told == ["7 lines were dropped", "1", "2", "0"]


def test_nobody_waits_for_a_receiver_that_is_full_and_it_is_told_of_once(
    receiver, monkeypatch, capsys
):
    monkeypatch.setattr("matchmaker.log_forwarding._STEP_SECONDS", 0.1)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    forwarder = LogForwarder(Receiver(*receiver.getsockname(), is_encrypted=False))
    begun = time.monotonic()
    for number in range(5000):
        forwarder.send("info", f"{number} {'x' * 4000}")
    assert time.monotonic() - begun < 5
    kept = [receiver.accept()[0] for _ in range(3)]  # it tries again, each time for so long
    assert capsys.readouterr().err.count("log lines are not forwarded") == 1
    for connection in kept:
        connection.close()
