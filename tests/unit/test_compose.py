"""The mails: what they say, how long they are, and what they refuse."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, UndefinedError

from definitions import loader, planning
from notifications.catalogue import ALL, AT_HOME, LETTERS, MEETINGS, OWN, TEMPLATES
from notifications.compose import (
    _TEMPLATES,
    Facts,
    LetterTold,
    MeetingTold,
    Missing,
    Proposal,
    Unmailable,
    Unreached,
    _text,
    compose,
    message_id,
    shortened,
    template_for,
)
from notifications.heads import stamped
from tests.heads import head_in
from workflow.message import Message

HEAD = f"117-{'3fa9' * 16}"
REGION = "Region Jämtland Härjedalen"  # the longest name of the 21
TITLES = re.findall(r'^    title: "(.+)"$', planning.packaged_plan("vp-2026").text, flags=re.MULTILINE)
LONGEST = max(TITLES, key=lambda title: len(title.split()))
HOSTILE = '<script>alert("x")</script>\r\nBcc: a@b.example {{ 7 * 7 }} {% raw %} &amp; \u202e\x00'
OWN_DATES = {
    "paminnelse_protokoll": f"protokollsutdraget från {REGION}",
    "paminnelse_komplettering": f"kompletteringen till {REGION} efter bordläggningen",
}
MEETING = MeetingTold(
    day=date(2026, 10, 9), starts="09.00", ends="12.00", place="Regionens hus, Storgatan 27, Östersund",
    link="https://mote.example/chefsgruppen/9d0b8d25", due=date(2026, 9, 30), items=40, was=date(2026, 10, 2),
    changes=("tiden", "platsen", "länken", "dagordningen"), why="för få ärenden är färdiga att ta upp " * 9,
    new=tuple(f"{n} U2026-{n:02} {LONGEST}" for n in range(30, 41)), gone=tuple(f"{n} {LONGEST}" for n in range(5, 9)),
)  # fmt: skip
"""The most that can be said of a meeting."""
LETTER = LetterTold(
    period="september 2026", introduction="Under september har chefsgruppen tagit upp flera uppdrag. " * 9,
    rows=tuple((label, 21) for label in (
        "Beslutat av chefsgruppen", "Redovisat för chefsgruppen", "Godkänt för beslut i regionerna",
        "Beslut i regionerna", "Slutbehandlat i alla berörda regioner", "Omprioriterat",
    )),
    map_says="20 av 21 regioner har avslutat minst ett av 19 uppdrag, 18 av dem alla sina.",
    picture="karta@nspl.example",
)  # fmt: skip
"""The most that a månadsbrev says in a mail."""
FOR_REGIONS = ("paminnelse_region", "paminnelse_regiondirektor", "efter_planerad_tid", "samtalsunderlag")


def missing(template: str, number: int = 1, **more: object) -> Missing:
    """The most that a mail can have to say, with the longest of the real titles."""
    internal = template in ("paminnelse_redovisning", "paminnelse_atagande", "paminnelse_svar")
    return replace(
        Missing(
            template=template, uppdrag=f"U2026-{number:02}", title=LONGEST,
            what="Redovisning för chefsgruppen" if internal else f"beslutet i {REGION}",
            region="" if internal else REGION, ends=date(2026, 9, 30),
            wording="regionerna ska kunna besluta senast under Q2–Q3 2026", reading="sista dagen i Q3",
            papers_by=None if internal else date(2026, 8, 12), known="regionstyrelsen ska besluta 16 juni 2026",
            director="regiondirektör Karin Ström-Lindqvist" if template == "samtalsunderlag" else "",
        ),
        **_own_date(template),  # type: ignore[arg-type]  # the fields of one of the kansli's own dates
        **more,  # type: ignore[arg-type]  # a test names the fields
    )  # fmt: skip


def _own_date(template: str) -> dict[str, object]:
    if template not in OWN_DATES:
        return {}
    return {
        "what": OWN_DATES[template], "wording": "", "reading": "", "papers_by": None, "event": "U2026-01/123",
        "term": "beslutat", "ask_there": "registrator Anna-Karin Ek Söderberg (anna-karin.ek.soderberg@z.example)",
        "known": "en ekonomisk konsekvensanalys för varje sjukhus " * 3,
    }  # fmt: skip


def facts(template: str, **more: object) -> Facts:
    late = template in ("efter_planerad_tid", "samtalsunderlag", "till_kansliet")
    several = tuple(missing("samtalsunderlag", n) for n in range(1, 20))
    own = tuple(missing("till_kansliet", n) for n in range(1, 20))
    own_only = dict.fromkeys((*MEETINGS, *LETTERS), ())
    lists = own_only | {"samlat": several, "samlat_kansliet": own, "introduktion": several, "studs": ()}
    about = lists.get(template, (missing(template),))
    return replace(
        Facts(
            recipient="registrator@z.example", occasions=("b", "a"), today=date(2026, 10, 8 if late else 1),
            link="https://uppdrag.nspl.example/svar/U2026-01/23", ask="Anna-Karin Ek Söderberg",
            ask_at="anna-karin.ek@nspl.example", sender="NSPL:s kansli <uppdrag@nspl.example>",
            domain="nspl.example", missing=about, office=f"nämndsekreterare i {REGION}",
            proposal=Proposal(version=2, replaces=1, approved="27 mars 2026, § 19", papers=("RK2026-00012-3",)),
            meeting=MEETING if template in MEETINGS else None,
            letter=LETTER if template in LETTERS else None,
            unreached=(Unreached(office=f"hälso- och sjukvårdsdirektören i {REGION}", why="okänd mottagare " * 9),) * 9,
        ),
        **more,  # type: ignore[arg-type]  # a test names the fields
    )  # fmt: skip


def as_it_leaves(template: str, given: Facts) -> Message:
    """The mail with its last line, where it has one."""
    mail = compose(template, given)
    return mail if template in AT_HOME else stamped(mail, HEAD)


def words(text: str) -> int:
    return len(text.split())


class Page(HTMLParser):
    """What a reader of the HTML meets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._skip = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._skip += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_every_mail_has_its_templates_and_every_template_its_mail() -> None:
    kept = {entry.name for entry in files("notifications").joinpath("templates").iterdir()}
    wanted = {f"{name}.{kind}" for name in (*ALL, "bas") for kind in ("txt", "html")}
    assert kept == wanted


