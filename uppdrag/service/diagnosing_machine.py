"""What `uppdrag doctor` finds out about the machine: versions, rights of files, certificates and room on the disk."""

from __future__ import annotations

import platform
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from uppdrag import settings
from uppdrag.service import certificates as held
from uppdrag.service.system import Disk
from uppdrag.settings import SETTINGS, Settings, SettingWrong
from workflow.calendar import STOCKHOLM

Level = Literal["bra", "varning", "fel"]


class Finding(NamedTuple):
    """One thing that was looked at. `area` is a code; `text` says in Swedish how it is and what to do."""

    area: str
    level: Level
    text: str


LOCKS = (Path(__file__).parents[1] / "server.txt", Path(__file__).parents[2] / "requirements" / "server.txt")
"""The lock: as it came with a wheel, or in a checkout."""
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
CONFIG = Path("/etc/uppdrag/uppdrag.env")
"""Where docs/drift.md puts the settings. There are no secrets in it, but whoever may change it decides what runs."""
_SOON, _VERY_SOON = timedelta(days=30), timedelta(days=7)
_ROOTS = 5
"""A file with more certificates is a bundle of authorities, some of which are always about to end."""
_FILES = ("sslrootcert", "sslcert", "sslcrl")


def versions() -> Iterator[Finding]:
    """Python's known flaw, by trying it, and the libraries against those that the program was tested with."""
    python = platform.python_version()
    if _lets_a_header_in():
        yield Finding("python", "varning", (
            f"Python {python} har ett känt fel: en rubrik med ett kodat ord kan gömma en radbrytning (CVE-2024-6923). "
            "Programmet vägrar sådan text, så mejlen är skyddade. Uppgradera till 3.11.10, 3.12.5 eller nyare."
        ))  # fmt: skip
    else:
        yield Finding("python", "bra", f"Python {python} saknar det kända felet i mejlrubriker.")
    lock = next((file for file in LOCKS if file.is_file()), None)
    if lock is None:
        yield Finding(
            "libraries", "varning", "Listan över prövade versioner saknas i installationen. Installera om programmet."
        )
        return
    differing = [
        f"{name} {there} (prövad: {' eller '.join(tried)})"
        for name, tried in locked(lock).items()
        if (there := installed(name)) and there not in tried
    ]
    if differing:
        yield Finding(
            "libraries",
            "varning",
            (f"Andra versioner än de prövade: {', '.join(differing)}. Installera om med requirements/server.txt."),
        )
    else:
        yield Finding("libraries", "bra", "Alla bibliotek har de versioner som programmet är prövat med.")


def locked(lock: Path) -> dict[str, list[str]]:
    """The versions of each name in a lock: more than one where they are for different Pythons."""
    found: dict[str, list[str]] = {}
    for name, version in _LOCKED.findall(lock.read_text(encoding="utf-8")):
        found.setdefault(name, []).append(version)
    return found


def installed(name: str) -> str:
    """The version of a library that is there, empty where it is not: some are for other machines."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def permissions(chosen: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    """The database, the files of secrets and the settings: whether others on the machine may read or change them."""
    found = [*exposed(_files(chosen, env)), *exposed([CONFIG], read=False)]
    yield from found
    if not found:
        yield Finding("permissions", "bra", "Databasens och hemligheternas filer går bara att läsa av tjänsten.")


def exposed(files: Iterable[Path], *, read: bool = True) -> Iterator[Finding]:
    """Those of some files that others on the machine may change or, where that matters, `read`."""
    for file in files:
        mode = file.stat().st_mode if file.is_file() else 0
        if mode & stat.S_IROTH and read and _reachable(file):
            yield _may("läsa", file, "o-rwx")
        elif mode & stat.S_IWOTH and _reachable(file):
            yield _may("ändra", file, "o-w")
        elif mode & stat.S_IWGRP:
            yield _may("ändra", file, "g-w")


def _may(what: str, file: Path, mend: str) -> Finding:
    return Finding("permissions", "fel", f"Andra på maskinen kan {what} {file}. Kör: chmod {mend} {file}")


def _reachable(file: Path) -> bool:
    """Whether everybody gets as far as to the file: a folder that others may not enter keeps it safe."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in file.absolute().parents)


