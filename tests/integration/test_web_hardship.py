"""Sessions that end in the middle of things, two tabs, double clicks: nothing lost, nothing twice, a word of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from storage import drafts as kept
from tests.cast import NOW
from tests.integration.doing import with_the_regions
from tests.web import ORIGIN, SETTINGS, Visiting, visiting
from uppdrag.service import drafts, form_tokens, pruning, queries, signing_in
from uppdrag.service.drafts import Left
from uppdrag.service.house import House
from workflow.events import RegionDecided

TYPED = {
    "utfall": "antagen_med_anpassning", "anpassning": 'Gäller från 2027.\r\nMed "villkor" & <b>utan</b> å̈äö',
    "instans": "RF", "paragraf": "88", "steg": "granska", "nyckel": "k-1", "sedd": "0",
}  # fmt: skip
LATER = NOW + signing_in.IDLE + timedelta(minutes=1)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def matter(any_house: House) -> str:
    return with_the_regions(any_house, "01", "03")


@pytest.fixture
def at(any_house: House, matter: str) -> Iterator[Visiting]:
    """Somebody of region 03 who was logged in, and has been away for too long."""
    with visiting(any_house, replace(SETTINGS, fixed_now=LATER)) as somebody:
        somebody.log_in("region", "03", name="Eva Lind, registrator i Region Uppsala", now=NOW)
        yield somebody


def _decided(house: House, id: str) -> int:
    return len([e for e in queries.history(house, id) if e.region == "03" and isinstance(e.event, RegionDecided)])


def _carried(page: str) -> dict[str, str]:
    """What the page's first form to elsewhere would post."""
    form = page.split('class="knappar"', 1)[1].split("</form>", 1)[0]
    return {name: unescape(value) for name, value in _HIDDEN.findall(form)}


def test_what_was_typed_when_the_session_had_ended_is_there_after_the_login(
    at: Visiting, any_house: House, matter: str
) -> None:  # fmt: skip
    posted = at.post(f"/svar/{matter}/03", TYPED)
    assert (posted.status_code, posted.headers["location"]) == (303, "/logga-in?vidare=/fortsatt")
    login = at.get("/logga-in?vidare=/fortsatt").text
    assert "Inget har registrerats." in login
    at.log_in("region", "03", name="Eva Lind, registrator i Region Uppsala", now=LATER)
    again = at.get("/fortsatt").text
    assert "Gäller från 2027.\r\nMed &#34;villkor&#34; &amp; &lt;b&gt;utan&lt;/b&gt; å̈äö" in again
    assert _decided(any_house, matter) == 0, "never without somebody's word"

    form = _carried(again)
    assert {k: v for k, v in form.items() if k != "formular"} == {k: v for k, v in TYPED.items() if k != "steg"}
    back = at.post(f"/svar/{matter}/03", {**form, "steg": "andra"})
    assert back.status_code == 200
    assert "Med &#34;villkor&#34; &amp;" in back.text
    assert _decided(any_house, matter) == 0
    for _ in range(2):
        assert (
            at.post(f"/svar/{matter}/03", {**form, "anpassning": "Gäller från 2027", "steg": "registrera"}).status_code
            == 303
        )
    assert _decided(any_house, matter) == 1


def test_it_is_shown_to_the_same_role_in_the_same_region_for_an_hour(
    at: Visiting, any_house: House, matter: str
) -> None:
    at.post(f"/svar/{matter}/03", TYPED)
    token = at.client.cookies["uppdrag-utkast"]
    for role, region in (("region", "01"), ("insyn", ""), ("kansli", "")):
        at.log_in(role, region, now=LATER)  # type: ignore[arg-type]  # they are roles
        assert "Här finns inget sparat" in at.get("/fortsatt").text
    at.log_in("region", "03", now=LATER)
    assert at.get("/fortsatt").status_code == 200
    who = signing_in.visitor(any_house, at.token, now=LATER)
    assert who
    assert drafts.shown(any_house, token, who, now=LATER + timedelta(minutes=59))
    assert not drafts.shown(any_house, token, who, now=LATER + drafts.LASTS)
    assert not drafts.shown(any_house, token[:-1], who, now=LATER)


def test_what_is_kept_cannot_be_read_in_the_database(at: Visiting, any_house: House, matter: str) -> None:
    at.post(f"/svar/{matter}/03", TYPED)
    with any_house.database.reading() as session:
        held = str(list(session.raw("SELECT * FROM web_draft")))
    assert "sealed" not in held
    for secret in ("villkor", matter, "antagen", at.client.cookies["uppdrag-utkast"]):
        assert secret not in held


