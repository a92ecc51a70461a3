"""The DOCX of every kind of document, opened in LibreOffice: nothing of it is lost.

Left out where there is no LibreOffice, but never in `make soak`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.papers import KINDS, WITH_ITEMS
from tests.unit.test_papers import HUNDRED, squeezed
from tests.unit.test_pdf import COMPOUND, EXTREME, read
from uppdrag.documents.document import plain
from uppdrag.documents.formats import rendered

OFFICE = shutil.which("soffice")
TITLE = "ärende om läkemedelsförsörjning"


def as_read(folder: Path, documents: Mapping[str, bytes]) -> dict[str, str]:
    """What LibreOffice shows of some DOCX files, by name, without spaces and hyphens."""
    assert OFFICE, "LibreOffice saknas. På Debian: apt-get install libreoffice-writer-nogui"
    files = []
    for n, (name, content) in enumerate(documents.items()):
        files.append((name, folder / f"{n}.docx"))
        files[-1][1].write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    asked: Sequence[str] = (OFFICE, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder))
    subprocess.run([*asked, *(str(path) for _, path in files)], check=True, capture_output=True, timeout=600)
    return {name: squeezed(read(path.with_suffix(".pdf").read_bytes())) for name, path in files}


def lost(shown: str, items: int) -> list[int]:
    return [n for n in range(1, items + 1) if squeezed(f"{n} {TITLE}") not in shown]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_kallelse_opens_in_libreoffice_with_its_items(tmp_path: Path) -> None:
    shown = as_read(tmp_path, {"kallelse": rendered(KINDS["kallelse"](TITLE, 12), "docx")})
    assert lost(shown["kallelse"], 12) == []


@pytest.mark.soak
def test_every_kind_opens_in_libreoffice_with_a_hundred_items(tmp_path: Path) -> None:
    made = {kind: rendered(maker(TITLE, HUNDRED), "docx") for kind, maker in KINDS.items()}
    shown = as_read(tmp_path, made)
    assert {kind: gone for kind in WITH_ITEMS if (gone := lost(shown[kind], HUNDRED))} == {}
    assert [kind for kind in KINDS if squeezed(TITLE) not in shown[kind]] == []


@pytest.mark.soak
def test_every_kind_opens_in_libreoffice_whatever_stands_in_it(tmp_path: Path) -> None:
    texts = {"compound": COMPOUND, **EXTREME}
    made = {f"{kind}, {name}": maker(text, 3) for kind, maker in KINDS.items() for name, text in texts.items()}
    shown = as_read(tmp_path, {name: rendered(document, "docx") for name, document in made.items()})
    assert [name for name in made if not shown[name]] == []
    shows = ("compound", "typst", "xml", "json", "list", "brackets")
    for kind in KINDS:
        for name in shows:
            assert squeezed(plain(texts[name])) in shown[f"{kind}, {name}"], (kind, name)
