"""What a question specifies is shown, and a person corrects it: in the API and on the page."""

from dataclasses import replace

import pytest

from matchmaker.domain import Offer, OfferKind
from tests.api.conftest import ADMIN_KEY, ROWS, application_of, installation

pytestmark = pytest.mark.slow  # the model reads the questions

API = "/api/v1/recommendations"
KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
NEED = "不锈钢球阀DN50 PN16，最好乙市"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    offers = (
        Offer("s:1", "t:firm2", OfferKind.PRODUCT, "不锈钢球阀DN50，PN16，现货", "zh"),
        Offer("s:2", "t:firm3", OfferKind.PRODUCT, "不锈钢球阀DN500，PN16，现货", "zh"),
    )
    services = installation(tmp_path_factory, replace(ROWS, offers=offers))
    yield application_of(services).test_client()
    services.store.close()


def asked(client, **requirements):
    body = {"text": NEED, "goal": "supplier", "requirements": requirements}
    answer = client.post(API, json=body, headers=KEY | {"Accept-Language": "en"})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_requirements_of_a_question_are_told_with_values_and_units(client):
    told = {each["key"]: each for each in asked(client)["requirements"]}
    size = told["size:DN50"]
    assert (size["value"], size["low"], size["high"], size["unit"]) == ("DN50", 50, 50, "DN")
    assert NEED[size["start"] : size["end"]] == size["text"] == "DN50"
    assert (size["title"], size["soft"], size["denied"]) == ("Dimension", False, False)
    assert told["pressure:PN16"]["low"] == 1.6


def test_each_candidate_says_what_it_meets_with_its_words(client):
    judged = {
        each["id"]: {j["requirement"]: (j["verdict"], j["evidence"]) for j in each["requirements"]}
        for each in asked(client)["recommendations"]
    }
    assert judged["t:firm2"]["size:DN50"] == ("met", "DN50")
    assert judged["t:firm3"]["size:DN50"] == ("unmet", "DN500")


def test_what_is_ignored_counts_no_more_and_is_still_told(client):
    answer = asked(client, ignored=["size:DN50"])
    assert [each["key"] for each in answer["ignored"]] == ["size:DN50"]
    assert "size:DN50" not in {each["key"] for each in answer["requirements"]}
    assert all(
        j["verdict"] != "unmet" for each in answer["recommendations"] for j in each["requirements"]
    )


def test_what_is_made_soft_is_told_so(client):
    told = {e["key"]: e["soft"] for e in asked(client, soft=["size:DN50"])["requirements"]}
    assert told["size:DN50"] is True
