"""What of the Neo4j server can be checked without starting one."""

import pytest

from matchmaker.errors import StoreUnavailable
from tools.neo4j import java, server


@pytest.mark.parametrize(
    ("printed", "major"),
    [
        ('openjdk version "21.0.4" 2024-07-16', 21),
        ('java version "1.8.0_401"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("command not found", 0),
    ],
)
def test_java_version_is_read_from_what_it_prints(printed, major):
    assert java.parse_java_version(printed) == major


def test_configuration_listens_on_loopback_only(tmp_path):
    (tmp_path / "conf").mkdir()
    text = server.write_configuration(tmp_path, tmp_path / "lib", 7999, "300m").read_text()
    options = dict(line.split("=", 1) for line in text.splitlines())
    assert options["server.bolt.listen_address"] == "127.0.0.1:7999"
    assert options["server.default_listen_address"] == "127.0.0.1"
    assert options["server.http.enabled"] == "false"
    assert options["server.memory.heap.max_size"] == "300m"


def test_secrets_are_readable_by_their_owner_only(tmp_path):
    server._write_private(tmp_path / "password", "x")
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600


def test_second_start_on_a_home_says_that_it_is_running(tmp_path):
    (tmp_path / "run").mkdir()
    with (
        server._only_one(tmp_path),
        pytest.raises(StoreUnavailable, match="already running"),
        server._only_one(tmp_path),
    ):
        pass


def test_a_folder_without_jars_is_not_a_library(tmp_path):
    assert not java.library_complete(tmp_path / "missing")
    (tmp_path / "neo4j-2025.jar").touch()
    assert java.library_complete(tmp_path)
