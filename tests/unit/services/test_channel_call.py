"""A robot's message on a real HTTP endpoint, and what the process that sends may not do."""

import contextlib
import dataclasses
import json
import socket
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import apprise
import pytest
import requests

from matchmaker.errors import InvalidInput
from matchmaker.services.people import channel_call, channel_sender
from matchmaker.services.people.channel_call import ChannelMessage, Delivered, call, describe
from matchmaker.workflow.channel import apprise_address, body_of

MESSAGE = ChannelMessage(
    "Matchmaker: 2 new", ["- 甲厂想与贵方合作", "- [x](https://y.example)"],
    ["阅读：https://m.example/notices", "停止：https://m.example/unsubscribe"],
    ["停止：https://m.example/channels"], "另有 {count} 条",
)  # fmt: skip


@pytest.fixture
def robot():
    """A server that keeps what is posted to it: path and body."""
    seen = []

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            seen.append((self.path, json.loads(self.rfile.read(length))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Robot)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_a_robot_gets_title_lines_and_how_to_stop_them(robot):
    port, seen = robot
    address = f"mmost://127.0.0.1:{port}/abcdefghijklmnopqrstuvwxyz"
    assert call(address, MESSAGE, private_allowed=True, hosts=()) is Delivered.SENT
    ((path, body),) = seen
    assert path == "/hooks/abcdefghijklmnopqrstuvwxyz"
    for part in ("Matchmaker: 2 new", "甲厂想与贵方合作", "https://m.example/unsubscribe"):
        assert part in body["text"]


@pytest.mark.slow
def test_inner_addresses_and_files_of_this_machine_are_refused(robot):
    port, seen = robot
    address = f"json://127.0.0.1:{port}/x"
    assert call(address, MESSAGE, private_allowed=False, hosts=()) is Delivered.REFUSED
    listed = call(address, MESSAGE, private_allowed=True, hosts=("hooks.example",))
    assert listed is Delivered.REFUSED
    reading = f"workflows://127.0.0.1:{port}/flow/signature/?template={__file__}"
    assert call(reading, MESSAGE, private_allowed=True, hosts=()) is Delivered.REFUSED
    assert seen == []


@pytest.mark.slow
def test_no_code_of_the_folder_for_passing_files_runs_as_the_service(robot, monkeypatch, tmp_path):
    """Everybody on a machine may write to that folder; an empty part of a path names it."""
    port, seen = robot
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", ":".join(["", *filter(None, sys.path)]))
    address = f"mmost://127.0.0.1:{port}/abcdefghijklmnopqrstuvwxyz"
    assert call(address, MESSAGE, private_allowed=True, hosts=()) is Delivered.SENT
    assert not (tmp_path / "ran").exists()
    assert len(seen) == 1


def test_a_folder_beside_that_of_the_libraries_is_not_read(tmp_path):
    library, beside = tmp_path / "python3", tmp_path / "python3-private"
    assert channel_sender._is_within(str(library / "json.py"), str(library))
    assert channel_sender._is_within(str(library), str(library))
    assert not channel_sender._is_within(str(beside / "key"), str(library))


def test_a_message_has_the_seconds_it_is_given(robot):
    """Python alone takes longer to start than that; with its usual time it arrives (above)."""
    port, seen = robot
    address = f"json://127.0.0.1:{port}/x?rto=99999&cto=99999"
    rules = {"private_allowed": True, "hosts": (), "seconds": 0.001}
    assert call(address, MESSAGE, **rules) is Delivered.TOO_LATE
    assert seen == []


@pytest.mark.slow
def test_a_service_whose_answer_never_ends_costs_a_bounded_memory_and_no_time():
    """A gigabyte would be read before its deadline: the process ends at a quarter of that."""
    listener, sent = socket.create_server(("127.0.0.1", 0)), []

    def answer():
        connected, _ = listener.accept()
        with connected, contextlib.suppress(OSError):
            connected.recv(65_536)
            connected.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while sum(sent) < 4 * 1024**3:
                sent.append(connected.send(b"x" * 1024**2))

    threading.Thread(target=answer, daemon=True).start()
    address = f"json://127.0.0.1:{listener.getsockname()[1]}/x?rto=30"
    begun = time.monotonic()
    assert call(address, MESSAGE, private_allowed=True, hosts=()) is Delivered.NOT_SENT
    assert time.monotonic() - begun < 20
    assert sum(sent) < 512 * 1024**2
    listener.close()


@pytest.mark.parametrize(
    "address",
    [
        "json://localhost/x", "jsons://10.0.0.8/x", "jsons://[::ffff:192.168.1.2]/x",
        "jsons://printer.local/x", "syslog://", "nothing://x", "https://example.org/hook",
    ],
)  # fmt: skip
def test_what_leads_inside_or_nowhere_is_no_channel(address):
    with pytest.raises(InvalidInput):
        describe(address, private_allowed=False, hosts=())


@pytest.mark.parametrize(
    ("address", "service", "secret"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7abc-4bc4", "WeCom Bot",
         "693a91f6-7abc-4bc4"),
        ("https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123", "DingTalk",
         "0123456789abcdef0123"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/12345678-aaaa-bbbb", "Feishu",
         "12345678-aaaa-bbbb"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack",
         "TIiajkdnlazkcOXrIdevi7FQ"),
    ],
)  # fmt: skip
def test_addresses_are_known_as_they_are_copied_and_shown_without_secrets(address, service, secret):
    described = describe(apprise_address(address), private_allowed=False, hosts=())
    assert described.service == service
    assert secret not in described.label


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("jsons://example.com/secret-token-in-path/abc123456", "jsons://example.com/…"),
        ("jsons://someone:password@example.com:8443/x?+Key=abc", "jsons://example.com/…"),
        ("mailtos://someone:password@example.com", "mailtos://example.com/…"),
        ("wecombot://693a91f6-7abc-4bc4", "wecombot://…"),
    ],
)
def test_of_an_address_its_host_is_shown_and_no_more(address, label):
    assert describe(address, private_allowed=True, hosts=()).label == label


