"""A server in a process of its own: our pages, or a bare FastAPI app that renders the same template from rows that were
prepared once.

python -m benchmarks.web_app (ours | bare) DATABASE PORT
"""

from __future__ import annotations

import gc
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from jinja2 import Template

from benchmarks.scenario import NOW
from benchmarks.web_data import TOKEN
from uppdrag import settings
from uppdrag.service.house import House
from uppdrag.settings import Settings
from uppdrag.web.app import create_app
from uppdrag.web.server import serving

PAGE = "/laget"
HOST = "127.0.0.1"


def main() -> None:
    kind, database, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    house = House.open(f"sqlite:///{database}")
    chosen = replace(settings.read({}), url=f"http://{HOST}:{port}", fixed_now=NOW)
    if kind == "ours":
        with serving(house, chosen, host=HOST, port=port):
            threading.Event().wait()
    bare = _bare(house, chosen)
    gc.collect()
    gc.freeze()  # as our own server does
    uvicorn.run(bare, host=HOST, port=port, log_config=None, access_log=False)


def _bare(house: House, chosen: Settings) -> FastAPI:
    """Nothing but the template, and what our own page gave it once."""
    template, given = _prepared(house, chosen)
    app = FastAPI()

    @app.get(PAGE, response_class=HTMLResponse)
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(given))

    return app


def _prepared(house: House, chosen: Settings) -> tuple[Template, dict[str, Any]]:
    caught: list[tuple[Template, dict[str, Any]]] = []
    render = Template.render

    def spied(template: Template, **given: Any) -> str:
        caught.append((template, given))
        return render(template, **given)

    with patch.object(Template, "render", spied), TestClient(create_app(house, chosen), base_url=chosen.url) as client:
        client.cookies.set("uppdrag", TOKEN)
        client.get(PAGE)
    return caught[-1]


if __name__ == "__main__":
    main()
