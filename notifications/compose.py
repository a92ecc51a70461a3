"""From what is known to a mail: subject, text and HTML. Renders; reads and sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from notifications.catalogue import ALL
from notifications.heads import in_html, in_text
from notifications.templating import HIDDEN, Filters, Mail, Templates
from workflow.calendar import MONTHS
from workflow.errors import UppdragError
from workflow.message import Message

WORDS = 86
"""So many words the text may have; the HTML has its heading as well, both get a last line (notifications.heads), and a
mail is to have at most 90."""
_ROWS = (3, 2, 1, 1)
"""How many things a mail about several tells in full, at each degree of brevity; the rest it names by number."""
_ALSO = 8
_TITLE = 50
_DANGLING = frozenset(
    ("att", "av", "den", "det", "en", "ett", "för", "i", "med", "och", "om", "på", "som", "till", "vid")
)
_SHARED_STEM = "Regionernas gemensamma uppdrag"
_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_ABOUT_EVERYTHING = frozenset(("introduktion", "studs"))


class Unmailable(UppdragError):
    """A mail that must not leave: which header, and why (`control_character`, `encoded_word`, `too_long`)."""

    def __init__(self, header: str, why: str) -> None:
        self.header = header
        self.why = why
        super().__init__(f"{header}: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is missing, or open. Days are local dates.

    `what` is the thing itself as a noun (`beslutet i Region Uppsala`, `Redovisning för chefsgruppen`); `region` the
    region's name, empty for the kansli's own. `ends` is the last day of the planned time, `wording` the plan's own
    words for it and `reading` how they were read, by the kansli where `interpreted`. `papers_by`: the handlingsstopp,
    where one is known. `known`: what has been said so far. `director`: whom to call, in a brief for a call.
    `count`: of how many regions it is the sum. Of the kansli's own dates `term` says what day `ends` is instead of a
    planned time, `ask_there` whom to ask in the region, and `event` which decision it follows from (`U2026-01/7`).
    """

    template: str
    uppdrag: str
    title: str
    what: str
    region: str = ""
    ends: date | None = None
    wording: str = ""
    reading: str = ""
    interpreted: bool = False
    papers_by: date | None = None
    known: str = ""
    director: str = ""
    sensitive: bool = False
    neutral_title: str = ""
    count: int = 1
    term: str = "planerad tid"
    ask_there: str = ""
    event: str = ""

    @property
    def shown_title(self) -> str:
        """The title that may leave the house."""
        return self.neutral_title if self.sensitive else self.title

    @property
    def told(self) -> str:
        """What is known, where it may leave the house."""
        return "" if self.sensitive else self.known

    @property
    def read_as(self) -> str:
        """How the planned time was read; empty where the plan says the day itself, or must not be quoted."""
        if self.sensitive or not self.reading or self.reading == "dagen själv":
            return ""
        whose = "kansliets läsning är" if self.interpreted else "läst som"
        return f"”{self.wording}”, {whose} {self.reading}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a missiv sends out. `replaces`: the version that the region was sent before, 0 where none was; `approved`:
    when chefsgruppen approved it, as people write it (`27 mars 2026, § 19`); `papers` by reference, not themselves."""

    version: int
    replaces: int = 0
    approved: str = ""
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Somebody whom mail does not reach: the office with its region, and why."""

    office: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingTold:
    """A meeting of chefsgruppen. Days are local dates, times as people write them (`09.00`), empty where not known.

    `due` is the day that a reminder counts from. `items`: how many matters the agenda has. `new` and `gone` are the
    matters, by number and title, that came and fell away since the kallelse was last told; `changes` what else is
    otherwise since (`tiden`, `platsen`), and `was` the day that it was to be held on before. `for_information`: the
    recipient is a substitute. `why`: the reason for calling it off. `circulated`: it is no meeting but a decision per
    capsulam, to be answered by `day`; `again`: the recipient has been asked before.
    """

    day: date
    starts: str = ""
    ends: str = ""
    place: str = ""
    link: str = ""
    due: date | None = None
    items: int = 0
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    was: date | None = None
    for_information: bool = False
    why: str = ""
    circulated: bool = False
    again: bool = False

    @property
    def weekday(self) -> str:
        """`fredag`."""
        return _WEEKDAYS[self.day.weekday()]

    @property
    def changed(self) -> str:
        """`Tiden och platsen är ändrade.`"""
        *first, last = self.changes or ("",)
        listed = f"{', '.join(first)} och {last}" if first else last
        return f"{listed[:1].upper()}{listed[1:]} är {'ändrade' if first else 'ändrad'}." if listed else ""

    @property
    def hours(self) -> str:
        """`kl. 09.00–12.00`, empty where the time is not known."""
        return f"kl. {'–'.join(filter(None, (self.starts, self.ends)))}" if self.starts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTold:
    """A månadsbrev. `period` as people say it (`mars 2026`); `introduction` the kansli's own words; `rows` what was
    counted, by name; `map_says` what the map shows, in a sentence, and `picture` the id of its picture, both empty
    where there is none. Its link is where the recipient unsubscribes."""

    period: str
    introduction: str
    rows: tuple[tuple[str, int], ...]
    map_says: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a mail is made of.

    `occasions` are the ids of the intents that it serves: the same ones to the same recipient give the same Message-ID.
    `office` is the recipient's (`registrator i Region Uppsala`). `ask` and `ask_at`: whom to ask, and that address.
    `sender` and `reply_to` as in headers; `domain` is what Message-IDs end with. `references`: the thread's earlier
    Message-IDs, oldest first. `proposal`: what a missiv sends out; `meeting`: what a kallelse is to;
    `letter`: a månadsbrev. `head`: the checkpoint that the mail ends with, empty where it does not.
    """

    recipient: str
    occasions: tuple[str, ...]
    today: date
    link: str
    ask: str
    ask_at: str
    sender: str
    domain: str
    missing: tuple[Missing, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    proposal: Proposal | None = None
    meeting: MeetingTold | None = None
    letter: LetterTold | None = None
    office: str = ""
    reply_to: str = ""
    references: tuple[str, ...] = ()
    head: str = ""


def compose(template: str, facts: Facts) -> Message:
    """The mail of a template. Raises Unmailable where a header would hold what no header may."""
    given, about, text = _text(template, facts)
    html, head = _mail(template).html({**given, "amne": about}), facts.head
    message = Message(
        id=message_id(facts.recipient, facts.occasions, facts.domain), recipient=facts.recipient,
        subject=f"{_stem(template, facts)}: {about}", text=in_text(text, head) if head else text,
        html=in_html(html, head) if head else html, sender=facts.sender, reply_to=facts.reply_to,
        references=facts.references,
    )  # fmt: skip
    _check(message)
    return message


def _text(template: str, facts: Facts, brevity: int = 0) -> tuple[dict[str, Any], str, str]:
    """What the templates are given, the end of the subject, and the text: as brief as it takes to be short enough."""
    mail = _mail(template)
    given = _context(facts, brevity)
    text = mail.text(given)
    if len(text.split()) > WORDS and brevity + 1 < len(_ROWS):
        return _text(template, facts, brevity + 1)
    return given, mail.subject(given), text


def template_for(missing: tuple[Missing, ...]) -> str:
    """The mail about these things: the one's own, or `samlat` about several."""
    return missing[0].template if len(missing) == 1 else "samlat"


