"""What an installation answers on a disk that gets full: to be run where a disk may be mounted.

`unshare --map-root-user --mount python -m tests.api.on_full_disk FOLDER` prints JSON.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from openpyxl import Workbook

from matchmaker.app import create_app
from matchmaker.settings import Settings
from matchmaker.wiring import wire

KEY = "k" * 32


def workbook() -> bytes:
    """A list whose texts nothing packs well, so that its rows take about as much again."""
    book, content, texts = Workbook(), io.BytesIO(), random.Random(1)
    for number in range(3000):
        book.active.append([f"Firm {number}", texts.randbytes(100).hex()])
    book.save(content)
    return content.getvalue()


FILES = {
    "small.csv": b"name\nx\n", "large.csv": b"name\n" + b"Firm\n" * 600_000, "list.xlsx": workbook()
}  # fmt: skip


def main(folder: Path) -> None:
    """Mount it, fill it, send files, free it, and send one again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=True)
    services = wire(Settings(data_dir=folder, admin_key=KEY, _env_file=None))
    services.store.prepare()
    client = create_app(services).test_client()
    uploads = folder / "uploads"

    def left() -> list[str]:
        return sorted(path.name for path in uploads.rglob("*") if path.is_file())

    def send(name: str, language: str, place: str = "/api/v1/imports") -> dict[str, object]:
        headers = {"Authorization": f"Bearer {KEY}", "Accept-Language": language}
        file = {"file": (io.BytesIO(FILES[name]), name)}
        answer = client.post(place, headers=headers, data=file)
        detail = (answer.json or {}).get("detail", "")
        return {"status": answer.status_code, "detail": detail, "left": left()}

    answers = {}
    answers["room"] = send("small.csv", "en")
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    for language in ("en", "zh"):
        answers[f"small {language}"] = send("small.csv", language)
    answers["large"] = send("large.csv", "en")
    # There is room for the workbook, and none for its rows.
    with (folder / "filler").open("r+b") as file:
        file.truncate(file.seek(0, 2) - len(FILES["list.xlsx"]) - 16384)
    answers["rows"] = send("list.xlsx", "en")
    (folder / "filler").unlink()
    answers["freed"] = send("small.csv", "en")
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
