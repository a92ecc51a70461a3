"""Reminders and simulations as tables for people and rows for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import typer

from uppdrag.cli import show
from uppdrag.service.reminding import ForeseenReminder
from uppdrag.service.simulate import Happening
from uppdrag.words.summons import subject


def reminder_row(r: ForeseenReminder) -> dict[str, Any]:
    """A reminder to come, as a row."""
    return {
        "uppdrag": r.uppdrag, "region": r.region or None, "step": r.step, "office": r.office,
        "recipient": r.recipient or None, "due": r.due.isoformat(), "send_on": r.send_on.isoformat(),
        "reason": r.reason,
    }  # fmt: skip


def reminders_text(day: date, rows: Sequence[ForeseenReminder]) -> None:
    """What would leave on a day."""
    if not rows:
        typer.echo(f"Inga påminnelser skulle lämna {day.isoformat()}.")
        return
    unreached = sum(not r.recipient for r in rows)
    lead = f"{len(rows)} påminnelser skulle lämna {day.isoformat()}."
    typer.echo(show.marked(lead + (f" {unreached} saknar adress." if unreached else ""), "strong"))
    show.table(
        ("Uppdrag", "Region", "Till", "Räknar mot", "Varför den dagen"),
        [
            (
                subject(r.uppdrag), r.region or "–", r.recipient or f"{r.office}: ingen adress", r.due.isoformat(),
                r.reason,
            )
            for r in rows
        ],
        wide=(4,),
    )  # fmt: skip


def happening_row(h: Happening) -> dict[str, Any]:
    """A line of a simulation's timeline, as a row."""
    return {
        "day": h.day.isoformat(), "kind": h.kind, "uppdrag": None if h.uppdrag == "-" else h.uppdrag,
        "region": None if h.region in ("", "-") else h.region, "text": h.text, "message": h.message or None,
    }  # fmt: skip


def timeline_text(timeline: Sequence[Happening]) -> None:
    """A simulation's timeline."""
    mails = sum(h.kind == "mejl" for h in timeline)
    typer.echo(show.marked(f"{mails} mejl och {len(timeline) - mails} andra händelser. Inget har skickats.", "strong"))
    if timeline:
        show.table(
            ("Dag", "Vad", "Uppdrag", "I ord"),
            [(h.day.isoformat(), h.kind, h.uppdrag if h.uppdrag != "-" else "", h.text) for h in timeline],
            wide=(3,),
        )
