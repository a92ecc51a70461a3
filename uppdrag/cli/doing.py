"""new, advance, track, decide, reschedule, correct: what changes an uppdrag."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uppdrag.cli.app import WRONG_USAGE, app, complain, house, settings, told
from uppdrag.cli.show import Format

if TYPE_CHECKING:
    from uppdrag.service.commands import Answer
    from uppdrag.service.house import House
    from workflow.model import Actor

Id = Annotated[str, typer.Argument(metavar="ID", help="Uppdragets nummer, till exempel U2026-01.")]
Role = Annotated[str, typer.Option("--as", metavar="ROLL", help="Rollen: kansli, chefsgrupp eller region.")]
By = Annotated[str, typer.Option("--by", metavar="VEM", help="Vem som registrerar.")]
On = Annotated[str, typer.Option("--on", metavar="DATUM", help="Dagen då det hände, ÅÅÅÅ-MM-DD.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="UPPGIFT=VÄRDE", help="En uppgift; kan upprepas.")]
Key = Annotated[
    str, typer.Option("--key", metavar="NYCKEL", help="Samma nyckel och samma sak registreras bara en gång.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Visa vad som skulle hända.")]
Afterwards = Annotated[
    bool, typer.Option("--backfill", help="Registrera i efterhand: det som inte längre är känt får utelämnas.")
]
Show = Annotated[Format, typer.Option("--format", help="Hur svaret visas.")]


@app.command(epilog='Exempel: uppdrag new "Gemensam lägesbild" --lifecycle utredning --section 5')
@told
def new(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="RUBRIK", help="Vad uppdraget gäller.")],
    lifecycle: Annotated[str, typer.Option("--lifecycle", help="Ärendegången, till exempel regiongemensamt.")],
    section: Annotated[str, typer.Option("--section", help="Avsnitt i verksamhetsplanen.")] = "",
    source: Annotated[str, typer.Option("--source", help="Varifrån behovet kommer.")] = "",
    parent: Annotated[str, typer.Option("--parent", help="Uppdraget som detta är ett följduppdrag till.")] = "",
    regions: Annotated[str, typer.Option("--regions", help="alla, eller länskoder som 01,03.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Ansvarig.")] = "",
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Känsligt: bara den neutrala rubriken lämnar huset.")
    ] = False,
    neutral_title: Annotated[str, typer.Option("--neutral-title", help="Neutral rubrik.")] = "",
    time: Annotated[
        list[str] | None,
        typer.Option("--time", metavar="TIDSGRÄNS=TID", help='Planerad tid, till exempel redovisning="Q4 2026".'),
    ] = None,
    role: Role = "kansli",
    by: By = "kansliet",
    on: On = "",
    key: Key = "",
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Registrera ett nytt uppdrag."""
    from uppdrag.service import commands
    from workflow.calendar import local_date
    from workflow.errors import Refusal, Refused
    from workflow.facts import BadFact, clean_list, clean_span

    chosen = settings(context)
    today = local_date(chosen.now())
    times = {}
    for name, words in _pairs(time).items():
        try:
            times[name] = clean_span(words, today)
        except BadFact as bad:
            refusal = Refusal.of(bad.code, fact=name, label=name, value=words, expected=bad.expected)
            raise Refused([refusal]) from None
    place = house(context)
    wanted = commands.New(
        title=title, lifecycle=lifecycle, section=section, source=source, parent=parent, owner=owner,
        regions=_everyone(place) if regions in ("alla", "all") else clean_list(regions) if regions else None,
        sensitive=sensitive, neutral_title=neutral_title, times=times, actor=actor_of(role, by), on=day_of(on),
    )  # fmt: skip
    answer = commands.new(place, wanted, now=chosen.now(), key=key, dry_run=dry_run)
    _tell(place, [answer], format)


