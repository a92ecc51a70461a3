"""`uppdrag --help` against a bare Typer app that has the same commands and nothing behind them.

The bare app is written out anew from the real one at every run: names, help, examples, arguments and options, the same
settings of Typer. Both are started as processes, as pip's own start scripts start them, with their bytecode kept.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from inspect import Parameter, getdoc, signature, unwrap
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.models import ArgumentInfo, CommandInfo, OptionInfo, TyperInfo

from benchmarks.measure import Bar, take_turns

STARTS = 3
_HEAD = """
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

def application(**more):
    return typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False, **more)

app = application(help={help!r}, no_args_is_help=True, context_settings={settings!r})
"""


def measure(folder: Path, rounds: int) -> list[Bar]:
    from uppdrag.cli.commands import app

    (folder / "bare.py").write_text("\n".join(_source(app)), encoding="utf-8")
    (folder / "bare_script.py").write_text("import sys\nfrom bare import app\nsys.exit(app())\n", encoding="utf-8")
    (folder / "our_script.py").write_text(
        "import sys\nfrom uppdrag.cli import main\nsys.exit(main())\n", encoding="utf-8"
    )
    bare, ours = folder / "bare_script.py", folder / "our_script.py"
    named = [line.split()[0] for line in _help(bare).splitlines() if line.startswith("  ") and line.strip()]
    missing = [name for name in _names(app) if name not in named or name not in _help(ours)]
    if missing:
        raise AssertionError(f"not in both helps: {missing}")

    def start_ours() -> None:
        for _ in range(STARTS):
            _help(ours)

    def start_bare() -> None:
        for _ in range(STARTS):
            _help(bare)

    turns = take_turns(rounds, {"ours": start_ours, "bare": start_bare})
    return [turns.time("uppdrag --help mot en bar Typer-app: tid", "ours", "bare", at_most=1.2).each(STARTS)]


def _help(script: Path) -> str:
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = (sys.executable, str(script), "--help")
    return subprocess.run(command, capture_output=True, check=True, text=True, env=ours).stdout


def _names(app: typer.Typer) -> list[str]:
    commands = [_name(command) for command in app.registered_commands]
    return commands + [_group_name(group) for group in app.registered_groups]


def _name(command: CommandInfo) -> str:
    return command.name or unwrap(command.callback).__name__ if command.callback else ""


def _group_name(group: TyperInfo) -> str:
    inner = group.typer_instance
    name = group.name if isinstance(group.name, str) else inner.info.name if inner else ""
    return name if isinstance(name, str) else ""


def _source(app: typer.Typer) -> Iterator[str]:
    yield _HEAD.format(help=str(app.info.help), settings=app.info.context_settings)
    for enum in dict.fromkeys(_enums(app)):
        members = {member.name: member.value for member in enum}
        yield f"{enum.__name__} = Enum({enum.__name__!r}, {members!r}, type=str)"
    if app.registered_callback and app.registered_callback.callback:
        yield from _function("@app.callback()", "options", app.registered_callback.callback)
    for number, command in enumerate(app.registered_commands):
        yield from _command("app", f"command_{number}", command)
    for number, group in enumerate(_groups(app)):
        variable = f"group_{number}"
        yield f"{variable} = application(help={str(group.info.help)!r})"
        yield f"app.add_typer({variable}, name={_group_name(app.registered_groups[number])!r})"
        for place, command in enumerate(group.registered_commands):
            yield from _command(variable, f"{variable}_{place}", command)


def _groups(app: typer.Typer) -> list[typer.Typer]:
    return [group.typer_instance for group in app.registered_groups if group.typer_instance]


def _enums(app: typer.Typer) -> Iterator[type[Enum]]:
    for command in (c for group in (app, *_groups(app)) for c in group.registered_commands):
        for hint in get_type_hints(unwrap(command.callback)).values() if command.callback else ():
            if isinstance(hint, type) and issubclass(hint, Enum):
                yield hint


def _command(app: str, variable: str, command: CommandInfo) -> Iterator[str]:
    callback = command.callback
    if callback is not None:
        said = command.help or getdoc(unwrap(callback))
        decorator = f"@{app}.command({_name(command)!r}, help={said!r}, epilog={command.epilog!r})"
        yield from _function(decorator, variable, callback)


def _function(decorator: str, variable: str, callback: Any) -> Iterator[str]:
    function = unwrap(callback)
    hints = get_type_hints(function, include_extras=True)
    given = signature(function).parameters.items()
    parameters = [_parameter(name, p.default, hints[name]) for name, p in given if get_origin(hints[name]) is Annotated]
    yield decorator
    yield f"def {variable}(context: typer.Context, {', '.join(parameters)}) -> None:"
    yield "    pass"


def _parameter(name: str, default: Any, hint: Any) -> str:
    kind, said = get_args(hint)[:2]
    if not isinstance(said, OptionInfo | ArgumentInfo):
        raise TypeError(f"{name}: {said!r}")
    # Typer takes the first word, as "--as", for the default until it builds the command.
    declared = [repr(word) for word in (said.default, *(said.param_decls or ())) if isinstance(word, str)]
    declared += [f"{word}={getattr(said, word)!r}" for word in ("help", "metavar") if getattr(said, word)]
    sort = "Option" if isinstance(said, OptionInfo) else "Argument"
    annotation = f"Annotated[{_type(kind)}, typer.{sort}({', '.join(declared)})]"
    return f"{name}: {annotation}" + ("" if default is Parameter.empty else f" = {_value(default)}")


def _value(default: Any) -> str:
    if isinstance(default, Enum):
        return f"{type(default).__name__}.{default.name}"
    return f"Path({str(default)!r})" if isinstance(default, Path) else repr(default)


def _type(kind: Any) -> str:
    if get_origin(kind) is UnionType:
        return " | ".join(map(_type, get_args(kind)))
    if get_origin(kind) is list:
        return f"list[{_type(get_args(kind)[0])}]"
    return "None" if kind is NoneType else str(kind.__name__)
