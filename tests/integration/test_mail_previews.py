"""A mail seen before it is written: what it would say today, and nothing is changed."""

from __future__ import annotations

from datetime import date

import pytest

from notifications.catalogue import ALL, LETTERS, MEETINGS
from tests.cast import KANSLI
from tests.integration.secretariat import SETTINGS, Office, U, furnished
from uppdrag.service import commands, preview
from uppdrag.service.house import House
from workflow.commands import Decide
from workflow.errors import Refused


@pytest.fixture
def office(house: House) -> Office:
    return furnished(house)


@pytest.mark.parametrize("template", ALL)
def test_a_preview_of_every_mail_changes_nothing(office: Office, template: str) -> None:
    about = "U2026-02" if template == "paminnelse_redovisning" else U
    said = {"paminnelse_protokoll": ("antagen", None), "paminnelse_komplettering": ("bordlagd", date(2026, 12, 1))}
    if template in said:
        outcome, due = said[template]
        decision = Decide(actor=KANSLI, region="17", outcome=outcome, task_due=due)
        commands.handle(office.house, U, decision, now=office.now)
    if template in (*MEETINGS, *LETTERS):
        with pytest.raises(Refused):
            preview.of_uppdrag(office.house, template, about, SETTINGS, now=office.now)
        return
    mail = preview.of_uppdrag(office.house, template, about, SETTINGS, now=office.now)
    assert len(mail.text.split()) <= 90
    assert len(preview.example(template, SETTINGS, now=office.now).text.split()) <= 90
    assert office.mails() == []


def test_a_preview_goes_to_who_holds_the_office_today(office: Office) -> None:
    mail = preview.of_uppdrag(office.house, "paminnelse_region", U, SETTINGS, now=office.now, region="03")
    assert mail.recipient == "registrator@uppsala.example"
    assert "Cecilia Nord, NSPL:s kansli, cecilia@nspl.example" in mail.text


@pytest.mark.parametrize(
    ("uppdrag", "region", "code"),
    [("U2026-10", "", "no_planned_time"), ("U2026-03", "03", "no_regions"), (U, "99", "region_not_concerned")],
)
def test_a_preview_that_cannot_be_says_why(office: Office, uppdrag: str, region: str, code: str) -> None:
    with pytest.raises(Refused) as no:
        preview.of_uppdrag(office.house, "paminnelse_atagande", uppdrag, SETTINGS, now=office.now, region=region)
    assert [r.code for r in no.value.refusals] == [code]


@pytest.mark.parametrize("template", ["paminnelse_protokoll", "paminnelse_komplettering"])
def test_a_mail_about_what_nobody_waits_for_cannot_be_previewed(office: Office, template: str) -> None:
    with pytest.raises(Refused) as no:
        preview.of_uppdrag(office.house, template, U, SETTINGS, now=office.now)
    assert [r.code for r in no.value.refusals] == ["nothing_awaited"]