def test_every_template_that_a_lifecycle_names_is_in_the_catalogue() -> None:
    fragments = loader.by_ref(loader.packaged("fragment"))
    for source in loader.packaged("lifecycle"):
        for step in loader.load_lifecycle(source, fragments, templates=TEMPLATES).reminders:
            assert step.template in TEMPLATES


@pytest.mark.parametrize("template", ALL)
def test_no_mail_has_more_than_90_words_with_the_longest_real_title(template: str) -> None:
    mail = as_it_leaves(template, facts(template))
    assert words(mail.text) <= 90, mail.text
    assert words(" ".join(Page(mail.html).text)) <= 90, mail.html


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_real_title_fits(template: str, title: str) -> None:
    assert words(as_it_leaves(template, facts(template, missing=(missing(template, title=title),))).text) <= 90


@pytest.mark.parametrize("template", ALL)
def test_a_mail_says_what_by_when_and_whom_to_ask_with_one_link(template: str) -> None:
    given = facts(template)
    mail = compose(template, given)
    page = Page(mail.html)
    for body in (mail.text, " ".join(" ".join(page.text).split())):
        assert "NSPL:s kansli" in body
        assert f"{given.ask}, NSPL:s kansli, {given.ask_at}" in body
        assert "Skriv inget hemligt i svaret." in body
        if template not in ("studs", *MEETINGS, *LETTERS):
            assert "protokollsutdrag" in body
        if template in TEMPLATES:
            assert "U2026-01" in body
            assert LONGEST in body
            assert "30 september 2026" in body.replace("\xa0", " ")
            assert ("läst som sista dagen i Q3" in body) == (template not in OWN_DATES)
            assert given.missing[0].ask_there in body
    joins = [MEETING.link] if template in ("kallelse", "kallelse_andrad") else []
    assert re.findall(r"https?://\S+", mail.text) == [*joins, given.link]
    assert [a["href"] for a in page.all("a")] == [given.link]


@pytest.mark.parametrize("template", ALL)
def test_a_mail_can_be_read_by_everybody(template: str) -> None:
    page = Page(compose(template, facts(template)).html)
    assert page.all("html")[0]["lang"] == "sv"
    assert len(page.all("title")) == len(page.all("h1")) == 1
    assert all(table.get("role") == "presentation" for table in page.all("table"))
    pictures = page.all("img")
    assert len(pictures) == (template in LETTERS), "a picture goes along with the mail, and says what it shows"
    assert all((img["src"] or "").startswith("cid:") and img["alt"] for img in pictures)
    assert not page.all("script")


@pytest.mark.parametrize("template", ALL)
def test_style_is_inlined_and_dark_mode_stays(template: str) -> None:
    html = compose(template, facts(template)).html
    assert 'style="' in html.split("<h1", 1)[1].split(">", 1)[0]
    assert "prefers-color-scheme: dark" in html
    assert html.index("@media") < html.index("<body")


