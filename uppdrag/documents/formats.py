"""The formats that a document is written in: what each is called, and where its bytes come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from uppdrag.documents import docx, page, pdf
from uppdrag.documents.document import Document

Format = Literal["docx", "pdf", "html"]
FORMATS: tuple[Format, ...] = ("docx", "pdf", "html")
MEDIA_TYPES: Mapping[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}


def rendered(document: Document, format: Format) -> bytes:
    """The document as a file: the same bytes for the same document, whenever that is."""
    match format:
        case "docx":
            return docx.render(document)
        case "pdf":
            return pdf.render(document)
        case "html":
            return page.whole(document)
        case _:
            assert_never(format)


def file_name(document: Document, format: Format) -> str:
    """What the file is called: `kallelse-2026-03-27.pdf`."""
    return f"{document.name}.{format}"
