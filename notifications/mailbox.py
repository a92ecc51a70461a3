"""Where incoming mail lies: a maildir, or a folder on an IMAP server. Nothing is ever deleted there."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from notifications.rawmail import SIZE_LIMIT
from workflow.incoming import MailboxUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it lies in the mailbox. `key` is the mailbox's own name for it; `arrived_at` (UTC) the moment that the
    mailbox knows. Of a mail that is too large to be read, `raw` is the beginning, a byte more than is allowed."""

    key: str
    raw: bytes
    arrived_at: datetime | None = None


class Mailbox(Protocol):
    """A mailbox that is open."""

    def letters(self) -> Iterator[Letter]:
        """The mails that nobody has seen, one at a time."""

    def seen(self, letter: Letter) -> None:
        """Mark a mail as seen, once what it led to is kept."""

    def leave(self, letter: Letter) -> None:
        """Leave a mail as it is, for a person to see."""


def open_mailbox(address: str, password: str = "") -> AbstractContextManager[Mailbox]:
    """The mailbox at `maildir:PATH` or `imap+ssl://USER@HOST/FOLDER`. Raises MailboxUnavailable.

    Plain `imap://` is for a server on this machine, and refused for any other.
    """
    if address.startswith("maildir:"):
        return _maildir(Path(address.removeprefix("maildir:")))
    from notifications.imap import open_folder

    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        raise MailboxUnavailable("unreachable", "porten är inget tal") from None
    return open_folder(
        host=parts.hostname or "", port=port, user=unquote(parts.username or ""), password=password,
        folder=unquote(parts.path.lstrip("/")) or "INBOX", tls=parts.scheme == "imap+ssl",
    )  # fmt: skip


@contextmanager
def _maildir(path: Path) -> Iterator[Mailbox]:
    if not (path / "new").is_dir() or not (path / "cur").is_dir():
        raise MailboxUnavailable("missing", str(path))
    yield Maildir(path)


class Maildir:
    """A maildir: `new/` holds what has just come, `cur/` what a mail program has opened, with flags after `:2,`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def letters(self) -> Iterator[Letter]:
        for key in self._unseen():
            try:
                with (self._path / key).open("rb") as file:
                    raw = file.read(SIZE_LIMIT + 1)
                    arrived_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            except FileNotFoundError:
                continue  # another reader was here, or a mail program has moved it
            except OSError as wrong:
                log.warning("mail_unreadable", extra={"reason": type(wrong).__name__})
                continue
            yield Letter(key, raw, arrived_at)

    def seen(self, letter: Letter) -> None:
        folder, _, name = letter.key.partition("/")
        base, mark, flags = name.partition(":2,")
        flags = flags if mark and folder == "cur" else ""
        target = self._path / "cur" / f"{base}:2,{''.join(sorted({*flags, 'S'}))}"
        with suppress(FileNotFoundError):  # another reader has marked it
            (self._path / letter.key).rename(target)

    def leave(self, letter: Letter) -> None:
        """A mail in `new/` stays there."""

    def _unseen(self) -> list[str]:
        """What has not been seen, oldest first: a maildir's names begin with the second of delivery."""
        try:
            new = [f"new/{p.name}" for p in (self._path / "new").iterdir() if not p.name.startswith(".")]
            cur = [f"cur/{p.name}" for p in (self._path / "cur").iterdir() if not p.name.startswith(".")]
        except OSError as wrong:
            raise MailboxUnavailable("unreachable", type(wrong).__name__) from wrong
        unseen = [key for key in cur if "S" not in key.partition(":2,")[2]]
        return sorted((*new, *unseen), key=lambda key: key.partition("/")[2])
