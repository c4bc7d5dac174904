"""Addresses that people write: websites, and where a page may lead after signing in."""

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.web.layout import is_own_path
from matchmaker.workflow.checks import check_website


@pytest.mark.parametrize(
    "address",
    ["", "https://a.example", "HTTP://A.EXAMPLE/x?y", "a.example", "a.example:8080/x", "示例.中国"],
)
def test_a_website_is_a_page(address):
    check_website(address)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
     "vbscript:x", "file:///etc/passwd", "a.example\r\nX: y", "mailto:a@b.example"],
)  # fmt: skip
def test_what_a_browser_would_run_is_no_website(address):
    with pytest.raises(InvalidInput):
        check_website(address)


@pytest.mark.parametrize("path", ["/", "/find?goal=supplier&text=a%2Fb", "/clusters/a:b", "/x#y"])
def test_own_pages_are_led_to(path):
    assert is_own_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example",
     "\\\\evil.example", "https://evil.example", "javascript:alert(1)", "evil.example",
     "///evil.example", "/\r/evil", "//[", "//[::1", "//]x"],
)  # fmt: skip
def test_no_other_place_is_led_to(path):
    """As browsers read them (URL standard): without tabs and line ends, backslashes as slashes."""
    assert not is_own_path(path)
