"""Gallring in words: what happened, and what the one who carries it out must know."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.gallring_events import Emptied, Gallrat

SCOPES: Mapping[str, str] = {"allt": "Gallrat", "post": "Mejl, bilagor och frågor gallrade", "person": "Namn gallrat"}
BACKUPS = (
    "Säkerhetskopior som redan är tagna har kvar innehållet. Förstör dem, eller gallra på nytt när en återställs. "
    "Mejl som har skickats finns hos mottagarna."
)
LAW = (
    "Allmänna handlingar gallras bara efter ett gallringsbeslut (10 § arkivlagen). Att dataskyddsförordningen talar "
    "för det räcker inte."
)
FILES = "Filer som är packade (PDF, Word) går inte att söka i. Kontrollera dem som nämns för sig."


def happened(e: Gallrat | Emptied) -> str:
    """A gallring, or what is left of an event that was emptied by one."""
    if isinstance(e, Emptied):
        return "Gallrad händelse"
    said = f"{SCOPES[e.scope]} enligt beslut {e.decision} ({e.decided_on}, {e.decided_by})"
    many = sum(e.removed.values())
    told = [f"{len(e.emptied)} händelser"] if e.emptied else []
    told += [f"{many} rader"] if many else []
    return f"{said}: {' och '.join(told)} tömda" if told else said
