"""The pictures of letters and reports: how far the regions have come, an uppdrag that they have concluded, and a plan
beside what was done. No region stands out for what it has not done: only what was concluded is drawn and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from uppdrag.documents import charts, charts_time
from uppdrag.documents.charts import LETTERS, WORDS, Kind, Picture
from uppdrag.documents.remembering import remembered

_SOURCE = "Karta: SCB, CC0."
_LISTED = (4, 2, 9)
"""Shares of a table's width whose last column lists regions."""
_PLAN = {"klart": "", "flyttat": "////", "kvar": "", "avbrutet": ".."}
"""The pattern of each thing that a planned time can come to."""


@remembered
def concluded_map(
    title: str, held: Mapping[str, tuple[int, int]], names: Mapping[str, str], uppdrag: int, *,
    name: str = "karta-avslutat",
) -> Picture:  # fmt: skip
    """The map of how many uppdrag each region has concluded, and of how many that it has had, by länskod; `uppdrag`:
    how many there are in all. `names`: every region's name."""
    from uppdrag.documents import charts_draw as draw

    all_, some = ({c for c, (n, of) in held.items() if n and (n == of) is whole} for whole in (True, False))
    figure, (axes,) = draw.parts(4.3, 4.2, (0, 0, 1, 1))
    looks = {c: draw.Look(str(held[c][0]), "" if c in all_ else "////", solid=c in all_) for c in sorted(all_ | some)}
    draw.regions(axes, looks)
    rest = len(held) - len(looks)
    told = [
        (look, f"{what}: {_regions(many)}") for look, what, many in (
            (draw.Look("1", solid=True), "alla sina uppdrag", len(all_)),
            (draw.Look("1", "////"), "en del av dem", len(some)), (draw.Look(""), "övriga", rest),
        ) if many
    ]  # fmt: skip
    axes.set_xlim(-496, 346)
    axes.set_ylim(814, -8)
    axes.text(-485, 48, "Siffran säger hur många uppdrag\nsom regionen har avslutat", ha="left", va="center")
    draw.legend(axes, told, x=-485, y=112, step=62, size=50)
    rows = [
        (f"{n}, alla som regionen har haft" if whole else str(n), str(len(codes)), _listed(codes, names))
        for (whole, n), codes in _grouped({c: (c in all_, held[c][0]) for c in looks})
    ]
    return charts.drawn(
        figure, name, title, f"Karta: {concluded_words(held, uppdrag)}", ("Avslutade uppdrag", "Regioner", "Vilka"),
        [*rows, *([("övriga", str(rest), "–")] if rest else [])], source=_SOURCE, widths=_LISTED,
    )  # fmt: skip


def concluded_words(held: Mapping[str, tuple[int, int]], uppdrag: int) -> str:
    """What that map says, in a sentence."""
    some = sum(bool(n) for n, _ in held.values())
    whole = sum(0 < n == of for n, of in held.values())
    of = "det enda uppdraget" if uppdrag == 1 else f"minst ett av {uppdrag} uppdrag"
    every = f", {'alla' if whole == some else whole} av dem alla sina" if whole and uppdrag > 1 else ""
    who = f"Alla {len(held)} regioner" if 1 < some == len(held) else f"{some} av {_regions(len(held))}"
    return f"{who} har avslutat {of}{every}."


