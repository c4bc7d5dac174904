"""What a profile brings, names instead of codes, filters, distance and marks of trust."""

import itertools
import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from matchmaker.access import Principal
from matchmaker.app import create_app
from matchmaker.domain import Kind, NeedState
from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.goals import GOALS
from tests.web.conftest import in_languages, press, settle

ROUNDING = 1e-3
FIRM = "seed:valves-001"
ADMIN = Principal("key:1", admin=True)


def kilometres(one, other):
    """Spherical law of cosines, which our code does not use."""
    a, b = (math.radians(place.latitude) for place in (one, other))
    turn = math.radians(other.longitude - one.longitude)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371.0088 * math.acos(min(1.0, cosine))


@pytest.fixture(scope="module")
def rows(sample):
    return sample.store.export().rows


def test_what_a_profile_reaches_is_what_a_hand_count_finds(sample, rows):
    profile = sample.directory.profile(ADMIN, FIRM)
    own = profile.organization
    found = sample.matching.reach(ADMIN, own, profile.about)
    places = {one.id: one for one in rows.places}
    others = [one for one in rows.organizations if one.listed and one.id != FIRM]

    def located(identity):
        while identity and places[identity].latitude is None:
            identity = places[identity].parent
        return places[identity] if identity else None

    here = located(own.place)
    near = [
        one for one in others if (there := located(one.place)) and kilometres(here, there) <= 50
    ]
    assert found.near == len(near) > 5
    assert found.same_industry == sum(one.industry == own.industry for one in others) > 1
    assert found.complementary == sum(
        one.kind is Kind.FIRM and not set(one.stages) <= set(own.stages) for one in others
    )
    needs = [
        one
        for one in rows.needs
        if one.state is NeedState.OPEN
        and (one.deadline is None or one.deadline >= sample.reader.current().meta.as_of)
        and one.organization != FIRM
        and Kind.FIRM in GOALS[one.goal].candidates
    ]
    assert found.all_needs == len(needs)


def test_a_need_is_reached_by_those_among_its_twenty_closest(sample, rows):
    """Its own best statement stands for an organisation; each need is ranked by hand."""
    snapshot = sample.reader.current()
    ids = snapshot.statements.table.column("id").to_pylist()
    row_of = {id: row for row, id in enumerate(ids)}
    wanted = {need.id for need in rows.needs}  # nobody offers what it needs
    speaking = {
        snapshot.id_of(place): [
            row
            for row in snapshot.organization_statements.row(place).tolist()
            if ids[row] not in wanted
        ]
        for place in range(len(snapshot))
    }
    needs = {
        one.id: one
        for one in rows.needs
        if one.state is NeedState.OPEN
        and (one.deadline is None or one.deadline >= snapshot.meta.as_of)
    }
    kinds = {one.id: one.kind for one in rows.organizations if one.listed}
    about = sample.directory.profile(ADMIN, FIRM)
    twentieth = {}
    for need in needs.values():
        if need.organization != FIRM and Kind.FIRM in GOALS[need.goal].candidates:
            likeness = snapshot.vectors @ snapshot.vectors[row_of[need.id]]
            best = (
                float(likeness[texts].max())
                for other, texts in speaking.items()
                if texts
                and other != need.organization
                and kinds.get(other) in GOALS[need.goal].candidates
            )
            twentieth[need.id] = sorted(best, reverse=True)[19]
    surely = perhaps = 0
    for text in (about.about, "机加工", "不锈钢阀门铸件", "stainless steel castings for valves"):
        query = sample.matching._seekers(sample.matching._current_rows()).free_texts(
            [text], GOALS[next(iter(GOALS))].name
        )[0]
        # Another processor rounds the vector of a text a little differently.
        closer = [
            float(snapshot.vectors[row_of[id]] @ query.vector) - least
            for id, least in twentieth.items()
        ]
        fewest, most = (sum(by >= bar for by in closer) for bar in (ROUNDING, -ROUNDING))
        assert fewest <= sample.matching.reach(ADMIN, about.organization, text).needs <= most
        surely, perhaps = surely + fewest, perhaps + most
    assert 0 < surely <= perhaps < 2 * surely


