"""A definition's text → plain values with their lines. Refuses what YAML readers disagree about, and what explodes.

Every scalar stays text; which type it should be is the schema's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import yaml

from workflow.errors import DefinitionInvalid, Problem

SIZE_LIMIT = 512 * 1024
DEPTH_LIMIT = 20

_READS_AS = {
    "bool": "ja eller nej", "int": "ett tal", "float": "ett decimaltal", "null": "ingenting",
    "timestamp": "en tidpunkt", "merge": "en sammanslagning", "value": "ett standardvärde",
}  # fmt: skip
_RESOLVER = yaml.resolver.Resolver()


class Plain(str):
    """Text that stood without quotes. `reads_as`: what YAML 1.1 would have made of it, in Swedish; empty for text."""

    reads_as: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A definition's file name and text."""

    file: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 in hex over the text with line ends as in Unix."""
        return sha256(self.text.replace("\r\n", "\n").encode()).hexdigest()


@dataclass(slots=True)
class Tree:
    """The values of a source, and the line (from 1) on which each stands, by its path of keys and positions."""

    values: Any
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line of the nearest thing along the path that stands in the text."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 0


def read(source: Source) -> Tree:
    """The values of a definition. Raises DefinitionInvalid with every problem of form."""
    if len(source.text.encode()) > SIZE_LIMIT:
        raise DefinitionInvalid([Problem(source.file, 0, f"filen är större än {SIZE_LIMIT // 1024} kB; dela upp den")])
    problems = list(_explosive(source))
    if problems:
        raise DefinitionInvalid(problems)
    try:
        root = yaml.compose(source.text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        raise DefinitionInvalid([_not_yaml(source, wrong)]) from None
    if root is None:
        raise DefinitionInvalid([Problem(source.file, 0, "filen är tom")])
    lines: dict[tuple[str | int, ...], int] = {}
    values = _value(source, root, (), lines, problems)
    if problems:
        raise DefinitionInvalid(problems)
    return Tree(values, lines)


def _not_yaml(source: Source, wrong: yaml.YAMLError) -> Problem:
    mark = getattr(wrong, "problem_mark", None)
    what = getattr(wrong, "problem", None) or str(wrong).splitlines()[0]
    return Problem(
        source.file, mark.line + 1 if mark else 0, f"går inte att läsa som YAML ({what}); kontrollera indrag och kolon"
    )


def _explosive(source: Source) -> list[Problem]:
    """Anchors, tags and depth are refused before anything is built from them."""
    problems, depth = [], 0
    try:
        for event in yaml.parse(source.text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problems.append(
                    Problem(source.file, line, "ankare och alias (& och *) används inte här; skriv ut texten")
                )
            elif tag := getattr(event, "tag", None):
                problems.append(Problem(source.file, line, f"taggen {tag} används inte här; ta bort den"))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEPTH_LIMIT:
                    return [*problems, Problem(source.file, line, f"djupare än {DEPTH_LIMIT} nivåer; förenkla")]
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except (yaml.YAMLError, UnicodeError) as wrong:
        problems.append(_not_yaml(source, wrong) if isinstance(wrong, yaml.YAMLError)
                        else Problem(source.file, 0, "är inte UTF-8; spara om filen"))  # fmt: skip
    return problems


def _value(
    source: Source, node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int],
    problems: list[Problem],
) -> Any:  # fmt: skip
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(source, node, path, lines, problems)
    if isinstance(node, yaml.SequenceNode):
        return [_value(source, item, (*path, i), lines, problems) for i, item in enumerate(node.value)]
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style:  # quoted or a block: text it is
        return text
    plain = Plain(text)
    resolved: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]  # PyYAML
    tag = resolved.rpartition(":")[2]
    plain.reads_as = "" if tag == "str" else _READS_AS.get(tag, tag)
    return plain


def _mapping(
    source: Source, node: yaml.MappingNode, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int],
    problems: list[Problem],
) -> dict[str, Any]:  # fmt: skip
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(source.file, line, "en nyckel måste vara ett ord"))
            continue
        name = str(key.value)
        if name in values:
            problems.append(Problem(source.file, line, f"{name} står två gånger (först på rad {lines[(*path, name)]})"))
            continue
        values[name] = _value(source, value, (*path, name), lines, problems)
        lines[(*path, name)] = line
    return values
