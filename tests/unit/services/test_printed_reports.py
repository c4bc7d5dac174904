"""What is seen of a printed report: its letters, and names in its pictures."""

from __future__ import annotations

import base64
import dataclasses
import re
from itertools import combinations

import pytest

from matchmaker.access import ADMIN
from matchmaker.audit.ties import Channel
from matchmaker.reports import files, pictures
from matchmaker.reports.audit_report import audit_report
from matchmaker.reports.document import Document, Writer
from tests.unit.services.test_auditing import Installation, of


@pytest.fixture(scope="module")
def auditing(tmp_path_factory):
    made = Installation(tmp_path_factory)
    yield made.auditing
    made.store.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("cluster", ["valves", "spectacles", "hosiery"])
def test_no_name_in_the_picture_of_a_network_covers_another(auditing, cluster, language):
    """Seen in a printed report: twelve names on one another in the middle, none to be read."""
    view = auditing.view(ADMIN, of(cluster), Channel.COOPERATION)
    drawn = pictures.network(view, (), Writer(language))
    label = r'<text style="font(?:-size)?: 6px[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>(.+?)<'
    found = re.findall(label, drawn)
    assert len(found) >= 8
    # Letters of six points: a Chinese one is as wide as high, a Latin one on average half of it.
    boxes = [
        (float(x), float(y), 6 * sum(1 if letter > "\u2e80" else 0.5 for letter in name))
        for x, y, name in found
    ]
    for (x, y, width), (other_x, other_y, other_width) in combinations(boxes, 2):
        is_beside = x + width <= other_x or other_x + other_width <= x
        assert is_beside or abs(y - other_y) >= 6


def test_letters_of_a_picture_are_of_the_reports_fonts(auditing):
    """What draws it here may have no Chinese letters, and others' widths."""
    view = auditing.view(ADMIN, of("spectacles"), Channel.COOPERATION)
    address = files.data_url(pictures.network(view, (), Writer("zh")))
    drawn = base64.b64decode(address.partition(",")[2]).decode()
    assert "Noto Sans CJK SC" in drawn
    assert "DejaVu" not in drawn


def test_how_many_have_no_partner_is_said_of_one_as_of_many(auditing, monkeypatch):
    """Seen: "1 members are without any partner"."""
    cluster = of("spectacles")
    view = auditing.view(ADMIN, cluster, Channel.COOPERATION)
    worklist = auditing.worklist(ADMIN, cluster)
    lonely = dataclasses.replace(worklist, isolates=worklist.isolates[:1])
    made = audit_report(auditing.audit(ADMIN, cluster), lonely, view, "en")
    texts = [block.text for block in made.sections[0].blocks]
    assert any(text.endswith("Members without any partner: 1.") for text in texts)


def test_a_report_tells_no_change_of_what_stays(auditing):
    """Seen of a cluster in one piece: "fragmentation goes from 0 to 0", and so in each row."""
    cluster = of("valves")
    view = auditing.view(ADMIN, cluster, Channel.COOPERATION)
    audit, worklist = auditing.audit(ADMIN, cluster), auditing.worklist(ADMIN, cluster)
    assert worklist.items[-1].after.fragmentation == 0
    made = audit_report(audit, worklist, view, "en")
    (gain,) = (
        block.text for block in made.sections[0].blocks if "ties of the worklist" in block.text
    )
    assert "compactness goes from" in gain
    assert "fragmentation" not in gain
    listed = dict(made.tables)["Worklist: ties to make first"]
    assert listed.header[-1] == "Compactness"
    assert all("0 → 0;" not in row[-1] for row in listed.rows)
    scattered = of("hosiery")
    made = audit_report(
        auditing.audit(ADMIN, scattered), auditing.worklist(ADMIN, scattered), view, "en"
    )
    assert any("fragmentation goes from" in block.text for block in made.sections[0].blocks)


def test_a_report_of_whose_day_is_past_says_so(auditing):
    """Seen in November: "Due by 2026-03-31." of the year before."""
    cluster = of("hosiery")
    view = auditing.view(ADMIN, cluster, Channel.COOPERATION)
    audit, worklist = auditing.audit(ADMIN, cluster), auditing.worklist(ADMIN, cluster)
    for as_of, words in (
        ("2026-03-31", "Due by 2026-03-31."),
        ("2026-11-30", "It was due by 2026-03-31;"),
    ):
        later = dataclasses.replace(audit, basis=dataclasses.replace(audit.basis, as_of=as_of))
        made = audit_report(later, worklist, view, "en")
        (annual,) = (each for each in made.sections if each.title == "The yearly report")
        assert words in annual.blocks[0].text


@pytest.mark.slow
def test_quotation_marks_of_an_english_report_are_as_wide_as_they_are():
    """Seen in print: “Innovative advantage” with the gaps of Chinese quotation marks."""
    weasyprint = pytest.importorskip("weasyprint", exc_type=OSError)
    widths = {}
    for language in ("zh", "en"):
        page = files.html(Document(language, "“”", "s", ()))
        laid = weasyprint.HTML(string=page).render().pages[0]._page_box.descendants()
        widths[language] = next(box.width for box in laid if getattr(box, "text", "") == "“”")
    assert widths["en"] < 0.6 * widths["zh"]
