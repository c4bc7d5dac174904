"""Titles that stand in letters to others: nothing that a program of mail makes a link of."""

import re
import unicodedata

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.naming import check_name, check_title, unlinked


@pytest.mark.parametrize(
    "title",
    [
        "Sign in at matchmaker-login.example.com today",
        "请登录matchmaker-login.example.com确认",
        "evil.example/verify",
        "Closed: see LOGIN.EXAMPLE.COM",
        "Closed: see Login.Example.Com",
        "ｌｏｇｉｎ．example．ｃｏｍ",
        "bit.ly/x",
        "https://evil.example",
        "evil.no",
        "co.ltd.evil.cn",
    ],
)
def test_a_title_holds_no_domain(title):
    with pytest.raises(InvalidInput) as refused:
        check_title(title)
    assert refused.value.where == "title"


@pytest.mark.parametrize(
    "title",
    [
        "Castings of CF8M, 1.4408 and WCB",
        "Valves for Sample B.V.",
        "Ball valves No.5 and No.12",
        "Firmware v2.0, drawing 3.1b",
        "For Sample Co.Ltd and Sample Co., Ltd.",
        "Sample Pte.Ltd, Sample Sdn.Bhd",
        "Sample A.S., Sample S.p.A., Sample s.r.o.",
        "Art.No 4711, Dwg.No.12",
        "Ball valves.Urgent",
        "需要DN50球阀500件，材质316L。急",
        "采购球阀DN50.规格见图",
        "e.g. M8.8 bolts, i.e. ISO 898.1",
        "φ12.5mm±0.05",
        "1.5kW.h",
    ],
)
def test_abbreviations_figures_and_chinese_are_no_domains(title):
    check_title(title)


def test_names_of_organisations_may_hold_what_is_their_own():
    check_name("Booking.com B.V.")


@pytest.mark.parametrize("scheme", ["https", "ftp", "file", "tg", "weixin"])
def test_a_name_holds_no_address_of_whatever_scheme(scheme):
    with pytest.raises(InvalidInput, match="web address"):
        check_name(f"Valves {scheme}://evil Ltd")


@pytest.mark.parametrize(
    "written",
    [
        "example。com", "example｡com", "example︒com", "www．x．cn", "www。x。cn", "WWW。Evil。COM",
        "例子。com", "example。公司", "pay﹒example﹒com", "www.x.cn", "mailto:x@y",
        "Mailto:x@y.example", "电话 tel:+8657712345", "javascript:alert(1)", "magnet:?xt=urn",
        "sip:a@b", "x@y。cn", "https://evil.example", "10.0.0.1", "evil.example/login",
    ],
)  # fmt: skip
def test_letters_carry_nothing_that_a_program_makes_a_link_of(written):
    """By a linker that knows every domain, also where browsers read a full stop as a point."""
    read_by_browsers = unicodedata.normalize("NFKC", unlinked(f"看{written} 吧"))
    points = read_by_browsers.translate(str.maketrans("。｡︒", "..."))
    linked = re.findall(
        r"(?i)[a-z]+://\S|www\.\S|(?:mailto|tel|javascript|magnet|sip):\S|\w\.[^\W\d]{2}|\d\.\d",
        points,
    )
    assert linked == []


@pytest.mark.parametrize("text", ["你好。我们在温州。", "规格：DN50、PN16", "3.5 mm", "注意: 30天"])
def test_sentences_and_figures_stay_as_they_are_in_letters(text):
    assert unlinked(text) == text


@pytest.mark.parametrize("title", ["看 example。com", "www。x。cn", "下载 pay｡evil。top 的表"])
def test_a_title_holds_no_domain_of_full_stops_either(title):
    with pytest.raises(InvalidInput):
        check_title(title)


@pytest.mark.parametrize("title", ["PVC。UPVC", "阀门。球阀", "DN50。PN16"])
def test_full_stops_of_sentences_make_no_domain(title):
    check_title(title)
