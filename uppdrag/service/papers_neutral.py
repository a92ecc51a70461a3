"""What a document may say of a sensitive uppdrag: its number and its neutral title, wherever its own title stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from workflow.meeting import Action, AgendaItem, Note, Why


class Neutral:
    """The titles that may not leave the house. `titles`: of each sensitive uppdrag, its own title and the neutral."""

    def __init__(self, titles: Mapping[str, tuple[str, str]]) -> None:
        self._ids = frozenset(titles)
        own = {title.casefold(): neutral for title, neutral in titles.values() if title}
        longest = sorted(own, key=len, reverse=True)  # a title may be the beginning of another
        self._own, self._found = own, re.compile("|".join(map(re.escape, longest)), re.IGNORECASE)

    def text(self, said: str) -> str:
        """A text with the neutral titles in place of their own."""
        return self._found.sub(lambda m: self._own.get(m[0].casefold(), ""), said) if self._own else said

    def item(self, item: AgendaItem) -> AgendaItem:
        """An item as it may be told. Of a sensitive uppdrag neither its papers nor what brought it there."""
        told = replace(
            item, title=self.text(item.title), proposal=self.text(item.proposal), presenter=self.text(item.presenter),
            documents=tuple(map(self.text, item.documents)),
            why=Why(item.why.code, tuple((name, self.text(value)) for name, value in item.why.about)),
        )  # fmt: skip
        hidden = not self._ids.isdisjoint((item.uppdrag, *item.decides))
        return replace(told, documents=(), why=Why("standing")) if hidden else told

    def note(self, note: Note) -> Note:
        """What was decided on an item, as it may be told."""
        return replace(
            note, decision=self.text(note.decision), dissent=tuple(map(self.text, note.dissent)),
            actions=tuple(Action(what=self.text(a.what), owner=self.text(a.owner), due=a.due) for a in note.actions),
        )  # fmt: skip
