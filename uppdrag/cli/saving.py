"""Answers kept as files: documents, and what is otherwise shown. What is there already is never written over."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, complain
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.documents.document import Document
    from uppdrag.documents.sheet import Book


class PaperFormat(StrEnum):
    """As what a document is written."""

    docx = "docx"
    pdf = "pdf"
    html = "html"


class AnyFormat(StrEnum):
    """As what something is shown, or written as a document."""

    table = "table"
    json = "json"
    csv = "csv"
    docx = "docx"
    pdf = "pdf"
    html = "html"

    @property
    def paper(self) -> PaperFormat | None:
        """The document's format; None for what is only shown."""
        return PaperFormat(self.value) if self.value in set(PaperFormat) else None

    @property
    def shown(self) -> Format:
        """The format of what is only shown."""
        return Format(self.value)


class ListFormat(StrEnum):
    """As what a list is shown, or written as a workbook."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"

    @property
    def shown(self) -> Format:
        """The format of what is only shown: what a workbook holds is a list for programs too."""
        return Format.json if self is ListFormat.xlsx else Format(self.value)


STDOUT = "-"
Output = Annotated[
    str,
    typer.Option(
        "--output",
        metavar="FIL",
        help="Filen som svaret sparas i; - är standard ut. Utelämnad: ett dokument får eget namn här.",
    ),
]
ShowOrSheet = Annotated[
    ListFormat, typer.Option("--format", help="Hur svaret visas; xlsx skriver en arbetsbok i Excel.")
]
SheetOutput = Annotated[
    str, typer.Option("--output", metavar="FIL", help="Filen som en arbetsbok sparas i; - är standard ut.")
]
As = Annotated[PaperFormat, typer.Option("--format", help="Dokumentets format.")]
ShowOrWrite = Annotated[AnyFormat, typer.Option("--format", help="Hur svaret visas, eller dokumentets format.")]


def save(document: "Document", format: PaperFormat, output: str) -> None:
    """Write a document to the file that was named, or to one named after it in this folder; `-` is stdout.

    Ends with status 2 where the file is there already or cannot be written, or bytes would go to a terminal.
    """
    from uppdrag.documents.formats import file_name, rendered

    if output == STDOUT and is_terminal() and format is not PaperFormat.html:
        complain(
            [f"En {format.upper()} går inte att visa i terminalen. Ange en fil: --output {document.name}.{format}"]
        )
        raise typer.Exit(WRONG_USAGE)
    content = rendered(document, format.value)
    if output == STDOUT:
        sys.stdout.buffer.write(content)
    else:
        path = Path(output or file_name(document, format.value))
        write(path, content)
        typer.echo(f"Sparat: {path}")


def is_terminal() -> bool:
    """Whether somebody is looking at what is written to stdout."""
    return sys.stdout.isatty()


def save_sheet(book: "Book", output: str, name: str) -> None:
    """Write a workbook to the file that was named, or to `name` in this folder. Ends as `save` does."""
    from io import BytesIO

    from uppdrag.documents.sheet import write as written

    if output == STDOUT and sys.stdout.isatty():
        complain([f"En arbetsbok går inte att visa i terminalen. Ange en fil: --output {name}"])
        raise typer.Exit(WRONG_USAGE)
    made = BytesIO()
    written(book, made)
    if output == STDOUT:
        sys.stdout.buffer.write(made.getvalue())
        return
    path = Path(output or name)
    write(path, made.getvalue())
    typer.echo(f"Sparat: {path}")


def write(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Ends with status 2 where that cannot be done."""
    if not put(path, content):
        raise typer.Exit(WRONG_USAGE)


def put(path: Path, content: bytes) -> bool:
    """Write a file, in a folder that need not be there; False, and a sentence, where the file is there already. Ends
    with status 2 where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as written:
            written.write(content)
    except FileExistsError:
        complain([f"{path} finns redan och skrivs inte över. Ange en annan plats, eller flytta filen."])
        return False
    except OSError as wrong:
        complain([f"{path} går inte att skriva ({wrong.strerror})."])
        raise typer.Exit(WRONG_USAGE) from None
    return True


@contextmanager
def shown(output: str) -> Iterator[None]:
    """What is shown within goes to the file that was named, else to stdout."""
    if output in ("", STDOUT):
        yield
        return
    from io import StringIO

    kept = StringIO()
    with redirect_stdout(kept):
        yield
    write(Path(output), kept.getvalue().encode())
    typer.echo(f"Sparat: {output}")
