"""Uppdragsdirektiv in draft, as the agenda of a meeting looks for them."""

from __future__ import annotations

from storage import direktiv
from storage.database import Session
from uppdrag.service.directives_reading import matters_of
from uppdrag.service.house import House
from workflow.agenda_directives import Draft
from workflow.agenda_form import AgendaForm
from workflow.direktiv import Directive


def drafts(house: House, session: Session, form: AgendaForm) -> list[Draft]:
    """The directives in draft, each with those of its uppdrag that have the decision before them."""
    rules = form.directive
    return [_draft(house, session, d, rules.trigger) for d in direktiv.drafts(session)] if rules else []


def _draft(house: House, session: Session, d: Directive, trigger: str) -> Draft:
    matters = matters_of(house, session, d.text.uppdrag)
    undecided = []
    for u, lifecycle in matters:
        sources = {state for t in lifecycle.transitions if t.trigger == trigger for state in t.sources}
        if sources and u.state in {*sources, lifecycle.initial}:
            undecided.append(u.id)
    title = d.id if any(u.sensitive for u, _ in matters) else d.text.title
    return Draft(directive=d, title=title, undecided=tuple(undecided))
