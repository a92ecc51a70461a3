"""What a region's IT department is given: units, images and a guide that name only what there is, and shut in what
runs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys import manual
from uppdrag import settings
from uppdrag.settings import SETTINGS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
PROGRAM = "/opt/uppdrag/bin/uppdrag"
COMMANDS = {path.removeprefix("uppdrag "): command for path, command in manual.commands()}
NAMES = {one.name for one in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS if one.may_come_from_a_file}
SHUT_IN = {
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "yes",
    "PrivateTmp": "yes", "PrivateDevices": "yes", "RestrictNamespaces": "yes", "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "UMask": "0077", "User": "uppdrag", "MemoryMax": "1G",
    "SystemCallArchitectures": "native", "LoadCredential": "UPPDRAG:/etc/uppdrag/hemligheter",
}  # fmt: skip


def wrong_with(line: str) -> str:
    """What is wrong with the words after `uppdrag`, empty where such a command and such options exist."""
    words = [word for word in shlex.split(line.split(" | ")[0]) if word != "…"]
    known = max((name for name in COMMANDS if words[: len(name.split())] == name.split()), key=len, default="")
    if not known:
        groups = {name.rpartition(" ")[0] for name in COMMANDS}
        return "" if words[:1] == ["--help"] or " ".join(words) in groups else f"no such command: {line}"
    options = {name for one in COMMANDS[known].params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    return ", ".join(word for word in words if word.startswith("--") and word.split("=")[0] not in options)


def settings_of(path: Path) -> list[tuple[str, str]]:
    """Name and value of every directive of a unit, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(name, value) for name, _, value in (x.partition("=") for x in lines if re.match(r"[A-Z]\w*=", x))]


def test_every_unit_starts_what_there_is_and_none_opens_what_is_shut() -> None:
    shared = settings_of(UNITS / "uppdrag-.service.d" / "skydd.conf")
    assert SHUT_IN.items() <= dict(shared).items()
    services = sorted(UNITS.glob("*.service"))
    assert len(services) == 5
    for path in services:
        own = settings_of(path)
        started = [value for name, value in own if name == "ExecStart"]
        ours = [re.search(rf"{PROGRAM} ([^\"]*)", value) for value in started]
        assert all(ours), path
        assert [wrong_with(one.group(1)) for one in ours if one] == [""] * len(started), path
        assert not {name for name, _ in own} & (set(dict(shared)) - {"After", "Wants"}), "nothing is opened again"
        assert "\nWatchdogSec=" not in path.read_text(encoding="utf-8"), "the program tells systemd of no life"
    wanted = dict(settings_of(UNITS / "uppdrag.target"))["Wants"].split()
    assert sorted(wanted) == [f"uppdrag-{one}.service" for one in ("clock", "sender", "web")]
    assert all("PartOf=uppdrag.target" in (UNITS / one).read_text(encoding="utf-8") for one in wanted)


