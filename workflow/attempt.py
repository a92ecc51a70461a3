"""One attempt to take a step: who asks, from where, with what; and every reason why not.

The same conditions answer a command and the question what can happen next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workflow.errors import Refusal
from workflow.facts import read_facts
from workflow.guards import GUARDS
from workflow.lifecycle import RegionTransition, Transition
from workflow.model import Actor, Facts, FactValue, Regionbeslut, Uppdrag


class Attempt:
    """What a machine moves: the state it starts from, what was asked for, and what came of it."""

    __slots__ = (
        "backfill",
        "chosen",
        "facts",
        "refusals",
        "regionbeslut",
        "role",
        "state",
        "stated",
        "today",
        "uppdrag",
    )

    def __init__(
        self, state: str, u: Uppdrag, actor: Actor, stated: Mapping[str, str], today: date, backfill: bool,
        regionbeslut: Regionbeslut | None = None,
    ) -> None:  # fmt: skip
        self.state = state
        self.uppdrag = u
        self.regionbeslut = regionbeslut
        self.role = actor.role
        self.stated = stated
        self.today = today
        self.backfill = backfill
        self.facts: dict[str, FactValue] = {}
        self.refusals: list[Refusal] = []
        self.chosen: Transition | RegionTransition | None = None

    @property
    def reasons(self) -> list[Refusal]:
        """Every reason why not, each once."""
        return list(dict.fromkeys(self.refusals))

    def may(self, t: Transition) -> bool:
        """Whether the uppdrag may take a transition: role, pause, facts and guards."""
        u = self.uppdrag
        facts, refusals = read_facts(t.facts, self.stated, known(u, t), today=self.today, unknown_allowed=self.backfill)
        refusals += role_refusals(t.roles, self.role)
        refusals += pause_refusals(u, t)
        refusals += guard_refusals(u, t, facts, waived=self.backfill)
        return self._choose(t, facts, refusals)

    def may_step(self, t: RegionTransition) -> bool:
        """Whether the region may take a step on its track: role and facts."""
        rb = self.regionbeslut
        held = {f.name: getattr(rb, f.sets) for f in t.facts if f.sets}
        facts, refusals = read_facts(t.facts, self.stated, held, today=self.today, unknown_allowed=self.backfill)
        refusals += role_refusals(t.roles, self.role)
        return self._choose(t, facts, refusals)

    def _choose(self, t: Transition | RegionTransition, facts: dict[str, FactValue], refusals: list[Refusal]) -> bool:
        if refusals:
            self.refusals += refusals
            return False
        self.chosen, self.facts = t, facts
        return True


def known(u: Uppdrag, t: Transition) -> dict[str, FactValue]:
    """The facts of a transition that are already known of the uppdrag, by name."""
    return {f.name: value for f in t.facts if f.sets not in ("", "day") and (value := getattr(u, f.sets))}


def role_refusals(roles: tuple[str, ...], role: str) -> list[Refusal]:
    """Why a role may not; empty where it may."""
    return [] if role in roles else [Refusal.of("role_not_allowed", role=role, roles=", ".join(roles))]


def pause_refusals(u: Uppdrag, t: Transition) -> list[Refusal]:
    """Why a pause forbids it; empty where it does not."""
    return [Refusal.of("paused")] if u.paused and not t.while_paused and not t.automatic else []


def guard_refusals(u: Uppdrag, t: Transition, facts: Facts, *, waived: bool) -> list[Refusal]:
    """Every guard's reason why not. Those that ask for evidence are `waived` for what happened before the system."""
    refusals = []
    for name in t.guards:
        guard = GUARDS[name]
        if waived and guard.evidence:
            continue
        reason = guard.condition(u, facts)
        if reason is not None:
            refusals.append(reason)
    return refusals
