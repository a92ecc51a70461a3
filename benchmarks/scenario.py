"""The life of one uppdrag: the 26 commands that everybody who is measured is asked to carry out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from workflow.calendar import Span, parse_span
from workflow.commands import Advance, Decide
from workflow.model import Actor

ACTOR = Actor(role="kansli", name="Kerstin Berg")
INSTALLED = datetime(2026, 1, 2, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LIFECYCLE, VERSION = "regiongemensamt", 1
TIMES: Mapping[str, Span] = {"redovisning": parse_span("Q2 2026"), "regionbeslut": parse_span("Q4 2026")}
IDENTIFIED_ON = date(2026, 1, 15)
REGIONS = (
    "01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13",
    "14", "17", "18", "19", "20", "21", "22", "23", "24", "25",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A transition: what is typed, and for those who have no rules also what it comes to.

    `facts` are the stated ones as they are kept; `columns` and `detail` what they set on the uppdrag.
    """

    trigger: str
    source: str
    target: str
    on: date
    stated: Mapping[str, str]
    facts: Mapping[str, object]
    columns: Mapping[str, object] = field(default_factory=dict)
    detail: Mapping[str, object] = field(default_factory=dict)
    meets: str = ""

    @property
    def command(self) -> Advance:
        return Advance(actor=ACTOR, on=self.on, trigger=self.trigger, facts=self.stated)

    @property
    def content(self) -> dict[str, Any]:
        """What a peer keeps of the step, as JSON has it."""
        return {"trigger": self.trigger, "facts": dict(self.facts), "on": str(self.on), "actor": ACTOR.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one region decided, and what that counts as."""

    region: str
    outcome: str
    category: str
    paragraph: str
    dnr: str
    adaptation: str = ""
    note: str = ""
    body: str = "RS"
    source: str = "protokollsutdrag"
    on: date = date(2026, 10, 21)

    @property
    def command(self) -> Decide:
        return Decide(
            actor=ACTOR, on=self.on, region=self.region, outcome=self.outcome, body=self.body,
            paragraph=self.paragraph, dnr=self.dnr, adaptation=self.adaptation, note=self.note, source=self.source,
        )  # fmt: skip

    @property
    def content(self) -> dict[str, Any]:
        """What a peer keeps of the decision, as JSON has it."""
        return {
            "region": self.region, "outcome": self.outcome, "body": self.body, "on": str(self.on),
            "paragraph": self.paragraph, "dnr": self.dnr, "adaptation": self.adaptation, "note": self.note,
            "source": self.source, "actor": ACTOR.name,
        }  # fmt: skip


def title(n: int) -> str:
    return f"Gemensam riktlinje för läkemedel {n}"


def identity(n: int) -> dict[str, Any]:
    """What a peer keeps of uppdrag number `n` when it is identified, as JSON has it."""
    times = {name: [str(span.first), str(span.last)] for name, span in TIMES.items()}
    return {"title": title(n), "on": str(IDENTIFIED_ON), "actor": ACTOR.name, "regions": list(REGIONS), "times": times}


def steps(n: int) -> tuple[Step, ...]:
    """The four transitions of uppdrag number `n`, in order."""
    dnr = f"NSPL 2026-{n}"
    return (
        Step(
            trigger="bered", source="identifierad", target="beredd", on=date(2026, 2, 3),
            stated={"ansvarig": "Anna Ek", "natverk": "HSD, NSPL"},
            facts={"ansvarig": "Anna Ek", "natverk": ["HSD", "NSPL"]},
            columns={"owner": "Anna Ek"}, detail={"networks": ["HSD", "NSPL"]},
        ),
        Step(
            trigger="besluta", source="beredd", target="chefsgruppsbeslut", on=date(2026, 2, 20),
            stated={"mote": "2026-02-20", "paragraf": "§ 12", "dnr": dnr},
            facts={"mote": "2026-02-20", "paragraf": "12", "dnr": dnr},
            columns={"dnr": dnr},
        ),
        Step(
            trigger="redovisa", source="chefsgruppsbeslut", target="redovisad", on=date(2026, 6, 11),
            stated={"mote": "2026-06-11", "paragraf": "§ 31", "rapport": "Slutrapport 1.0", "forslagsversion": "1"},
            facts={"mote": "2026-06-11", "paragraf": "31", "rapport": "Slutrapport 1.0", "forslagsversion": 1},
            columns={"proposal_version": 1}, meets="redovisning",
        ),
        Step(
            trigger="godkann", source="redovisad", target="regionbeslut", on=date(2026, 6, 11),
            stated={"mote": "2026-06-11", "paragraf": "§ 32", "forslagsversion": "1"},
            facts={"mote": "2026-06-11", "paragraf": "32", "forslagsversion": 1},
            columns={"proposal_version": 1},
        ),
    )  # fmt: skip


def verdicts() -> tuple[Verdict, ...]:
    """What the 21 regions decide."""
    return tuple(_verdict(i, region) for i, region in enumerate(REGIONS))


def _verdict(i: int, region: str) -> Verdict:
    paragraph, dnr = str(40 + i), f"RS 2026-{region}{i:02d}"
    outcome, category, adaptation, note = "antagen", "adopted", "", ""
    if i == 3:
        outcome, category = "avslagen", "rejected"
    elif i == 8:
        outcome, adaptation = "antagen_med_anpassning", "Införs först i primärvården."
    elif i == 15:
        outcome, category, note = "ej_berord", "not_concerned", "Har redan en egen riktlinje."
    return Verdict(
        region=region, outcome=outcome, category=category, paragraph=paragraph, dnr=dnr, adaptation=adaptation,
        note=note,
    )  # fmt: skip
