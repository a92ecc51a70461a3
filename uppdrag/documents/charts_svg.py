"""What a picture is made of before it goes anywhere: SVG that says what it shows, with attributes instead of styles.

A page lets no style stand inline, so every one becomes an attribute; ids that nothing refers to go, and those that are
left begin with the picture's own name, so that several pictures can stand on one page.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from uppdrag.documents.typeface import PICTURES

INK, PAPER, FILL = "#1e2125", "#ffffff", "#14566e"
"""All the colours that a picture has."""
_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREF = f"{{{_LINK}}}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"(?:(?P<weight>bold|\d{3})\s+)?(?P<size>[\d.]+)px\s+(?P<family>.+)")
_KEPT_FAMILY = f"'{PICTURES}', 'Segoe UI', Arial, sans-serif"
_WIDTH = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)pt"')
_ROUND = {"stroke-linejoin": "round", "stroke-linecap": "butt"}
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _LINK)


def tidy(drawn: bytes, *, name: str, title: str, description: str) -> str:
    """A picture ready for page, mail and document. `name`: letters, digits and hyphens, its own on a page."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own drawing, from the line before
    _remove(root, "metadata", "style")
    _remove(root, "defs", but_filled=True)
    referred = _referred(root)
    for element in root.iter():
        _plain(element)
        _own(element, name, referred)
    for key, value in {**_ROUND, "role": "img", "aria-labelledby": f"{name}-t {name}-d"}.items():
        root.set(key, value)
    for at, (tag, text) in enumerate((("title", title), ("desc", description))):
        told = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag[0]}"})
        told.text = text
        root.insert(at, told)
    return ElementTree.tostring(root, encoding="unicode")


def on_page(svg: str) -> str:
    """A picture for a page: its ink, paper and fill are the page's own, so that it can be dark."""
    shown = svg.replace(INK, "currentColor")
    return shown.replace(PAPER, "var(--bild-papper)").replace(FILL, "var(--bild-fyllning)")


def width(svg: str) -> float:
    """How wide a picture was drawn, in points; 0 where it does not say."""
    found = _WIDTH.match(svg)
    return float(found[1]) if found else 0.0


def _remove(root: ElementTree.Element, *names: str, but_filled: bool = False) -> None:
    tags = {f"{{{_SVG}}}{name}" for name in names}
    for parent in list(root.iter()):
        for child in [c for c in parent if c.tag in tags and not (but_filled and len(c))]:
            parent.remove(child)


def _own(element: ElementTree.Element, name: str, referred: set[str]) -> None:
    """Only ids that something refers to, each under the picture's name."""
    id = element.attrib.pop("id", "")
    if id in referred:
        element.set("id", f"{name}-{id}")
    for key, value in list(element.attrib.items()):
        if key == _HREF:
            del element.attrib[key]
            element.set("href", f"#{name}-{value.removeprefix('#')}")
        elif _REFERENCE.search(value):
            element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _referred(root: ElementTree.Element) -> set[str]:
    found = set[str]()
    for element in root.iter():
        for key, value in element.attrib.items():
            found |= set(_REFERENCE.findall(value))
            if key == _HREF:
                found.add(value.removeprefix("#"))
    return found


def _plain(element: ElementTree.Element) -> None:
    """Styles as attributes, and the font in parts: not every reader knows the short form."""
    style = element.attrib.pop("style", "")
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        key, _, value = declaration.partition(":")
        key, value = key.strip(), value.strip()
        if key == "font" and (match := _FONT.fullmatch(value)):
            element.set("font-size", match["size"])
            element.set("font-family", _KEPT_FAMILY)
            if match["weight"]:
                element.set("font-weight", match["weight"])
        elif key == "font-family":
            element.set(key, _KEPT_FAMILY)
        elif key == "font-size":
            element.set(key, value.removesuffix("px"))
        else:
            element.set(key, value)