def test_nobody_else_learns_what_a_profile_reaches(sample):
    other = Principal("account:x", organizations=frozenset({"seed:valves-002"}))
    organization = sample.directory.profile(ADMIN, FIRM).organization
    with pytest.raises(NotAllowed):
        sample.matching.reach(other, organization, "球阀")


def test_a_place_is_found_by_its_name_and_several_are_told_apart(sample, rows):
    names = [one.name for one in rows.places]
    once = next(one for one in rows.places if names.count(one.name) == 1)
    assert (
        sample.codes.id_of("places", once.name) == once.id == sample.codes.id_of("places", once.id)
    )
    assert sample.codes.name_of("places", once.id) == once.name
    assert sample.codes.id_of("places", "  ") is None
    assert once.id in [one.id for one in sample.codes.search("places", once.name[:2])]
    with pytest.raises(InvalidInput, match="not known"):
        sample.codes.id_of("places", "大西洲")


def test_a_place_or_industry_is_meant_by_a_short_name_pinyin_or_code_too(sample):
    id_of = sample.codes.id_of
    assert [id_of("places", text) for text in ("浙江", "Zhejiang Province", "330000")] == [
        "gbt2260:330000"
    ] * 3
    assert id_of("places", "永嘉") == "gbt2260:330324"
    assert id_of("industries", "C3443") == id_of("industries", "3443") == "gbt4754:3443"
    with pytest.raises(InvalidInput, match=r"may be .*安徽省"):
        id_of("places", "Suzhou")


@in_languages("zh")
def test_a_firm_sees_live_what_completing_its_profile_brings(visit, language):
    visitor = visit("firm", language)
    page = visitor.page
    visitor.open("/profile")
    before = page.inner_text("#reach")
    assert len(re.findall(r"\d+", before)) >= 4
    with page.expect_response("**/profile/reach"):
        page.fill("input[name=place]", "")
    expect(page.locator("#reach")).not_to_have_text(before, use_inner_text=True)
    missing = {"zh": "未填写；无人知道贵方就在近处", "en": "nobody sees you as near"}[language]
    assert missing in page.inner_text("#reach")
    with page.expect_response("**/codes/places?*"):
        page.locator("input[name=place]").press_sequentially("温州", delay=20)
    expect(page.locator("#places option").first).to_be_attached()
    assert visitor.complaints == []


def test_filters_narrow_what_is_found_and_stay_in_the_address(visit, rows):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=球阀铸件&size=small&radius=300")
    cards = page.locator("article.card h3 a")
    assert cards.count() > 0
    sizes = {one.id: one.size for one in rows.organizations}
    for link in cards.all():
        address = link.get_attribute("href").partition("?")[0]
        assert sizes[address.removeprefix("/organizations/")] == "small"
    far = [int(one) for one in re.findall(r"相距 (\d+) 公里", page.inner_text("#results"))]
    assert far
    assert max(far) <= 300
    page.get_by_role("button", name="寻找", exact=True).click()
    page.wait_for_url("**size=small**")
    settle(page)
    visitor.open("/find?goal=supplier&text=x&place=大西洲")
    assert "大西洲" in page.inner_text("#results p.notice")


def test_the_way_to_a_candidate_is_drawn(visit):
    visitor = visit("firm", "en")
    visitor.open("/find?goal=supplier")
    ways = visitor.page.locator("ol.path")
    assert ways.count() > 0
    stops = ways.first.locator(".stop").all_text_contents()
    assert stops[0] == "You"
    assert len(stops) == ways.first.locator(".via").count() + 1
    assert not np.any([one == "" for one in stops])


