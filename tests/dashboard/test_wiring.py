"""The wiring without a browser: ids that Python or the browser speak of stand on the page, callbacks answer."""

from __future__ import annotations

import json
import re

from dashboard import ids
from dashboard.app import create_app
from dashboard.settings import Settings

DRAWN_BY_THE_BROWSER = {"map", "from-date", "to-date", "config"}


def components(node):
    if isinstance(node, dict):
        if "props" in node:
            yield node
        for value in node.values():
            yield from components(value)
    elif isinstance(node, list):
        for item in node:
            yield from components(item)


def layout_ids(client):
    return {c["props"]["id"] for c in components(client.get("/_dash-layout").get_json()) if "id" in c["props"]}


def test_every_id_in_the_table_stands_on_the_page(client):
    table = {value for name, value in vars(ids).items() if name.isupper()}
    assert table - DRAWN_BY_THE_BROWSER <= layout_ids(client)


def test_every_id_the_browser_looks_up_stands_on_the_page(client, checkout):
    scripts = "".join(
        p.read_text("utf-8") for p in [checkout / "assets" / "main.mjs", *(checkout / "assets" / "app").glob("*.mjs")]
    )
    looked_up = set(re.findall(r'byId\("([\w-]+)"\)', scripts)) | set(re.findall(r'\bon\("([\w-]+)"', scripts))
    events = {"zoom", "move", "plotly_click", "mousemove", "mouseout", "click", "moveend"}
    assert {"play", "timeline", "listing"} <= looked_up | {"listing"}
    assert looked_up - events - DRAWN_BY_THE_BROWSER - {"style.load"} <= layout_ids(client)


def test_dash_counts_no_clicks_on_the_page(client):
    html = [c for c in components(client.get("/_dash-layout").get_json()) if c["namespace"] == "dash_html_components"]
    assert html
    assert all(c["props"].get("disable_n_clicks") for c in html)


def test_every_callback_speaks_of_components_that_exist(client):
    known = layout_ids(client)
    callbacks = client.get("/_dash-dependencies").get_json()
    assert callbacks
    for callback in callbacks:
        assert {i["id"] for i in callback["inputs"] + callback["state"]} <= known
        assert {part.split(".")[0] for part in callback["output"].strip(".").split("...")} <= known


def test_the_card_is_answered_over_http(client, stored):
    dependency = client.get("/_dash-dependencies").get_json()[0]
    body = {
        "output": dependency["output"],
        "outputs": [{"id": ids.CARD, "property": "children"}],
        "inputs": [
            {"id": ids.SELECTION, "property": "data", "value": "2022-03-22-killed-9861"},
            {"id": ids.KNOWN, "property": "data", "value": ""},
        ],
        "changedPropIds": [f"{ids.SELECTION}.data"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    text = json.dumps(answer.get_json())
    assert stored.get("2022-03-22-killed-9861").statement in text
    body["inputs"][0]["value"] = "nobody-said-this"
    assert "nobody-said-this" in json.dumps(client.post("/_dash-update-component", json=body).get_json())


def test_two_apps_in_one_process_have_the_same_callbacks(client, stored):
    other = create_app(stored, Settings(title="Another")).server.test_client()
    assert other.get("/_dash-dependencies").get_json() == client.get("/_dash-dependencies").get_json()
    assert "Another" in other.get("/").get_data(as_text=True)


def test_nothing_on_the_page_interprets_text_as_html(checkout):
    parsing = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerously_?(allow|set)"
    for path in [*(checkout / "assets").rglob("*.mjs"), *(checkout / "dashboard").rglob("*.py")]:
        assert not re.search(parsing, path.read_text("utf-8"), re.IGNORECASE), path
