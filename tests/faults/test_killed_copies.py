"""A move, a backup or a restore that is killed, or finds the disk full: what is not whole never looks as if it were."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from storage import backup_file, installing, schema, transfer
from tests.cast import NOW
from tests.conftest import Postgres
from tests.integration.lived import step
from tests.integration.test_backups import LATER, address, contents
from tests.reliability import Tried
from uppdrag.service import backups, mailing, queries, relocating
from uppdrag.service.house import House
from workflow.errors import StorageUnavailable

IN_A_RESTORE = ("unpack", "upgrade", "hold", "install", "installed")
_soak = pytest.mark.soak


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(at: int) -> Callable[..., None]:
    """Progress that ends the process when it is told something for the time `at`, counted from 0."""
    left = [at]

    def progress(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            die()

    return progress


def move_and_die(source: str, target: str, at: int) -> None:
    relocating.move(source, target, now=NOW, progress=dying(at))


def back_up_and_die(url: str, file: str, at: int) -> None:
    if at:
        backup_file._name = die  # it never returns
    backups.take(url, Path(file), now=NOW, replace=True, progress=dying(0 if not at else 1_000_000))


def restore_and_die(url: str, file: str, at: str) -> None:
    if at == "unpack":
        backups._proof = die  # type: ignore[assignment]  # it never returns
    elif at == "upgrade":
        schema.upgrade = die  # type: ignore[assignment]  # the same
    elif at == "hold":
        backups._install = die  # type: ignore[assignment]  # the same
    elif at == "install":
        setattr(installing, "sync_folder", die)  # noqa: B010 - the name as that module has it
        transfer.finish = die
    backups.restore(url, Path(file), now=LATER, who="Dan", replace=True)
    die()


def killed(work: Callable[..., None], *arguments: object) -> bool:
    """Whether a process of its own that does the work was killed before it was done."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=work, args=arguments)
    process.start()
    process.join()
    ended = process.exitcode
    process.close()
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


def usable(url: str) -> House | None:
    """The house at an address, proved; None where there is nothing that a program would open."""
    try:
        house = House.open(url)
    except StorageUnavailable as no:
        if no.code not in ("unfinished", "missing"):
            raise
        return None
    assert queries.verify(house).findings == ()
    return house


def _moves(house: House, target: str, places: Iterator[int]) -> int:
    wanted, url, tried = contents(house), address(house), 0
    for at in places:
        tried += 1
        if not killed(move_and_die, url, target, at):
            break
        if there := usable(target):  # killed after the last thing that was done
            there.database.close()
    relocating.move(url, target, now=NOW)
    there = usable(target)
    assert there
    assert contents(there) == wanted
    there.database.close()
    return tried


def test_a_killed_move_is_no_database_and_the_next_one_completes_it(house: House, empty: str, tried: Tried) -> None:
    assert _moves(house, empty, iter((14, 25))) == 2, "while it copied, and while what it had copied was compared"
    tried(
        "Kopior", "kill -9 mitt i en flytt till en annan databas", 2, "ingen halv databas; nästa flytt gjorde den klar"
    )