def test_a_service_whose_messages_cannot_say_how_to_stop_them_is_refused(monkeypatch):
    monkeypatch.setattr(channel_call, "MIN_BODY", 161)  # of Twilio's 160
    twilio = f"twilio://AC{'0' * 32}:{'1' * 32}@+12223334444/+15553334444"
    with pytest.raises(InvalidInput) as raised:
        describe(twilio, private_allowed=True, hosts=())
    assert "too short" in raised.value.message.text("en")
    monkeypatch.undo()
    assert describe(twilio, private_allowed=True, hosts=()).service == "Twilio"


@pytest.mark.parametrize("most", [2048, 120, 60])
def test_a_message_keeps_within_the_bytes_of_its_service(most):
    """By hand: a line of 30 signs of three bytes each and its dash has 92."""
    lines = [f"- {'阀' * 30}" for _ in range(40)]
    text = body_of(lines, ["停止"], "另有 {count} 条", most)
    assert len(text.encode()) <= most
    shown = text.count("- ")
    assert f"另有 {40 - shown} 条" in text
    assert text.endswith("停止")
    assert body_of(["- a", "- b"], ["end"], "{count} more", 999) == "- a\n- b\n\nend"
    assert body_of(["- a", "- b"], ["end"], "{count} more", 999, 7) == "- a\n- b\n7 more\n\nend"


@pytest.mark.parametrize("body_maxlen", [140, 160, 280])
def test_what_is_as_short_as_an_sms_still_says_how_to_stop_it(monkeypatch, body_maxlen):
    """The foot of a signed link has 227 bytes."""
    long_link = f"停止：https://m.example/unsubscribe?token={'x' * 180}"
    message = dataclasses.replace(
        MESSAGE, footer=[long_link], lines=["- 长三角精密阀门厂想与贵方合作" * 9]
    )
    sent = []
    monkeypatch.setattr(channel_sender, "forbid_unneeded_access", lambda **_: [])
    service = apprise.Apprise.instantiate("mmost://127.0.0.1/abcdefghijklmnopqrstuvwxyz")
    monkeypatch.setattr(type(service), "body_maxlen", body_maxlen)
    monkeypatch.setattr(type(service), "notify", lambda _, body, **__: sent.append(body) or True)
    rules = {"address": "mmost://127.0.0.1/abcdefghijklmnopqrstuvwxyz", "private_allowed": True}
    asked = {**rules, "hosts": [], **dataclasses.asdict(message)}
    assert channel_sender.send(asked) == channel_sender.SENT
    assert sent[0].endswith("https://m.example/channels")
    assert sent[0].startswith("- 长三角")
    assert len(sent[0].encode()) + len(message.title.encode()) + 2 <= body_maxlen


ALL = '- @everyone <!channel> <at user_id="all">所有人</at> <@all> [Sign in](https://x.example)'


@pytest.mark.parametrize(
    "address",
    [
        f"https://discord.com/api/webhooks/{'1' * 18}/{'a' * 68}",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "dingtalk://12345abcdefgh",
        "feishu://12345678-1234-1234-1234-1234567890ab",
        "lark://12345678-1234-1234-1234-1234567890ab",
        "wecombot://12345678-1234-1234-1234-1234567890ab",
        f"workflows://host.example/{'a' * 32}/{'b' * 43}",
        "tgram://123456789:abcdefghijklmnopqrstuvwxyzabcdefghi/12315544/",
    ],
)
def test_no_name_calls_a_whole_group_in_whatever_a_service_reads(address, monkeypatch):
    """What the library would send, byte by byte: nothing leaves."""
    sent = []

    def note(_session, url, data=None, json=None, **_rest):
        sent.append(str(data if data is not None else json_text(json)))
        raise requests.ConnectionError(url)

    json_text = json.dumps
    monkeypatch.setattr(requests.Session, "request", note)
    monkeypatch.setattr(channel_sender, "forbid_unneeded_access", lambda **_: [])
    message = {
        "address": address, "private_allowed": False, "hosts": [], "title": f"Matchmaker {ALL}",
        "lines": [ALL], "footer": ["https://m.example"], "brief": [], "more": "", "beyond": 0,
    }  # fmt: skip
    channel_sender.send(message)
    assert sent
    for body in sent:
        for mark in ("@everyone", "<!channel", "<at ", "@all", "](https"):
            assert mark not in body
