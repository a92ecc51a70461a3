"""A list of befattningshavare, as the kansli keeps it in a spreadsheet → holders. Every bad line by its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from uppdrag.intake import tabular
from uppdrag.intake.addresses import clean_address
from uppdrag.intake.tabular import Refused
from workflow.appointments import faults
from workflow.errors import Refusal
from workflow.facts import BadFact, clean_date, clean_text, clean_yes_no
from workflow.model import Region
from workflow.people import OFFICES, Capacity, Holder
from workflow.roster import Stated

COLUMNS: tabular.Columns = {
    "office": ("befattning", "office", "roll"),
    "region": ("region", "länskod", "lanskod", "region/länskod"),
    "name": ("namn", "name"),
    "email": ("e-post", "epost", "e-postadress", "mejl", "mail", "email", "e-mail"),
    "capacity": ("form", "capacity"),
    "shared": ("delad brevlåda", "delad", "shared", "shared mailbox"),
    "vacant": ("vakant", "vacant"),
    "first": ("från", "fran", "from", "first"),
    "last": ("till", "to", "until", "last"),
}
REQUIRED = ("office",)

T = TypeVar("T")
E = TypeVar("E")

_OFFICES: Mapping[str, str] = {
    **{id: id for id in OFFICES},
    **{label.casefold(): id for id, label in OFFICES.items()},
    "kontaktperson": "kontakt", "contact": "kontakt", "sekreterare": "namndsekreterare",
    "hälso- och sjukvårdsdirektör (hsd)": "hsd", "direktör": "regiondirektor", "ordförande": "ordforande",
    "ledamot": "chefsgrupp", "adjungerad": "chefsgrupp_adjungerad", "c-nspl": "c_nspl", "kansli": "kansli",
}  # fmt: skip
_CAPACITIES: Mapping[str, Capacity] = {
    "ordinarie": "ordinarie", "ordinary": "ordinarie",
    "tf": "tf", "tf.": "tf", "t.f.": "tf", "tillförordnad": "tf", "acting": "tf",
    "ersättare": "ersattare", "ersattare": "ersattare", "substitute": "ersattare", "deputy": "ersattare",
}  # fmt: skip


def read(content: bytes, regions: Sequence[Region]) -> tuple[list[Stated], list[Refused]]:
    """The rows of a CSV or XLSX file, and every line that will not do with the reason.

    A region is named by länskod or by name, an office by id or by what people call it.
    """
    lines, refused = tabular.read(content, COLUMNS, REQUIRED)
    rows: list[Stated] = []
    for line in lines:
        holder, wrong = read_one(line.cells, regions)
        refused += [(line.number, refusal) for refusal in wrong]
        if not wrong:
            rows.append(Stated(line.number, holder, frozenset(line.cells)))
    return rows, refused


def read_one(cells: Mapping[str, str], regions: Sequence[Region]) -> tuple[Holder, list[Refusal]]:
    """A holder without id from cells by column, and every reason why it will not do."""
    reading = _Reading(cells, regions)
    holder = reading.holder()
    return holder, reading.wrong or faults(holder, [r.lanskod for r in regions])


def clean_name(value: str) -> str:
    """A name that may stand in the header of a mail. Raises BadFact."""
    name = clean_text(value)
    if "=?" in name:  # an encoded word (RFC 2047) may hide a line break
        raise BadFact("control_character", "=?")
    return name


class _Reading:
    """A line being read: its cells as their types, and everything that could not be read of it."""

    def __init__(self, cells: Mapping[str, str], regions: Sequence[Region]) -> None:
        self._cells = cells
        self._regions = {word.casefold(): r.lanskod for r in regions for word in (r.lanskod, r.name, r.short_name)}
        self.wrong: list[Refusal] = []

    def holder(self) -> Holder:
        """The holder of the line; what could not be read is left empty."""
        return Holder(
            id="", office=self._of("office", _office, ""), region=self._of("region", self._region, ""),
            name=self._of("name", clean_name, ""), email=self._of("email", clean_address, ""),
            capacity=self._of("capacity", _capacity, "ordinarie"), shared=self._of("shared", _yes, False),
            vacant=self._of("vacant", _yes, False), first=self._of("first", clean_date, None),
            last=self._of("last", clean_date, None),
        )  # fmt: skip

    def _of(self, column: str, clean: Callable[[str], T], empty: E) -> T | E:
        raw = self._cells.get(column, "")
        if not raw and column != "office":
            return empty
        try:
            return clean(raw)
        except BadFact as bad:
            shown = "".join(c if c.isprintable() else "�" for c in raw[:80])
            label = COLUMNS[column][0].capitalize()
            self.wrong.append(Refusal.of(bad.code, fact=column, label=label, value=shown, expected=bad.expected))
            return empty

    def _region(self, value: str) -> str:
        word = value.casefold()
        if word == "-":
            return ""
        if word in self._regions:
            return self._regions[word]
        if word.zfill(2) in self._regions:
            raise BadFact("lost_zero", word.zfill(2))
        raise BadFact("not_a_region")


def _office(value: str) -> str:
    office = _OFFICES.get(" ".join(value.split()).casefold())
    if office is None:
        raise BadFact("not_a_choice", ", ".join(OFFICES.values()))
    return office


def _capacity(value: str) -> Capacity:
    capacity = _CAPACITIES.get(value.casefold())
    if capacity is None:
        raise BadFact("not_a_choice", "ordinarie, tf, ersättare")
    return capacity


def _yes(value: str) -> bool:
    return value.casefold() == "x" or clean_yes_no(value)