@app.command(
    epilog="Exempel: uppdrag advance U2026-04 bered --as kansli --by Anna --set ansvarig=Bo --set natverk=HSD-nätverket"
)
@told
def advance(
    context: typer.Context,
    id: Id,
    trigger: Annotated[str, typer.Argument(metavar="STEG", help="Steget; uppdrag next ID visar vilka som går.")],
    role: Role,
    by: By,
    set_: Set = None,
    on: On = "",
    key: Key = "",
    backfill: Afterwards = False,
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Ta ett steg i ärendegången."""
    from uppdrag.service import commands
    from workflow.commands import Advance

    place = house(context)
    command = Advance(actor=actor_of(role, by), on=day_of(on), backfill=backfill, trigger=trigger, facts=_pairs(set_))
    answer = commands.handle(place, id, command, now=settings(context).now(), key=key, dry_run=dry_run)
    _tell(place, [answer], format)


@app.command(
    epilog="Exempel: uppdrag track U2026-01 17 planera --as region --by Bo --set instans=RF --set datum=2026-06-09"
)
@told
def track(
    context: typer.Context,
    id: Id,
    region: Annotated[str, typer.Argument(metavar="REGION", help="Länskod, till exempel 01.")],
    trigger: Annotated[str, typer.Argument(metavar="STEG", help="expediera, ta_emot, planera ...")],
    role: Role,
    by: By,
    set_: Set = None,
    on: On = "",
    key: Key = "",
    backfill: Afterwards = False,
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Ta ett steg på en regions eget spår."""
    from uppdrag.service import commands
    from workflow.commands import AdvanceRegion

    place = house(context)
    command = AdvanceRegion(
        actor=actor_of(role, by), on=day_of(on), backfill=backfill, region=region, trigger=trigger, facts=_pairs(set_)
    )
    answer = commands.handle(place, id, command, now=settings(context).now(), key=key, dry_run=dry_run)
    _tell(place, [answer], format)


@app.command(
    epilog="Exempel: uppdrag decide U2026-01 17 antagen --as region --by Bo --body RF --on 2026-06-09 --paragraph 88"
)
@told
def decide(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="Uppdragets nummer; utelämnas med --file.")] = "",
    region: Annotated[str, typer.Argument(metavar="REGION", help="Länskod, till exempel 01.")] = "",
    outcome: Annotated[
        str, typer.Argument(metavar="UTFALL", help="antagen, antagen_med_anpassning, avslagen ...")
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="Många beslut på en gång, ur en CSV-fil.", exists=True, dir_okay=False)
    ] = None,
    role: Role = "",
    by: By = "",
    body: Annotated[str, typer.Option("--body", help="Beslutsinstans: RF, RS, nämnd, regiondirektör ...")] = "",
    on: On = "",
    paragraph: Annotated[str, typer.Option("--paragraph", help="Paragraf i protokollet.")] = "",
    dnr: Annotated[str, typer.Option("--dnr", help="Regionens diarienummer.")] = "",
    adaptation: Annotated[str, typer.Option("--adaptation", help="Vad anpassningen består i.")] = "",
    note: Annotated[str, typer.Option("--note", help="Notering.")] = "",
    source: Annotated[
        str, typer.Option("--source", help="Källa: muntlig, epost, publicerat_protokoll, protokollsutdrag.")
    ] = "",
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="Förslagets version; utelämnad: den som regionen fick.")
    ] = None,
    more: Annotated[bool, typer.Option("--more-to-come", help="Regionen har fler beslut kvar att fatta.")] = False,
    key: Key = "",
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Registrera en regions beslut.

    Med --file registreras många beslut på en gång, alla eller inga.
    """
    from uppdrag.service import commands
    from workflow.commands import Decide

    if bool(file) == bool(id) or (id and not (region and outcome)):
        complain(["Ange ID, REGION och UTFALL, eller --file med en CSV-fil."])
        raise typer.Exit(WRONG_USAGE)
    if file is None and not (role and by):
        complain(["Ange --as (rollen) och --by (vem som registrerar)."])
        raise typer.Exit(WRONG_USAGE)
    place = house(context)
    if file is not None:
        _decide_file(context, place, file, actor_of(role or "kansli", by or "kansliet"), key, dry_run, format)
        return
    command = Decide(
        actor=actor_of(role, by), on=day_of(on), region=region, outcome=outcome, body=body, paragraph=paragraph,
        dnr=dnr, adaptation=adaptation, note=note, source=source, proposal_version=version, complete=not more,
    )  # fmt: skip
    answer = commands.handle(place, id, command, now=settings(context).now(), key=key, dry_run=dry_run)
    _tell(place, [answer], format)


def _decide_file(
    context: typer.Context, place: "House", file: Path, actor: "Actor", key: str, dry_run: bool, format: Format
) -> None:
    from uppdrag.service import batch

    with typer.progressbar(length=1, label="Registrerar", file=typer.get_text_stream("stderr")) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        answers = batch.decide_file(
            place, str(file), file.read_bytes(), actor=actor, key=key, now=settings(context).now(), dry_run=dry_run,
            progress=progress,
        )  # fmt: skip
    if format is not Format.table:
        _tell(place, answers, format)
        return
    repeated = sum(a.repeated for a in answers)
    closed = sorted({a.uppdrag for a in answers if not a.repeated and len(a.events) > 1})
    typer.echo(f"{len(answers) - repeated} beslut {'skulle registreras' if dry_run else 'registrerade'}.")
    if repeated:
        typer.echo(f"{repeated} var redan registrerade med samma nyckel.")
    if closed:
        typer.echo(f"Därmed ändrades läget för: {', '.join(closed)}.")


@app.command(
    epilog='Exempel: uppdrag reschedule U2026-02 U2026-03 --span "Q1 2027" --paragraph 41 --as kansli --by Anna'
)
@told
def reschedule(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ett eller flera uppdrag.")],
    span: Annotated[str, typer.Option("--span", metavar="TID", help="Ny planerad tid, till exempel Q1 2027.")],
    paragraph: Annotated[str, typer.Option("--paragraph", help="Chefsgruppens paragraf.")],
    role: Role = "kansli",
    by: By = "kansliet",
    deadline: Annotated[str, typer.Option("--deadline", help="Vilken tidsgräns; utelämnad: den närmaste.")] = "",
    why: Annotated[str, typer.Option("--why", help="Skäl.")] = "",
    on: On = "",
    key: Key = "",
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Omprioritera: flytta planerad tid.

    Ett eller flera uppdrag under samma paragraf; alla eller inga.
    """
    from uppdrag.service import commands

    place = house(context)
    stated = {"planerad_tid": span, "paragraf": paragraph, "tidsgrans": deadline, "skal": why}
    answers = commands.reschedule(
        place, ids, {name: v for name, v in stated.items() if v}, actor=actor_of(role, by), on=day_of(on),
        now=settings(context).now(), key=key, dry_run=dry_run,
    )  # fmt: skip
    _tell(place, answers, format)