@pytest.mark.soak
def test_a_move_killed_at_every_place_is_completed_by_the_next(house: House, postgres: Postgres, tried: Tried) -> None:
    for at in range(40):
        name = postgres.create()
        _moves(house, postgres.url(name), iter((at, at // 2)))
        postgres.drop(name)
    tried(
        "Kopior", "kill -9 mitt i en flytt till en annan databas", 80, "ingen halv databas; nästa flytt gjorde den klar"
    )


@pytest.mark.parametrize("at", [pytest.param(0, marks=_soak), 1])
def test_a_killed_backup_leaves_the_one_before(any_house: House, tmp_path: Path, at: int, tried: Tried) -> None:
    file = tmp_path / "k.backup"
    backups.take(address(any_house), file, now=NOW)
    before = file.read_bytes()
    step(any_house, "U2026-06", "bordlagg", skal="Mer")
    assert killed(back_up_and_die, address(any_house), str(file), at)
    assert file.read_bytes() == before
    backups.take(address(any_house), tmp_path / "k.next.backup", now=NOW)
    assert sorted(p.name for p in tmp_path.glob("k.*")) == ["k.backup", "k.next.backup"], "what was left is gone"
    assert file.read_bytes() == before
    assert backups.take(address(any_house), file, now=NOW, replace=True).manifest.events > 0
    assert backups.check(file).manifest.proved
    tried("Kopior", "kill -9 mitt i en säkerhetskopiering", 1, "den förra kopian orörd, inget skräp kvar")


@pytest.mark.parametrize("at", [at if at == "install" else pytest.param(at, marks=_soak) for at in IN_A_RESTORE])
def test_a_killed_restore_leaves_what_was_there_or_is_run_again(
    any_house: House, tmp_path: Path, at: str, tried: Tried
) -> None:
    file, url = tmp_path / "k.backup", address(any_house)
    backups.take(url, file, now=NOW)
    step(any_house, "U2026-06", "bordlagg", skal="Efter kopian")
    before = contents(any_house)
    any_house.database.close()
    assert killed(restore_and_die, url, str(file), at)
    there = usable(url)
    assert there
    old = contents(there) == before
    assert old or not mailing.queue(there).open
    # On PostgreSQL it is killed before the two change places, on SQLite right after.
    assert old == (at in IN_A_RESTORE[:3] or (at == "install" and not there.database.path))
    there.database.close()
    backups.restore(url, file, now=LATER.replace(minute=5), who="Dan", replace=True)
    restored = usable(url)
    assert restored
    assert not mailing.queue(restored).open
    assert "Efter kopian" not in str(queries.history(restored, "U2026-06"))
    restored.database.close()
    assert not [p.name for p in tmp_path.iterdir() if "aterstalls" in p.name]
    tried("Kopior", "kill -9 mitt i en återställning", 1, "det som fanns kvar, eller återställt; verify rent")


def test_a_killed_restore_to_an_empty_database_is_no_database_and_is_run_again(
    house: House, empty: str, tmp_path: Path
) -> None:
    backups.take(address(house), tmp_path / "k.backup", now=NOW)
    assert killed(restore_and_die, empty, str(tmp_path / "k.backup"), "install")
    assert usable(empty) is None
    backups.restore(empty, tmp_path / "k.backup", now=LATER, who="Dan")
    restored = usable(empty)
    assert restored
    restored.database.close()


@pytest.mark.parametrize("doing", ["backup", "restore", "move"])
def test_a_full_disk_is_said_and_leaves_nothing_half(house: House, tmp_path: Path, doing: str) -> None:
    """The system lets no file grow past a limit, as a full disk does."""
    backups.take(address(house), tmp_path / "k.backup", now=NOW)
    before, there = contents(house), tmp_path / "ny"
    there.mkdir()
    commands = {
        "backup": ("backup", f"{there}/n.backup"),
        "restore": ("restore", f"{tmp_path}/k.backup"),
        "move": ("db", "move", address(house), f"sqlite:///{there}/n.db"),
    }
    said = _limited(commands[doing], f"sqlite:///{there}/n.db" if doing == "restore" else address(house), 200_000)
    assert said.returncode == 3, said.stderr
    assert "Disken är full" in said.stderr or "går inte att skriva" in said.stderr, said.stderr
    assert "Traceback" not in said.stderr
    if doing == "move":
        assert usable(f"sqlite:///{there}/n.db") is None
    else:
        assert list(there.iterdir()) == []
    assert contents(house) == before


def _limited(command: tuple[str, ...], url: str, size: int) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(
        [sys.executable, "-m", "uppdrag", *command], env={**os.environ, "UPPDRAG_DATABASE_URL": url},
        preexec_fn=limit, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.soak
def test_a_disk_that_is_really_full_is_said(house: House, tmp_path: Path) -> None:
    """A file system of 300 kB in memory, where we may make one."""
    small = tmp_path / "liten"
    small.mkdir()
    made = subprocess.run(
        [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        with pytest.raises(StorageUnavailable) as refused:
            backups.take(address(house), small / "k.backup", now=NOW)
        assert refused.value.code == "full"
        assert list(small.iterdir()) == []
        with suppress(StorageUnavailable):
            relocating.move(address(house), f"sqlite:///{small}/n.db", now=NOW)
        assert usable(f"sqlite:///{small}/n.db") is None
    finally:
        subprocess.run([shutil.which("umount") or "umount", small], check=True)


def test_the_copy_of_a_copy_is_the_same(house: House, tmp_path: Path) -> None:
    """What the tests above compare with is not blind: one changed value shows."""
    before = contents(house)
    with house.database.transaction() as session:
        session.connection.execute("UPDATE reminder SET round = round + 1 WHERE uppdrag = 'U2026-01'")
    assert transfer.differing(before, contents(house)) == ["reminder"]