@remembered
def concluded(
    title: str, regions: Mapping[str, tuple[Kind, date | None]], window: tuple[date, date] | None,
    names: Mapping[str, str], *, name: str,
) -> Picture:  # fmt: skip
    """An uppdrag that every concerned region has concluded: what each has come to, on the map, and when, against the
    window (both days included). A day that nobody has stated is None."""
    from uppdrag.documents import charts_draw as draw

    looks = charts.looks_of()
    figure, (place, time) = draw.parts(8.0, 3.7, (0.0, 0.02, 0.2, 0.96), (0.29, 0.2, 0.69, 0.78))
    draw.regions(place, {code: looks[kind] for code, (kind, _) in regions.items()}, size=7)
    days = sorted(day for _, day in regions.values() if day)
    if days or window:
        charts_time.steps(time, days, len(regions), window, None)
    else:
        time.axis("off")
    counts = Counter(kind for kind, _ in regions.values())
    used = [k for k in WORDS if counts[k]]
    figure.text(0.98, 0.03, " · ".join(f"{LETTERS[k]} {WORDS[k]}: {counts[k]}" for k in used), ha="right", fontsize=9.5)
    said = ", ".join(f"{WORDS[k]} {counts[k]}" for k in used)
    when = f" Besluten fattades {days[0]}–{days[-1]}." if days else ""
    unknown = f" För {len(regions) - len(days)} saknas dag." if len(days) < len(regions) else ""
    between = f" Planerad tid var {window[0]}–{window[1]}." if window else ""
    return charts.drawn(
        figure, name, title, f"Karta och tidslinje över {_regions(len(regions))}: {said}.{when}{unknown}{between}",
        ("Vad regionen kom till", "Regioner", "Vilka och när"),
        [(WORDS[k], str(counts[k]), "; ".join(
            f"{names.get(c, c)} {day or 'dag saknas'}" for c, (kind, day) in sorted(regions.items()) if kind == k
        )) for k in used],
        source=_SOURCE, widths=_LISTED,
    )  # fmt: skip


@remembered
def plan_and_outcome(
    title: str, quarters: Sequence[tuple[str, Mapping[str, int]]], words: Mapping[str, str], *, name: str = "plan"
) -> Picture:
    """What became of the planned times of each quarter: klart, flyttat, kvar, avbrutet, by how many. `words`: what
    these are called. Raises ValueError where there is no quarter."""
    from uppdrag.documents import charts_draw as draw

    if not quarters:
        raise ValueError("a plan has something in it")
    used = [k for k in _PLAN if any(counts.get(k) for _, counts in quarters)]
    looks = {k: draw.Look("", _PLAN[k], solid=k == "klart") for k in used}
    figure, axes = draw.sheet(8.0, 1.2 + 0.5 * len(quarters))
    most = max(sum(counts.values()) for _, counts in quarters) or 1
    for y, (_, counts) in enumerate(quarters):
        left = 0
        for k in used:
            if many := counts.get(k, 0):
                draw.box(axes, left, y - 0.33, many, 0.66, looks[k])
                draw.letter(axes, left + many / 2, y, draw.Look(str(many), looks[k].hatch, looks[k].solid), size=10)
                left += many
    axes.set_xlim(0, most * 1.02)
    axes.set_ylim(len(quarters) + 0.5, -0.6)
    axes.set_yticks(range(len(quarters)), [quarter for quarter, _ in quarters])
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    for n, k in enumerate(used):
        at = most * 0.25 * n
        draw.box(axes, at, len(quarters) - 0.2, most * 0.04, 0.4, looks[k])
        axes.text(at + most * 0.05, len(quarters), words[k].lower(), ha="left", va="center")
    total = Counter[str]()
    for _, counts in quarters:
        total.update(counts)
    said = ", ".join(f"{words[k].lower()} {total[k]}" for k in used)
    return charts.drawn(
        figure, name, title, f"{total.total()} punkter i planen, kvartal för kvartal: {said}.",
        ("Kvartal", *(words[k] for k in used)),
        [(quarter, *(str(counts.get(k, 0)) for k in used)) for quarter, counts in quarters],
    )  # fmt: skip


def _grouped(found: Mapping[str, tuple[bool, int]]) -> list[tuple[tuple[bool, int], list[str]]]:
    """Regions by what they have come to, those that have concluded most first."""
    ordered = sorted(found, key=lambda c: (tuple(-n for n in found[c]), c))
    return [(key, list(codes)) for key, codes in groupby(ordered, key=lambda c: found[c])]


def _listed(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(c, c) for c in codes)


def _regions(many: int) -> str:
    return f"{many} {'region' if many == 1 else 'regioner'}"
