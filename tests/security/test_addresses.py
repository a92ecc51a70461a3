"""What stands in an address is never a path, a command or markup: hostile text in each part of each page's address."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import SQLModel

from tests.integration.doing import with_the_regions
from tests.reliability import Tried
from tests.web import SETTINGS, visiting
from uppdrag.service.house import House
from uppdrag.web.app import create_app

WEB = Path(__file__).parents[2] / "uppdrag" / "web"
HOSTILE = (
    "{0.__class__.__init__.__globals__}%s%n%(x)s",
    "../../../../../../etc/passwd", "..\\..\\windows\\win.ini", "' OR '1'='1'; DROP TABLE event; --",
    "\"'><script>alert(1)</script>{{7*'7'}}${7*7}", "x\r\nX-Evil: 1\r\n\r\n<h1>", "%2e%2e%2f%00", "٢٠٢٦-٠١-٠١",
)  # fmt: skip
AT_ONCE = (
    "'\"><script>alert(1)</script>{{7*'7'}}{0.__class__}%s'; DROP TABLE event; --\r\nX-Evil: 1\r\n\r\n"
    "/../../../../etc/passwd"
)
DRAWN = "/bilder"
"""Pages of pictures, which look at nothing in an address and take seconds to draw."""
SIGNS = ("root:", "<script>alert", "7777777", "syntax error", "Traceback", "unrecognized token")
"""What an answer must not hold."""


@cache
def _asked_for() -> list[str]:
    """Every name that a page looks for in the question of an address."""
    found = set[str]()
    for text in (file.read_text(encoding="utf-8") for file in WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(text)) if ".get(" in text and ("query" in text or "params" in text) else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "get"
                and ast.unparse(node.func.value) in ("request.query_params", "query", "params")
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return sorted(found)


@cache
def _asks(module: str) -> bool:
    """Whether a page of a module looks at the question of an address."""
    return "query_params" in inspect.getsource(sys.modules[module])


def _count(house: House) -> dict[str, int]:
    with house.database.reading() as session:
        return {
            name: len(list(session.raw(f'SELECT 1 FROM "{name}"')))
            for name in SQLModel.metadata.tables if name not in ("web_visit", "reading")
        }  # fmt: skip


def _routes(app: FastAPI) -> list[APIRoute]:
    return [r for r in app.routes if isinstance(r, APIRoute) and "GET" in (r.methods or ())]


def _addresses(app: FastAPI, said: str, id: str) -> list[str]:
    """The address of each page: with hostile text in each of its parts, and in each answer to what pages ask for."""
    known = {"id": id, "lanskod": "03", "year": "2026", "day": "2026-03-27", "month": "2026-02"}
    question = "&".join(f"{name}={quote(said)}" for name in _asked_for())
    found = []
    for route in _routes(app):
        if route.path.startswith(DRAWN):
            continue
        names = list(route.param_convertors)
        parts = {name: known.get(name, "1") for name in names}
        found += [route.path_format.format(**(parts | {name: quote(said, safe="")})) for name in names]
        if _asks(inspect.unwrap(route.endpoint).__module__):
            found.append(f"{route.path_format.format(**parts)}?{question}")
    return found


@pytest.mark.parametrize(
    "said", [pytest.param(AT_ONCE, id="at once"), *(pytest.param(one, marks=pytest.mark.soak) for one in HOSTILE)]
)
def test_what_stands_in_an_address_is_only_text(house: House, said: str, tried: Tried) -> None:
    """All at once here, and one after the other in `make soak`."""
    id = with_the_regions(house, "01", "03")
    app, wrong = create_app(house, SETTINGS), []
    assert len(_asked_for()) > 20, "the names were found"
    with visiting(house, app=app) as at:
        at.log_in("kansli")
        before, addresses = _count(house), _addresses(app, said, id)
        for address in addresses:
            answer = at.get(address)
            page = answer.headers.get("content-type", "").startswith("text/html")  # what a browser reads as markup
            held = [sign for sign in SIGNS if page and sign in answer.text] + ["root:"] * (b"root:x:" in answer.content)
            if answer.status_code >= 500 or held or "x-evil" in answer.headers:
                wrong.append((address[:120], answer.status_code, held))
        assert _count(house) == before
    assert not wrong
    tried("Indata", "fientlig text i varje del av varje sidas adress", len(addresses),
          "var bara text: ingen fil, ingen SQL, ingen kod, inga egna huvuden")  # fmt: skip
