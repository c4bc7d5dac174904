"""Titles that stand in letters to others: nothing that a program of mail makes a link of."""

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.naming import check_name, check_title


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
