"""Pages are compressed, and nothing secret can be read from how long they become."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest

from tests.web import Visiting, visiting
from uppdrag.service import form_tokens
from uppdrag.service.house import House

ASKS = {"accept-encoding": "br, gzip"}
_TOKEN = re.compile(r'name="formular" value="([^"]+)"')


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    with visiting(house) as somebody:
        yield somebody


def test_a_page_is_compressed_for_who_takes_it(at: Visiting) -> None:
    at.log_in("kansli")
    plain = at.get("/uppdrag", headers={"accept-encoding": "identity"})
    packed = at.get("/uppdrag", headers=ASKS)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    assert int(packed.headers["content-length"]) * 3 < len(plain.content)
    assert "<h1" in packed.text
    refused = at.get("/uppdrag", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert at.get("/finns-inte", headers=ASKS).headers["content-encoding"] == "gzip"


def test_the_forms_token_is_another_in_every_page_and_good_in_all(at: Visiting) -> None:
    token = at.log_in("kansli")
    seen = [found for _ in range(20) for found in _TOKEN.findall(at.get("/att-gora").text)]
    assert len(set(seen)) == 20, "one per answer, however many forms it has"
    assert all(form_tokens.is_form_token(token, one) for one in seen)
    columns = [len(set(column)) for column in zip(*set(seen), strict=True)]
    assert min(columns[:-3]) > 4, "no letter stays the same, so no letter can be guessed at"


@pytest.mark.parametrize("given", ["", "x", "å", "AAAA", "=" * 88, "A" * 88, "A" * 200_000])
def test_what_is_no_token_is_refused(given: str) -> None:
    assert not form_tokens.is_form_token("somebody's", given)


def test_a_token_is_of_its_own_session_only() -> None:
    assert not form_tokens.is_form_token("somebody's", form_tokens.form_token("somebody else's"))


def test_a_page_that_shows_a_secret_is_sent_as_it_is(at: Visiting) -> None:
    page = at.get("/logga-in/lank?nyckel=hemlig", headers=ASKS)
    assert "hemlig" in page.text
    assert "content-encoding" not in page.headers
    assert page.headers["cache-control"] == "no-store, no-transform"


def test_files_are_compressed_once_and_kept_for_good(at: Visiting) -> None:
    address = re.search(r'href="(/static/uppdrag\.[0-9a-f]{16}\.css)"', at.get("/logga-in").text)
    assert address
    packed = at.get(address[1], headers=ASKS)
    plain = at.get(address[1], headers={"accept-encoding": "identity"})
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content)) < 60_000
    assert packed.headers["etag"] != plain.headers["etag"]
    again = at.get(address[1], headers={**ASKS, "if-none-match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
