"""What an administrator and a coordinator see where nothing is there yet, and of a first list."""

from __future__ import annotations

import re

import lxml.html
import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import Description, GraphRows, Provenance

IN = {"en": {"Accept-Language": "en"}, "zh": {"Accept-Language": "zh-CN"}}


@pytest.fixture(scope="module")
def entered(sample):
    """Clients of the sample people, by role."""

    def client(role):
        made = create_app(sample).test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', made.get("/sign-in").text)[1]
        made.post(f"/demo/{role}", data={"csrf_token": token})
        return made

    return client


@pytest.fixture
def empty_cluster(sample):
    fields = {"name": "瓯北泵阀集群", "place": "gbt2260:330324", "industry": "gbt4754:344"}
    return sample.directory.put_cluster(ADMIN, "", fields).id


def test_place_and_industry_of_a_saved_cluster_are_shown_by_their_names(entered, empty_cluster):
    """Seen: gbt2260:330324 and gbt4754:344."""
    page = entered("admin").get(f"/admin/clusters?id={empty_cluster}", headers=IN["zh"])
    form = lxml.html.fromstring(page.text).xpath("//form[.//input[@name='place']]")[0]
    assert form.fields["place"] == "永嘉县"
    assert form.fields["industry"] == "泵、阀门、压缩机及类似机械制造"


def test_a_cluster_without_members_says_so_and_leads_to_the_import(sample, entered, empty_cluster):
    """Seen: figures that are not known, and that no tie is missing."""
    sample.refresher.refresh(ADMIN)
    page = lxml.html.fromstring(
        entered("admin").get(f"/clusters/{empty_cluster}", headers=IN["en"]).text
    )
    (answer,) = page.xpath("//section[@class='answer']")
    assert "No members yet." in answer.text_content()
    assert f"/clusters/{empty_cluster}/import" in answer.xpath(".//a/@href")
    # The rest of the answer comes later, and is put in its place.
    assert answer.xpath(".//*[@id='gain']")


def test_a_list_of_a_cluster_is_named_by_the_cluster(sample, entered):
    """Seen on the page of a member: cluster-valves."""
    said = Provenance("cluster-valves", "seed:cluster-valves")
    row = Description("t:said", "seed:valves-019", "flanges", provenance=said)
    sample.store.upsert(GraphRows(descriptions=(row,)))
    address = "/organizations/seed:valves-019"
    page = entered("coordinator").get(address, headers=IN["en"]).text
    text = lxml.html.fromstring(page).xpath("string(//main)")
    assert "a list of Sample Valve Cluster" in text
    assert "cluster-valves" not in text


def test_clusters_are_looked_up_once_for_a_page_that_names_many_sources(
    sample, entered, monkeypatch
):
    """Seen: one question to the database for each of hundreds of ties."""
    rows = [
        Description(f"t:of-{number}", "seed:valves-018", f"valves {number}", provenance=source)
        for number in range(9)
        for source in [Provenance(f"list-{number}.csv", "seed:cluster-valves")]
    ]
    sample.store.upsert(GraphRows(descriptions=tuple(rows)))
    asked, version = [], type(sample.store).version
    monkeypatch.setattr(
        type(sample.store), "version", lambda store: asked.append(1) or version(store)
    )
    page = entered("admin").get("/organizations/seed:valves-018", headers=IN["en"]).text
    assert page.count("list-8.csv") == 1
    assert len(asked) <= 2
