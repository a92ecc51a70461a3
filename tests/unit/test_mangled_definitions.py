"""However a definition is mangled, it is read or refused: with Swedish sentences, and lines that are in the file."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from definitions import loader, planning, schema
from definitions.source import Source
from notifications.catalogue import TEMPLATES
from workflow.errors import DefinitionInvalid, Problem

PACKAGED = [s for kind in schema.FILES for s in loader.packaged(kind)]
REGIONS = [r.lanskod for r in loader.load_organisation(loader.packaged("organisation")[0]).regions]
FILES = {s.file for s in PACKAGED}
FRAGMENTS = loader.by_ref(loader.packaged("fragment"))
WITH_FRAGMENT = loader.packaged("lifecycle")[0]
LIFECYCLES = {
    lc.id: lc for s in loader.packaged("lifecycle") for lc in [loader.load_lifecycle(s, FRAGMENTS, templates=TEMPLATES)]
}
SHARDS = (
    "", "-", "- ", ":", "[", "{", "}", "{}", "[]", "&a", "*a", "!!int 1", "<<: 1", "? x", "'", '"', "|", "NO", "01",
    "null", "1e3", "  ", "\t", "\x00", "\x85", "\ufeff", "\U0001f600", "x" * 400, "from: open", "to: null", "id: 7",
    "kind: plan", "version: 0", "roles: kansli", "facts: {}", "states: 1", "- - -", "weeks: 9e9", "times: []",
    "regions: [1, [2]]",
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> Source:
    """A file that comes with the program, with some lines gone, doubled, moved or replaced."""
    source = draw(st.sampled_from(PACKAGED))
    lines = source.text.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        match draw(st.sampled_from(("gone", "doubled", "moved", "replaced", "given", "cut", "added"))):
            case "gone":
                lines[at] = ""
            case "doubled":
                lines.insert(at, lines[at])
            case "moved":
                lines.insert(other, lines.pop(at))
            case "replaced":
                lines[at] = indent + draw(st.sampled_from(SHARDS))
            case "given":
                lines[at] = lines[at].split(":")[0] + ": " + draw(st.sampled_from(SHARDS))
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case _:
                lines[at] += draw(st.sampled_from(SHARDS))
    return Source(source.file, "\n".join(lines))


def problems(source: Source) -> tuple[Problem, ...]:
    try:
        match loader.header(source).kind:
            case "lifecycle":
                loader.load_lifecycle(source, FRAGMENTS, templates=TEMPLATES)
            case "organisation":
                loader.load_organisation(source)
            case "plan":
                planning.load_plan(source, LIFECYCLES, REGIONS)
            case _:
                loader.load_lifecycle(WITH_FRAGMENT, {"omhandling/1": source}, templates=TEMPLATES)
    except DefinitionInvalid as invalid:
        return invalid.problems
    return ()


@settings(max_examples=400)
@given(mangled())
def test_a_mangled_definition_is_read_or_refused(source: Source) -> None:
    for problem in problems(source):
        assert problem.file in FILES
        assert 0 <= problem.line <= len(source.text.splitlines()) + 1 or problem.file != source.file
        assert problem.text
