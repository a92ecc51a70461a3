"""Everything that can be refused. Errors carry facts; the front doors choose the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why not: a stable code, and the facts that a sentence about it needs."""

    code: str
    about: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: str, **about: object) -> Refusal:
        """A refusal about the named things; values are kept as text."""
        return cls(code, tuple((name, str(value)) for name, value in about.items()))

    @property
    def facts(self) -> dict[str, str]:
        return dict(self.about)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in something declared: where (file and line, 1-based; 0 = the file as a whole) and what."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class UppdragError(Exception):
    """The base of every error that this program raises on purpose."""


class Refused(UppdragError):
    """A rule says no. Nothing has changed."""

    def __init__(self, refusals: Sequence[Refusal], *, subject: str = "") -> None:
        self.refusals = tuple(refusals)
        self.subject = subject
        super().__init__(f"{subject}: " + ", ".join(r.code for r in refusals))


class TransitionRefused(Refused):
    """The trigger cannot be pulled from this state, for these reasons."""

    def __init__(self, trigger: str, state: str, refusals: Sequence[Refusal], *, subject: str = "") -> None:
        self.trigger = trigger
        self.state = state
        super().__init__(refusals, subject=subject)


class LinesRefused(Refused):
    """Lines of one file that were refused; the file as a whole changed nothing."""

    def __init__(self, file: str, lines: Sequence[tuple[int, Refusal]]) -> None:
        self.file = file
        self.lines = tuple(lines)
        super().__init__([refusal for _, refusal in lines], subject=file)


class NotFound(UppdragError):
    """Something was named that does not exist. `kind` is a code such as `uppdrag`, `lifecycle`, `event`."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"{kind} {name}")


class VersionConflict(UppdragError):
    """Somebody else changed the same thing first. Read it again, then repeat."""

    def __init__(self, subject: str, expected: int, found: int) -> None:
        self.subject = subject
        self.expected = expected
        self.found = found
        super().__init__(f"{subject}: expected version {expected}, found {found}")


class KeyReused(UppdragError):
    """An idempotency key came back with other content than it was first accepted with."""

    def __init__(self, key: str, stream: str, seq: int) -> None:
        self.key = key
        self.stream = stream
        self.seq = seq
        super().__init__(f"key {key!r} belongs to {stream}/{seq}")


class DefinitionInvalid(UppdragError):
    """Something declared is wrong. Every problem at once, ordered by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(p) for p in self.problems))


class DefinitionEdited(UppdragError):
    """A published version was edited; a published version never changes."""

    def __init__(self, kind: str, name: str, version: int) -> None:
        self.kind = kind
        self.name = name
        self.version = version
        super().__init__(f"{kind} {name} version {version}")


class StorageUnavailable(UppdragError):
    """The database cannot be used as it is, nor a backup of one. `code`: `missing`, `older`, `newer`, `foreign`,
    `busy`, `readonly`, `full`, `io` (the disk), `unopened` (a file that is there), `unreachable`, `damaged`,
    `unfinished` (a copy that was broken off), `backup` (no database), `backup_damaged`, `unwritable` or `unreadable` (a
    file); `standby` (a server that only follows another),
    `interrupted` (the connection was lost before anything was kept) or `uncertain` (it was lost while all was to be
    kept: nobody knows whether it was). Nothing was half done. `passing`: the same may well succeed if it is done again,
    on another connection."""

    def __init__(self, code: str, detail: str = "", *, passing: bool = False) -> None:
        self.code = code
        self.detail = detail
        self.passing = passing
        super().__init__(f"{code}: {detail}" if detail else code)
