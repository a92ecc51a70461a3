"""A drawing that was made a moment ago is not made again, and never stands in the place of another."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence

from uppdrag.documents.remembering import remembered


class Drawn:
    def __init__(self, rows: Sequence[str], kinds: Mapping[str, str], title: str) -> None:
        self.told = (list(rows), dict(kinds), title)


@remembered
def draw(rows: Sequence[str], kinds: Mapping[str, str], *, title: str = "") -> Drawn:
    return Drawn(rows, kinds, title)


def test_the_same_is_drawn_once() -> None:
    assert draw(["a"], {"01": "x"}, title="t") is draw(["a"], {"01": "x"}, title="t")


def test_whatever_differs_is_drawn_anew() -> None:
    rows, kinds = ["a"], {"01": "x"}
    draw(rows, kinds)
    rows.append("b")
    kinds["01"] = "y"
    assert draw(rows, kinds).told == (["a", "b"], {"01": "y"}, "")
    assert draw(["a", "b"], {"03": "y"}).told == (["a", "b"], {"03": "y"}, "")
    assert draw(["ab"], {"03": "y"}).told == (["ab"], {"03": "y"}, "")
    assert draw(["a", "b"], {"03": "y"}, title="t").told == (["a", "b"], {"03": "y"}, "t")


def test_what_was_drawn_long_ago_is_let_go() -> None:
    gc.collect()
    for n in range(500):
        draw([f"one of many {n}"], {})
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, Drawn) and one.told[0][0].startswith("one of many")]
    assert 0 < len(kept) < 100
