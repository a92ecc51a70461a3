"""The pages of *Uppdrag*, in the order in which their addresses are tried: `/uppdrag/nytt` before `/uppdrag/{id}`."""

from __future__ import annotations

from uppdrag.web import (
    afterwards,
    asking,
    beginning,
    correcting,
    directives,
    directives_asking,
    downloads,
    many,
    matters,
    meeting_plan,
    moving,
    pictures,
    regional,
    regional_steps,
    sendout,
    steps,
)
from uppdrag.web.permissions import Pages

UPPDRAG: tuple[Pages, ...] = (
    beginning.pages, afterwards.pages, many.pages, moving.pages, matters.pages, steps.pages, asking.pages,
    sendout.pages, meeting_plan.pages, regional.pages, regional_steps.pages, correcting.pages,
    directives.pages, directives_asking.pages, downloads.pages, pictures.pages,
)  # fmt: skip
