"""What a Neo4j server needs from the machine: a Java runtime and the server's jars."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from matchmaker.errors import StoreUnavailable

NEO4J_VERSION = "2025.12.1"
MINIMUM_JAVA = 21
_DOWNLOAD_SECONDS = 900

# The three excluded artifacts are dependencies of the assembly that were never published.
_POM = f"""<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>matchmaker</groupId>
  <artifactId>neo4j-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.neo4j.assembly</groupId>
      <artifactId>neo4j-community-standalone</artifactId>
      <version>{NEO4J_VERSION}</version>
      <type>pom</type>
      <exclusions>
        <exclusion><groupId>org.neo4j</groupId><artifactId>neo4j-push-to-cloud</artifactId></exclusion>
        <exclusion><groupId>org.neo4j</groupId><artifactId>neo4j-genai-plugin</artifactId></exclusion>
        <exclusion><groupId>org.neo4j</groupId><artifactId>cypher-shell</artifactId></exclusion>
      </exclusions>
    </dependency>
  </dependencies>
</project>
"""


def find_java() -> Path | None:
    """A Java runtime that is new enough: on PATH, in JAVA_HOME or beside them."""
    return next((java for java in _candidates() if java_version(java) >= MINIMUM_JAVA), None)


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"), reverse=True)
    if sys.platform == "darwin":
        located = _output("/usr/libexec/java_home", "-v", f"{MINIMUM_JAVA}+").strip()
        if located:
            yield Path(located) / "bin" / "java"


def java_version(java: Path) -> int:
    """Major version of a Java runtime, 0 when it does not run."""
    return parse_java_version(_output(str(java), "-version"))


def parse_java_version(text: str) -> int:
    """Major version from what `java -version` prints (`1.8.0` is 8), 0 when unreadable."""
    match = re.search(r'version "(\d+)(?:\.(\d+))?', text)
    if match is None:
        return 0
    major = int(match[1])
    return int(match[2] or 0) if major == 1 else major


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr


def library_complete(library: Path) -> bool:
    """Whether the jars are there; the folder appears only when all of them are."""
    return any(library.glob("neo4j-*.jar"))


def fetch_library(library: Path, java: Path) -> None:
    """Download the server's jars from Maven's repository into `library`, whole or not at all.

    Raises StoreUnavailable with Maven's own words when it fails.
    """
    if library_complete(library):
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreUnavailable("Maven is not installed.", mend="Install maven (the command mvn).")
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="neo4j-download-", dir=library.parent) as temporary:
        folder = Path(temporary)
        (folder / "pom.xml").write_text(_POM, encoding="utf-8")
        _run_maven(maven, folder, java)
        try:
            (folder / "lib").rename(library)
        except OSError:
            # Another process was quicker; its folder is as good.
            if not library_complete(library):
                raise


def _run_maven(maven: str, folder: Path, java: Path) -> None:
    command = [
        maven,
        "--quiet",
        "--batch-mode",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={folder / 'lib'}",
    ]
    environment = {**os.environ, "JAVA_HOME": str(java.resolve().parents[1])}
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StoreUnavailable(
            f"Neo4j {NEO4J_VERSION} was not downloaded within {_DOWNLOAD_SECONDS} s.",
            mend="Check the network and Maven's settings, then start again.",
        ) from None
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines()
        raise StoreUnavailable(
            f"Maven could not download Neo4j {NEO4J_VERSION}: {words[0] if words else 'no reason'}",
            mend="Check the network and Maven's settings (~/.m2/settings.xml), then start again.",
        )
