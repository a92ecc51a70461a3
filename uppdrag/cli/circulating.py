"""meeting circulate, ask, answer, conclude: beslut per capsulam, mellan mötena."""

from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, complain, house, settings, told
from uppdrag.cli.dispatching import Yes, confirm, show_mail
from uppdrag.cli.doing import By, DryRun, Show, actor_of, day_of
from uppdrag.cli.meeting import Seen, meeting, meeting_day
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.circulating import Matter
    from workflow.meeting import Meeting, Note

Items = Annotated[list[int] | None, typer.Option("--item", metavar="PUNKT", help="Bara denna punkt; kan upprepas.")]
LastDay = Annotated[str, typer.Argument(metavar="DATUM", help="Sista svarsdag, ÅÅÅÅ-MM-DD.")]


@meeting.command(epilog="Exempel: uppdrag meeting circulate 2026-04-10 --uppdrag U2026-04 --member 'Eva Ek'")
@told
def circulate(
    context: typer.Context,
    day: LastDay,
    uppdrag: Annotated[
        list[str] | None,
        typer.Option("--uppdrag", metavar="ID[:STEG]", help="Ett uppdrag, och steget ett bifall tar; kan upprepas."),
    ] = None,
    title: Annotated[
        list[str] | None,
        typer.Option("--title", metavar="RUBRIK=FÖRSLAG", help="Ett eget ärende och dess förslag; kan upprepas."),
    ] = None,
    proposal: Annotated[
        list[str] | None,
        typer.Option("--proposal", metavar="ID=FÖRSLAG", help="Ett uppdrags förslag; utelämnat: det deklarerade."),
    ] = None,
    member: Annotated[
        list[str] | None,
        typer.Option("--member", metavar="NAMN", help="En tillfrågad; kan upprepas. Utelämnad: ledamöterna."),
    ] = None,
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen då frågan ställdes.")] = "",
    by: By = "kansliet",
) -> None:
    """Ställ ärenden till ledamöterna för beslut per capsulam, med en sista svarsdag.

    På en dag med möte tas ärendet där. Mejla dem sedan med uppdrag meeting ask.
    """
    from uppdrag.service import circulating

    matters = _matters(uppdrag or [], title or [], dict(_pair(one) for one in proposal or ()))
    names = [clean("Namnet", one) for one in member or ()]
    after = circulating.circulate(
        house(context), meeting_day(day), matters, members=names, on=day_of(on), actor=actor_of("kansli", by),
        now=settings(context).now(),
    )  # fmt: skip
    _tell(after)


