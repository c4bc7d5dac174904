"""What English words are called in Chinese, against what anybody of the trade would say."""

import pytest

from matchmaker.dictionary import MOST_HEADWORDS, dictionary, words_of


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("valves", "阀门"),
        ("castings", "铸件"),
        ("electroplating", "电镀"),
        ("socks", "袜子"),
        ("propellers", "螺旋桨"),
        ("fatigue", "疲劳"),
        ("acetate", "醋酸"),
    ],
)
def test_a_word_of_a_trade_is_known_in_chinese_in_whatever_form(english: str, chinese: str) -> None:
    assert chinese in dictionary().headwords_of(english)


def test_british_and_american_spellings_are_called_the_same() -> None:
    mould, mold = (dictionary().headwords_of(word) for word in ("mould", "mold"))
    assert mould == mold != {}


@pytest.mark.parametrize("word", ["the", "make", "person", "qwrtzp"])
def test_a_word_that_stands_in_any_gloss_or_in_none_is_called_nothing(word: str) -> None:
    assert dictionary().headwords_of(word) == {}


def test_the_meaning_of_a_headword_is_shared_among_its_senses() -> None:
    # 铸件 has one sense of one word; 醋酸 is "acetic acid" or "acetate": 1 / √2 each.
    assert dictionary().headwords_of("casting")["铸件"] == 1
    assert dictionary().headwords_of("acetate")["醋酸"] == pytest.approx(2**-0.5)
    assert len(dictionary().headwords_of("water")) <= MOST_HEADWORDS


def test_each_word_of_a_text_counts_once_whatever_its_form() -> None:
    assert words_of("Cast the castings, and valves for a valve") == ("cast", "valves")
