"""The plain routes: one query for all, refused by name, cached by version and query, compressed."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import UTC, date, datetime

import flask_compress.flask_compress
import geopandas
import pytest

from dashboard.state import query_of
from geodata.model import Claim
from geodata.query import Query
from geodata.readers import read

PACKED = ("/claims.geojson", "/claims.csv", "/claims.jsonl", "/columns")
QUERYING = (*PACKED, "/claims.parquet", "/shapes.geojson", "/matches", "/list")
ADDRESS = "layer=retreat,bombardment&from=2022-03-01&to=2022-03-23"


def test_health_says_version_and_number_of_claims(client, stored):
    answer = client.get("/healthz").get_json()
    assert answer["status"] == "ok"
    assert answer["claims"] == stored.count(Query())
    assert answer["version"][0].isdigit()


@pytest.mark.parametrize("route", QUERYING)
def test_unknown_parameters_are_refused_by_name(client, route):
    answer = client.get(f"{route}?layer=retreat&colour=red&flavour=2")
    assert answer.status_code == 400
    assert answer.get_json()["parameters"] == ["colour", "flavour"]


@pytest.mark.parametrize("route", QUERYING)
def test_an_unreadable_value_is_refused_by_the_name_of_its_parameter(client, route):
    assert client.get(f"{route}?from=yesterday").get_json()["parameters"] == ["from"]
    assert client.get(f"{route}?from=2022-03-02&to=2022-03-01").status_code == 400


@pytest.mark.parametrize("route", QUERYING)
def test_the_address_of_the_page_is_taken_whole(client, route):
    assert client.get(f"{route}?{ADDRESS}&map=6/49/31&theme=dark&present=1&sel=x&panel=tray").status_code == 200


@pytest.mark.parametrize("route", QUERYING)
def test_an_answer_is_known_again_by_version_and_query(client, route):
    first = client.get(f"{route}?{ADDRESS}")
    again = client.get(f"{route}?{ADDRESS}", headers={"If-None-Match": first.headers["ETag"]})
    other = client.get(f"{route}?layer=toll", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert again.data == b""


@pytest.mark.parametrize("route", PACKED)
def test_answers_are_compressed_and_still_known_again(client, route):
    packed = client.get(route, headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    again = client.get(route, headers={"Accept-Encoding": "br", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_the_scripts_of_dash_are_compressed_once_and_the_answers_to_queries_each_time(client, monkeypatch):
    packed = []
    honest = flask_compress.flask_compress._compress_data
    monkeypatch.setattr(
        flask_compress.flask_compress,
        "_compress_data",
        lambda app, data, how: packed.append(how) or honest(app, data, how),
    )
    script = "/_dash-component-suites/plotly/package_data/plotly.min.js"
    bodies = {client.get(script, headers={"Accept-Encoding": "gzip"}).data for _ in range(2)}
    assert len(bodies) == 1 and gzip.decompress(bodies.pop()) == client.get(script).data
    assert len(packed) <= 1
    some, all_ = (client.get(f"/list?{query}", headers={"Accept-Encoding": "br"}).data for query in (ADDRESS, ""))
    assert some != all_ and packed[-2:] == ["br", "br"]


def test_geojson_has_one_feature_a_claim_and_null_where_nothing_is_drawn(client, stored):
    query = query_of({"layer": ["retreat,toll"]})
    features = json.loads(client.get("/claims.geojson?layer=retreat,toll").data)["features"]
    claims = {c.claim_id: c for c in stored.claims(query)}
    assert {f["properties"]["claim_id"] for f in features} == set(claims)
    wanted = {
        *("claim_id", "kind", "layer", "claimant", "side", "relays", "precision", "role", "place", "statement"),
        *("happened_start", "happened_end", "said_at", "modality", "status"),
    }
    for feature in features:
        claim = claims[feature["properties"]["claim_id"]]
        assert wanted <= set(feature["properties"])
        assert (feature["geometry"] is None) == (not claim.marks)
        assert feature["properties"]["relays"] == list(claim.relays)


def test_an_area_is_never_a_point(client):
    features = json.loads(client.get("/claims.geojson").data)["features"]
    for feature in features:
        if feature["properties"]["precision"] in ("district", "oblast", "region", "direction", "sector"):
            assert feature["geometry"] is None or feature["geometry"]["type"] != "Point"


def test_csv_holds_the_claims_of_the_query(client, stored):
    rows = list(csv.DictReader(io.StringIO(client.get(f"/claims.csv?{ADDRESS}").data.decode("utf-8-sig"))))
    expected = stored.claims(query_of({"layer": ["retreat,bombardment"], "from": ["2022-03-01"], "to": ["2022-03-23"]}))
    assert [r["claim_id"] for r in rows] == [c.claim_id for c in expected]


@pytest.mark.parametrize("suffix", ["csv", "geojson", "jsonl", "parquet"])
def test_each_export_holds_the_claims_of_the_query_and_is_named_by_day_and_query(client, stored, tmp_path, suffix):
    answer = client.get(f"/claims.{suffix}?{ADDRESS}")
    name = re.fullmatch(
        rf'attachment; filename="(conflict-map-(\d{{4}}-\d\d-\d\d)-([0-9a-f]{{8}})\.{suffix})"',
        answer.headers["Content-Disposition"],
    )
    assert abs((date.fromisoformat(name[2]) - datetime.now(UTC).date()).days) <= 1
    other = client.get(f"/claims.{suffix}?layer=toll").headers["Content-Disposition"]
    assert name[3] not in other
    query = query_of({"layer": ["retreat,bombardment"], "from": ["2022-03-01"], "to": ["2022-03-23"]})
    wanted = [c.claim_id for c in stored.claims(query)]
    if suffix == "parquet":
        frame = geopandas.read_parquet(io.BytesIO(answer.data))
        assert (list(frame["claim_id"]), frame.crs.to_epsg() or "CRS84") == (wanted, "CRS84")
    elif suffix == "geojson":
        assert [f["id"] for f in answer.get_json(force=True)["features"]] == wanted
    else:
        (tmp_path / name[1]).write_bytes(answer.data)
        assert [r.claim_id for r in read(tmp_path / name[1]) if isinstance(r, Claim)] == wanted


def test_matches_flag_the_claims_in_the_order_of_the_columns(client, stored):
    flags = client.get("/matches?q=Mykolaiv").data
    everything = [c.claim_id for c in stored.claims(Query())]
    found = {c.claim_id for c in stored.claims(Query(text="Mykolaiv"))}
    assert [bool(f) for f in flags] == [i in found for i in everything]
    assert 0 < sum(flags) < len(flags)


def test_lists_come_a_page_at_a_time_with_the_whole_count(client, stored):
    answer = client.get("/list?limit=5").get_json()
    assert (answer["total"], len(answer["rows"])) == (stored.count(Query()), 5)
    assert sum(g["total"] for g in answer["tray"]) == answer["tray_total"]
    assert client.get("/list?limit=7").headers["ETag"] != client.get("/list?limit=5").headers["ETag"]


def test_lines_are_asked_for_by_their_places_in_the_columns(client, stored):
    version, claims = stored.version(), list(stored.claims(Query()))
    rows = client.get(f"/rows?version={version}&at=7,2").get_json()["rows"]
    assert [r["claim_id"] for r in rows] == [claims[7].claim_id, claims[2].claim_id]
    assert client.get(f"/claims/{claims[7].claim_id}.json?version={version}").get_json()["at"] == 7
    assert client.get("/rows?version=older&at=1").status_code == 400


def test_one_claim_is_answered_and_an_unknown_one_is_404(client, stored):
    claim = next(iter(stored.claims(Query())))
    assert client.get(f"/claims/{claim.claim_id}.json").get_json()["statement"] == claim.statement
    assert client.get("/claims/nobody-said-this.json").status_code == 404


def test_the_page_may_load_from_its_own_host_only(client):
    policy = dict(p.split(" ", 1) for p in client.get("/").headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert all("http" not in sources for sources in policy.values())


def test_basemap_layers_are_json_and_an_unknown_one_is_no_page(client):
    for name in ("countries", "borders", "places", "lakes"):
        answer = client.get(f"/basemap/{name}.geojson")
        assert json.loads(answer.data, parse_constant=pytest.fail)["features"]
    assert client.get("/basemap/nowhere.geojson").status_code == 204