@meeting.command(epilog="Exempel: uppdrag meeting ask 2026-04-10 --dry-run")
@told
def ask(
    context: typer.Context,
    day: LastDay,
    again: Annotated[
        bool, typer.Option("--again", help="Påminn dem som inte har svarat, högst en gång om dagen.")
    ] = False,
    by: By = "kansliet",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Mejla ärendena till ledamöterna, som PDF. Ingen får samma mejl två gånger."""
    from uppdrag import words
    from uppdrag.service import circulating_mail as service

    place, chosen, asked = house(context), settings(context), meeting_day(day)
    now = chosen.now()
    plan = service.plan(place, asked, chosen, now=now, again=again)
    for letter in plan.letters:
        typer.echo(f"  {letter.member} <{letter.address}>")
    for why in plan.left_out:
        typer.echo(f"  {words.sentence(why)}")
    if plan.letters:
        show_mail(plan.letters[0].message, plan.letters[0].member)
    if dry_run or not plan.letters:
        typer.echo("Inget är skickat.")
        return
    confirm(f"Skicka {len(plan.letters)} mejl?", yes)
    sent = service.send(place, asked, chosen, actor=actor_of("kansli", by), now=now, again=again, shown=plan)
    typer.echo(f"{len(sent)} mejl är köade. uppdrag outbox list visar dem.")


@meeting.command(epilog="Exempel: uppdrag meeting answer 2026-04-10 'Eva Ek' bifall --channel epost")
@told
def answer(
    context: typer.Context,
    day: LastDay,
    member: Annotated[str, typer.Argument(metavar="[NAMN]", help="Ledamoten; utelämnad: visa svaren.")] = "",
    said: Annotated[str, typer.Argument(metavar="[SVAR]", help="bifall, avslag eller mote (ta det på ett möte).")] = "",
    item: Items = None,
    channel: Annotated[
        str, typer.Option("--channel", metavar="SÄTT", help="Hur svaret kom: epost, telefon, brev eller muntligt.")
    ] = "",
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="Ledamotens egna ord.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen då svaret kom.")] = "",
    by: By = "kansliet",
    seen: Seen = None,
    format: Show = Format.table,
) -> None:
    """Notera en ledamots svar, eller visa ärendena och alla svar. Ett senare svar ersätter ett tidigare."""
    from uppdrag.cli import show
    from uppdrag.service import chefsgrupp, circulating
    from uppdrag.service.after_rows import circulation_row
    from workflow.circulation import ANSWERS, CHANNELS

    place, asked = house(context), meeting_day(day)
    if not member:
        found = chefsgrupp.one(place, asked).meeting
    else:
        answered = next((a for a in ANSWERS if a == said.casefold()), None)
        how = next((c for c in CHANNELS if c == channel.casefold()), None)
        if answered is None or how is None:
            wrong = [] if answered else [f"Svaret ska vara {', '.join(ANSWERS)}."]
            complain([*wrong, *([] if how else [f"Ange --channel: {', '.join(CHANNELS)}."])])
            raise typer.Exit(WRONG_USAGE)
        found = circulating.answer(
            place, asked, member, answered, on=day_of(on), channel=how, words=clean("Svaret", words, long=True),
            numbers=item or (), actor=actor_of("kansli", by), now=settings(context).now(), expected=seen,
        )  # fmt: skip
    if found.circulation is None:
        from workflow.errors import Refusal, Refused

        raise Refused([Refusal.of("not_circulation", day=asked)])
    row = circulation_row(found)
    if format is Format.json:
        show.emit_one(row)
    elif format is Format.csv:
        show.emit(format, row["replies"])
    else:
        _tell(found)


@meeting.command(epilog="Exempel: uppdrag meeting conclude 2026-04-10 --outcome 1=bifall --dry-run")
@told
def conclude(
    context: typer.Context,
    day: LastDay,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", metavar="PUNKT=UTFALL", help="Utfallet på en punkt; kan upprepas."),
    ] = None,
    decision: Annotated[
        list[str] | None,
        typer.Option("--decision", metavar="PUNKT=TEXT", help="Beslutet; utelämnat vid bifall: som förslaget."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PUNKT.UPPGIFT=VÄRDE", help="En uppgift som steget frågar efter; kan upprepas."),
    ] = None,
    by: By = "kansliet",
    seen: Seen = None,
    dry_run: DryRun = False,
) -> None:
    """Avsluta ett beslut per capsulam: utfall per punkt, paragrafer och steg, alla eller inga.

    Utfallen: bifall, avslag, aterremiss, bordlagd (på nästa dagordning), antecknad, utgar. Ordförande, sekreterare och
    justerare anges med uppdrag meeting minutes. Den som svarat annorlunda får en avvikande mening i protokollet.
    """
    from uppdrag.cli.minutes import closed
    from uppdrag.service import circulating
    from workflow.minutes import Taken

    taken = Taken(notes=_notes(outcome or [], decision or [], set_ or []))
    place, actor, now = house(context), actor_of("kansli", by), settings(context).now()
    closed(place, circulating.conclude(
        place, meeting_day(day), taken, actor=actor, now=now, expected=seen, dry_run=dry_run
    ))  # fmt: skip


def _tell(m: "Meeting") -> None:
    from uppdrag.words.after_meetings import ANSWERS, CHANNELS
    from uppdrag.words.chefsgrupp import called, status
    from workflow.concluding import suggestion

    asked = m.circulation
    if asked is None:
        return
    typer.echo(f"Per capsulam, svar senast {m.day}. {status(m).capitalize()}. Version {m.version}.")
    for item in m.items:
        typer.echo(f"  {called(item)}")
        if item.proposal:
            typer.echo(f"     Förslag: {item.proposal}")
        for r in asked.of(item.key):
            words = f": {r.words}" if r.words else ""
            typer.echo(f"     {r.member} {ANSWERS[r.answer]} ({r.on}, {CHANNELS[r.channel]}){words}")
        if silent := asked.silent([item.key]):
            typer.echo(f"     Har inte svarat: {', '.join(silent)}")
        elif not m.closed_on and (outcome := suggestion(m, item)):
            typer.echo(f"     Svaren talar för: {outcome}")


def _matters(ids: "list[str]", titles: "list[str]", proposals: dict[str, str]) -> "list[Matter]":
    from uppdrag.service.agenda import Addition
    from uppdrag.service.circulating import Matter

    matters = []
    for one in ids:
        id, _, step = one.partition(":")
        text = proposals.pop(id, "")
        said = {"proposal": clean("Förslaget", text, long=True)} if text else {}
        matters.append(Matter(what=Addition(uppdrag=id.strip(), step=step.strip()), said=said))
    if proposals:
        complain([f"--proposal: {', '.join(proposals)} är inte bland ärendena. Ange också --uppdrag."])
        raise typer.Exit(WRONG_USAGE)
    for one in titles:
        title, text = _pair(one)
        said = {"proposal": clean("Förslaget", text, long=True)}
        matters.append(Matter(what=Addition(title=clean("Rubriken", title)), said=said))
    return matters


def _notes(outcomes: list[str], decisions: list[str], facts: list[str]) -> "dict[int, Note]":
    from workflow.meeting import OUTCOMES, Note

    texts = {_number(number): clean("Beslutet", text, long=True) for number, text in map(_pair, decisions)}
    stated: dict[int, dict[str, str]] = {}
    for name, value in map(_pair, facts):
        number, _, fact = name.partition(".")
        stated.setdefault(_number(number), {})[fact] = clean(fact or "Uppgiften", value, long=True)
    notes = {}
    for number, text in map(_pair, outcomes):
        chosen = next((o for o in OUTCOMES if o == text.casefold()), None)
        if chosen is None:
            complain([f'--outcome: "{text}" är inget utfall. Välj bland: {", ".join(OUTCOMES)}.'])
            raise typer.Exit(WRONG_USAGE)
        n = _number(number)
        notes[n] = Note(item="", outcome=chosen, decision=texts.pop(n, ""), facts=stated.pop(n, {}))
    if left := sorted({*texts, *stated}):
        complain([f"Punkt {', '.join(map(str, left))} saknar --outcome."])
        raise typer.Exit(WRONG_USAGE)
    return notes


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        complain([f'"{text}" går inte att läsa. Skriv något på båda sidor om =.'])
        raise typer.Exit(WRONG_USAGE)
    return name.strip(), value.strip()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        complain([f'"{text}" är inte ett nummer på en punkt.'])
        raise typer.Exit(WRONG_USAGE)
    return int(text)


def clean(label: str, text: str, *, long: bool = False) -> str:
    """A text as it may be kept. Raises Refused, naming it by its label."""
    from workflow.errors import Refusal, Refused
    from workflow.facts import BadFact, clean_text

    try:
        return clean_text(text, long=long)
    except BadFact as bad:
        raise Refused([Refusal.of(bad.code, label=label, value=text[:80], expected=bad.expected)]) from None
