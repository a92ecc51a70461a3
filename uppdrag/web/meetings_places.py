"""The pages of *Möten*, in the order in which their addresses are tried: `/moten/planera` before `/moten/{day}`."""

from __future__ import annotations

from uppdrag.web import (
    meetings,
    meetings_aftermath,
    meetings_agenda,
    meetings_calling_off,
    meetings_circulating,
    meetings_closing,
    meetings_handing_on,
    meetings_minutes,
    meetings_one,
    meetings_papers,
    meetings_protokoll,
    meetings_question,
    meetings_summons,
)
from uppdrag.web.permissions import Pages

MOTEN: tuple[Pages, ...] = (
    meetings.pages, meetings_aftermath.pages, meetings_circulating.pages, meetings_agenda.pages,
    meetings_summons.pages, meetings_calling_off.pages, meetings_minutes.pages, meetings_closing.pages,
    meetings_protokoll.pages, meetings_handing_on.pages, meetings_papers.pages,
    meetings_question.pages, meetings_one.pages,
)  # fmt: skip
