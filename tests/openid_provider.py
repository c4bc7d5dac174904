"""A real OpenID Connect provider in a process of its own, and somebody who signs in there."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import requests

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent / "node_modules" / "oidc-provider"
FORM = re.compile(r'action="([^"]+)"')


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Provider:
    """The provider; it listens once it is made. `resource` is an API that it makes tokens for."""

    def __init__(self, resource="http://127.0.0.1/mcp"):
        if not shutil.which("node") or not PACKAGE.is_dir():
            pytest.skip("Without Node and its packages there is no provider: make pages")
        self.issuer = f"http://localhost:{free_port()}"
        self.start(resource)

    def start(self, resource="http://127.0.0.1/mcp"):
        command = ["node", "openid_provider.mjs", self.issuer.rpartition(":")[2], resource]
        self.process = subprocess.Popen(
            command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout.readline().strip() == self.issuer

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def sign_in(self, address, login):
        """Where the provider sends a browser back to: signed in by its form, and consented."""
        browser = requests.Session()
        page = browser.get(address, timeout=5)
        page = browser.post(
            FORM.search(page.text)[1],
            data={"prompt": "login", "login": login, "password": "-"},
            timeout=5,
        )
        answer = browser.post(
            FORM.search(page.text)[1], data={"prompt": "consent"}, allow_redirects=False, timeout=5
        )
        while (place := answer.headers["Location"]).startswith(self.issuer):
            answer = browser.get(place, allow_redirects=False, timeout=5)
        return place

    def cancel(self, address):
        """Where it sends a browser back to whose owner did not want to sign in."""
        browser = requests.Session()
        page = browser.get(address, timeout=5)
        answer = browser.get(f"{page.url}/abort", allow_redirects=False, timeout=5)
        while (place := answer.headers["Location"]).startswith(self.issuer):
            answer = browser.get(place, allow_redirects=False, timeout=5)
        return place
