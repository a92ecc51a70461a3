"""`uppdrag doctor`: what whoever runs the program should know and do, of the machine, the database and the mail.

It looks, and changes nothing. Nobody is connected to but the database, save where that is asked for. Whether all is
alive `uppdrag.service.health` says, and what is wrong with the settings `uppdrag.service.configuring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from storage import diagnosing, heartbeats, outbox, schema
from storage.diagnosing import Diagnosis
from uppdrag.service import configuring, diagnosing_machine, health, pruning, system
from uppdrag.service.diagnosing_machine import Finding, Level
from uppdrag.service.house import House
from uppdrag.settings import Settings
from uppdrag.words import error
from workflow.calendar import STOCKHOLM
from workflow.errors import StorageUnavailable

SEALED_WITHIN = timedelta(hours=3)
"""The clock seals the log each hour where something has happened."""
BACKED_UP_WITHIN, LATE_BACKUP = timedelta(hours=30), timedelta(days=8)
"""A backup is taken each night; after a week without, something is broken."""
WAITED = timedelta(hours=2)
_SLIGHT, _WRONG = timedelta(seconds=5), timedelta(minutes=1)


def look(chosen: Settings, env: Mapping[str, str], *, now: datetime, connect: bool = False) -> list[Finding]:
    """Everything, the worst included. `chosen` as read from `env`. With `connect`, relay, mailbox, provider and the
    own address are asked for their certificates."""
    found: list[Finding] = [
        *_settings(env), *diagnosing_machine.versions(), *diagnosing_machine.permissions(chosen, env),
    ]  # fmt: skip
    try:
        with _opened(chosen) as house:
            found += _database(house, chosen, now)
            found += diagnosing_machine.space(system.room(house.database.path))
    except StorageUnavailable as wrong:
        found += [Finding("database", "fel", line) for line in error(wrong)]
    found += diagnosing_machine.certificates(chosen, now, connect=connect)
    return found


def worst(found: list[Finding]) -> Level:
    """The worst level among some findings."""
    levels: tuple[Level, ...] = ("fel", "varning")
    return next((level for level in levels if any(one.level == level for one in found)), "bra")


@contextmanager
def _opened(chosen: Settings) -> Iterator[House]:
    house = House.open(chosen.database_url)
    try:
        yield house
    finally:
        house.database.close()


def _settings(env: Mapping[str, str]) -> Iterator[Finding]:
    remarks = configuring.remarks(env)
    for one in remarks:
        yield Finding("settings", "fel" if one.stops else "varning", f"{one.name}: {one.text}")
    if not remarks:
        yield Finding("settings", "bra", "Inställningarna går att använda.")


def _database(house: House, chosen: Settings, now: datetime) -> Iterator[Finding]:
    with house.database.reading() as session:
        seen = diagnosing.diagnose(session)
        beat = heartbeats.last_backup(session)
        waiting, oldest = diagnosing.waiting(session, since=now - WAITED)
        uncertain = outbox.counts(session).get("osaker", 0)
    yield Finding("schema", "bra", f"Databasen har programmets schema ({schema.HEAD}).")
    yield from _flawed(seen)
    yield from _durability(seen)
    yield from _clock(seen, chosen, now)
    yield from _log(seen, now)
    for check in health.check(house, now=now):
        yield Finding(check.name, "bra" if check.ok else "fel", check.text)
    yield from _mail(chosen, waiting, oldest, uncertain)
    yield from diagnosing_machine.exposed([Path(beat.detail)] if beat else [])
    yield _backup(beat.beat_at if beat else None, beat.detail if beat else "", chosen, now)
    yield _pruned(house, chosen, now)


def _flawed(seen: Diagnosis) -> Iterator[Finding]:
    if seen.kind != "sqlite":
        major = seen.version.split(".")[0]
        tried = "18"
        text = f"PostgreSQL {seen.version}."
        if major != tried:
            text += f" Programmet är prövat med {tried}: pröva uppgraderingen på en kopia först."
        yield Finding("server", "bra" if major == tried else "varning", text)
    elif diagnosing.may_lose(seen.version):
        yield Finding("sqlite", "varning", (
            f"SQLite {seen.version} har ett känt fel (WAL-reset, 3.7.0 till 3.51.2). När två processer eller trådar "
            "skriver i exakt samma ögonblick kan databasen skadas; det är mycket ovanligt. Uppgradera till 3.51.3, "
            "3.50.7 eller 3.44.6, eller använd PostgreSQL. Skadan syns i uppdrag verify."
        ))  # fmt: skip
    else:
        yield Finding("sqlite", "bra", f"SQLite {seen.version} saknar det kända felet i WAL-läget.")


def _durability(seen: Diagnosis) -> Iterator[Finding]:
    if not seen.wrong:
        yield Finding("durability", "bra", "Det som är kvitterat ligger på disken: inställningarna stämmer.")
    for name, value in seen.wrong.items():
        yield Finding("durability", "fel", (
            f"{name} är {value}. Vid strömavbrott kan kvitterade beslut försvinna. Ställ tillbaka den i databasen."
        ))  # fmt: skip


def _clock(seen: Diagnosis, chosen: Settings, now: datetime) -> Iterator[Finding]:
    if seen.clock is not None and chosen.fixed_now is None:
        apart = abs(now - seen.clock)
        level: Level = "fel" if apart > _WRONG else "varning" if apart > _SLIGHT else "bra"
        text = "Klockan går som databasens."
        if level != "bra":
            seconds = round(apart.total_seconds())
            text = f"Klockan skiljer {seconds} sekunder från databasens. Slå på tidssynkronisering (NTP) på båda."
        yield Finding("clock_skew", level, text)
    if seen.newest_event is not None and seen.newest_event > now + _SLIGHT:
        yield Finding("future", "fel", (
            f"Den senaste händelsen är från {_local(seen.newest_event)}, senare än nu ({_local(now)}). Klockan är "
            "ställd fel, eller har varit det. Rätta den innan något registreras."
        ))  # fmt: skip
    else:
        yield Finding("future", "bra", "Ingen händelse ligger i framtiden.")


def _log(seen: Diagnosis, now: datetime) -> Iterator[Finding]:
    if seen.checkpoint is None:
        yield Finding("log", "varning", "Loggen är inte förseglad än. Starta klockan, eller kör uppdrag seal.")
        return
    at = _local(seen.checkpoint.made_at)
    if not seen.head:
        yield Finding("log", "fel", f"Kontrollpunkten från {at} stämmer inte. Rör inget, kör uppdrag verify.")
    elif seen.unsealed and now - seen.checkpoint.made_at > SEALED_WITHIN:
        yield Finding(
            "log",
            "varning",
            f"Loggen förseglades senast {at}. {seen.unsealed} strömmar har ändrats sedan dess. Går klockan?",
        )
    else:
        text = f"Loggen är förseglad {at}, kontrollpunkt {seen.checkpoint.number}. Hela loggen: uppdrag verify"
        yield Finding("log", "bra", text)


def _mail(chosen: Settings, waiting: int, oldest: datetime | None, uncertain: int) -> Iterator[Finding]:
    if chosen.mail in ("av", "simulera"):
        yield Finding(
            "mail", "varning" if waiting else "bra", f"Inga mejl lämnar maskinen: UPPDRAG_MAIL är {chosen.mail}."
        )
        return
    if waiting and oldest:
        since = f"{waiting} mejl har väntat i mer än två timmar, det äldsta sedan {_local(oldest)}."
        yield Finding("mail", "fel", f"{since} Pröva servern: uppdrag mail test ADRESS")
    if uncertain:
        yield Finding(
            "mail",
            "varning",
            f"{uncertain} mejl är osäkra: de kan ha gått. De sänds igen av sig själva: uppdrag outbox list",
        )
    if not (waiting or uncertain):
        yield Finding("mail", "bra", "Inga mejl har väntat för länge.")


def _backup(at: datetime | None, to: str, chosen: Settings, now: datetime) -> Finding:
    if at is None:
        text = (
            "Ingen säkerhetskopia är tagen med uppdrag backup av den här databasen. Ta en nu, och slå på "
            "uppdrag-backup.timer. Tas den på annat sätt: kontrollera den där."
        )
        return Finding("backup", "fel" if chosen.mail == "skarp" else "varning", text)
    age = now - at
    if age > BACKED_UP_WITHIN:
        text = f"Den senaste säkerhetskopian är från {_local(at)} ({to}). Ta en ny: uppdrag backup FIL"
        return Finding("backup", "fel" if age > LATE_BACKUP else "varning", text)
    return Finding("backup", "bra", f"Säkerhetskopia {_local(at)}: {to}. Finns den på en annan maskin också?")


def _pruned(house: House, chosen: Settings, now: datetime) -> Finding:
    late = sum(one.rows or 0 for one in pruning.due(house, chosen, now=now - timedelta(days=1)))
    if late:
        return Finding("pruning", "varning", f"{late} rader skulle ha rensats för mer än ett dygn sedan. Går klockan?")
    return Finding("pruning", "bra", "Inget gammalt ligger kvar.")


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