def test_systemd_takes_the_units_and_finds_them_shut_in(tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if not analyse:
        pytest.skip("no systemd-analyze here")
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.glob("*.service"):
        path.write_text(path.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true"), encoding="utf-8")
    names = sorted(one.name for one in tmp_path.glob("uppdrag*.*") if one.suffix in (".service", ".target", ".timer"))
    for what in (["verify", "--man=no", *names],
                 ["security", "--offline=yes", "--threshold=20", "--no-pager", "uppdrag-web.service"]):  # fmt: skip
        run = subprocess.run(
            [analyse, *what], env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"}, capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (run.returncode, run.stderr) == (0, ""), run.stdout[-2000:]


def test_the_example_of_settings_will_do() -> None:
    lines = (DEPLOY / "uppdrag.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line.startswith("UPPDRAG_"))
    offered = dict(line[1:].split("=", 1) for line in lines if line.startswith("#UPPDRAG_"))
    assert {*given, *offered} <= NAMES
    assert not any(name.endswith(("PASSWORD", "SECRET", "TOKEN")) for name in {*given, *offered})
    assert settings.examine(given)[1] == []
    everything = {**given, **offered, "UPPDRAG_SMTP_PASSWORD": "lång-och-slumpad"}
    assert settings.examine(everything)[1] == []


def _instructions(path: Path) -> list[tuple[str, str]]:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [(a, b.strip()) for a, _, b in (x.partition(" ") for x in text.splitlines() if re.match(r"[A-Z]+ ", x))]


def test_the_image_is_built_of_what_there_is_and_runs_as_nobody() -> None:
    told = _instructions(DEPLOY / "Containerfile")
    sent = {x[1:] for x in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if x.startswith("!")}
    copied = {word for name, rest in told if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]}
    assert all((ROOT / one).exists() for one in copied)
    assert copied == sent
    last = told[max(n for n, (name, _) in enumerate(told) if name == "FROM") :]
    assert [rest for name, rest in last if name == "USER"] == ["10001:10001"]
    assert all(one in NAMES for _, rest in told for one in re.findall(r"UPPDRAG_\w+", rest))
    run = {name: yaml.safe_load(rest) for name, rest in last if name in ("ENTRYPOINT", "CMD")}
    assert run["ENTRYPOINT"] == ["uppdrag"]
    assert wrong_with(shlex.join(run["CMD"])) == ""
    addresses = re.findall(r"\w+://[^'\s]*", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    assert sorted({one.split("/")[2] for one in addresses}) == ["", "127.0.0.1:8000"], "nothing else is fetched from"
    assert all("--require-hashes" in x or "--no-index" in x for x in _pip(told)), "all by its checksum"


def _pip(told: list[tuple[str, str]]) -> Iterator[str]:
    for name, rest in told:
        if name == "RUN":
            yield from (one for one in rest.split("&&") if "pip install" in one)


def test_compose_names_what_there_is_and_shuts_it_in() -> None:
    told: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = told["services"]
    ours = {name: one for name, one in services.items() if "localhost/uppdrag" in one["image"]}
    assert len(ours) == 4
    for name, one in ours.items():
        assert (ROOT / "deploy" / one["build"]["context"] / one["build"]["dockerfile"]).is_file()
        assert (DEPLOY / one["env_file"]).is_file()
        assert set(one["environment"]) <= NAMES
        files = {value for key, value in one["environment"].items() if key.endswith("_FILE")}
        assert files == {f"/run/secrets/{secret}" for secret in one["secrets"]}, name
        assert wrong_with(shlex.join(one["command"])) == ""
        checked = one["healthcheck"].get("test", ["CMD", "python"])
        assert checked[1] == "python" or wrong_with(shlex.join(checked[2:])) == ""
        assert (one["read_only"], one["cap_drop"], one["user"]) == (True, ["ALL"], "10001:10001")
        assert one["security_opt"] == ["no-new-privileges:true"]
    for one in services.values():
        assert set(one["secrets"]) <= set(told["secrets"])
        assert set(one["networks"]) <= set(told["networks"])
        assert set(one.get("depends_on", ())) <= set(services)
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", ()))
    assert [name for name, one in services.items() if "ports" in one] == ["sidor"]
    assert services["databas"]["networks"] == ["inre"]
    assert told["networks"]["inre"]["internal"]


def _commands_in(text: str) -> Iterator[str]:
    """What follows `uppdrag`, or the wrapper that calls it, in blocks and in the line."""
    code = [*re.findall(r"^ {4}(.+)$", text, re.MULTILINE), *re.findall(r"`([^`\n]+)`", text)]
    for one in code:
        yield from re.findall(r"(?:^|exec \w+ )uppdrag(?:-drift)? ([^;]+)", one)


def test_the_guide_names_only_commands_settings_and_files_that_there_are() -> None:
    guide = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    found = list(_commands_in(guide))
    assert len(found) > 20
    assert [wrong for wrong in map(wrong_with, found) if wrong and "KOMMANDO" not in wrong] == []
    for page in (ROOT / "docs").glob("*.md"):
        assert set(re.findall(r"UPPDRAG_[A-Z]+(?:_[A-Z]+)*", page.read_text(encoding="utf-8"))) <= NAMES, page.name
    named = set(re.findall(r"(?:deploy|requirements)/[\w./-]*\w", guide)) - {"deploy/hemligheter"}
    named -= {one for one in named if one.startswith("deploy/hemligheter")}
    assert all(list(ROOT.glob(f"{one}*")) for one in named), named
    for unit in re.findall(r"uppdrag-(?:web|clock|sender|upgrade|backup)\b", guide):
        assert (UNITS / f"{unit}.service").is_file()


@pytest.mark.soak
def test_the_steps_of_the_image_install_a_program_that_works(tmp_path: Path) -> None:
    """As the Containerfile does it, without a container: from the locks and what is copied, nothing else."""
    for one in {w for name, rest in _instructions(DEPLOY / "Containerfile")
                if name == "COPY" and "--from" not in rest for w in rest.split()[:-1]}:  # fmt: skip
        if (ROOT / one).is_dir():
            left_out = shutil.ignore_patterns("__pycache__", "vendor")
            shutil.copytree(ROOT / one, tmp_path / one, ignore=left_out)
        else:
            shutil.copy(ROOT / one, tmp_path / one)

    def run(*words: str) -> str:
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
        return subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout

    run("make", "wheel")
    run("python3", "-m", "venv", "opt")
    pip = ("opt/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "--only-binary=:all:", "-r", "requirements/server.txt")
    run(*pip, "--no-index", "--no-deps", *map(str, (tmp_path / "dist").glob("*.whl")))
    assert "Databasen är klar" in run("opt/bin/uppdrag", "init")
    assert "19 nya" in run("opt/bin/uppdrag", "import", "vp-2026")
    assert "psycopg" in run(
        "opt/bin/python", "-c", "import psycopg, uppdrag.web.assets as a; print(psycopg, a.Assets())"
    )
    installed = run("opt/bin/python", "-m", "pip", "list", "--format=freeze").lower()
    assert not {"pytest", "hatchling", "mypy"} & {line.partition("==")[0] for line in installed.splitlines()}
