"""The matters last worked on, so that the next command on the same uppdrag need not read and build them again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from storage import tracks, uppdrag
from storage.database import Session
from storage.log import Head
from workflow.model import Matter

MOST = 64  # matters kept: those that a kansli has in hand at a time


class Recent:
    """Matters, each with the link of the chain that it stood at. Safe to share between threads and to lose.

    A link is a salted digest of everything that has happened: where it is still the stream's last, so is what is kept.
    What a transaction undid, or another process has gone past, can never be found again.
    """

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, Matter]] = {}

    def load(self, session: Session, id: str, head: Head, region: str | None) -> Matter:
        """The uppdrag at `head` with at least that region, where it is concerned. Raises NotFound."""
        chain, matter = self._kept.get(id, ("", None))
        if matter is None or chain != head.chain:
            return uppdrag.load(session, id, seq=head.seq, regions=region)
        if region is None or region in matter.regions or region not in matter.uppdrag.concerned:
            return matter
        return replace(matter, regions={**matter.regions, **tracks.load_one(session, id, region)})

    def keep(self, matter: Matter, chain: str) -> None:
        """Keep what a command left, at the link that it made."""
        if matter.uppdrag.id not in self._kept and len(self._kept) >= MOST:
            with suppress(KeyError, RuntimeError, StopIteration):  # another thread made room first
                del self._kept[next(iter(self._kept))]
        self._kept[matter.uppdrag.id] = chain, matter