def test_it_can_be_thrown_away(at: Visiting, any_house: House, matter: str) -> None:
    at.post(f"/svar/{matter}/03", TYPED)
    at.log_in("region", "03", now=LATER)
    assert at.post("/fortsatt/slang", {}).headers["location"] == "/"
    assert "Här finns inget sparat" in at.get("/fortsatt").text
    with any_house.database.reading() as session:
        assert not list(session.raw("SELECT * FROM web_draft"))


def test_room_for_what_is_left_is_bounded(any_house: House) -> None:
    def leave(n: int, client: str = "one") -> str:
        return drafts.keep(
            any_house, Left("/x", (("a", str(n)),)), session_token="", client=client, now=NOW
        )  # fmt: skip

    assert all(leave(n) for n in range(drafts.FROM_ONE))
    assert not leave(99)
    assert leave(100, "another")
    large = Left("/x", (("a", "x" * drafts.LARGEST),))
    assert not drafts.keep(any_house, large, session_token="", client="third", now=NOW)
    with any_house.database.transaction() as session:
        assert kept.forget(session, before=NOW + drafts.LASTS) == drafts.FROM_ONE + 1


def test_what_nobody_came_back_for_is_deleted(any_house: House, matter: str) -> None:
    late = NOW + drafts.LASTS + timedelta(minutes=1)
    with visiting(any_house) as at:
        assert at.post(f"/svar/{matter}/03", TYPED).status_code == 303
    pruning.run(any_house, SETTINGS, now=late)
    with any_house.database.reading() as session:
        assert not list(session.raw("SELECT * FROM web_draft"))


def test_another_site_leaves_nothing(at: Visiting, any_house: House, matter: str) -> None:
    refused = at.post(f"/svar/{matter}/03", TYPED, {"origin": "https://evil.example"})
    assert refused.status_code == 403
    with any_house.database.reading() as session:
        assert not list(session.raw("SELECT * FROM web_draft"))


def test_a_tab_of_an_earlier_login_is_shown_again_and_not_carried_out(
    at: Visiting, any_house: House, matter: str
) -> None:  # fmt: skip
    at.log_in("region", "03", now=LATER)
    earlier = form_tokens.form_token("the session of the first tab")
    posted = at.post(f"/svar/{matter}/03", {**TYPED, "steg": "registrera", "formular": earlier})
    assert posted.status_code == 403
    assert "Sidan hörde till en tidigare inloggning." in posted.text
    assert "Gäller från 2027." in posted.text
    assert _decided(any_house, matter) == 0
    form = _carried(posted.text)
    assert "steg" not in form
    assert at.post(f"/svar/{matter}/03", {**form, "steg": "andra"}).status_code == 200


def test_fifty_posts_of_one_form_at_once_are_one_event(any_house: House, matter: str) -> None:
    with visiting(any_house) as at:
        at.log_in("region", "03", name="Eva Lind")
        form = {**TYPED, "utfall": "antagen", "steg": "registrera", "formular": form_tokens.form_token(at.token)}
        form.pop("anpassning")

        def post(_: int) -> int:
            return at.client.post(
                f"/svar/{matter}/03", data=form, headers={"origin": ORIGIN}, follow_redirects=False
            ).status_code

        with ThreadPoolExecutor(16) as many:
            answers = list(many.map(post, range(50)))
    assert set(answers) == {303}
    assert _decided(any_house, matter) == 1


def test_logging_out_in_an_old_tab_loses_nothing_and_says_so(at: Visiting) -> None:
    assert at.post("/logga-ut", {}).headers["location"] == "/logga-in?vidare=/"
    assert "uppdrag-utkast" not in at.client.cookies


def test_own_logins_are_listed_and_ended_everywhere(any_house: House) -> None:
    with visiting(any_house) as at, visiting(any_house) as elsewhere, visiting(any_house) as other:
        invited = [signing_in.invite(any_house, "kansli", now=NOW) for _ in range(3)]
        for who, key, name, agent in (
            (at, invited[0], "Anna Ek", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            (elsewhere, invited[1], "Anna Ek", "Mozilla/5.0 (iPhone; CPU iPhone OS 19) Version/19 Safari/604.1"),
            (other, invited[2], "Bo Berg", "curl/8"),
        ):
            who.client.headers["user-agent"] = agent
            assert who.post("/logga-in/lank", {"nyckel": key, "namn": name}).status_code == 303
            who.token = who.client.cookies["uppdrag"]
        page = at.get("/inloggningar").text
        assert "Du är inloggad på 2 ställen som Anna Ek." in page
        assert "Firefox, Linux" in page
        assert "Safari, Iphone" in page
        assert page.count("den här") == 1
        assert at.post("/inloggningar", {}).headers["location"] == "/logga-in"
        assert elsewhere.get("/att-gora").status_code == 303, "logged out there as well"
        assert other.get("/att-gora").status_code == 200, "somebody else is not"
