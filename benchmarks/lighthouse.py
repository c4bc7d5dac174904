"""Lighthouse on the main pages: performance, accessibility, best practices, of 100.

    npm install --prefix FOLDER --no-save lighthouse
    python benchmarks/lighthouse.py http://127.0.0.1:8000 FOLDER/node_modules/.bin/lighthouse

The server runs in demo mode on the sample graph. Chromium is the system's. A line of JSON for
each page, with what costs it points; the exit status is 1 where a page falls short of the aim.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

AIMS = {"performance": 90, "accessibility": 95, "best-practices": 95}
CLUSTER = "/clusters/seed:cluster-hosiery"
FIND = "/find?goal=supplier&text=DN50 ball valve body casting"
PAGES = {
    "": ("/sign-in", "/tour"),
    "firm": (
        "/",
        FIND,
        "/organizations",
        "/organizations/seed:valves-005",
        "/needs",
        "/introductions",
    ),
    "university": ("/",),
    "coordinator": (CLUSTER, f"{CLUSTER}/worklist", f"{CLUSTER}/members"),
    "admin": ("/admin",),
}


def session_of(base: str, role: str, language: str) -> str:
    """The cookie of a sample person who reads a language; "" for nobody."""
    client = requests.Session()
    client.headers["Accept-Language"] = language
    page = client.get(f"{base}/sign-in", timeout=60).text
    if role:
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        client.post(f"{base}/demo/{role}", data={"csrf_token": token}, timeout=60)
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def judged(program: str, address: str, cookie: str, language: str, form: str) -> dict:
    """Lighthouse's own report of one page; once more where the browser lost the trace."""
    try:
        return _judged(program, address, cookie, language, form)
    except subprocess.CalledProcessError:
        return _judged(program, address, cookie, language, form)


def _judged(program: str, address: str, cookie: str, language: str, form: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder, "report.json"), Path(folder, "headers.json")
        headers.write_text(json.dumps({"Cookie": cookie, "Accept-Language": language}))
        subprocess.run(
            [
                program, address, "--quiet", "--output=json", f"--output-path={report}",
                f"--extra-headers={headers}", f"--only-categories={','.join(AIMS)}",
                "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage --disable-gpu",
                *(["--preset=desktop"] if form == "desktop" else []),
            ],
            env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""},
            check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return json.loads(report.read_text("utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base")
    parser.add_argument("lighthouse")
    parser.add_argument("--roles", nargs="*", default=list(PAGES))
    parser.add_argument("--language", default="zh")
    parser.add_argument("--form", choices=("mobile", "desktop"), default="desktop")
    asked = parser.parse_args()
    is_short = False
    for role in asked.roles:
        cookie = session_of(asked.base, role, asked.language)
        for path in PAGES[role]:
            report = judged(
                asked.lighthouse, f"{asked.base}{path}", cookie, asked.language, asked.form
            )
            scores = {
                name: round(100 * (report["categories"][name]["score"] or 0)) for name in AIMS
            }
            audits = report["audits"]
            lacking = {
                each["id"]: audits[each["id"]].get("displayValue", "")
                for name, aim in AIMS.items()
                if scores[name] < aim
                for each in report["categories"][name]["auditRefs"]
                if each["weight"] and (audits[each["id"]]["score"] or 0) < 0.9
            }
            is_short |= any(scores[name] < aim for name, aim in AIMS.items())
            figures = {
                name: audits[name].get("displayValue", "")
                for name in (
                    "first-contentful-paint",
                    "cumulative-layout-shift",
                    "total-byte-weight",
                )
                if name in audits
            }
            line = {"role": role, "page": path, **scores, **figures, "lacking": lacking}
            print(json.dumps(line, ensure_ascii=False), flush=True)
    return int(is_short)


if __name__ == "__main__":
    sys.exit(main())
