"""Definitions: what is wrong is told all at once, with file and line; what comes with the program is sound."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from definitions import check, diagram, loader, planning, schema
from definitions.source import DEPTH_LIMIT, SIZE_LIMIT, Source, read
from notifications.catalogue import TEMPLATES
from workflow.errors import DefinitionInvalid
from workflow.lifecycle import Lifecycle

REGIONS = [r.lanskod for r in loader.load_organisation(loader.packaged("organisation")[0]).regions]
FRAGMENTS = loader.by_ref(loader.packaged("fragment"))
SMALL = """\
kind: lifecycle
id: liten
version: 1
label: Liten
description: En liten ärendegång.
states:
  - {id: ny, label: Ny, initial: true}
  - {id: klar, label: Klar, final: true}
deadlines:
  - {id: slut, label: Slut}
transitions:
  - trigger: avsluta
    label: Avsluta
    from: [ny]
    to: klar
    roles: [kansli]
    meets: slut
    facts:
      - {name: resultat, type: text, label: Resultat, required: true}
"""


def load(text: str) -> Lifecycle:
    return loader.load_lifecycle(Source("liten.yaml", text), FRAGMENTS, templates=TEMPLATES)


def problems(text: str) -> list[str]:
    with pytest.raises(DefinitionInvalid) as invalid:
        load(text)
    return [str(p) for p in invalid.value.problems]


def lifecycles() -> dict[str, Lifecycle]:
    loaded = (loader.load_lifecycle(s, FRAGMENTS, templates=TEMPLATES) for s in loader.packaged("lifecycle"))
    return {lc.id: lc for lc in loaded}


def test_everything_that_comes_with_the_program_is_sound() -> None:
    sources = [s for kind in schema.FILES if kind != "fragment" for s in loader.packaged(kind)]
    assert check.check(sources, templates=TEMPLATES, regions=REGIONS) == ()
    assert sorted(lifecycles()) == [
        "arsplan", "atagande", "inkommande", "overenskommelse", "regiongemensamt", "samverkansavtal", "utredning",
    ]  # fmt: skip
    assert len(REGIONS) == 21
    assert len(loader.load_organisation(loader.packaged("organisation")[0]).groups) == 6


@pytest.mark.parametrize("lifecycle", lifecycles().values(), ids=lambda lc: lc.id)
def test_every_lifecycle_can_be_rerouted_and_drawn(lifecycle: Lifecycle) -> None:
    triggers = {t.trigger for t in lifecycle.transitions}
    assert triggers >= {
        "bordlagg", "omprioritera", "pausa", "ateruppta", "avbryt", "foljduppdrag", "remittera", "remissvar",
        "sammanfatta_remiss",
    }  # fmt: skip
    drawn = diagram.mermaid(lifecycle)
    assert all(f" as {s.id}\n" in drawn for s in lifecycle.states)
    assert drawn.count(" --> [*]") == sum(s.final for s in lifecycle.states)


def test_the_json_schema_takes_the_packaged_files_and_refuses_a_misspelt_key() -> None:
    validator = jsonschema.Draft202012Validator(schema.json_schema())
    json.dumps(schema.json_schema())
    for kind in schema.FILES:
        for source in loader.packaged(kind):
            values = yaml.safe_load(source.text)
            assert not list(validator.iter_errors(values)), source.file
            assert list(validator.iter_errors({**values, "lable": "fel"}))


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("to: klar", "to: klart", 'liten.yaml:15: tillståndet "klart" finns inte'),
        ("from: [ny]", "from: [nytt]", 'liten.yaml:14: tillståndet "nytt" finns inte'),
        ("roles: [kansli]", "roles: [kung]", 'liten.yaml:16: rollen "kung" finns inte'),
        ("meets: slut", "meets: sluut", 'liten.yaml:17: tidsgränsen "sluut" finns inte'),
        ("    meets: slut\n", "", "liten.yaml:10: ingen övergång uppfyller tidsgränsen"),
        ("    facts:", "    guards: [mood]\n    facts:", 'liten.yaml:18: villkoret "mood" finns inte'),
        ("type: text", "type: txt", "liten.yaml:19: transitions.facts.type: \"txt\" finns inte; välj bland 'date'"),
        ("initial: true", "initial: false", "liten.yaml:6: precis ett tillstånd ska ha initial: true (nu: inget)"),
        ("label: Klar, final: true", "label: Klar", "liten.yaml:6: inget tillstånd är slutligt"),
        ("label: Liten", "lable: Liten", "liten.yaml:4: lable är inte en nyckel som finns"),
        ("label: Liten", "label: 01", "liten.yaml:4: label: 01 utan citattecken läses som ett tal"),
        ("type: text,", "type: text, sets: on,", "sets: on utan citattecken läses som ja"),
        ("label: Liten", "label: NO", "liten.yaml:4: label: NO utan citattecken läses som ja eller nej"),
        ("label: Liten", "label: 12:30", "liten.yaml:4: label: 12:30 utan citattecken läses som ett tal"),
        ("label: Liten", "label: Liten\nlabel: Stor", "liten.yaml:5: label står två gånger (först på rad 4)"),
        ("label: Liten", "label: &a Liten", "liten.yaml:4: ankare och alias"),
        ("label: Liten", "label: !!python/name:os.system Liten", "liten.yaml:4: taggen"),
        ("version: 1", "version: ett", 'liten.yaml:3: version: "ett" ska vara ett heltal'),
        ("version: 1", "version: 1\nincludes: [annat/1]", 'liten.yaml:4: "annat/1" finns inte'),
        ("  - {id: klar", "  - {id: ny, label: Igen}\n  - {id: klar", 'liten.yaml:8: "ny" står två gånger'),
        ("  - {id: klar", "  - {id: ensam, label: Ensam}\n  - {id: klar", ':8: tillståndet "ensam" kan aldrig nås'),
        ("kind: lifecycle", "kind: livscykel", "liten.yaml:1: kind ska vara ett av"),
        ("states:", "states: [", "går inte att läsa som YAML"),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_told_with_file_and_line(was: str, becomes: str, told: str) -> None:
    assert was in SMALL
    found = problems(SMALL.replace(was, becomes, 1))
    assert any(told in line for line in found), found


def test_a_state_without_a_way_out_is_refused() -> None:
    text = SMALL.replace(
        "transitions:", "transitions:\n  - {trigger: fastna, label: Fastna, from: [ny], to: fast, roles: [kansli]}"
    )
    text = text.replace("  - {id: klar", "  - {id: fast, label: Fast}\n  - {id: klar")
    assert any('från tillståndet "fast" går det inte att nå något slut' in line for line in problems(text))


def test_two_transitions_that_nothing_can_tell_apart_are_refused() -> None:
    again = "  - {trigger: avsluta, label: Igen, from: [ny], to: klar, roles: [kansli]}\n"
    assert any("inget skiljer detta avsluta" in line for line in problems(SMALL + again))
    guarded = again.replace("roles:", "guards: [is_paused], roles:")
    assert load(
        SMALL.replace("    meets: slut", "    guards: [consultations_closed]\n    meets: slut") + guarded
    ).leaving["ny"]


def test_reminders_name_audiences_templates_and_deadlines_that_exist() -> None:
    bad = "reminders:\n  - {id: r, deadline: nej, weeks: -1, audience: [alla], template: brev}\n"
    found = problems(SMALL + bad)
    assert any('tidsgränsen "nej" finns inte' in line for line in found)
    assert any('mottagaren "alla" finns inte' in line for line in found)
    assert any('mejlmallen "brev" finns inte' in line for line in found)


def test_every_problem_is_told_at_once() -> None:
    text = (
        SMALL.replace("to: klar", "to: klart")
        .replace("roles: [kansli]", "roles: [kung]")
        .replace("meets: slut", "meets: x")
    )
    assert len(problems(text)) >= 4


def test_what_explodes_is_refused_before_it_is_built() -> None:
    deep = "kind: " + "[" * (DEPTH_LIMIT + 5) + "]" * (DEPTH_LIMIT + 5)
    bombs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    for text, told in ((deep, "djupare än"), (bombs, "ankare"), ("x" * (SIZE_LIMIT + 1), "större än"), ("", "tom")):
        with pytest.raises(DefinitionInvalid, match=told):
            read(Source("fil.yaml", text))


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('span: "Q1 2026"', 'span: "Q5 2026"', '"Q5 2026" är inte en planerad tid'),
        ("lifecycle: utredning", "lifecycle: utreda", 'ärendegången "utreda" finns inte'),
        ("state: chefsgruppsbeslut", "state: klar", 'tillståndet "klar" går inte att nå'),
        ("id: U2026-02", "id: U2026-01", "U2026-01 står två gånger i planen"),
        ("regions: alla", 'regions: ["99"]', 'länskoden "99" finns inte'),
        ("regions: alla", "regions: [01]", "01 utan citattecken läses som ett tal"),
        ("      redovisning:", "      redovisningen:", 'tidsgränsen "redovisningen" finns inte'),
        ("    neutral_title: Översyn av avtal mellan regionerna\n", "", "ett känsligt uppdrag måste ha neutral_title"),
    ],
)
def test_a_bad_plan_is_refused_with_file_and_line(was: str, becomes: str, told: str) -> None:
    text = planning.packaged_plan("vp-2026").text
    assert was in text
    changed = text.replace(was, becomes, 1)
    with pytest.raises(DefinitionInvalid) as invalid:
        planning.load_plan(Source("plan.yaml", changed), lifecycles(), REGIONS)
    found = next(p for p in invalid.value.problems if told in p.text)
    line = changed.splitlines()[found.line - 1]
    assert becomes.strip().split(":")[0] in line or "sensitive" in line


def test_the_plan_is_the_domains_table() -> None:
    plan = planning.load_plan(planning.packaged_plan("vp-2026"), lifecycles(), REGIONS)
    kinds = [row.lifecycle for row in plan.rows]
    assert (len(kinds), kinds.count("regiongemensamt"), kinds.count("utredning"), kinds.count("atagande")) == (
        19,
        2,
        6,
        9,
    )
    assert [row.id for row in plan.rows if row.directive] == ["U2026-01", "U2026-02", "U2026-03"]
    assert [row.id for row in plan.rows if not row.times] == ["U2026-10"]
    assert [row.id for row in plan.rows if row.sensitive] == ["U2026-09"]


def test_the_sources_are_files_in_the_package() -> None:
    assert {s.file for s in loader.packaged("plan")} == {p.name for p in Path("definitions/plans").glob("*.yaml")}
