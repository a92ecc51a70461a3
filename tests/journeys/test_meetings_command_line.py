"""Meetings and the backward plan from the command line: a calendar read in and written out, a window tried."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.command_line import CommandLine

STATED = ("--as", "kansli", "--by", "Anna", "--set", "mote=2026-03-27", "--set", "forslagsversion=1")
PLANNED = {
    "region", "chain", "send_by", "decides_on", "slack_working_days", "verdict", "missing", "why",
}  # fmt: skip


def send_to_regions(kansli: CommandLine) -> None:
    kansli("advance", "U2026-01", "redovisa", *STATED, "--set", "paragraf=18", "--set", "rapport=R-1")
    assert kansli("advance", "U2026-01", "godkann", *STATED, "--set", "paragraf=19").status == 0


def plan_of(kansli: CommandLine, region: str, *asked: str) -> dict[str, object]:
    rows = kansli("plan", "U2026-01", *asked, "--format", "json").json()
    return next(row for row in rows if row["region"] == region)


def test_the_example_is_rehearsed_read_in_and_listed(kansli: CommandLine) -> None:
    assert kansli("meetings", "list").out == "Inga sammanträden. Läs in dem: uppdrag meetings import FIL\n"
    rehearsed = kansli("meetings", "import", "exempel", "--dry-run").out
    assert rehearsed.startswith("Det här skulle hända: ")
    assert kansli("meetings", "list", "--format", "json").json() == []
    assert kansli("meetings", "import", "exempel").status == 0
    again = kansli("meetings", "import", "exempel").out
    assert again == f"Sammanträden: {len(kansli('meetings', 'list', '--format', 'json').json())} oförändrade.\n"
    chosen = ("--region", "uppsala", "--body", "arbetsutskottet", "--from", "2026-05-01", "--to", "2026-05-31")
    (au,) = kansli("meetings", "list", *chosen, "--format", "json").json()
    assert (au["region"], au["body"], au["papers_rule"]["before"], au["example"]) == ("03", "AU", "AU", True)
    assert f"{au['papers_by']} (15 arbetsdagar före AU)" in kansli("meetings", "list", *chosen).out
    assert "uppgift saknas" in kansli("meetings", "list", "--region", "08").out
    assert kansli("meetings", "list", "--region", "-", "--format", "json").json()[0]["region"] is None
    assert kansli("verify").status == 0


def test_a_bad_calendar_is_refused_line_by_line(kansli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "kalender.csv"
    rows = (
        "3,RF,2026-06-15,",
        "03,RF,2026-06-31,",
        "03,RF,2026-06-15,2026-06-16",
        "03,RF,2026-06-15,",
        "03,XX,2026-06-15,",
    )
    file.write_text("\n".join(("lanskod,body,date,papers_by", *rows)), encoding="utf-8")
    run = kansli("meetings", "import", str(file))
    assert run.status == 1
    assert run.err.splitlines() == [
        f'{file}:2: Länskoden "3" har tappat sin nolla. Skriv 03; i Excel: formatera kolumnen som text.',
        f'{file}:3: Datum: "2026-06-31" är inte ett datum. Skriv ÅÅÅÅ-MM-DD.',
        f"{file}:4: Handlingsstoppet 2026-06-16 ligger efter sammanträdet 2026-06-15. Rätta det ena.",
        f"{file}:5: Sammanträdet 2026-06-15 står redan på rad 4. Ta bort den ena raden.",
        f'{file}:6: Organet "XX" finns inte. Skriv AU, RS, RF, HSN, chefsgrupp eller nämndens hela namn.',
        "Inget registrerades. Rätta 5 fel och läs in filen igen.",
    ]
    assert kansli("meetings", "list", "--format", "json").json() == []
    assert kansli("meetings", "import", "finns-inte").status == 1
    assert kansli("meetings", "list", "--from", "i går").status == 2


def test_a_newer_list_shows_its_difference(kansli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "kalender.csv"
    file.write_text("lanskod,body,date,papers_by\n03,RF,2026-06-15,2026-05-25\n03,RF,2026-09-05,\n", encoding="utf-8")
    run = kansli("meetings", "import", str(file))
    assert "Att kontrollera" in run.err
    assert "RF 2026-09-05 är en lördag." in run.err
    file.write_text("lanskod,body,date,papers_by\n03,RF,2026-06-15,2026-05-18\n", encoding="utf-8")
    run = kansli("meetings", "import", str(file))
    assert "  ändrat: RF i Uppsala 2026-06-15: handlingsstopp 2026-05-25 → 2026-05-18\n" in run.out
    assert "1 av samma organ och år står inte i filen och ligger kvar. Är filen fullständig: ange --replace." in run.err
    assert "  ställs in: RF i Uppsala 2026-09-05\n" in kansli("meetings", "import", str(file), "--replace").out


def test_a_calendar_goes_out_and_comes_back(kansli: CommandLine, tmp_path: Path) -> None:
    kansli("meetings", "import", "exempel")
    for name in ("ut.csv", "ut.xlsx", "ut.ics"):
        written = kansli("meetings", "export", str(tmp_path / name), "--region", "03", "--body", "RF")
        assert written.out == f"12 sammanträden skrivna till {tmp_path / name}.\n"
        assert kansli("meetings", "import", str(tmp_path / name)).out == "Sammanträden: 12 oförändrade.\n"
    assert kansli("meetings", "export", str(tmp_path / "ut.txt")).status == 1
    assert kansli("meetings", "export", str(tmp_path / "finns" / "inte.csv")).status == 1


def test_a_rule_for_the_papers_is_stated_and_withdrawn(kansli: CommandLine) -> None:
    stated = kansli("meetings", "rule", "03", "AU", "tio arbetsdagar före AU", "--by", "Gun")
    assert stated.out == "AU i Uppsala: handlingsstopp 10 arbetsdagar före AU, enligt Gun.\n"
    assert kansli("meetings", "rule", "03", "AU", "10 arbetsdagar före AU", "--by", "Gun").out == "Så var det redan.\n"
    withdrawn = kansli("meetings", "rule", "03", "AU", "", "--by", "Gun")
    assert withdrawn.out == "AU i Uppsala: ingen regel om handlingsstopp längre.\n"
    assert kansli("meetings", "rule", "03", "AU", "i god tid", "--by", "Gun").status == 1
    assert kansli("meetings", "rule", "03", "XX", "tio arbetsdagar före AU", "--by", "Gun").status == 1


def test_a_plan_tells_the_truth_first_and_then_what_does_not_fit(kansli: CommandLine) -> None:
    send_to_regions(kansli)
    assert "Inga sammanträden är kända. Läs in dem: uppdrag meetings import FIL" in kansli("plan", "U2026-01").out
    kansli("meetings", "import", "exempel")
    told = kansli("plan", "U2026-01").out
    assert told.startswith("Ryms i 17 av 21 till Q3; tidigast ")
    order = [
        told.index(part) for part in ("Ryms inte (2)", "Uppgift saknas (2)", "Ryms (17)", "Det som skulle hjälpa mest:")
    ]
    assert order == sorted(order)
    assert "Sammanträdesdagarna är exempel" in told
    rows = kansli("plan", "U2026-01", "--format", "json").json()
    assert [row["region"] for row in rows] == sorted(row["region"] for row in rows)
    assert all(row.keys() == PLANNED for row in rows)
    assert [row["verdict"] for row in rows].count("ryms") == 17
    (first, *_) = rows
    assert [link.keys() for link in first["chain"]] == [{"body", "date", "papers_by"}] * 3
    assert first["send_by"] == first["chain"][0]["papers_by"]
    unknown = plan_of(kansli, "08")
    assert (unknown["verdict"], unknown["send_by"]) == ("uppgift_saknas", None)
    assert "handlingsstopp till AU" in str(unknown["missing"])


def test_a_window_is_tried_before_it_is_set(kansli: CommandLine) -> None:
    kansli("meetings", "import", "exempel")
    assert kansli("plan", "U2026-01", "--window", "Q2 2027").out.startswith("Ryms i 19 av 21 till Q2 2027.")
    assert kansli("plan", "U2026-01", "--window", "Q1 2026").out.startswith("Ryms i 0 av 21 till Q1; tidigast ")
    assert kansli("plan", "U2026-01", "--window", "Q5 2026").status == 1
    assert "inga beslut i regionerna" in kansli("plan", "U2026-06").err
    assert kansli("plan", "U2026-99").status == 1


def test_a_region_is_judged_by_what_it_has_stated_and_not_at_all_when_it_has_decided(kansli: CommandLine) -> None:
    send_to_regions(kansli)
    kansli("meetings", "import", "exempel")
    told = ("--as", "region", "--by", "Bo")
    kansli("track", "U2026-01", "17", "planera", *told, "--set", "instans=RF", "--set", "datum=2026-11-11")
    late = plan_of(kansli, "17")
    assert (late["verdict"], late["decides_on"]) == ("ryms_inte", "2026-11-11")
    kansli("track", "U2026-01", "14", "planera", *told, "--set", "instans=regiondirektör", "--set", "datum=2026-06-09")
    director = plan_of(kansli, "14")
    assert (director["verdict"], director["why"]) == ("ryms", "Regionen har angett regiondirektören 9 juni.")
    kansli("decide", "U2026-01", "03", "antagen", *told, "--body", "RF", "--on", "2026-03-27")
    assert "03" not in {row["region"] for row in kansli("plan", "U2026-01", "--format", "json").json()}
    assert "Har avslutat sin hantering och planeras inte: Uppsala." in kansli("plan", "U2026-01").out


def test_the_body_that_decides_gives_the_chain(kansli: CommandLine) -> None:
    send_to_regions(kansli)
    kansli("meetings", "import", "exempel")

    def bodies(region: str, body: str) -> list[str]:
        told = ("--as", "region", "--by", "Bo", "--backfill", "--set", f"instans={body}")
        assert kansli("track", "U2026-01", region, "planera", *told).status == 0
        chain = plan_of(kansli, region)["chain"]
        assert isinstance(chain, list)
        return [link["body"] for link in chain]

    assert [link["body"] for link in plan_of(kansli, "01")["chain"]] == ["AU", "RS", "RF"]  # type: ignore[attr-defined]  # a list of links
    assert bodies("01", "regionstyrelsen") == ["AU", "RS"]
    assert bodies("17", "hälso- och sjukvårdsnämnden") == ["HSN"]
    assert bodies("18", "nämnd") == ["HSN"], "the only nämnd whose meetings are known"
    assert bodies("14", "regiondirektör") == []
    assert plan_of(kansli, "14")["why"] == "Beslutas av regiondirektören, utan sammanträde."
    assert plan_of(kansli, "14")["verdict"] == "ryms"
    assert plan_of(kansli, "14", "--window", "2026-03-01")["verdict"] == "ryms_inte"
    assert bodies("03", "nämnd") == []
    assert plan_of(kansli, "03")["verdict"] == "uppgift_saknas"