@pytest.mark.parametrize("template", ALL)
def test_a_mail_is_what_jinja_renders_of_the_files_with_its_styles_inlined(template: str) -> None:
    """However early the styles are inlined, and the page put together with what fills it."""
    about = facts(template)
    mail = compose(template, about)
    given = _text(template, about)[0]

    def rendered(name: str, values: dict[str, object], ready: Environment) -> str:
        bare = Environment(
            loader=PackageLoader("notifications", "templates"), trim_blocks=True, lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=ready is _TEMPLATES.html,  # noqa: S701 - plain text must not be escaped
        )  # fmt: skip
        bare.filters |= ready.filters
        return bare.get_template(name).render(values)

    assert rendered(f"{template}.txt", given, _TEMPLATES.text) == mail.text
    subject = mail.subject.partition(": ")[2]
    html = rendered(f"{template}.html", {**given, "amne": subject}, _TEMPLATES.html)
    inliner = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
    once, early = Page(inliner.inline(html)), Page(mail.html)
    assert early.tags == once.tags
    assert "".join(early.text).split() == "".join(once.text).split()


def _colours(dark: bool) -> list[tuple[str, str]]:
    """Text and what it stands on, as the stylesheet of every mail has them."""
    css = files("notifications").joinpath("templates/bas.html").read_text("utf-8")
    light, _, night = css.partition("<style>")[2].partition("@media (prefers-color-scheme: dark) {")
    rules = night if dark else light

    def of(selector: str, prop: str) -> str:
        found = [
            m[2] for m in re.finditer(r"([^{}]+)\{([^}]*)\}", rules) if selector in [s.strip() for s in m[1].split(",")]
        ]
        return next(m[1] for body in found if (m := re.search(rf"(?:^|[ ;]){prop}: (#\w{{6}})", body)))

    paper = of("body", "background-color")
    return [(of(s, "color"), paper) for s in (".blad", ".vem", ".nummer", ".lasning", ".fot")] + [
        (of(".knapp", "color"), of(".knapp", "background-color"))
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_is_enough(dark: bool) -> None:
    """WCAG 2.1, 1.4.3: at least 4.5 to 1."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for ink, paper in _colours(dark):
        darker, lighter = sorted((luminance(ink), luminance(paper)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, paper)


@pytest.mark.parametrize("template", ALL)
def test_a_region_is_never_late(template: str) -> None:
    mail = compose(template, facts(template))
    for word in ("försen", " sen ", "sena ", "för sent", "deadline", "förfall"):
        assert word not in (mail.subject + mail.text + mail.html).casefold()


@pytest.mark.parametrize("template", ALL)
def test_hostile_text_is_only_text(template: str) -> None:
    given = facts(template)
    things = tuple(
        replace(m, what=HOSTILE, wording=HOSTILE, reading=HOSTILE, known=HOSTILE, director=HOSTILE)
        for m in given.missing
    )
    meeting = given.meeting and replace(
        given.meeting, place=HOSTILE, link=HOSTILE, new=(HOSTILE,), gone=(HOSTILE,), changes=(HOSTILE,), why=HOSTILE
    )
    mail = compose(template, replace(
        given, missing=things, unreached=(Unreached(office=HOSTILE, why=HOSTILE),), ask=HOSTILE, meeting=meeting,
        letter=given.letter and replace(given.letter, introduction=HOSTILE, period=HOSTILE, rows=((HOSTILE, 1),)),
    ))  # fmt: skip
    assert "<script" not in mail.html
    assert "49" not in mail.text.replace(given.link, "")
    assert "\nBcc:" not in mail.text
    assert "\x00" not in mail.text + mail.html
    assert len(Page(mail.html).all("a")) == 1


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("title", ["a\r\nBcc: x@y.example", "a\nb", "a\x00b", "a\u2028b", "=?utf-8?q?a=0D=0ABcc:_x?="])
def test_a_title_that_could_become_a_header_is_refused(template: str, title: str) -> None:
    with pytest.raises(Unmailable):
        compose(template, facts(template, missing=(missing(template, title=title),)))


@pytest.mark.parametrize(
    "change",
    [{"recipient": "a@b.example\r\nBcc: c@d.example"}, {"sender": "a\n<b@c.example>"}, {"reply_to": "=?x?="},
     {"references": ("a@b\r\n",)}, {"domain": "d" * 60}],
)  # fmt: skip
def test_other_headers_are_refused_too(change: dict[str, object]) -> None:
    with pytest.raises(Unmailable):
        compose("paminnelse_region", facts("paminnelse_region", **change))


@pytest.mark.parametrize("template", [*TEMPLATES, "samlat", "samlat_kansliet", "introduktion"])
def test_a_sensitive_uppdrag_shows_its_number_and_neutral_title_only(template: str) -> None:
    given = facts(template)
    hidden = tuple(
        replace(m, sensitive=True, neutral_title="Översyn av avtal", title="HEMLIG", wording="HEMLIG", known="HEMLIG")
        for m in given.missing
    )
    mail = compose(template, replace(given, missing=hidden))
    assert "HEMLIG" not in mail.subject + mail.text + mail.html
    assert "Översyn av avtal" in mail.text


def _stem(template: str) -> str:
    about = (missing(template, title=TITLES[0]),)
    return compose(template, facts(template, missing=about)).subject.partition(": ")[0]


def test_all_subjects_of_a_thread_begin_the_same() -> None:
    stems = {_stem(name) for name in FOR_REGIONS}
    assert len(stems) == 1
    assert stems == {"U2026-01 Regioninterna besluts- och beredningsprocesser …"}
    one = tuple(missing("till_kansliet", title=TITLES[0], what=f"beslutet i {r}") for r in ("Skåne", "Halland"))
    assert {compose("samlat", facts("samlat", missing=one)).subject.partition(": ")[0]} == stems
    assert compose("samlat", facts("samlat")).subject == "Regionernas gemensamma uppdrag: 19 uppgifter saknas"


def test_a_digest_names_every_uppdrag() -> None:
    text = compose("samlat", facts("samlat", missing=tuple(missing("paminnelse_region", n) for n in range(1, 9)))).text
    assert [n for n in range(1, 9) if f"U2026-{n:02}" not in text] == []
    assert text.count("\n- ") == 2, "as many in full as there is room for"


def test_one_thing_has_its_own_mail_and_several_a_digest() -> None:
    assert template_for((missing("paminnelse_region"),)) == "paminnelse_region"
    assert template_for((missing("paminnelse_region"), missing("paminnelse_region", 2))) == "samlat"


def test_the_message_id_is_that_of_the_occasions() -> None:
    one = message_id("A@b.example", ("x", "y"), "nspl.example")
    assert one == message_id("a@b.example", ("y", "x"), "nspl.example")
    assert (
        len({one, message_id("a@b.example", ("x",), "nspl.example"), message_id("c@b.example", ("x", "y"), "n")}) == 3
    )
    assert len(message_id("a@b.example", ("x",), "d" * 33)) == 60


def test_a_template_that_asks_for_what_is_not_given_fails() -> None:
    for environment in (_TEMPLATES.text, _TEMPLATES.html):
        with pytest.raises(UndefinedError):
            environment.from_string("{{ nothing }}").render()


def test_html_is_escaped_whatever_the_template_is_called() -> None:
    assert _TEMPLATES.html.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_a_mail_that_is_not_in_the_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="bas"):
        compose("bas", facts("samlat"))


def test_the_kansli_says_when_a_reading_is_its_own() -> None:
    spring = missing("paminnelse_atagande", wording="under våren 2026", reading="sista dagen i maj", interpreted=True)
    assert "”under våren 2026”, kansliets läsning är sista dagen i maj" in compose(
        "paminnelse_atagande", facts("paminnelse_atagande", missing=(spring,))
    ).text.replace("\n", " ")


@pytest.mark.parametrize("most", range(10, 60, 7))
def test_a_shortened_text_is_cut_between_words(most: int) -> None:
    cut = shortened(LONGEST, most)
    assert len(cut) <= most
    assert cut.endswith(" …")
    assert all(len(a) <= len(b) for a, b in pairwise([cut, LONGEST]))


def test_the_programs_own_mails_cannot_be_asked_for_by_a_definition() -> None:
    assert not OWN.keys() & TEMPLATES.keys()


@pytest.mark.parametrize("template", ALL)
def test_the_last_line_is_how_far_the_log_had_come(template: str) -> None:
    bare = compose(template, facts(template))
    mail = stamped(bare, HEAD)
    assert compose(template, facts(template, head=HEAD)) == mail
    assert stamped(bare, "") == bare, "of a database without a checkpoint nothing is said"
    assert (head_in(mail.text), head_in(bare.text)) == (HEAD, "")
    assert mail.text.splitlines()[-1] == f"Kontrollpunkt: {HEAD}"
    shown = [text.strip() for text in Page(mail.html).text if text.strip()]
    assert shown[-1] == mail.text.splitlines()[-1]
    assert Page(mail.html).tags[-1][1]["class"] == "lasning", "which has its colour in the dark too"
    assert mail.html.index(HEAD) < mail.html.index("</div></td></tr>")
    assert (mail.id, mail.subject) == (bare.id, bare.subject)


def test_what_somebody_else_wrote_is_not_taken_for_the_last_line() -> None:
    assert head_in(f"De skrev: Kontrollpunkt: {HEAD}") == ""
