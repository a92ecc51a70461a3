"""Chefsgruppen's papers, made from what is in the database: what they say, what they hide, and when they change."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from tests.cast import KANSLI
from tests.integration.doing import codes, new, step
from tests.integration.test_chefsgrupp import APRIL, JUNE, MARCH, plan
from tests.integration.test_circulating import DUE, LAST, ROOMS, answer, circulate, conclude
from tests.integration.test_dispatching import SETTINGS, approved, settle
from tests.integration.test_minutes import AFTER, BEFORE, DECIDED, approve, close, note, take
from uppdrag.documents import page
from uppdrag.documents.document import Document
from uppdrag.documents.formats import FORMATS, rendered
from uppdrag.service import agenda, chefsgrupp, commands, minutes, papers
from uppdrag.service.agenda import Addition
from uppdrag.service.house import House
from workflow.commands import Change
from workflow.errors import NotFound, Refused
from workflow.meeting import Action, Arrangement
from workflow.people import Holder

LATER = datetime(2026, 11, 2, 7, tzinfo=UTC)


@pytest.fixture
def summoned(any_house: House) -> House:
    """A meeting whose kallelse is out: a directive (U2026-04), a report (U2026-01), an approval (U2026-02)."""
    plan(any_house, MARCH, APRIL, JUNE)
    where = Arrangement(place="Uppsala", link="https://mote.example/1")
    chefsgrupp.arrange(any_house, MARCH, where, actor=KANSLI, now=BEFORE)
    step(any_house, "U2026-04", "bered", ansvarig="Bo Bo", natverk="HSD-nätverket")
    step(any_house, "U2026-02", "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="2")
    said: dict[str, object] = {"presenter": "Cia Dahl", "dnr": "RK2026-11", "documents": ("PM", "Karta"), "minutes": 15}
    agenda.add(any_house, MARCH, Addition(title="Lokaler"), said, actor=KANSLI, now=BEFORE)
    agenda.summon(any_house, MARCH, None, actor=KANSLI, now=BEFORE)
    return any_house


def hold(house: House) -> dict[str, int]:
    """Take the minutes and close; the § by uppdrag or title."""
    action = Action(what="Skicka ut handlingarna", owner="Anna Ek", due=date(2026, 4, 10))
    decided = {**DECIDED, "U2026-02": replace(DECIDED["U2026-02"], actions=(action,)), "Lokaler": note("bordlagd")}
    take(house, decided, chair="Ove Ord", secretary="Anna Ek", adjusters=("Bo Bo",))
    meeting = close(house).meeting
    titles = {i.key: i.uppdrag or i.title for i in meeting.items}
    return {titles[n.item]: n.paragraph for n in (meeting.minutes.notes if meeting.minutes else ())}


def said(document: Document) -> str:
    """What a document says, as one line of text."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.render(document))))


def written(document: Document) -> list[bytes]:
    return [rendered(document, format) for format in FORMATS]


def make_sensitive(house: House, id: str) -> None:
    change = Change(actor=KANSLI, why="Bedömt", attributes={"neutral_title": "Ett ärende"}, sensitive=True)
    with commands.writing(house) as session:
        commands.advance(house, session, id, change, AFTER, regions="*")


def test_a_proposed_agenda_says_that_it_is_one(any_house: House) -> None:
    plan(any_house, MARCH, APRIL)
    text = said(papers.dagordning(any_house, MARCH, now=BEFORE))
    assert "Dagordning för chefsgruppens möte 27 mars 2026" in text
    assert "Fredag 27 mars 2026 klockan 09.00–12.00" in text
    assert "Förslag 20 mars 2026. Kallelsen har inte gått ut" in text
    assert "1. Mötets öppnande och närvaro" in text


def test_the_agenda_has_what_stands_on_it_and_marks_what_has_changed_since(summoned: House) -> None:
    agenda.add(summoned, MARCH, Addition(title="Lägesbild", kind="information"), {}, actor=KANSLI, now=BEFORE)
    agenda.drop(summoned, MARCH, 4, actor=KANSLI, now=BEFORE)
    text = said(papers.dagordning(summoned, MARCH, now=BEFORE))
    assert "Plats Uppsala Länk https://mote.example/1" in text
    assert "Kallelsen gick ut 20 mars 2026. Numren ligger fast." in text
    assert "Beslut om uppdragsdirektiv 5. Robusta kommunikationer" in text
    assert "U2026-04 · Beslut · föredragande Bo Bo · 15 minuter" in text
    assert "Förslag till beslut Chefsgruppen beslutar att uppdraget Robusta" in text
    assert "9. Lokaler Dnr RK2026-11 · Beslut · föredragande Cia Dahl · 15 minuter Handlingar PM; Karta" in text
    assert "4. Föregående mötes protokoll (Utgår) Beslut om" in text, "what is withdrawn says no more"
    assert "Tillkommande ärenden 12. Lägesbild (Tillkommande)" in text