def test_the_advice_fits_the_way_that_is_drawn(visit):
    visitor = visit("firm", "en")
    visitor.open("/find?goal=supplier")
    told = 0
    for card in visitor.page.locator("article.card").all():
        steps, text = card.locator("ol.path .via").count(), card.text_content()
        if steps >= 2:
            told += 1
            assert ("You share" in text) == (steps == 2)
    assert told > 0
    # What is the same for many is said once, for the list.
    assert visitor.page.inner_text("#results").count("No partner in common") <= 1
    assert visitor.page.inner_text("ul.usual").count("New ties in your industry") == 1


def test_partners_who_fit_are_named_listed_or_hidden_as_one_likes(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=stainless+steel+valve+body+castings")
    named = page.locator("details.known li > a").all_text_contents()
    assert named
    listed = page.locator("article.card h3 a").all_text_contents()
    assert not set(named) & set(listed)
    page.locator("details.known summary").click()
    press(page, page.get_by_role("link", name="Hide them"))
    assert page.locator("details.known").count() == 0
    assert "Partners who fit are hidden" in page.inner_text("p.known")
    assert page.locator("select[name=partners]").input_value() == "hidden"
    page.locator("select[name=partners]").select_option("in the list")
    with page.expect_response("**/find?**"):
        page.get_by_role("button", name="Find", exact=True).click()
    settle(page)
    assert set(named) <= set(page.locator("article.card h3 a").all_text_contents())


def test_typing_into_a_filter_never_changes_the_address(visit):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=球阀铸件")
    before = page.url
    with page.expect_response("**/codes/places?*"):
        page.locator("input[name=place]").press_sequentially("温州", delay=20)
    expect(page.locator("#places option").first).to_be_attached()
    assert page.url == before


def test_words_that_were_asked_are_marked_in_what_is_quoted(visit):
    visitor = visit("firm", "zh")
    visitor.open("/find?goal=supplier&text=不锈钢精密铸造阀体，CF8")
    marked = set(visitor.page.locator("blockquote mark").all_inner_texts())
    assert {"不锈钢", "CF8"} & marked
    assert all(one in "不锈钢精密铸造阀体" or "CF8" in one for one in marked)


def test_keeping_dismissing_and_comparing_move_nothing_and_four_fit_side_by_side(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=ball+valve+castings")
    page.locator("#keep-6").scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    page.locator("#keep-6").click()
    expect(page.locator("#keep-6")).to_have_attribute("aria-pressed", "true")
    page.locator("#keep-6").click()
    expect(page.locator("#keep-6")).to_have_attribute("aria-pressed", "false")
    page.locator("#result-6 summary", has_text="Not for us").click()
    page.locator("#result-6").get_by_role("button", name="Do not show it again").click()
    expect(page.locator("#undo-6")).to_be_visible()
    page.locator("#undo-6").click()
    expect(page.locator("#keep-6")).to_be_visible()
    assert page.evaluate("scrollY") == place
    names = []
    for position in (6, 7, 8, 9):
        names.append(page.locator(f"#result-{position} h3").inner_text())
        page.locator(f"#compare-{position}").click()
        expect(page.locator(f"#compare-{position}")).to_have_attribute("aria-pressed", "true")
    page.locator("#compare-10").click()
    expect(page.locator("#tray")).to_contain_text("take one out first")
    assert visitor.violations() == []
    press(page, page.locator("#tray").get_by_role("button", name="Compare 4"))
    assert page.locator("table.compared thead th").all_inner_texts() == names
    assert page.locator("table.compared tbody tr").first.locator("svg.score").count() == 4
    assert visitor.complaints == []


def test_without_javascript_results_are_kept_dismissed_and_compared_at_their_place(visit):
    visitor = visit("firm", "en", java_script_enabled=False)
    page = visitor.page
    page.goto(f"{visitor.server}/find?goal=supplier&text=ball+valve+castings")
    name = page.locator("#result-3 h3").inner_text()
    press(page, page.locator("#keep-3"))
    assert page.url.endswith("/find?goal=supplier&text=ball+valve+castings#result-3")
    assert page.locator("#keep-3").get_attribute("aria-pressed") == "true"
    press(page, page.locator("#keep-3"))
    assert page.locator("#keep-3").get_attribute("aria-pressed") == "false"
    press(page, page.locator("#compare-3"))
    assert name in page.locator("#tray").inner_text()
    press(page, page.locator("#compare-3"))
    assert name not in page.locator("main").locator("#tray").inner_text()
    page.locator("#result-3 summary", has_text="Not for us").click()
    page.locator("#result-3 select[name=reason]").select_option("too_far")
    press(page, page.locator("#result-3").get_by_role("button", name="Do not show it again"))
    assert name not in page.locator("#results article.card h3").all_inner_texts()
    visitor.open("/saved")
    row = page.locator("main li", has_text=name)
    assert "far" in row.inner_text()
    press(page, row.get_by_role("button", name="Take off the list"))


def test_buttons_of_results_share_one_form(visit):
    """What each result would repeat stands in the page once."""
    visitor = visit("firm", "zh")
    visitor.open("/find?goal=supplier&text=球阀铸件")
    text = visitor.page.request.get(visitor.page.url).text()
    hidden = sum(len(field) for field in re.findall(r'<input type="hidden"[^>]*>', text))
    assert text.count('class="card result"') >= 15
    assert hidden < len(text) / 10


@pytest.mark.parametrize("script", [False, True])
def test_results_on_a_phone_are_short_and_the_rest_is_one_touch_away(visit, script):
    visitor = visit(
        "firm", "en", viewport={"width": 390, "height": 844}, java_script_enabled=script
    )
    page = visitor.page
    page.goto(f"{visitor.server}/find?goal=supplier&text=stainless+valve+bodies+DN50")
    results = page.locator("#results article.card")
    assert results.count() > 15
    assert page.evaluate("document.documentElement.scrollHeight") < 8_000
    heights = [card.bounding_box()["height"] for card in results.all() if card.is_visible()]
    assert len(heights) == 10
    assert np.median(heights) < 500
    first = results.first
    place = first.locator("footer > a")
    for name in ("Save", "Compare"):  # a sign that has its word for who hears it
        button = first.get_by_role("button", name=name, exact=True)
        assert abs(button.bounding_box()["y"] - place.bounding_box()["y"]) < 12
    assert not page.locator("#result-12").is_visible()
    page.locator("details.further > summary").first.click()
    expect(page.locator("#result-12 h3")).to_be_visible()
    page.goto(f"{page.url}&size=&n=1#result-14")  # where an address leads is open
    expect(page.locator("#result-14 h3")).to_be_in_viewport()


@in_languages("zh")
def test_four_are_compared_on_a_phone_without_anything_off_the_side(visit, rows, language):
    visitor = visit("firm", language, viewport={"width": 360, "height": 800})
    firms = [one.id for one in rows.organizations if one.id.startswith("seed:valves")][:4]
    visitor.open("/compare?goal=supplier&text=阀体铸件&" + "&".join(f"id={one}" for one in firms))
    page = visitor.page
    heads = [name.removeprefix(f"{at} ") for at, name in enumerate(
        page.locator("table.compared thead th").all_inner_texts(), 1
    )]  # fmt: skip
    for line in page.locator("table.compared tbody tr").all():
        cells = line.locator("td").all()
        named = [cell.locator(".named").inner_text() for cell in cells]
        assert named == [f"{at} {name}" for at, name in enumerate(heads, 1)]
        for cell in cells:
            box = cell.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
            assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    assert not visitor.violations()


@pytest.mark.parametrize(
    ("language", "absent", "no_offers"),
    [
        ("zh", "不在该目标的推荐之列", "没有登记的供给"),
        ("en", "does not come up for this goal", "no offers on record"),
    ],
)
def test_who_does_not_come_up_or_offers_nothing_is_compared_as_that(
    visit, rows, language, absent, no_offers
):
    """It was said to be not known."""
    visitor = visit("firm", language)
    selling = {offer.organization for offer in rows.offers}
    idle = next(
        one.id for one in rows.organizations
        if one.kind is Kind.UNIVERSITY and one.id not in selling
    )  # fmt: skip
    visitor.open(f"/compare?goal=supplier&text=阀体铸件&id=seed:valves-005&id={idle}")
    column = visitor.page.locator("table.compared tbody tr td:nth-of-type(2)")
    cells = [text.strip() for text in column.all_text_contents()]
    assert sum(absent in cell for cell in cells) == 4
    assert sum(no_offers in cell for cell in cells) == 1


def test_more_than_four_are_compared_as_the_first_four(visit, rows):
    visitor = visit("firm", "en")
    firms = [one.id for one in rows.organizations if one.kind is Kind.FIRM][:5]
    visitor.open("/compare?" + "&".join(f"id={one}" for one in firms))
    assert visitor.page.locator("table.compared thead th").count() == 4
    assert "first four" in visitor.page.inner_text("main")


def test_a_page_of_results_asks_the_store_seven_times_at_most(sample, monkeypatch):
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    asked, kind = [], type(sample.store)
    read = kind._read
    monkeypatch.setattr(
        kind, "_read", lambda store, work, **how: asked.append(work) or read(store, work, **how)
    )
    client.get("/find?goal=supplier")  # who opted out is read once for each version of the graph
    for address in ("/find?goal=supplier", "/find?goal=supplier&text=DN50 ball valve body casting"):
        asked.clear()
        page = client.get(address)
        assert page.text.count('id="result-') >= 20
        assert 0 < len(asked) <= 7, address  # two of them whether the graph is as it was


@pytest.mark.parametrize("script", [False, True])
def test_a_need_of_twenty_thousand_characters_is_asked_and_its_address_can_be_sent(visit, script):
    text = ("寻找不锈钢精密铸造阀体的铸造厂，CF8，单件10公斤。" + "验收按图纸。" * 3500)[:20_000]
    visitor = visit("firm", "zh", java_script_enabled=script)
    page = visitor.page
    page.goto(f"{visitor.server}/find?goal=supplier")
    page.fill("textarea[name=text]", text)
    press(page, "寻找")
    page.wait_for_url("**/find?*question=*")
    expect(page.locator("article.card h3").first).to_be_attached()
    assert len(page.url) < 300
    other = visit("firm", "zh")
    other.open(page.url.removeprefix(other.server))
    assert other.page.input_value("textarea[name=text]") == text
    assert "CF8" in other.page.inner_text(".read > summary")
    assert other.complaints == []


def test_a_search_is_kept_from_its_results_and_its_alerts_are_stopped(visit):
    visitor = visit("coordinator", "en")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=DN50 ball valve body casting&kind=firm")
    page.locator("summary", has_text="Keep this search").click()
    page.locator(".keep-search input[name=name]").fill("Castings for us")
    press(page, "Keep it, with alerts")
    expect(page.locator(".notice.good")).to_contain_text("Castings for us is kept")
    page.wait_for_url("**/find?goal=supplier&text=DN50+ball+valve+body+casting&kind=firm")
    visitor.open("/saved")
    kept = page.locator("li", has_text="Castings for us")
    expect(kept).to_contain_text("with alerts")
    press(page, kept.get_by_role("button", name="Stop alerts"))
    expect(kept).to_contain_text("without alerts")
    press(page, kept.get_by_role("button", name="Delete"))
    expect(kept).to_have_count(0)
    assert visitor.complaints == []


def test_headings_of_results_leave_no_level_out(sample):
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    page = client.get("/find?goal=supplier&text=DN50 ball valve body casting").text
    main = page[page.index("<main") :]
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", main)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
