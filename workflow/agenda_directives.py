"""Uppdragsdirektiv on an agenda: those uppdrag that share a draft come as one item, which decides on the draft too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow.agenda_form import AgendaForm, DirectiveForm
from workflow.direktiv import Directive
from workflow.meeting import AgendaItem, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A directive in draft. `title` as it may be shown; `undecided` are those of its uppdrag that chefsgruppen has not
    decided on yet, ready for it or not."""

    directive: Directive
    title: str
    undecided: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called among the papers: by its number, else by its id."""
        return f"Uppdragsdirektiv {self.directive.text.number or self.directive.id}"


def share(form: AgendaForm, items: Sequence[AgendaItem], drafts: Sequence[Draft]) -> list[AgendaItem]:
    """The items with those about uppdrag of one draft as one, where the first of them stood.

    A draft that all its uppdrag have been decided on, such as a new version, comes as an item of its own. One whose
    uppdrag are not ready waits for them.
    """
    rules = form.directive
    if rules is None:
        return list(items)
    found = list(items)
    for draft in drafts:
        wanted = set(draft.directive.text.uppdrag)
        own = [i for i in found if i.uppdrag in wanted and i.trigger == rules.trigger]
        if own:
            first = found.index(own[0])
            found[first] = _shared(rules, draft, own)
            found = [i for i in found if i not in own]
        elif not draft.undecided:
            found.insert(_place(form, found, rules.section), _alone(form, rules, draft))
    return found


def _shared(rules: DirectiveForm, draft: Draft, own: Sequence[AgendaItem]) -> AgendaItem:
    ids = tuple(i.uppdrag for i in own)
    later = [id for id in draft.undecided if id not in ids]
    what = "uppdraget" if len(own) == 1 else "uppdragen"
    told = f"{what} {_listed([f'{i.uppdrag} {i.title}' for i in own])}"
    first = own[0]
    why = first.why if first.why.code in ("carried", "task") else _why(draft, len(own), later)
    papers = dict.fromkeys(p for i in own for p in i.documents)
    return replace(
        first, key=draft.directive.id, title=rules.title.format_map(_words(draft)), why=why,
        uppdrag=ids[0] if len(ids) == 1 else "", covers=() if len(ids) == 1 else ids, dnr=draft.directive.text.number,
        presenter=", ".join(dict.fromkeys(i.presenter for i in own if i.presenter)),
        proposal=rules.proposal.format_map({**_words(draft), "uppdragen": told}),
        documents=tuple(dict.fromkeys([draft.name, *papers])), minutes=max(i.minutes for i in own),
    )  # fmt: skip


def _alone(form: AgendaForm, rules: DirectiveForm, draft: Draft) -> AgendaItem:
    section = next(s for s in form.sections if s.id == rules.section)
    return AgendaItem(
        key=draft.directive.id, section=section.id, kind="beslut", title=rules.title.format_map(_words(draft)),
        why=_why(draft, 0, []), dnr=draft.directive.text.number, proposal=rules.alone.format_map(_words(draft)),
        documents=(draft.name,), minutes=section.minutes,
    )  # fmt: skip


def _why(draft: Draft, count: int, later: Sequence[str]) -> Why:
    d = draft.directive
    last = d.standing
    return Why.of(
        "directive", directive=d.text.number or d.id, revision=d.revision, count=count, later=", ".join(later),
        uppdrag=", ".join(d.text.uppdrag), day=last.day if last else "", paragraph=last.paragraph if last else "",
    )  # fmt: skip


def _words(draft: Draft) -> dict[str, str]:
    d = draft.directive
    number = d.text.number or d.id
    named = draft.title if draft.title == number else f"{draft.title} ({number})"
    return {"direktivet": named, "titel": draft.title, "nummer": number, "version": str(d.revision)}


def _place(form: AgendaForm, items: Sequence[AgendaItem], section: str) -> int:
    """Where an item of a section is put in: after the last of its own and earlier sections."""
    rank = {name: n for n, name in enumerate(form.order)}
    return max((n for n, i in enumerate(items, start=1) if rank[i.section] <= rank[section]), default=0)


def _listed(names: Sequence[str]) -> str:
    return " och ".join(filter(None, (", ".join(names[:-1]), names[-1])))