def test_the_kallelse_says_who_is_called_where_and_what_to_do_if_one_cannot_come(summoned: House) -> None:
    settle(
        summoned,
        Holder(id="1", office="chefsgrupp", region="03", name="Eva Ek", email="eva@r.example"),
        Holder(id="2", office="chefsgrupp", region="01", name="Bo Bo", email="bo@r.example", capacity="tf"),
        Holder(id="3", office="chefsgrupp", region="01", name="Ada Ö", email="ada@r.example", capacity="ersattare"),
        Holder(id="4", office="chefsgrupp_adjungerad", name="Pia SKR", email="pia@skr.example"),
        Holder(id="5", office="ordforande", name="Eva Ek", email="eva@r.example"),
        Holder(id="6", office="kansli", name="", email="kansliet@nspl.example"),
    )
    text = said(papers.kallelse(summoned, MARCH, now=BEFORE))
    assert "Handlingar senast 13 mars 2026 Kallelsen gick ut 20 mars 2026" in text
    assert "Kan du inte komma? Meddela NSPL:s kansli, kansliet@nspl.example, så snart du vet." in text
    assert "Då kan en ersättare kallas." in text
    assert "2 ledamöter, 1 ersättare, 1 adjungerad" in text
    assert "Eva Ek Uppsala Ledamot, ordförande" in text
    assert "Bo Bo Stockholm Ledamot, tf" in text
    assert "Ada Ö Stockholm Ersättare Pia SKR – Adjungerad" in text
    assert "5. Robusta kommunikationer" in text


def test_a_kallelse_that_is_out_is_the_same_whenever_it_is_written(summoned: House) -> None:
    once = written(papers.kallelse(summoned, MARCH, now=BEFORE))
    new(summoned, title="Något annat")
    assert written(papers.kallelse(summoned, MARCH, now=LATER)) == once
    agenda.add(summoned, MARCH, Addition(title="Nytt"), {}, actor=KANSLI, now=BEFORE + timedelta(minutes=1))
    changed = written(papers.kallelse(summoned, MARCH, now=LATER))
    assert all(after != before for after, before in zip(changed, once, strict=True))


def test_a_kallelse_within_a_transaction_is_what_will_be_read_afterwards(summoned: House) -> None:
    with summoned.database.reading() as session:
        within = papers.kallelse_within(summoned, session, MARCH, now=BEFORE)
    assert within == papers.kallelse(summoned, MARCH, now=LATER)


def test_a_protokoll_is_a_draft_until_every_paragraph_is_justerad(summoned: House) -> None:
    text = said(papers.protokoll(summoned, MARCH, now=BEFORE))
    assert "UTKAST. Mötet är inte avslutat." in text
    assert "Närvarande: uppgift saknas." in text
    assert "Utfall Uppgift saknas" in text
    paragraphs = hold(summoned)
    text = said(papers.protokoll(summoned, MARCH, now=AFTER))
    assert "UTKAST. Protokollet är inte justerat och kan ändras." in text
    approve(summoned, paragraphs["U2026-02"])
    text = said(papers.protokoll(summoned, MARCH, now=AFTER))
    assert f"UTKAST. Justerat: § {paragraphs['U2026-02']}. Resten av protokollet är inte justerat" in text
    digest = approve(summoned).digest
    text = said(papers.protokoll(summoned, MARCH, now=AFTER))
    assert "UTKAST" not in text
    assert f"Alla paragrafer är justerade: 27 mars 2026. Protokollet är låst. SHA-256: {digest}" in text
    assert text.count("SHA-256") == 1, "one digest covers every §"


def test_a_protokoll_says_which_paragraph_was_justerad_before_the_others(summoned: House) -> None:
    paragraph = hold(summoned)["U2026-02"]
    approve(summoned, paragraph)
    minutes.approve(summoned, MARCH, None, on=None, actor=KANSLI, now=AFTER + timedelta(days=6))
    text = said(papers.protokoll(summoned, MARCH, now=LATER))
    assert f"Alla paragrafer är justerade: § {paragraph} 27 mars 2026, övriga 2 april 2026." in text


