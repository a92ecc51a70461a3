"""Files that people choose in a form: each form that takes one refuses what could do harm, and keeps nothing of it."""

from __future__ import annotations

import inspect
import re
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import Response
from sqlmodel import SQLModel

from tests import mails
from tests.cast import KANSLI, NOW
from tests.integration.doing import with_the_regions
from tests.integration.test_chefsgrupp import MARCH, plan
from tests.integration.test_web_login import PEOPLE
from tests.integration.test_web_minutes import BEFORE
from tests.reliability import Tried
from tests.web import ORIGIN, Visiting, visiting
from uppdrag.service import agenda, chefsgrupp, form_tokens, minutes
from uppdrag.service.house import House
from workflow.meeting import Note, Present
from workflow.minutes import Taken

FORMS: dict[str, dict[str, str]] = {
    "/befattningshavare/lista": {}, "/budget/{year}/fil": {"vad": "poster"}, "/moten/{day}/undertecknat": {},
    "/uppdrag/beslut": {"nyckel": "k"},
}  # fmt: skip
"""Every form with a file, by its route, with what else it asks for."""
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _workbook(sheet: str, **more: str) -> bytes:
    """A workbook with one sheet, as text, and other parts of the archive."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", mails.SHEET_MANIFEST)
        file.writestr("_rels/.rels", _relations("officeDocument", "xl/workbook.xml"))
        file.writestr("xl/_rels/workbook.xml.rels", _relations("worksheet", "worksheets/sheet1.xml"))
        file.writestr("xl/workbook.xml", f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="A" '
                      'sheetId="1" r:id="rId1"/></sheets></workbook>')  # fmt: skip
        file.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            file.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relations(kind: str, target: str) -> str:
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    one = f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{package}">{one}</Relationships>'


def _cells(text: str, doctype: str = "") -> str:
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    return f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{_SHEET}"><sheetData>{row}</sheetData></worksheet>'


_LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HARM = {
    "a program": b"MZ\x90\x00" + bytes(200), "a script": b"#!/bin/sh\nrm -rf /\n",
    "a page": b"<html><script>alert(1)</script></html>", "a picture with a script": b"<svg onload='alert(1)'/>",
    "an archive": mails.archive(beslut=mails.PDF), "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "macros": _workbook(_cells("post"), xl__vbaProject="x"), "a bomb": mails.archive(bomb=bytes(60_000_000)),
    "many parts": _workbook(_cells("post"), **{f"part{n}": "" for n in range(2_100)}),
    "a billion laughs": _workbook(_cells("&a9;", f'<!DOCTYPE x [<!ENTITY a0 "ha">{_LAUGHS}]>')),
    "somebody else's file": _workbook(_cells("&x;", '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
    "another machine's": _workbook(_cells("&x;", '<!DOCTYPE x [<!ENTITY x SYSTEM "http://192.0.2.1/x">]>')),
    "too much": b"post;q1\n" + b"x;1\n" * 300_000, "nothing": b"", "half": mails.XLSX[:-20],
    "more than a scan": bytes(22_000_000),
}  # fmt: skip


@pytest.fixture
def at(house: House) -> Iterator[Visiting]:
    """The kansli at forms that take files: a meeting whose protokoll waits for its signature, among others."""
    plan(house, MARCH)
    agenda.summon(house, MARCH, None, actor=KANSLI, now=BEFORE)
    notes = {i.number: Note(item="", outcome="antecknad") for i in chefsgrupp.one(house, MARCH).meeting.items}
    head = {"present": (Present(name="Eva Ek"),)}
    minutes.take(house, MARCH, Taken(head=head, notes=notes), actor=KANSLI, now=NOW)
    minutes.close(house, MARCH, actor=KANSLI, now=NOW)
    minutes.approve(house, MARCH, None, on=None, actor=KANSLI, now=NOW)
    with visiting(house) as somebody:
        somebody.log_in("kansli")
        yield somebody


def _files(route: APIRoute) -> int:
    """How many files a route takes."""
    each = [
        inspect.getclosurevars(d.dependency).nonlocals for d in route.dependencies if inspect.isfunction(d.dependency)
    ]
    return sum(int(one["files"]) for one in each if "files" in one)


def _taking_files(app: FastAPI) -> dict[str, int]:
    return {r.path: found for r in app.routes if isinstance(r, APIRoute) and (found := _files(r))}


def _send(at: Visiting, path: str, name: str, content: bytes, said: dict[str, str]) -> Response:
    form = {"formular": form_tokens.form_token(at.token), **said}
    return at.client.post(
        path, data=form, files={"fil": (name, content)}, headers={"origin": ORIGIN}, follow_redirects=False
    )


def _kept(house: House) -> list[str]:
    """Every row there is, save for the access log."""
    with house.database.reading() as session:
        return [
            f"{name} {row}"
            for name in SQLModel.metadata.tables
            if name != "web_visit"
            for row in sorted(map(repr, session.raw(f'SELECT * FROM "{name}"')))
        ]


def _app(at: Visiting) -> FastAPI:
    app: Any = at.client.app
    assert isinstance(app, FastAPI)
    return app


def test_no_form_takes_a_file_that_could_do_harm(at: Visiting, house: House, tried: Tried) -> None:
    assert _taking_files(_app(at)) == dict.fromkeys(FORMS, 1), "every form with a file is tried here"
    before = _kept(house)
    wrong, times = [], 0
    for path, said in FORMS.items():
        at_form = path.format(year="2026", day=MARCH)
        for what, content in HARM.items():
            for name in ("../../etc/lista.xlsx", 'x"\r\nX-Evil: 1.pdf'):
                began = time.process_time()
                answer = _send(at, at_form, name, content, said)
                times += 1
                clear = 400 <= answer.status_code < 500 and "<h1" in answer.text
                if not clear or "root:" in answer.text or "x-evil" in answer.headers or time.process_time() - began > 5:
                    wrong.append((path, what, answer.status_code, round(time.process_time() - began, 1)))
    assert not wrong
    assert _kept(house) == before, "nothing was kept"
    tried("Indata", "filer i formulär: program, makron, bomber, XML som hämtar, för stora", times,
          "alla vägrades med besked och inget sparades")  # fmt: skip


def test_what_is_harmless_is_taken_by_each(at: Visiting, house: House) -> None:
    """Else it would be no feat to refuse the rest."""
    id = with_the_regions(house, "01", "03")
    harmless = {
        "/befattningshavare/lista": (PEOPLE.read_bytes(), 200),
        "/budget/{year}/fil": (b"post;q1;q2;q3;q4\nPersonal;1;1;1;1\n", 200),
        "/moten/{day}/undertecknat": (mails.PDF, 303),
        "/uppdrag/beslut": (f"uppdrag;region;utfall;instans\n{id};01;antagen;RF\n".encode(), 200),
    }  # fmt: skip
    for path, said in FORMS.items():
        content, status = harmless[path]
        answer = _send(at, path.format(year="2026", day=MARCH), "fil", content, said)
        assert answer.status_code == status, re.findall("<li>.*?</li>", answer.text)


def test_a_form_without_a_file_takes_none(at: Visiting) -> None:
    answer = _send(at, "/uppdrag/nytt", "x.pdf", mails.PDF, {})
    assert answer.status_code == 400
    assert re.search("<h1", answer.text)


def test_a_workbook_with_macros_says_what_to_do(at: Visiting) -> None:
    told = _send(at, "/befattningshavare/lista", "lista.xlsm", HARM["macros"], {}).text
    assert "Arbetsboken innehåller makron. Spara om den som .xlsx utan makron." in told
