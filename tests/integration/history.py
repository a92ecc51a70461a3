"""A random history: whatever anybody may think of doing to an uppdrag, in whatever order.

What must hold after each thing stands in `worlds`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.cast import actor
from tests.integration.amending import amendments, worth_correcting
from tests.integration.ingredients import FLAWS, OUTCOMES, contradictions, flawed, good_facts, good_step, pick, road
from tests.integration.worlds import Kept, World, same
from uppdrag.service import batch, commands, correcting
from uppdrag.service.batch import Line
from uppdrag.service.commands import Answer, New
from uppdrag.service.house import House
from workflow.calendar import parse_span
from workflow.commands import Advance, AdvanceRegion, Change, Decide
from workflow.engine import Option
from workflow.errors import KeyReused, Refused, UppdragError, VersionConflict
from workflow.lifecycle import Lifecycle, RegionTransition, Transition
from workflow.model import ROLES

ANY = st.integers(0, 63)
"""Chance for what matters less: which fact, which role of those allowed, which day."""

Handled = Advance | AdvanceRegion | Decide

ROLES_TRIED = (*ROLES, "okänd")
SHARED = (
    "bordlagg", "omprioritera", "pausa", "ateruppta", "remittera", "remissvar", "sammanfatta_remiss", "foljduppdrag",
)  # fmt: skip
"""What every lifecycle has; most steps are of the others."""
REGIONS = ("01", "03", "04", "25")


class History(RuleBasedStateMachine):
    """One uppdrag, from its beginning to wherever chance takes it."""

    house: ClassVar[House]
    lifecycle: ClassVar[Lifecycle]
    triggers: ClassVar[tuple[str, ...]]
    world: World

    @initialize(regions=st.integers(0, 5), n=ANY, far=ANY)
    def identify(self, regions: int, n: int, far: int) -> None:
        concerned = None if regions == 5 else REGIONS[:regions]
        deadlines = [d.id for d in self.lifecycle.deadlines]
        wanted = New(
            title="Ett uppdrag", lifecycle=self.lifecycle.id, actor=actor("kansli"), regions=concerned,
            sensitive=n % 7 == 6, neutral_title="Ett ärende" if n % 7 == 6 else "",
            times={d: parse_span("Q3 2026") for d in deadlines[: n % 3]},
        )  # fmt: skip
        self.world = World(self.house, lambda now: commands.new(self.house, wanted, now=now))
        # Every other history begins as far on as it can, or few would come to where regions decide.
        states = [s.id for s in self.lifecycle.states if not s.final and self.lifecycle.path_to(s.id) is not None]
        for t in self.lifecycle.path_to(pick((*states, *states[-1:] * len(states)), far)) or ():
            command = Advance(actor=actor(t.roles[0]), trigger=t.trigger, facts=good_facts(t, self.world.u, n))
            self._handle(command, command, n & 3)

    # What mostly happens: somebody takes a step that explain says can be taken.

    @rule(which=ANY, n=ANY)
    def goes_on(self, which: int, n: int) -> None:
        self._go_on(which, n)

    @rule(which=ANY, n=ANY)
    def goes_on_again(self, which: int, n: int) -> None:
        self._go_on(which, n)

    def _go_on(self, which: int, n: int) -> None:
        options = [o for o in self.world.options(None) if o.allowed and o.trigger != "avbryt"]
        own = [o for o in options if o.trigger not in SHARED]
        if not options:
            return
        option = pick(own, which // 4) if own and which % 4 else pick(options, which // 4)
        who = actor(pick(option.roles, n))
        assert next(o for o in self.world.options(who.role) if o.trigger == option.trigger).allowed
        facts = good_facts(self._transition(option), self.world.u, n)
        command = Advance(actor=who, trigger=option.trigger, facts=facts, backfill=n % 11 == 10)
        done = self._handle(command, replace(command, facts={**facts, "x": "y"}), n)
        assert isinstance(done, Answer), f"explain said that {option.trigger} could be done; {done!r}"

    @rule(which=st.integers(0, 255), role=st.sampled_from(ROLES_TRIED), flaw=st.sampled_from(FLAWS), n=ANY)
    def tries_anything(self, which: int, role: str, flaw: str, n: int) -> None:
        trigger = pick(self.triggers, which)
        option = next((o for o in self.world.options(role) if o.trigger == trigger and not o.automatic), None)
        if option is None:
            facts, accepted = {}, False
        else:
            t = self._transition(option)
            known = {f.name: getattr(self.world.u, f.sets) for f in t.facts if f.sets not in ("", "day")}
            stated = flawed(t.facts, good_facts(t, self.world.u, n), known, flaw, n)
            if stated is None:
                return
            facts, accepted = stated, option.allowed and not flaw
        command = Advance(actor=actor(role), trigger=trigger, facts=facts)
        done = self._handle(command, replace(command, on=self.world.today), n)
        assert isinstance(done, Answer) == accepted, (done, option)

    # What regions do.

    @rule(region=ANY, which=ANY, n=ANY, good=st.booleans())
    def region_takes_a_step(self, region: int, which: int, n: int, good: bool) -> None:
        world, track = self.world, self.lifecycle.track
        if track is None:
            if n % 8:
                return
            command = AdvanceRegion(actor=actor("kansli"), region=pick(REGIONS, region), trigger="expediera")
            assert isinstance(self._handle(command, command, n), Refused)
            return
        lanskod = pick([*sorted(world.matter.regions), "99", "09"], region)
        rb = world.matter.regions.get(lanskod)
        steps = [t for t in track.transitions if good and rb and rb.state in t.sources] or track.transitions
        t = pick(steps, which)
        self._take_step(lanskod, t, pick(t.roles, n) if good else pick(ROLES_TRIED, n), n)

    def _take_step(self, lanskod: str, t: RegionTransition, role: str, n: int) -> None:
        world, track = self.world, self.lifecycle.track
        rb = world.matter.regions.get(lanskod)
        facts = good_step(t, rb, n) if rb else {}
        command = AdvanceRegion(actor=actor(role), region=lanskod, trigger=t.trigger, facts=facts or {})
        possible = (
            rb is not None and rb.state in t.sources and role in t.roles and facts is not None
            and track is not None and world.u.state in track.open_in
        )  # fmt: skip
        done = self._handle(command, replace(command, facts={"x": "y"}), n)
        assert isinstance(done, Answer) == possible, done

    @precondition(lambda self: self.lifecycle.track is not None)
    @rule(region=ANY, outcome=st.integers(0, 19), n=ANY, version=st.sampled_from((None, 1, 0, 2, -1, 10**30)))
    def region_decides(self, region: int, outcome: int, n: int, version: int | None) -> None:
        self._region_decides(region, outcome, n, version)

    @precondition(lambda self: self.lifecycle.track is not None)
    @rule(region=ANY, outcome=st.integers(0, 3), n=ANY)
    def region_concludes(self, region: int, outcome: int, n: int) -> None:
        self._region_decides(region, outcome, n, None)

    @precondition(lambda self: self.lifecycle.track is not None)
    @rule(region=ANY, outcome=st.integers(4, 5), which=ANY, n=ANY)
    def region_sends_it_back(self, region: int, outcome: int, which: int, n: int) -> None:
        """And mostly something is done about it: it is sent anew, or planned for another day."""
        self._region_decides(region, outcome, n, None)
        lanskod, track = pick([*sorted(self.world.matter.regions), "99", "09"], region), self.lifecycle.track
        rb = self.world.matter.regions.get(lanskod)
        steps = [t for t in track.transitions if rb and rb.state in t.sources] if track else []
        if steps and n % 4:
            t = pick(steps, which)
            self._take_step(lanskod, t, pick(t.roles, n), n)

    def _region_decides(self, region: int, outcome: int, n: int, version: int | None) -> None:
        track = self.lifecycle.track
        lanskod = pick([*sorted(self.world.matter.regions), "99", "09"], region)
        command = self._decision(lanskod, pick(OUTCOMES, min(outcome, 9)), n, version)
        done = self._handle(command, replace(command, note="något annat"), n)
        wrong = contradictions(track, command) if track else set()
        if isinstance(done, Answer):
            assert not wrong
            assert self.world.matter.regions[lanskod].decisions[-1].outcome == command.outcome
        elif track and lanskod in self.world.matter.regions and self.world.u.state in track.open_in:
            assert isinstance(done, Refused)
            codes = {r.code for r in done.refusals}
            later = self.world.matter.regions[lanskod].sent_version > self.world.u.proposal_version > 0
            if version in (None, 0) and command.outcome in {o.id for o in track.outcomes}:
                assert codes == (wrong or {"already_registered"}) or (codes == {"no_such_version"} and later)

    def _decision(self, lanskod: str, outcome: str, n: int, version: int | None) -> Decide:
        said: dict[str, Any] = {"body": pick(("RF", "regionstyrelsen", ""), n), **road(outcome, n)}
        return Decide(
            actor=actor("region" if n % 3 else "kansli"), region=lanskod, outcome=outcome, proposal_version=version,
            adaptation="Egen form", note="Skäl", complete=n % 5 != 4, on=self.world.today if n % 2 else None,
            paragraph=pick(("", "§ 9"), n), **said,
        )  # fmt: skip

    @precondition(lambda self: self.lifecycle.track is not None)
    @rule(outcome=st.integers(0, 3), flaw=st.booleans(), n=ANY)
    def every_region_left_decides(self, outcome: int, flaw: bool, n: int) -> None:
        left = [lk for lk, rb in self.world.matter.regions.items() if not rb.concluded]
        made = [self._decision(lk, pick(OUTCOMES[:3], outcome), 3, None) for lk in left]
        made += [replace(made[0], outcome="uppskjuten")] if made and flaw else []
        lines = [Line(i, self.world.id, command) for i, command in enumerate(made, start=2)]
        done = self.world.attempt_many(
            lambda: batch.decide_many(self.house, "svar.csv", lines, now=self.world.now, dry_run=n % 7 == 6)
        )
        if flaw and made:
            assert isinstance(done, Refused)

    # What was wrong, and what is sent again.

    @rule(which=ANY, withdraw=st.booleans(), n=ANY)
    def corrects(self, which: int, withdraw: bool, n: int) -> None:
        self._correct(which, withdraw, n)

    @rule(which=ANY, n=ANY)
    def withdraws(self, which: int, n: int) -> None:
        self._correct(which, True, n)

    def _correct(self, which: int, withdraw: bool, n: int) -> None:
        event = pick(worth_correcting(self.world, n), -which)
        changes = {} if withdraw else amendments(self.world, event.event, n)
        who = actor("kansli")
        key = self._key(n)

        def correct(why: str = "Fel från början") -> Answer:
            return correcting.correct(
                self.house, event.id, why=why, actor=who, changes=changes, withdraw=withdraw, now=self.world.now,
                key=key,
            )  # fmt: skip

        done = self.world.attempt(correct)
        if isinstance(done, Answer) and key:
            self.world.kept.append(Kept(correct, lambda: correct("Ett annat skäl"), done))

    @precondition(lambda self: self.world.kept)
    @rule(which=ANY, n=ANY)
    def sends_the_same_again(self, which: int, n: int) -> None:
        kept = pick(self.world.kept, which)
        done = self.world.attempt(kept.again)
        assert isinstance(done, Answer), done
        assert done.repeated
        assert same(done, kept.answer)
        if n % 2:
            assert isinstance(self.world.attempt(kept.other), KeyReused)

    # What the plan and the chefsgrupp change.

    @rule(which=ANY, n=ANY)
    def is_reprioritised(self, which: int, n: int) -> None:
        deadline = self.lifecycle.deadlines[0].id
        facts = {"planerad_tid": "Q4 2026", "paragraf": "§ 3", "tidsgrans": deadline}
        facts = facts if which % 3 else {**facts, "planerad_tid": "Q9 2026"}
        ids = [self.world.id] if which % 5 else [self.world.id, "U2026-9999"]
        key = self._key(n)

        def reschedule(facts: dict[str, str] = facts) -> list[Answer]:
            return list(
                commands.reschedule(
                    self.house, ids, facts, actor=actor("chefsgrupp"), on=None, now=self.world.now, key=key
                )
            )

        done = self.world.attempt_many(reschedule)
        assert isinstance(done, UppdragError) == (not which % 3 or not which % 5 or self.world.u.final)
        if key and not isinstance(done, UppdragError):
            again, other = lambda: reschedule()[0], lambda: reschedule({**facts, "skal": "Annat"})[0]
            self.world.kept.append(Kept(again, other, done[0]))

    @rule(which=ANY)
    def plan_is_revised(self, which: int) -> None:
        who = actor("kansli")
        concerned = tuple(sorted({*self.world.u.concerned, "14"}))
        span = {self.lifecycle.deadlines[0].id: parse_span("november 2026")}
        change = pick(
            (
                Change(actor=who, why="VP 2026 rev", attributes={"owner": f"Eva {which}"}),
                Change(actor=who, why="VP 2026 rev", regions=concerned),
                Change(actor=who, why="VP 2026 rev", times=span),
                Change(actor=who, why="VP 2026 rev", attributes={"title": ""}),
                Change(actor=who, why="VP 2026 rev", sensitive=True),
            ),
            which,
        )

        def revise() -> Answer:
            with commands.writing(self.house) as session:
                return commands.advance(self.house, session, self.world.id, change, self.world.now, regions="*")

        self.world.attempt(revise)

    @rule(n=ANY)
    def leads_to_another(self, n: int) -> None:
        if n % 4:
            return
        possible = any(o.trigger == "foljduppdrag" and o.allowed for o in self.world.options("kansli"))
        wanted = New(
            title="Ett följduppdrag", lifecycle="atagande", actor=actor("kansli"), parent=self.world.id,
            sensitive=n % 12 == 8,
        )  # fmt: skip
        done = self.world.attempt(lambda: commands.new(self.house, wanted, now=self.world.now))
        assert isinstance(done, Answer) == (possible and not wanted.sensitive), done
        if isinstance(done, Answer):
            facts = self.world.history[-1].event
            assert getattr(facts, "facts", {})["uppdrag"] == done.uppdrag

    @rule(hours=st.sampled_from((1, 30, 1000, 5000, -2, -100)))
    def time_passes(self, hours: int) -> None:
        self.world.let_time_pass(hours)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.check_replay()
            self.world.close()

    def _transition(self, option: Option) -> Transition:
        """The one that explain is about."""
        here = self.lifecycle.leaving[self.world.u.state]
        return next(t for t in here if t.trigger == option.trigger and t.label == option.label)

    def _key(self, n: int) -> str:
        """A key for every other command, new each time."""
        self.world.occasion += 1
        return f"{self.world.id}:{self.world.occasion}" if n % 4 < 2 else ""

    def _handle(self, command: Handled, other: Handled, n: int) -> Answer | UppdragError:
        """Do it; sometimes rehearsed first, or from a page that is out of date."""
        world, key = self.world, self._key(n)

        def handle(it: Handled = command, dry: bool = False, seen: int | None = None) -> Answer:
            return commands.handle(self.house, world.id, it, now=world.now, key=key, dry_run=dry, expected=seen)

        rehearsed = world.attempt(lambda: handle(dry=True)) if n % 8 == 7 else None
        if n % 8 == 5:
            assert isinstance(world.attempt(lambda: handle(seen=997)), VersionConflict)
        done = world.attempt(handle)
        if rehearsed is not None:
            assert type(rehearsed) is type(done)
            if isinstance(rehearsed, Answer) and isinstance(done, Answer):
                assert [e.event for e in rehearsed.events] == [e.event for e in done.events]
        if isinstance(done, Answer) and key and other != command:
            world.kept.append(Kept(handle, lambda: handle(other), done))
        return done
