"""Whom a mail goes to, whom it names to ask, and whom it asks to be called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from notifications.compose import Unreached
from workflow.message import NONE, Intent
from workflow.model import Region, Regionbeslut, Uppdrag
from workflow.people import OFFICES, Holder, addressee, callers, in_office
from workflow.reminders import owners

NATIONAL = ("c_nspl", "kansli")
CALLER, OWNER = "chefsgruppsledamot", "ansvarig"
_DEFINITE = {
    "kontakt": "kontaktpersonen", "namndsekreterare": "nämndsekreteraren", "registrator": "registratorn",
    "hsd": "hälso- och sjukvårdsdirektören", "regiondirektor": "regiondirektören", CALLER: "en ledamot av chefsgruppen",
    OWNER: "den ansvariga",
}  # fmt: skip


class Addresses:
    """The holders of offices on a day."""

    def __init__(self, holders: Sequence[Holder], regions: Sequence[Region], day: date) -> None:
        self._holders = holders
        self._regions = {r.lanskod: r for r in regions}
        self._day = day
        self._posts: dict[tuple[str, str], list[Holder]] = {}
        self._names: dict[str, Holder] = {}
        for h in holders:
            self._posts.setdefault((h.office, h.region), []).append(h)
            if h.name and h.holds(day) and h.reachable and not h.vacant:
                self._names.setdefault(h.name.casefold(), h)
        self._reached: dict[tuple[str, str], Holder | None] = {}

    def of(self, intent: Intent, u: Uppdrag | None, rb: Regionbeslut | None = None) -> Holder | None:
        """Whom an intent goes to; None where mail reaches nobody. `rb`: the region's track, where it is about one."""
        at = intent.occasion
        if at.office == CALLER:
            return next(iter(callers(self._holders, self._regions, at.region, self._day)), None)
        if at.office == OWNER:
            names = owners(at, u, rb) if u else ()
            return next(filter(None, map(self._named, names)), None) or self.kansli(("kansli", "c_nspl"))
        if at.office in NATIONAL:
            return self.kansli((at.office, *(o for o in NATIONAL if o != at.office)))
        return self._addressee(at.office, "" if at.region == NONE else at.region)

    def holder(self, id: str) -> Holder | None:
        """A holder who is still in office, or is about to be, and whom mail reaches."""
        found = next((h for h in self._holders if h.id == id), None)
        gone = found is not None and found.last is not None and found.last < self._day
        return None if found is None or gone or found.vacant or not found.reachable else found

    def kansli(self, offices: Sequence[str] = ("kansli", "c_nspl")) -> Holder | None:
        """The first of the national offices that mail reaches."""
        return next((h for o in offices if (h := self._addressee(o, ""))), None)

    def ask(self, u: Uppdrag | None, recipient: str, otherwise: str) -> tuple[str, str]:
        """Whom to ask, by name (empty: the kansli as such) and address: the owner, C-NSPL or the kansli, but not the
        recipient. `otherwise` is the address of last resort."""
        owner, own = u.owner if u else "", recipient.casefold()
        known = [self._named(owner), *(self._addressee(o, "") for o in NATIONAL)]
        others = [h for h in known if h is not None and h.email.casefold() != own]
        if owner and known[0] is None:
            return owner, next((h.email for h in others), otherwise)
        return (others[0].name, others[0].email) if others else ("", otherwise)

    def director(self, region: str) -> str:
        """The director of a region, to be called: `regiondirektör Karin Ström`."""
        held = in_office(self._posts.get(("regiondirektor", region), ()), "regiondirektor", region, self._day)
        acting = "tf " if held and held[0].capacity == "tf" else ""
        return f"{acting}regiondirektör {held[0].name}" if held and held[0].name else "regiondirektören"

    def registry(self, region: str) -> str:
        """Whom to ask in a region for its papers: `registrator Eva Ek (eva.ek@region.example)`, or `registratorn` where
        mail reaches neither registrator nor contact."""
        for office in ("registrator", "kontakt"):
            if holder := self._addressee(office, region):
                who = f"{OFFICES[office]} {holder.name}" if holder.name else _DEFINITE[office]
                return f"{who} ({holder.email})"
        return _DEFINITE["registrator"]

    def region(self, lanskod: str) -> str:
        """A region's name."""
        return self._regions[lanskod].name if lanskod in self._regions else lanskod

    def short(self, lanskod: str) -> str:
        """A region's short name."""
        return self._regions[lanskod].short_name if lanskod in self._regions else lanskod

    def post(self, holder: Holder) -> str:
        """A holder's post: `registrator i Region Uppsala`."""
        place = f" i {self.region(holder.region)}" if holder.region else ""
        return f"{OFFICES[holder.office]}{place}"

    def unreached(self, office: str, region: str, why: str) -> Unreached:
        """An office that mail does not reach, as a mail tells it: `registratorn i Region Uppsala`."""
        place = f" i {self.region(region)}" if region not in ("", NONE) else ""
        return Unreached(office=f"{_DEFINITE.get(office, OFFICES.get(office, 'mottagaren'))}{place}", why=why)

    def _named(self, name: str) -> Holder | None:
        return self._names.get(name.casefold())

    def _addressee(self, office: str, region: str) -> Holder | None:
        post = office, region
        if post not in self._reached:
            self._reached[post] = addressee(self._posts.get(post, ()), office, region, self._day)
        return self._reached[post]