def test_a_protokoll_has_everything_that_was_noted(summoned: House) -> None:
    paragraphs = hold(summoned)
    meeting = approve(summoned, paragraphs["U2026-02"])
    (approval,) = meeting.approvals
    text = said(papers.protokoll(summoned, MARCH, now=AFTER))
    assert "Ordförande Ove Ord Sekreterare Anna Ek Justerare Bo Bo" in text
    assert f"Paragrafer § 1–{len(paragraphs)}" in text
    assert "Eva Ek Närvarande – Bo Bo Närvarande klockan 14.10" in text
    start = text.index(f"§ {paragraphs['U2026-02']} Ledningsmodell")
    one = text[start : text.index("§", start + 2)]
    for part in (
        "U2026-02", "Förslag till beslut Chefsgruppen godkänner version 2 av", "Handlingar",
        "Beslut Chefsgruppen godkänner version 2. Utfall Bifall", "Avvikande mening Eva Ek avstår.",
        "Åtgärd Skicka ut handlingarna. Ansvarig: Anna Ek. Klart senast 10 april 2026.",
        "Skickas till Registratorn i varje berörd region, för regionens eget beslut; Anna Ek",
        f"Justerad 27 mars 2026, registrerad av Cia Dahl SHA-256 {approval.digest}",
    ):  # fmt: skip
        assert part in one
    assert f"§ {paragraphs['Lokaler']} Lokaler" in text
    assert "Utfall Bordlagd" in text


def test_a_protokoll_needs_a_kallelse(any_house: House) -> None:
    plan(any_house, MARCH)
    with pytest.raises(Refused) as no:
        papers.protokoll(any_house, MARCH, now=BEFORE)
    assert codes(no.value) == ["not_summoned"]
    with pytest.raises(Refused) as no:
        papers.kallelse(any_house, APRIL, now=BEFORE)
    assert codes(no.value) == ["no_such_meeting"]


def test_a_protokoll_and_an_utdrag_are_the_same_whenever_they_are_written(summoned: House) -> None:
    paragraph = hold(summoned)["U2026-02"]
    approve(summoned, paragraph)
    utdrag = written(papers.utdrag(summoned, MARCH, paragraph, now=AFTER))
    draft = written(papers.protokoll(summoned, MARCH, now=AFTER))
    assert written(papers.protokoll(summoned, MARCH, now=LATER)) == draft
    approve(summoned)
    assert written(papers.utdrag(summoned, MARCH, paragraph, now=LATER)) == utdrag, (
        "the rest being justerat is no change"
    )
    final = written(papers.protokoll(summoned, MARCH, now=AFTER))
    assert final != draft
    assert written(papers.protokoll(summoned, MARCH, now=LATER)) == final


def test_an_utdrag_is_of_one_paragraph_and_says_whether_it_is_justerad(summoned: House) -> None:
    with pytest.raises(Refused) as no:
        papers.utdrag(summoned, MARCH, 1, now=AFTER)
    assert codes(no.value) == ["not_closed"]
    paragraphs = hold(summoned)
    paragraph = paragraphs["U2026-02"]
    text = said(papers.utdrag(summoned, MARCH, paragraph, now=AFTER))
    assert f"EJ JUSTERAD. § {paragraph} är inte justerad och kan ändras." in text
    assert "Chefsgruppen godkänner version 2." in text
    assert "Eva Ek Närvarande" in text
    assert "Lokaler" not in text
    approve(summoned, paragraph)
    text = said(papers.utdrag(summoned, MARCH, paragraph, now=AFTER))
    assert "EJ JUSTERAD" not in text
    assert "Justerad 27 mars 2026" in text
    for missing in (0, max(paragraphs.values()) + 1):
        with pytest.raises(Refused) as no:
            papers.utdrag(summoned, MARCH, missing, now=AFTER)
        assert codes(no.value) == ["no_such_paragraph"]


