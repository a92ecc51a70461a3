"""The kallelse outside the house: how it leaves, what comes back, and what its history tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from notifications.mailbox import Letter as Arrived
from tests import mails
from tests.cast import KANSLI
from tests.faults.relay import Relay
from tests.integration.called import (
    APRIL,
    NOW,
    SETTINGS,
    arrange,
    furnish,
    later,
    look,
    meeting_of,
    queued,
    send,
)
from tests.integration.doing import codes, new, step
from uppdrag.service import agenda, delivery, inbox
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from uppdrag.service.incoming import receive
from uppdrag.settings import Smtp
from workflow.errors import Refused


@pytest.fixture
def planned(house: House) -> House:
    return furnish(house)


def test_another_channel_is_only_registered_and_mail_may_follow(planned: House) -> None:
    done = send(planned, channel="post", on=date(2026, 4, 14))
    assert (done.meeting.summoned_on, queued(planned)) == (date(2026, 4, 14), [])
    with pytest.raises(Refused) as no:
        send(planned, channel="post")
    assert codes(no.value) == ["already_summoned"]
    assert len(send(planned, now=later(1)).messages) == 5
    assert meeting_of(planned).summoned_on == date(2026, 4, 14)


def test_a_sensitive_uppdrag_has_its_number_and_neutral_title_only(house: House) -> None:
    furnish(house)
    id = new(
        house, "regiongemensamt", title="Reservlager i bergrum", regions=("01",), sensitive=True,
        neutral_title="Försörjningsfråga",
    ).uppdrag  # fmt: skip
    step(house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    send(house)
    agenda.add(house, APRIL, Addition(title="Om Reservlager i bergrum"), {}, actor=KANSLI, now=later(1))
    send(house, now=later(2))
    said = "".join(
        m.subject + m.text + m.html + (m.calendar.content.decode() if m.calendar else "") for m in queued(house)
    ).replace("\r\n ", "")  # fmt: skip
    assert f"{id} Försörjningsfråga" in said
    assert "bergrum" not in said


def test_it_leaves_over_real_smtp_as_mail_programs_expect_it(planned: House, tmp_path: Path) -> None:
    send(planned)
    with Relay(tmp_path / "relay.log") as relay:
        settings = replace(
            SETTINGS, mail="skarp", smtp=Smtp(host="127.0.0.1", port=relay.port, security="ingen"),
            mail_from="NSPL:s kansli <uppdrag@nspl.se>",
        )  # fmt: skip
        done = delivery.deliver(planned, settings, worker="prov", clock=lambda: NOW)
    assert (done.sent, done.stuck) == (5, 0)
    raw = next(m.raw for m in relay.mails if m.recipients == ("eva@r03.example",))
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content_type() == "multipart/mixed"
    alternative, *files = list(mail.iter_parts())
    assert [p.get_content_type() for p in alternative.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    assert [p.get_filename() for p in files] == ["kallelse-2026-04-24.pdf", "inbjudan.ics"]
    calendar = list(alternative.iter_parts())[-1]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    (kept,) = queued(planned, "eva@r03.example")
    assert calendar.get_payload(decode=True) == (kept.calendar and kept.calendar.content)


@pytest.mark.parametrize(
    ("partstat", "kind", "note"),
    [("ACCEPTED", "autosvar", "Tackar ja till inbjudan."), ("DECLINED", "autosvar", "Tackar nej till inbjudan.")],
)
def test_a_calendars_own_answer_is_laid_aside(planned: House, partstat: str, kind: str, note: str) -> None:
    send(planned)
    (eva,) = queued(planned, "eva@r03.example")
    reply = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"ATTENDEE;PARTST\r\n AT={partstat}:mailto:eva@r03.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    def answer(text: str) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "eva@r03.example", "uppdrag@nspl.example", "Svar"
        mail["In-Reply-To"] = f"<{eva.id}>"
        mail.set_content(text)
        mail.add_alternative(reply.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"})
        return mail.as_bytes()

    found = receive(planned, Arrived(key="1", raw=answer("")), now=NOW, domain="nspl.example")
    assert found == (kind, False)
    (kept,) = inbox.listed(planned, status="klar")
    assert (kept.uppdrag, kept.note) == ("", f"{note} Mejlet som besvaras gällde mötet 2026-04-24.")
    words = receive(
        planned, Arrived(key="1", raw=answer("Jag kommer först klockan tio.")), now=NOW, domain="nspl.example"
    )
    assert words == ("svar", False), "what a person has written is for a person to read"


def test_a_bounce_says_whom_the_kallelse_did_not_reach(planned: House) -> None:
    send(planned)
    (eva,) = queued(planned, "eva@r03.example")
    bounce = Arrived(key="1", raw=mails.postfix("eva@r03.example", original=eva.id))
    receive(planned, bounce, now=later(1), domain="nspl.example")
    arrange(planned, now=later(2), place="Gävle")
    with pytest.raises(Refused) as no:
        look(planned, now=later(3))
    assert codes(no.value) == ["person_without_address"]


def test_the_history_tells_what_went_out_to_whom(planned: House) -> None:
    shown = look(planned)
    arrange(planned, place="Gävle")
    send(planned)
    with pytest.raises(Refused) as no:
        send(planned, shown=replace(shown, version=shown.version + 1))
    (refusal,) = no.value.refusals
    assert "kallelsen finns hos 5" in refusal.facts["what"]
