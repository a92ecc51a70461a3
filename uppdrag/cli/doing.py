"""new, advance, track, reschedule, correct: what changes an uppdrag."""

from datetime import date
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
    from uppdrag.service import correcting

    place = house(context)
    answer = correcting.correct(
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


def day_of(text: str, option: str = "--on") -> date | None:
    """A day as it was typed with an option; ends with status 2 where it is none."""
    if not text:
        return None
    from workflow.facts import BadFact, clean_date

    try:
        return clean_date(text)
    except BadFact:
        complain([f'{option}: "{text}" är inte ett datum. Skriv ÅÅÅÅ-MM-DD.'])
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