def test_what_is_decided_per_capsulam_has_a_protokoll_of_its_own(any_house: House) -> None:
    plan(any_house, MARCH, APRIL)
    circulate(any_house, LAST, ROOMS)
    answer(any_house, "Eva Ek")
    answer(any_house, "Bo Bo", "avslag", 1, words="För dyrt")
    text = said(papers.protokoll(any_house, LAST, now=DUE))
    assert "Protokoll över beslut per capsulam 10 april 2026" in text
    assert "UTKAST. Beslutet är inte avslutat." in text
    conclude(any_house, note("bifall"))
    minutes.approve(any_house, LAST, None, on=None, actor=KANSLI, now=DUE)
    document = papers.protokoll(any_house, LAST, now=DUE)
    text = said(document)
    for part in (
        "Form Beslut per capsulam, mellan mötena Sändes ut 1 april 2026 Svar senast 10 april 2026",
        "Eva Ek 1 april 2026 Bo Bo 1 april 2026 Cia Dahl Inget svar", "§ 1 Lokaler",
        "Svar Eva Ek: bifall; Bo Bo: avslag (För dyrt) Beslut Chefsgruppen godkänner lokalerna.",
    ):  # fmt: skip
        assert part in text
    assert "UTKAST" not in text
    assert "Plats" not in text
    assert written(papers.protokoll(any_house, LAST, now=LATER)) == written(document)
    text = said(papers.utdrag(any_house, LAST, 1, now=DUE))
    assert "NSPL · Beslut per capsulam 10 april 2026 Protokollsutdrag § 1" in text
    with pytest.raises(Refused) as no:
        papers.kallelse(any_house, LAST, now=DUE)
    assert codes(no.value) == ["is_circulation"]


def test_a_sensitive_uppdrag_shows_its_number_and_neutral_title_also_in_what_was_noted_before(summoned: House) -> None:
    own = "Robusta kommunikationer mellan samtliga 21 regioner"
    paragraph = hold(summoned)["U2026-04"]
    documents: tuple[Callable[[], Document], ...] = (
        lambda: papers.dagordning(summoned, MARCH, now=AFTER),
        lambda: papers.kallelse(summoned, MARCH, now=AFTER),
        lambda: papers.protokoll(summoned, MARCH, now=AFTER),
        lambda: papers.utdrag(summoned, MARCH, paragraph, now=AFTER),
    )
    assert all(own in said(one()) for one in documents)
    make_sensitive(summoned, "U2026-04")
    for one in documents:
        text = said(one())
        assert own.casefold() not in text.casefold()
        assert "Ett ärende" in text
        assert "U2026-04" in text


def test_the_missiv_says_what_the_mail_says(house: House) -> None:
    id = approved(house)
    text = said(papers.missiv(house, id, "03", SETTINGS, now=AFTER))
    for part in (
        "Förslag för beslut i Region Uppsala", "Till Registratorn, Region Uppsala", f"Uppdrag {id} Version 1",
        "NSPL:s chefsgrupp godkände det 20 mars 2026, § 5.", "”Ledningsmodell”, version 1.", "30 september 2026",
        "RK2026-00012-3", "Regionen beslutar själv, i den instans som är behörig.", "cecilia@nspl.example",
    ):  # fmt: skip
        assert part in text
    assert "UTKAST" not in text
    assert [d.name for d in papers.missives(house, id, None, SETTINGS, now=AFTER)] == [
        f"missiv-{id}-v1-01", f"missiv-{id}-v1-03", f"missiv-{id}-v1-04",
    ]  # fmt: skip
    morning = AFTER.replace(hour=6)
    same_day = written(papers.missiv(house, id, "03", SETTINGS, now=morning))
    assert written(papers.missiv(house, id, "03", SETTINGS, now=AFTER)) == same_day


def test_the_missiv_of_a_sensitive_uppdrag_tells_neither_title_nor_papers_nor_the_plans_words(house: House) -> None:
    id = approved(house, sensitive=True, neutral_title="Översyn av avtal")
    text = said(papers.missiv(house, id, "03", SETTINGS, now=AFTER))
    assert "Översyn av avtal" in text
    assert "Ledningsmodell" not in text
    assert "RK2026-00012-3" not in text
    assert "Q2–Q3" not in text
    assert "30 september 2026" in text


def test_a_missiv_is_a_draft_until_its_paragraph_is_justerad(summoned: House) -> None:
    paragraph = hold(summoned)["U2026-02"]
    before = said(papers.missiv(summoned, "U2026-02", "03", SETTINGS, now=AFTER))
    assert f"UTKAST. § {paragraph} är inte justerad. Skicka inte brevet än." in before
    approve(summoned, paragraph)
    assert "UTKAST" not in said(papers.missiv(summoned, "U2026-02", "03", SETTINGS, now=AFTER))


def test_there_is_no_missiv_without_an_approved_proposal_or_to_a_stranger(house: House) -> None:
    with pytest.raises(Refused):
        papers.missiv(house, "U2026-01", "03", SETTINGS, now=AFTER)
    with pytest.raises(Refused) as no:
        papers.missiv(house, approved(house), "25", SETTINGS, now=AFTER)
    assert codes(no.value) == ["region_not_concerned"]
    with pytest.raises(NotFound):
        papers.missiv(house, "U2026-99", "03", SETTINGS, now=AFTER)
