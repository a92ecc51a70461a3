"""Rensning: what is taken away of itself, after how long and why it may. One declaration; the clock does as it says.

Nothing that is of the record is here: events, decisions, mails that were sent and files are gallrade one by one, by a
decision of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import pruning
from uppdrag.service import readings
from uppdrag.service.house import House
from uppdrag.service.signing_in import CODE_LASTS, IDLE
from uppdrag.settings import Settings

EVERY = timedelta(hours=1)
"""How often a clock looks."""
_MOST = 20
"""Transactions for each kind at a time: what is left is taken the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that does not last. `name` as in `storage.pruning.KINDS`; `what` and `why` in Swedish; `keeps` is how
    long. `setting`: what may say another number of days. `by_decision`: only where a decision on gallring is stated."""

    name: str
    what: str
    keeps: timedelta
    why: str
    setting: str = ""
    by_decision: bool = False


SCHEDULE = (
    Kind(name="login", what="Påbörjade inloggningar: engångslänkar och koder", keeps=CODE_LASTS,
         why="Hjälpmedel för inloggning som har slutat gälla. Behövs så länge för att räkna försöken."),
    Kind(name="session", what="Inloggningar som har slutat gälla", keeps=IDLE,
         why="Ett tekniskt hjälpmedel. Vad personen gjorde står i loggen."),
    Kind(name="draft", what="Krypterade formulär från den vars inloggning gick ut", keeps=timedelta(0),
         why="Ett utkast som bara den egna webbläsaren kan läsa. Det är inte inlämnat och ingen allmän handling."),
    Kind(name="visit", what="Loggen över sidor som någon har öppnat", keeps=timedelta(days=180),
         setting="UPPDRAG_KEEP_VISITS",
         why="En teknisk logg för felsökning och intrång. Läsning av känsliga uppdrag har en egen logg."),
    Kind(name="reading", what="Loggen över vem som har läst känsliga uppdrag",
         keeps=readings.KEPT,
         why="En behandlingslogg med personuppgifter. Den ska gå att granska i två år och får sedan inte sparas."),
    Kind(name="fault_client", what="Vilken dator en tillgänglighetsbrist anmäldes från",
         keeps=timedelta(hours=1), why="Behövs bara för att hejda massanmälningar. Anmälan själv står kvar."),
    Kind(name="heartbeat", what="Livstecken från klockor och utskick som inte finns längre", keeps=timedelta(days=30),
         why="Ett tekniskt hjälpmedel för övervakningen."),
    Kind(name="unsubscribe_link", what="Länkar för att avanmäla sig i månadsbrev", keeps=timedelta(days=730),
         why="En hemlig länk ska inte gälla för alltid. Den som har avanmält sig förblir avanmäld."),
    Kind(name="delivery", what="Mejlserverns svar på mejl som har gått", keeps=timedelta(days=365),
         why="En teknisk uppgift om leveransen. Mejlet, mottagaren och när det gick står kvar."),
    Kind(name="mail_automatic", what="Texten i studsar och automatiska svar", keeps=timedelta(days=180),
         by_decision=True,
         why="En handling av ringa betydelse. Avsändare, dag och vad den ledde till står kvar."),
    Kind(name="mail_in_diary", what="Texten i inkomna mejl som är färdiga och har ett diarienummer",
         keeps=timedelta(days=730), by_decision=True,
         why="En kopia: handlingen finns i diariet. Filerna, avsändaren, beslutet och diarienumret står kvar."),
)  # fmt: skip
"""In the order in which it is done. A mail that nobody has handled has no time that runs out, nor has one without a
number in the diarium."""


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows of a kind are older than they may be, None where no decision lets them go; `before` is aware."""

    kind: Kind
    before: datetime
    rows: int | None


def due(house: House, settings: Settings, *, now: datetime) -> list[Due]:
    """What would be taken away now. Nothing is."""
    with house.database.reading() as session:
        return [
            Due(kind, before, pruning.waiting(session, kind.name, before=before) if _may(kind, settings) else None)
            for kind, before in _moments(settings, now)
        ]


def run(house: House, settings: Settings, *, now: datetime) -> Mapping[str, int]:
    """Take away what is too old; how many rows of each kind, those of none left out. Several may run at once."""
    done: dict[str, int] = {}
    for kind, before in _moments(settings, now):
        if not _may(kind, settings):
            continue
        instead = f"{pruning.EMPTIED}{settings.gallring_decision}." if kind.by_decision else ""
        for _ in range(_MOST):
            with house.database.transaction() as session:
                gone = pruning.prune(session, kind.name, before=before, instead=instead)
            done[kind.name] = done.get(kind.name, 0) + gone
            if gone < pruning.BATCH:
                break
    return {name: rows for name, rows in done.items() if rows}


def keeps(kind: Kind, settings: Settings) -> timedelta:
    """How long a kind is kept with these settings."""
    return timedelta(days=settings.keep_visits) if kind.setting == "UPPDRAG_KEEP_VISITS" else kind.keeps


def _moments(settings: Settings, now: datetime) -> list[tuple[Kind, datetime]]:
    return [(kind, now - keeps(kind, settings)) for kind in SCHEDULE]


def _may(kind: Kind, settings: Settings) -> bool:
    return bool(settings.gallring_decision) or not kind.by_decision
