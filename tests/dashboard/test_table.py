"""The table's rows over HTTP: any order, grouped, paged, found, and taken out exactly as shown."""

from __future__ import annotations

import csv
import io

import pytest

from dashboard.cells import COLUMNS
from geodata.query import Query
from geodata.schema import SCHEMA


def rows(client, address: str) -> dict:
    answer = client.get(f"/table?{address}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def ids(found: dict) -> list[str]:
    return [row["claim_id"] for row in found["rows"]]


def test_every_column_of_the_schema_can_be_chosen(client):
    known = client.get("/table/columns").get_json()
    assert [c["name"] for c in known["columns"]] == [*(c.name for c in SCHEMA), "tags", "notes"]
    found = rows(client, f"cols={','.join(c.name for c in COLUMNS)}&limit=500")
    assert all(len(row["cells"]) == len(COLUMNS) for row in found["rows"])


@pytest.mark.parametrize("order", ["happened_start", "-happened_start", "claimant_name,-statement", "-sides,place"])
def test_pages_in_any_order_are_one_order(client, stored, order):
    whole = ids(rows(client, f"sort={order}&limit=500"))
    paged = [
        i for offset in range(0, len(whole), 7) for i in ids(rows(client, f"sort={order}&limit=7&offset={offset}"))
    ]
    assert paged == whole
    assert sorted(whole) == sorted(stored.table(Query(), ["claim_id"])["claim_id"].to_pylist())


def test_text_is_ordered_without_case_and_what_is_absent_comes_last_either_way(client):
    for order in ("place", "-place"):
        places = [row["cells"][0] for row in rows(client, f"cols=place&sort={order}&limit=500")["rows"]]
        named = [p.lower() for p in places if p]
        assert places[len(named) :] == [""] * (len(places) - len(named))
        assert named == sorted(named, reverse=order == "-place")
        assert 0 < len(named) < len(places)


@pytest.mark.parametrize("by", ["source", "side", "place", "day", "kind", "layer"])
def test_groups_name_and_count_the_rows_that_follow(client, stored, by):
    found = rows(client, f"group={by}&cols=claimant_name,side,place_id,happened_start,kind,layer&limit=500")
    assert sum(g["claims"] for g in found["groups"]) == found["total"] == len(found["rows"])
    at = {"source": 0, "side": 1, "place": 2, "kind": 4, "layer": 5}.get(by)
    for group in found["groups"]:
        part = found["rows"][group["start"] : group["start"] + group["claims"]]
        assert group["label"]
        if at is not None:
            assert len({row["cells"][at] for row in part}) == 1
    if by == "source":
        counts = stored.facets(Query())["source"]
        assert {g["value"]: g["claims"] for g in found["groups"]} == dict(counts)
    if by == "day":
        assert [g["value"] for g in found["groups"]] == sorted((g["value"] for g in found["groups"]), reverse=True)


def test_a_claim_is_found_in_its_page(client):
    whole = ids(rows(client, "sort=-statement&group=place&limit=500"))
    found = rows(client, f"sort=-statement&group=place&limit=10&find={whole[33]}")
    assert (found["found"], found["offset"]) == (33, 30)
    assert ids(found) == whole[30:40]
    assert rows(client, f"layer=retreat&find={whole[33]}xx")["found"] is None


def test_what_is_searched_for_stands_as_the_search_has_it(client, stored):
    score = {hit.claim_id: hit.score for hit in stored.search(Query(text="russia"), limit=500)}

    def scores(address: str) -> list[float]:
        return [score[i] for i in ids(rows(client, f"q=russia&limit=500&{address}"))]

    best = sorted(score.values(), reverse=True)
    assert best[0] > best[-1] and scores("") != best
    assert scores("sort=relevance") == scores("sort=relevance&known=2022-03-23") == best
    assert scores("sort=-relevance,statement") == best[::-1]
    first = rows(client, "q=russia&sort=relevance&group=layer")["groups"][0]["claims"]
    part = scores("sort=relevance&group=layer")[:first]
    assert part == sorted(part, reverse=True)


def test_the_file_holds_the_rows_columns_and_order_shown(client):
    address = "layer=retreat,fighting&cols=claim_id,sides,happened_start,place&sort=place&group=source"
    shown = rows(client, f"{address}&limit=500")
    answer = client.get(f"/table.csv?{address}")
    assert "attachment" in answer.headers["Content-Disposition"]
    head, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head == ["claim_id", "sides", "happened_start", "place"]
    assert [line[0] for line in lines] == ids(shown)
    assert all(line[2].endswith("Z") or not line[2] for line in lines)


def test_a_query_of_nothing_has_no_rows_and_a_file_of_a_head(client):
    assert rows(client, "claim=nobody&group=place") | {"groups": [], "rows": []} == rows(client, "claim=nobody")
    assert client.get("/table.csv?claim=nobody&cols=place").data.decode("utf-8-sig") == "place\r\n"


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("cols=colour", ["cols"]),
        ("sort=relays", ["sort", "group"]),
        ("sort=relevance", ["sort", "group"]),
        ("sort=relevance&q=-", ["sort", "group"]),
        ("group=mood", ["sort", "group"]),
        ("hue=1", ["hue"]),
    ],
)
def test_what_is_not_known_is_refused_by_name(client, address, names):
    answer = client.get(f"/table?{address}")
    assert (answer.status_code, answer.get_json()["parameters"]) == (400, names)


def test_an_answer_is_known_again_by_all_that_shapes_it(client):
    tag = client.get("/table?sort=place&limit=5").headers["ETag"]
    assert client.get("/table?sort=place&limit=5", headers={"If-None-Match": tag}).status_code == 304
    for other in ("sort=-place&limit=5", "sort=place&limit=5&offset=5", "sort=place&limit=5&cols=kind"):
        assert client.get(f"/table?{other}", headers={"If-None-Match": tag}).status_code == 200
