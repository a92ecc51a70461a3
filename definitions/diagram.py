"""A lifecycle drawn as Mermaid text."""

from __future__ import annotations

from workflow.lifecycle import Lifecycle


def mermaid(lifecycle: Lifecycle) -> str:
    """A state diagram: labels as people read them, what happens by itself marked, what stays in its state left out."""
    lines = ["stateDiagram-v2", f"    %% {lifecycle.label}, version {lifecycle.version}"]
    lines += [f'    state "{_quoted(s.label)}" as {s.id}' for s in lifecycle.states]
    lines += [f"    [*] --> {s.id}" for s in lifecycle.states if s.initial]
    for t in lifecycle.transitions:
        if t.target is None:
            continue
        mark = " (av sig självt)" if t.automatic else ""
        lines += [f"    {source} --> {t.target}: {_quoted(t.label)}{mark}" for source in t.sources]
    lines += [f"    {s.id} --> [*]" for s in lifecycle.states if s.final]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace("\n", " ").replace(":", "–").replace(";", ",")