def message_id(recipient: str, occasions: tuple[str, ...], domain: str) -> str:
    """A Message-ID of at most 60 characters, the same for the same occasions to the same recipient."""
    key = "\x1f".join((recipient.casefold(), *sorted(occasions)))
    return f"{sha256(key.encode()).hexdigest()[:26]}@{domain}"


def _stem(template: str, facts: Facts) -> str:
    """How every subject of the thread begins."""
    if facts.meeting and facts.meeting.circulated:
        return f"Beslut per capsulam, senast {day(facts.meeting.day)}"
    if facts.meeting:
        return f"Chefsgruppens möte {day(facts.meeting.day)}"
    about = {(m.uppdrag, m.shown_title) for m in facts.missing}
    if len(about) != 1 or template in _ABOUT_EVERYTHING:
        return _SHARED_STEM
    number, title = about.pop()
    return f"{number} {shortened(title, _TITLE)}"


def _context(facts: Facts, brevity: int) -> dict[str, Any]:
    """What a template is given. The briefer: fewer rows, not what is known, not how the time was read, a cut title."""
    most = _ROWS[brevity]
    rows = facts.missing[:most]
    shown = {m.uppdrag for m in rows}
    others = list(dict.fromkeys(m.uppdrag for m in facts.missing[most:] if m.uppdrag not in shown))
    return {
        "m": facts.missing[0] if facts.missing else None, "rows": rows, "total": sum(m.count for m in facts.missing),
        "also": _listed(others), "hidden": len(facts.missing) - len(rows), "unreached": facts.unreached[:most],
        "unreached_more": max(0, len(facts.unreached) - most), "office": facts.office, "today": facts.today,
        "proposal": facts.proposal, "link": facts.link, "ask": facts.ask, "ask_at": facts.ask_at,
        "brevity": brevity, "meeting": facts.meeting, "letter": facts.letter,
        "most": most,
    }  # fmt: skip


def _listed(numbers: list[str]) -> str:
    """`U2026-05, U2026-07 och U2026-11`, or `U2026-05, … och 4 till`."""
    if len(numbers) > _ALSO:
        return f"{', '.join(numbers[:_ALSO])} och {len(numbers) - _ALSO} till"
    return " och ".join(filter(None, (", ".join(numbers[:-1]), *numbers[-1:])))


def _check(message: Message) -> None:
    """Refuse what could become a header of its own: CPython 3.11.7 lets an encoded word that hides CR LF through."""
    headers = {
        "Message-ID": message.id, "To": message.recipient, "Subject": message.subject, "From": message.sender,
        "Reply-To": message.reply_to, "References": " ".join(message.references), **message.headers,
    }  # fmt: skip
    joined = "\ufffd".join(headers.values())
    if "=?" in joined or not joined.isprintable():
        for name, value in headers.items():
            if HIDDEN.search(value):
                raise Unmailable(name, "control_character")
            if "=?" in value:
                raise Unmailable(name, "encoded_word")
    if len(message.id) > 60:
        raise Unmailable("Message-ID", "too_long")


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, cut between words."""
    if len(text) <= most:
        return text
    words = text[: most - 1].split(" ")[:-1]
    while len(words) > 1 and (words[-1].endswith("-") or words[-1].casefold() in _DANGLING):
        words.pop()
    return (" ".join(words) or text[: most - 2]).rstrip(",:; ") + " …"


def day(value: date) -> str:
    """A day as people write it: 30 september 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def _words(text: str, most: int) -> str:
    """The first words of a text that somebody else has written."""
    words = text.split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")


_BRIEF: Filters = {"ord": _words, "kort": lambda title: shortened(title, _TITLE)}
_TEMPLATES = Templates(
    text={**_BRIEF, "dag": day},
    html={**_BRIEF, "dag": lambda value: day(value).replace(" ", "\xa0")},
)


def _mail(template: str) -> Mail:
    if template not in ALL:
        raise ValueError(f"no such mail: {template}")
    return _TEMPLATES.mail(template)