@app.command(epilog='Exempel: uppdrag correct U2026-01/17 --why "Fel region" --set outcome=avslagen')
@told
def correct(
    context: typer.Context,
    event: Annotated[
        str, typer.Argument(metavar="HÄNDELSE", help="Händelsen, till exempel U2026-01/17 (uppdrag history).")
    ],
    why: Annotated[str, typer.Option("--why", help="Skälet till rättelsen.")],
    set_: Set = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Ta tillbaka händelsen i sin helhet.")] = False,
    role: Role = "kansli",
    by: By = "kansliet",
    key: Key = "",
    dry_run: DryRun = False,
    format: Show = Format.table,
) -> None:
    """Rätta en händelse. Det som stod där finns kvar i historiken."""
    from uppdrag.service import commands

    place = house(context)
    answer = commands.correct(
        place, event, why=why, actor=actor_of(role, by), changes=_pairs(set_), withdraw=withdraw,
        now=settings(context).now(), key=key, dry_run=dry_run,
    )  # fmt: skip
    _tell(place, [answer], format)


def _pairs(stated: list[str] | None) -> dict[str, str]:
    pairs = {}
    for one in stated or ():
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            complain([f'"{one}" går inte att läsa. Skriv UPPGIFT=VÄRDE, till exempel paragraf=19.'])
            raise typer.Exit(WRONG_USAGE)
        pairs[name.strip()] = value
    return pairs


def day_of(text: str) -> date | None:
    """A day as it was typed; ends with status 2 where it is none."""
    if not text:
        return None
    from workflow.facts import BadFact, clean_date

    try:
        return clean_date(text)
    except BadFact:
        complain([f'--on: "{text}" är inte ett datum. Skriv ÅÅÅÅ-MM-DD.'])
        raise typer.Exit(WRONG_USAGE) from None


def known_role(role: str) -> str:
    """A role that a person may act in; ends with status 2 for any other."""
    from workflow.model import ROLES

    chosen = [r for r in ROLES if r != "system"]
    if role not in chosen:
        complain([f'--as: "{role}" är ingen roll. Välj bland: {", ".join(chosen)}.'])
        raise typer.Exit(WRONG_USAGE)
    return role


def actor_of(role: str, name: str) -> "Actor":
    """Who acts; ends with status 2 where the role or the name will not do."""
    from workflow.facts import BadFact, clean_text
    from workflow.model import Actor

    known_role(role)
    try:
        cleaned = clean_text(name)
    except BadFact:
        cleaned = ""
    if not cleaned:
        complain(["--by: skriv vem som registrerar, på en rad."])
        raise typer.Exit(WRONG_USAGE)
    return Actor(role=role, name=cleaned)


def _everyone(place: "House") -> tuple[str, ...]:
    from uppdrag.service import queries

    return tuple(r.lanskod for r in queries.regions(place))


def _tell(place: "House", answers: "list[Answer] | tuple[Answer, ...]", format: Format) -> None:
    from uppdrag.cli import telling

    telling.answers(place, answers, format)