def _files(chosen: Settings, env: Mapping[str, str]) -> list[Path]:
    path = urlsplit(chosen.database_url).path[1:] if chosen.database_url.startswith("sqlite") else ""
    found = [Path(path + suffix) for suffix in ("", "-wal", "-shm")] if path else []
    for one in SETTINGS:
        if one.may_come_from_a_file:
            try:
                found.append(Path(settings.given(env, one.name).path))
            except SettingWrong:  # told as a setting that will not do
                continue
    return [file for file in found if file.is_file()]


def space(disk: Disk | None) -> Iterator[Finding]:
    """Room for the database to grow, and for a backup and the check of it."""
    if disk is None:
        return
    free = f"{disk.free / 1e9:.1f} GB ledigt där databasen ligger".replace(".", ",")
    if disk.free < max(2 * disk.used, 200_000_000):
        yield Finding("disk", "fel", f"{free}. Frigör utrymme innan disken tar slut.")
    elif disk.free < max(4 * disk.used, 1_000_000_000):
        yield Finding(
            "disk", "varning", f"{free}. En säkerhetskopia och kontrollen av den behöver tre gånger databasen."
        )
    else:
        yield Finding("disk", "bra", f"{free}.")


def certificates(chosen: Settings, now: datetime, *, connect: bool) -> Iterator[Finding]:
    """Until when the certificates hold that settings name; those of servers only where asked for."""
    query = dict(parse_qsl(urlsplit(chosen.database_url).query))
    for name in _FILES:
        if file := query.get(name, ""):
            yield from _holds(f"{name} ({file})", now, partial(_of_file, Path(file)))
    servers = list(_servers(chosen))
    if not connect:
        if servers:
            named = ", ".join(dict.fromkeys(name for name, *_ in servers))
            yield Finding("certificates", "bra", f"Certifikaten hos {named} prövas med uppdrag doctor --connect")
        return
    for name, host, port, starttls in servers:
        yield from _holds(f"{name} ({host}:{port})", now, partial(held.of_server, host, port, starttls=starttls))


def _of_file(path: Path) -> datetime | None:
    ends = held.of_file(path)
    return max(ends, default=None) if len(ends) > _ROOTS or not ends else min(ends)


def _servers(chosen: Settings) -> Iterator[tuple[str, str, int, bool]]:
    if chosen.smtp and chosen.smtp.security != "ingen":
        yield "mejlservern", chosen.smtp.host, chosen.smtp.port, chosen.smtp.security == "starttls"
    mailbox = urlsplit(chosen.mailbox)
    if mailbox.scheme == "imap+ssl" and mailbox.hostname:
        yield "brevlådan", mailbox.hostname, mailbox.port or 993, False
    for name, address in (("inloggningstjänsten", chosen.oidc.issuer if chosen.oidc else ""), ("sidorna", chosen.url)):
        parts = urlsplit(address)
        if parts.scheme == "https" and parts.hostname and address != settings.DEFAULT_URL:
            yield name, parts.hostname, parts.port or 443, False


def _holds(what: str, now: datetime, ask: Callable[[], datetime | None]) -> Iterator[Finding]:
    try:
        ends = ask()
    except (OSError, ValueError) as wrong:
        yield Finding(
            "certificates",
            "fel",
            f"Certifikatet för {what} går inte att pröva ({wrong}). Kontrollera namn, port och certifikat.",
        )
        return
    if ends is None:
        yield Finding("certificates", "fel", f"Filen för {what} innehåller inget certifikat.")
        return
    day = f"{ends.astimezone(STOCKHOLM):%Y-%m-%d}"
    if ends <= now:
        yield Finding("certificates", "fel", f"Certifikatet för {what} gick ut {day}. Förnya det.")
    elif ends - now < _SOON:
        level: Level = "fel" if ends - now < _VERY_SOON else "varning"
        yield Finding("certificates", level, f"Certifikatet för {what} går ut {day}. Förnya det nu.")
    else:
        yield Finding("certificates", "bra", f"Certifikatet för {what} gäller till {day}.")


def _lets_a_header_in() -> bool:
    """Whether a line break in an encoded word (RFC 2047) becomes a header of its own."""
    mail = EmailMessage()
    mail["Subject"] = "=?utf-8?q?a=0D=0AX-Sign:_b?="
    try:
        return b"\r\nX-Sign:" in mail.as_bytes(policy=SMTP)
    except (MessageError, ValueError):
        return False
