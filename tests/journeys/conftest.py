"""A command line on a database of its own."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from definitions import planning
from tests.journeys.command_line import CommandLine, Run
from uppdrag.cli import main
from uppdrag.service import plans, setup
from uppdrag.service.house import House
from workflow.calendar import STOCKHOLM
from workflow.model import Actor


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    """Runs `uppdrag ...` on an empty place."""
    for name in ("UPPDRAG_NOW", "UPPDRAG_MAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UPPDRAG_DATABASE_URL", f"sqlite:///{tmp_path}/uppdrag.db")
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers])  # a service that was started here leaves none behind

    def run(*arguments: str) -> Run:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        return Run(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the plan of 2026 read in on 12 January 2026; made once per worker, then copied."""
    file = tmp_path_factory.mktemp("planned") / "uppdrag.db"
    moment = datetime(2026, 1, 12, 9, tzinfo=STOCKHOLM)
    setup.init(f"sqlite:///{file}", now=moment)
    house = House.open(f"sqlite:///{file}")
    plans.import_plan(
        house, planning.packaged_plan("vp-2026"), actor=Actor(role="kansli", name="kansliet"), now=moment
    )  # fmt: skip
    house.database.close()
    return file


@pytest.fixture
def kansli(
    command_line: CommandLine, planned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Run]:
    """The same with the plan read in, on the day of chefsgruppen's meeting in March."""
    shutil.copy(planned, tmp_path / "uppdrag.db")
    monkeypatch.setenv("UPPDRAG_NOW", "2026-03-27T09:00")
    return command_line
