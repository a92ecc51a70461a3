"""Definition files as people name them: a path, or the name of one that comes with the program."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from definitions import planning
from definitions.source import Source
from workflow.errors import DefinitionInvalid, NotFound, Problem


def plan(name: str) -> Source:
    """A plan by path, or by the name of one that comes with the program. Raises NotFound or DefinitionInvalid."""
    return file(name) if Path(name).is_file() else planning.packaged_plan(name)


def people(name: str) -> tuple[str, bytes]:
    """A list of holders by path, or by the name of one that comes with the program: its name and content.

    Raises NotFound, or DefinitionInvalid where the file cannot be read.
    """
    return _table(name, "people")


def budget(name: str) -> tuple[str, bytes]:
    """A table of a budget by path, or by the name of one that comes with the program: its name and content.

    Raises NotFound, or DefinitionInvalid where the file cannot be read.
    """
    return _table(name, "budget")


def meetings(name: str) -> tuple[str, bytes]:
    """A list of meetings by path, or by the name of one that comes with the program (or how it begins): its name and
    content.

    Raises NotFound, or DefinitionInvalid where the file cannot be read.
    """
    return _table(name, "meetings")


def _table(name: str, kind: str) -> tuple[str, bytes]:
    if not Path(name).is_file():
        for packaged in resources.files("definitions").joinpath(kind).iterdir():
            if packaged.name in (name, f"{name}.csv") or packaged.name.startswith(f"{name}-"):
                return packaged.name, packaged.read_bytes()
    try:
        return name, Path(name).read_bytes()
    except FileNotFoundError:
        raise NotFound("file", name) from None
    except OSError as wrong:
        raise DefinitionInvalid([Problem(name, 0, f"går inte att läsa ({wrong.strerror})")]) from None


def files(names: Sequence[str]) -> list[Source]:
    """The files named. Raises NotFound or DefinitionInvalid."""
    return [file(name) for name in names]


def file(name: str) -> Source:
    """One file's text. Raises NotFound, or DefinitionInvalid where it is not text."""
    try:
        return Source(name, Path(name).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NotFound("file", name) from None
    except UnicodeDecodeError:
        raise DefinitionInvalid([Problem(name, 0, "är inte UTF-8; spara om filen som UTF-8")]) from None
    except OSError as wrong:
        raise DefinitionInvalid([Problem(name, 0, f"går inte att läsa ({wrong.strerror})")]) from None
