"""What the clock has promised, checked against the rows themselves when a mail is written and when it leaves."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr

from definitions.holidays import work_calendar
from storage import people
from uppdrag.service.house import House
from workflow.calendar import STOCKHOLM, local_date
from workflow.own_dates import KOMPLETTERING, OWN_DATES, PROTOKOLL
from workflow.people import REGION_OFFICES, addressee, in_office

CALENDAR = work_calendar()
WEEK = timedelta(days=7)
NOT_REMINDERS = ("studs", "introduktion")
_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)
_SERVED = """SELECT uppdrag, region, deadline, step, round, office, template, send_on, due, expires_on, id
    FROM intent WHERE message = ? AND status = 'skriven'"""


@dataclass(frozen=True)
class Served:
    """An occasion that a message serves, as its row has it."""

    uppdrag: str
    region: str
    deadline: str
    step: str
    round: int
    office: str
    template: str
    send_on: str
    due: str | None
    expires_on: str | None
    id: str

    @property
    def thing(self) -> tuple[str, str, str, int, str]:
        """What is asked of whom, whichever the step."""
        return self.uppdrag, self.region, self.deadline, self.round, self.office


@dataclass
class Promises:
    """A house's promises. `broken` says which were not kept, and how."""

    house: House
    broken: list[str] = field(default_factory=list)
    left: dict[str, bytes] = field(default_factory=dict)
    """What the relay has taken, or may have, by Message-ID."""

    def __post_init__(self) -> None:
        self._rows = sqlite3.connect(self.house.database.path, isolation_level=None)
        self._taken: set[str] = set()
        self._doubted: set[str] = set()
        self._served: dict[str, str] = {}
        self._reminded: dict[str, list[tuple[date, str]]] = {}

    def close(self) -> None:
        self._rows.close()

    def leaving(self, recipient: str, raw: bytes, now: datetime) -> str:
        """A mail is handed to the relay. Its Message-ID."""
        found = _ID.search(raw)
        assert found, raw[:400]
        id, today = found[1].decode(), local_date(now)
        served = self.served(id)
        told = f"{now.isoformat()} {id} till {recipient}"
        if self.left.setdefault(id, raw) != raw:
            self.broken.append(f"{told}: andra byte än förra gången")
        if id in self._taken:
            self.broken.append(f"{told}: lämnades en gång till fast servern hade tagit det")
        if not served:
            self.broken.append(f"{told}: ingen har bett om det")
        self._morning(told, now)
        for one in served:
            self._wanted(told, one, today)
            self._addressed(told, one, recipient, today)
            other = self._served.get(one.id, id)
            if other != id:
                self.broken.append(f"{told}: {one.step} för {one.thing} gick redan i {other}")
        if any(one.template not in NOT_REMINDERS for one in served):
            self._week(told, recipient, served, today, id)
        return id

    def taken(self, id: str, recipient: str, now: datetime) -> None:
        """The relay has a mail."""
        first = id not in self._taken | self._doubted
        self._taken.add(id)
        served = self.served(id)
        self._served |= {one.id: id for one in served}
        if first and any(one.template not in NOT_REMINDERS for one in served):
            self._reminded.setdefault(recipient.casefold(), []).append((local_date(now), id))

    def doubted(self, id: str, recipient: str, now: datetime) -> None:
        """The relay has a mail, and we shall not hear of it."""
        self.taken(id, recipient, now)
        self._taken.discard(id)
        self._doubted.add(id)

    def killed(self, ids: Collection[str]) -> None:
        """The sender died after it had handed these over, and may not have written that down."""
        self._taken -= set(ids)
        self._doubted |= set(ids)

    def queued(self) -> list[tuple[str, str]]:
        """The tracks (uppdrag, region) that mails are waiting to leave about."""
        return self._rows.execute(
            """SELECT DISTINCT i.uppdrag, i.region FROM intent i JOIN message m ON m.id = i.message
            WHERE m.status IN ('koad', 'osaker', 'tagen') AND i.uppdrag <> '-' AND i.region <> '-' ORDER BY 1, 2"""
        ).fetchall()

    def written(self, ids: Sequence[str], now: datetime) -> None:
        """Messages were composed: one to each address, each about the latest step only, never to the late director."""
        recipients: list[str] = []
        for id in ids:
            (recipient,) = self._rows.execute("SELECT recipient FROM message WHERE id = ?", (id,)).fetchone()
            served = self.served(id)
            told = f"{now.isoformat()} {id} till {recipient}"
            if any(one.template not in NOT_REMINDERS for one in served):
                recipients.append(recipient.casefold())
            things = [one.thing for one in served if one.template not in NOT_REMINDERS]
            if len(set(things)) != len(things):
                self.broken.append(f"{told}: flera steg om samma sak")
            for one in served:
                if one.template == "samtalsunderlag":
                    self._not_the_late_one(told, recipient, one.region, local_date(now))
                if one.template not in NOT_REMINDERS:
                    self._latest(told, one, local_date(now))
        if len(set(recipients)) != len(recipients):
            self.broken.append(f"{now.isoformat()}: två mejl till samma adress samma morgon: {sorted(recipients)}")

    def served(self, id: str) -> list[Served]:
        return [Served(*row) for row in self._rows.execute(_SERVED, (id,))]

    def _morning(self, told: str, now: datetime) -> None:
        local = now.astimezone(STOCKHOLM)
        day = local.date()
        if local.weekday() >= 5 or not time(8) <= local.time() < time(11):
            self.broken.append(f"{told}: inte måndag till fredag 8–11")
        if day in CALENDAR.free or CALENDAR.is_quiet(day):
            self.broken.append(f"{told}: en ledig eller tyst dag")

    def _wanted(self, told: str, one: Served, today: date) -> None:
        """Nothing is asked of who has answered, nor while the uppdrag rests, nor after the day that was counted to."""
        if one.expires_on is not None and one.expires_on < today.isoformat():
            self.broken.append(f"{told}: {one.step} räknade till {one.expires_on}")
        if one.uppdrag == "-":
            return
        if one.deadline in OWN_DATES:
            self._own_date(told, one)
            return
        final, paused, round = self._rows.execute(
            "SELECT final, paused, round FROM uppdrag WHERE id = ?", (one.uppdrag,)
        ).fetchone()
        if final or paused or round != one.round:
            self.broken.append(f"{told}: {one.uppdrag} är avslutat, pausat eller omplanerat, {one.step}")
        if one.region == "-":
            return
        category, planned_on = self._rows.execute(
            "SELECT category, planned_on FROM regionbeslut WHERE uppdrag = ? AND region = ?", (one.uppdrag, one.region)
        ).fetchone()
        if category:
            self.broken.append(f"{told}: {one.region} har beslutat om {one.uppdrag}")
        if planned_on and today <= CALENDAR.add_working_days(date.fromisoformat(planned_on), 10):
            self.broken.append(f"{told}: {one.region} har angett {planned_on} för {one.uppdrag}")

    def _own_date(self, told: str, one: Served) -> None:
        """The kansli's own waits for no region and goes to none: of a protokoll until it has come, of what a region
        sent back until it is completed."""
        if one.office in REGION_OFFICES:
            self.broken.append(f"{told}: {one.office} i {one.region} får kansliets egen {one.step}")
        at = (one.uppdrag, one.region)
        final, paused = self._rows.execute("SELECT final, paused FROM uppdrag WHERE id = ?", at[:1]).fetchone()
        if paused or (final and one.deadline == KOMPLETTERING):
            self.broken.append(f"{told}: {one.uppdrag} är avslutat eller pausat, {one.step}")
        behind = self._rows.execute(
            "SELECT source, kind, body, withdrawn FROM beslut WHERE uppdrag = ? AND region = ? AND number = ?",
            (*at, one.round),
        ).fetchone()
        if one.deadline == PROTOKOLL and not (
            behind and behind[0] in ("", "muntlig", "epost") and behind[1] == "beslut" and not behind[3]
        ):
            self.broken.append(f"{told}: protokollet för {one.region} har kommit, eller väntas inte: {behind}")
        if one.deadline == KOMPLETTERING:
            (more,) = self._rows.execute(
                "SELECT more FROM regionbeslut WHERE uppdrag = ? AND region = ?", at
            ).fetchone()  # fmt: skip
            if json.loads(more).get("task") is None:
                self.broken.append(f"{told}: det är kompletterat för {one.region}")

    def _addressed(self, told: str, one: Served, recipient: str, today: date) -> None:
        """It goes to whoever holds the office this morning, and not to who has left it."""
        if one.office not in REGION_OFFICES or one.template in NOT_REMINDERS:
            return
        with self.house.database.reading() as session:
            holder = addressee(people.all_holders(session), one.office, one.region, today)
        if holder is None or holder.email.casefold() != parseaddr(recipient)[1].casefold():
            self.broken.append(f"{told}: {one.office} i {one.region} är {holder and holder.email}")

    def _week(self, told: str, recipient: str, served: Sequence[Served], today: date, id: str) -> None:
        """A week between reminders, save where one of the two counts down to a day that comes too soon after."""
        for day, other in self._reminded.get(recipient.casefold(), ()):
            if other == id or abs(today - day) >= WEEK:
                continue
            chance = CALENDAR.later(day + WEEK).isoformat()
            both = [*served, *self.served(other)] if day == today else served
            if not any(one.expires_on is not None and one.expires_on < chance for one in both):
                self.broken.append(f"{told}: fick {other} så sent som {day}")

    def _not_the_late_one(self, told: str, recipient: str, region: str, day: date) -> None:
        with self.house.database.reading() as session:
            holders = people.all_holders(session)
        late = [h for office in ("regiondirektor", "hsd") for h in in_office(holders, office, region, day)]
        if parseaddr(recipient)[1].casefold() in {h.email.casefold() for h in late}:
            self.broken.append(f"{told}: den sena direktören i {region} själv")

    def _latest(self, told: str, one: Served, today: date) -> None:
        """It is the latest step that was due; no earlier one waits to be sent after it."""
        steps = self._rows.execute(
            """SELECT step, send_on, status FROM intent
            WHERE uppdrag = ? AND region = ? AND deadline = ? AND round = ? AND office = ? AND send_on <= ?""",
            (*one.thing, today.isoformat()),
        ).fetchall()
        later = [step for step, send_on, status in steps if send_on > one.send_on and status == "vantar"]
        waiting = [step for step, send_on, status in steps if send_on < one.send_on and status == "vantar"]
        if later or waiting:
            self.broken.append(f"{told}: {one.step} fast {later} är senare och {waiting} väntar")

    def forgotten(self, unreached: Sequence[tuple[str, str]], now: datetime) -> list[tuple[str, ...]]:
        """What has waited for two weeks, although its office can be reached and its region asks for no peace."""
        before = local_date(now) - timedelta(days=14)
        waiting = self._rows.execute(
            """SELECT i.office, i.region, i.uppdrag, i.step, i.send_on, r.planned_on FROM intent i
            LEFT JOIN regionbeslut r ON r.uppdrag = i.uppdrag AND r.region = i.region
            WHERE i.status = 'vantar' AND i.send_on < ?""",
            (before.isoformat(),),
        ).fetchall()
        return [
            tuple(map(str, (office, region, *what)))
            for office, region, *what, planned_on in waiting
            if (office, region) not in unreached
            and not (planned_on and CALENDAR.add_working_days(date.fromisoformat(planned_on), 10) >= before)
        ]

    def behind(self, now: datetime) -> int:
        """How many looks of the clock should have been taken."""
        moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        (count,) = self._rows.execute("SELECT count(*) FROM reminder WHERE next_at < ?", (moment,)).fetchone()
        return int(count)
