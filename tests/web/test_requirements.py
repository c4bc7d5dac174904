"""What a need specifies on the page: shown, corrected without script, judged for each result."""

import re

import lxml.html
import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GoalName
from matchmaker.recommend.model import Request

NEED = "CF8M valve bodies, DN50-DN100, preferably Wenzhou"


@pytest.fixture(scope="module")
def firm(sample):
    """A sample firm's own client."""
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    return client


def found(firm, *requirements, text=NEED):
    query = {"goal": "supplier", "text": text, "requirement": requirements}
    answer = firm.get("/find", query_string=query, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def chosen(document):
    """By the words of a requirement, how much it counts; as it was read has no value."""
    counts = {}
    for chip in document.xpath("//fieldset[@class='specified']//label"):
        options = chip.xpath(".//option")
        key = max(option.get("value") for option in options).partition(":")[2]
        how = next(
            how
            for how, option in zip(("hard", "soft", "ignored"), options, strict=True)
            if option.get("selected") is not None
        )
        counts[chip.find(".//strong").text_content()] = f"{how}:{key}"
    return counts


def sent(document):
    """What the form sends of how much each requirement counts."""
    return document.xpath("//fieldset[@class='specified']//option[@selected]/@value")


def test_each_requirement_has_a_list_that_says_how_much_it_counts(firm):
    document = found(firm)
    made = {words: value.split(":")[0] for words, value in chosen(document).items()}
    assert made == {"CF8M": "hard", "valve bodies": "hard", "DN50-DN100": "hard", "Wenzhou": "soft"}
    for field in document.xpath("//fieldset[@class='specified']//select"):
        assert field.get("aria-label")
        assert document.get_element_by_id(field.get("form")).tag == "form"


def test_how_much_something_counted_in_one_question_is_not_sent_with_the_next(firm):
    """Only what a person chose is. Seen: whoever asked for a place and then, in the same form, for
    one preferably there, found it required still."""
    before = found(firm, text="valve bodies, must be in Wenzhou")
    assert chosen(before)["Wenzhou"].startswith("hard:")
    assert set(sent(before)) == {""}
    after = found(firm, *sent(before), text="valve bodies, preferably in Wenzhou")
    assert chosen(after)["Wenzhou"].startswith("soft:")
    by_hand = found(firm, chosen(after)["Wenzhou"].replace("soft:", "ignored:"))
    assert [value for value in sent(by_hand) if value] == [chosen(by_hand)["Wenzhou"]]


def test_results_say_what_they_meet_and_what_is_not_known(firm):
    document = found(firm)
    cards = document.xpath("//article[contains(@class, 'card')]")
    assert cards
    assert document.xpath("//article//li[@class='chip met']")
    assert document.xpath("//article//li[@class='chip unknown']")


def test_a_place_that_is_not_wanted_is_shown_so_beside_what_is_read_and_what_is_met(firm):
    query = {"goal": "supplier", "text": "valve bodies, within 300 km of Wenzhou, not in Ningbo"}
    answer = firm.get("/find", query_string=query, headers={"Accept-Language": "en"})
    document = lxml.html.fromstring(answer.text)
    assert {"not: Ningbo", "within 300 km of Wenzhou"} <= set(chosen(document))
    met = {
        chip.find("./span[@dir]").text_content()
        for chip in document.xpath("//article//li[@class='chip met']")
    }
    assert "not: Ningbo" in met
    assert "Ningbo" not in met


def test_what_a_person_leaves_out_is_gone_from_the_results_and_can_be_put_back(firm):
    place = next(value for words, value in chosen(found(firm)).items() if words == "Wenzhou")
    document = found(firm, place.replace("soft:", "ignored:"))
    assert chosen(document)["Wenzhou"].startswith("ignored:")
    judged = [chip.text_content() for chip in document.xpath("//article//li[@class]")]
    assert judged
    assert not any("Wenzhou" in text for text in judged)


def test_everyday_words_around_a_thing_hide_nobody_who_has_it(sample):
    """Of the sample, mills rent out idle 袜机, and one firm renews old ones."""
    answer = sample.matching.for_text(
        ADMIN, "求购袜机", Request(GoalName.SUPPLIER, 10), recorded=False
    )
    ids = {each.id for each in answer.recommendations}
    assert "seed:hosiery-050" in ids
    assert all(id.startswith("seed:hosiery") for id in ids)


@pytest.mark.parametrize(
    ("text", "wish", "right"),
    [
        (
            "我们没有热处理，谁能做",
            "热处理",
            {"seed:moulds-031", "seed:moulds-032", "seed:moulds-033"},
        ),
        (
            "本厂没有电镀线",
            "电镀",
            {"seed:spectacles-028", "seed:spectacles-029", "seed:spectacles-030"},
        ),
    ],
)
def test_what_who_asks_does_not_have_is_asked_for(firm, sample, text, wish, right):
    """The three firms that treat tool steel, and those that plate frames, in the sample."""
    words = list(chosen(found(firm, text=text)))
    assert wish in words
    assert not [each for each in words if each.startswith(("not: ", "不要"))]
    answer = sample.matching.for_text(ADMIN, text, Request(GoalName.SUPPLIER, 3), recorded=False)
    assert {each.id for each in answer.recommendations} == right


def test_who_names_nothing_asked_for_and_fits_far_less_than_the_best_is_no_match(sample):
    text = "pilot training and CAAS permits for customers in ASEAN"
    request = Request(GoalName.SUPPLIER, 100, capped=False)
    matches = sample.matching.for_text(ADMIN, text, request, recorded=False).recommendations
    best = max(each.score for each in matches)
    named = {each.id for each in matches if each.comparison and each.comparison.met}
    assert len(matches) > 1
    assert [each.id for each in matches if each.score < best / 10 and each.id not in named] == []


def test_what_was_read_as_said_of_who_asks_is_shown_and_can_be_asked_for_after_all(firm):
    text = "We are a valve maker in Wenzhou and need castings"
    counted = chosen(found(firm, text=text))
    assert counted == {
        "castings": "hard:product:casting",
        "Wenzhou": "ignored:place:温州市",
        "valve": "ignored:product:valve",
        "maker": "ignored:partner:manufacturer",
    }
    put_back = chosen(found(firm, "soft:place:温州市", "ignored:product:valve", text=text))
    assert put_back == {**counted, "Wenzhou": "soft:place:温州市"}


def test_the_page_of_a_result_judges_what_was_asked_until_one_goes_by_the_profile(firm):
    """Seen: "What it says fits" in the list, and on its own page that its texts have little to do
    with what one needs, for the profile was compared there."""
    english = {"Accept-Language": "en"}
    text = "ion nitriding of long stainless parts"
    result = found(firm, text=text).xpath("//article[contains(@class, 'result')]")[0]
    fit = result.xpath("string(.//p[@class='fit']/span)")
    page = lxml.html.fromstring(firm.get(result.xpath(".//h3/a/@href")[0], headers=english).text)
    (why,) = page.xpath("//section[@aria-labelledby='why']")
    assert why.xpath("string(.//q)") == text
    assert fit in why.text_content()
    (by_profile,) = why.xpath(".//p[q]/a/@href")
    other = lxml.html.fromstring(firm.get(by_profile, headers=english).text)
    assert not other.xpath("//section[@aria-labelledby='why']//q[text()=$text]", text=text)
