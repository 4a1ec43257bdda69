"""What a page is sent of more claims than it should hold, against the store's own counts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import counted
from dashboard.app import create_app
from dashboard.columns import OPEN_START, Wires
from dashboard.counted import Counted
from dashboard.settings import Settings
from geodata.model import Layer
from geodata.query import Query
from tests.dashboard.test_columns import decoded

KYIV = (29.9, 49.9, 31.2, 51.0)


def sent(parts):
    return decoded(SimpleNamespace(parts=lambda: parts))


@pytest.fixture
def few(stored):
    """Counts above five claims."""
    return Counted(stored, Wires(stored), 5)


def test_up_to_the_limit_claims_are_sent_and_above_it_counts(stored, few):
    wires, n = Wires(stored), stored.count(Query())
    assert "counted" not in sent(Counted(stored, wires, n).parts(Query(), None))[0]
    header, _, whole = sent(Counted(stored, wires, n - 1).parts(Query(), None))
    assert header["counted"]["claims"] == n
    assert whole["weight"].sum() == stored.marks(Query()).num_rows


@pytest.mark.parametrize("query", [Query(), Query(layer=("retreat", "bombardment"))], ids=lambda q: q.to_url())
@pytest.mark.parametrize("zoom", [4, 12])
def test_counts_are_those_of_the_cube(stored, few, query, zoom):
    header, tables, whole = sent(few.parts(query, zoom))
    assert header["counted"] == {"zoom": zoom, "days": 1, "claims": stored.count(Query()), "singles": 5}
    layers = header["dictionaries"]["layer"]
    sorts = [layers[header["kind_layer"][k]] for k in tables["sorts"]["kind"]]
    found = Counter()
    for spot, start, sort, weight in zip(whole["spot"], whole["start"], whole["sort"], whole["weight"], strict=True):
        found[tables["spots"]["x"][spot], tables["spots"]["y"][spot], start, sorts[sort]] += weight
    for r in stored.cube(query, zoom=zoom, bin_minutes=1440).to_pylist():
        found[r["x"], r["y"], OPEN_START if r["minute"] is None else r["minute"], r["layer"]] -= r["claims"]
    assert whole["weight"].sum() > 0 and not any(found.values())


def test_counts_are_of_what_was_known(stored, few):
    before = {}
    for known in (datetime(2022, 3, 4, tzinfo=UTC), datetime(2022, 3, 15, tzinfo=UTC)):
        for query in (Query(known=known), Query(known=known, by="recorded"), Query(known=known, clock="said")):
            _, _, whole = sent(few.parts(query, 6)) if stored.count(query) > 5 else ({}, {}, {"weight": np.zeros(1)})
            assert whole["weight"].sum() == stored.marks(query).num_rows
            assert few.totals(query)["total"] == stored.count(query) >= before.get((query.by, query.clock), 0)
            assert sum(few.days(query)["claims"]) <= few.totals(query)["total"]
            before[query.by, query.clock] = stored.count(query)
    assert 0 == before["recorded", "happened"] < before["said", "happened"] < stored.count(Query())


def test_coarser_bins_where_days_are_too_many(stored, monkeypatch):
    monkeypatch.setattr(counted, "ROWS", 10)
    header, _, whole = sent(Counted(stored, Wires(stored), 5).parts(Query(), 3))
    assert header["counted"]["days"] > 1
    assert whole["weight"].sum() == stored.marks(Query()).num_rows


def test_few_enough_claims_in_view_are_sent_one_by_one(stored, few):
    box = next(
        (m["lon"], m["lat"], m["lon"], m["lat"])
        for m in stored.marks(Query()).to_pylist()
        if stored.count(Query(bbox=(m["lon"], m["lat"], m["lon"], m["lat"]))) <= 5
    )
    header, _, whole = sent(few.parts(Query(bbox=box, start=datetime(2030, 1, 1, tzinfo=UTC)), 12))
    assert "counted" not in header and "weight" not in whole
    assert header["claims"] == stored.count(Query(bbox=box)) > 0


def test_rows_are_named_by_the_query_whose_columns_are_meant(stored):
    client = create_app(stored, Settings(most=20)).server.test_client()
    box = Query(bbox=KYIV, layer=("retreat",))
    version, ids = stored.version(), stored.table(box, ["claim_id"])["claim_id"].to_pylist()
    assert ids
    rows = client.get(f"/rows?version={version}&at={len(ids) - 1}&{box.to_url()}").get_json()["rows"]
    assert [row["claim_id"] for row in rows] == ids[-1:]
    assert client.get(f"/claims/{ids[0]}.json?version={version}&{box.to_url()}").get_json()["at"] == 0
    assert client.get("/shapes.geojson").get_json()["features"] == []


def test_totals_and_days_are_the_stores(stored):
    client = create_app(stored, Settings(most=20)).server.test_client()
    query = Query(layer=("retreat",), end=datetime(2022, 3, 20, tzinfo=UTC))
    told = client.get(f"/counts?{query.to_url()}").get_json()
    assert told["total"] == stored.count(query)
    assert told["facets"] == {name: dict(values) for name, values in stored.facets(query).items()}
    days = client.get(f"/timeline?{query.to_url()}").get_json()
    assert {list(Layer)[k] for k in days["layer"]} == {Layer.RETREAT}
    known = [r["claims"] for r in stored.timeline(query).to_pylist() if r["day"]]
    assert sum(days["claims"]) == sum(known) > 0
