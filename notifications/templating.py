"""The mails' templates, made ready once and rendered many times. The only user of Jinja and css-inline.

A page that others fill in is put together with what fills it, and its styles are inlined, when a mail is first asked
for; what is left to do for each mail is to fill in its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer

Values = dict[str, Any]
Filters = Mapping[str, Callable[..., str]]
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that nobody sees."""
_SUBJECT = "amne"
_PAGE = "bas.html"
_TAG, _ASIDE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL), re.compile("\ue000(\\d+)\ue001")
_INLINER = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's parts, each rendered from the values given; the HTML is given the subject as well, as `amne`."""

    subject: Callable[[Values], str]
    text: Callable[[Values], str]
    html: Callable[[Values], str]


class Templates:
    """The templates of this package, as `Mail`s."""

    def __init__(self, *, text: Filters, html: Filters) -> None:
        """The filters that the templates of each kind may use."""
        self.text = _environment(PackageLoader("notifications", "templates"), text, html=False)
        self.html = _environment(_Inlined("notifications", "templates"), html, html=True)
        self.mail = cache(self._mail)

    def _mail(self, name: str) -> Mail:
        text, more = _whole(self.text, f"{name}.txt")
        html, _ = _whole(self.html, f"{name}.html")
        subject = nodes.Template(more[_SUBJECT].body)
        subject.set_environment(self.text)
        return Mail(_renders(self.text, subject), _renders(self.text, text), _renders(self.html, html))


def _plain(value: Any) -> Any:
    """A value on one line, without characters that nobody sees. What is already HTML stays."""
    if type(value) is str and not value.isprintable():
        return HIDDEN.sub(" ", value)
    return value


def _environment(loader: PackageLoader, filters: Filters, *, html: bool) -> Environment:
    environment = Environment(
        loader=loader, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=html,  # noqa: S701 - plain text must not be escaped; HTML always is, by constant
        finalize=_plain, auto_reload=False, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= filters
    return environment


class _Inlined(PackageLoader):
    """Reads a template with its styles inlined.

    What Jinja is to fill in stands aside meanwhile, as characters that mean nothing to HTML. Styles go by class alone,
    so that a template's own part can be inlined without the page around it.
    """

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        source, file, fresh = super().get_source(environment, template)
        aside: list[str] = []

        def put_aside(found: re.Match[str]) -> str:
            aside.append(found[0])
            return f"\ue000{len(aside) - 1}\ue001"

        html = _TAG.sub(put_aside, source)
        if template == _PAGE:
            html = _INLINER.inline(html)
        else:
            css = super().get_source(environment, _PAGE)[0].partition("<style>")[2].partition("@media")[0]
            html = _INLINER.inline_fragment(html, css)
        return _ASIDE.sub(lambda found: aside[int(found[1])], html), file, fresh


class _InPlace(NodeTransformer):
    """Puts what blocks hold where the blocks stand: `filled` where they are filled in, else the page's own."""

    def __init__(self, filled: Mapping[str, nodes.Block]) -> None:
        self._filled = filled
        self.seen: set[str] = set()

    def visit_Block(self, block: nodes.Block) -> list[nodes.Node]:  # noqa: N802 - Jinja's name
        self.seen.add(block.name)
        body = self._filled.get(block.name, block).body
        return [found for node in body for found in self.visit_list(node)]


def _whole(environment: Environment, name: str) -> tuple[nodes.Template, dict[str, nodes.Block]]:
    """A template in one piece with the page that it extends, and the blocks that the page has no place for.

    As Jinja's own inheritance would have it, without the looking-up that it does for each mail.
    """
    own = _parsed(environment, name)
    extends = own.find(nodes.Extends)
    if extends is None or not isinstance(extends.template, nodes.Const):
        raise ValueError(f"{name} extends no page")
    filled = {block.name: block for block in own.find_all(nodes.Block)}
    page = _parsed(environment, extends.template.value)
    in_place = _InPlace(filled)
    in_place.visit(page)
    return page, {name: block for name, block in filled.items() if name not in in_place.seen}


def _parsed(environment: Environment, name: str) -> nodes.Template:
    if environment.loader is None:
        raise ValueError("no templates to read")
    source, file, _ = environment.loader.get_source(environment, name)
    return environment.parse(source, name, file)


def _renders(environment: Environment, tree: nodes.Template) -> Callable[[Values], str]:
    """What renders a template. It sees the values as they were given, and none of Jinja's own: a context that is shared
    is not copied for each mail."""
    template = Template.from_code(environment, environment.compile(tree), {})
    root, new_context = template.root_render_func, template.new_context
    return lambda given: "".join(root(new_context(given, shared=True)))
