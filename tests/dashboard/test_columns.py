"""The wire form against the store it was made from, read back by a decoder of our own."""

from __future__ import annotations

import json

import numpy as np

from dashboard.columns import OPEN_END, OPEN_START, encode
from geodata.query import Query

DTYPES = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "i2": "<i2", "i4": "<i4", "f4": "<f4"}


def decoded(data: bytes):
    assert data[:4] == b"CMC1"
    size = int.from_bytes(data[4:8], "little")
    header = json.loads(data[8 : 8 + size])
    base = (8 + size + 7) // 8 * 8
    tables = {"claims": {}, "marks": {}, "": {}}
    for table, name, dtype, offset, count in header["columns"]:
        assert offset % 8 == 0
        at = base + offset
        tables[table][name] = (
            data[at : at + count].decode() if dtype == "text" else np.frombuffer(data, DTYPES[dtype], count, at)
        )
    return header, tables


def test_every_claim_is_there_in_the_order_of_time(stored):
    header, tables = decoded(encode(stored, Query()))
    claims = list(stored.claims(Query()))
    assert tables[""]["ids"].split("\n") == [c.claim_id for c in claims]
    start, end = tables["claims"]["start"], tables["claims"]["end"]
    assert (np.diff(start.astype(np.int64)) >= 0).all()
    for i, claim in enumerate(claims):
        assert start[i] == (claim.happened.start.timestamp() // 60 if claim.happened.start else OPEN_START)
        assert end[i] == (claim.happened.end.timestamp() // 60 if claim.happened.end else OPEN_END)
    assert header["claims"] == len(claims)


def test_codes_stand_for_the_words_of_the_claims(stored):
    header, tables = decoded(encode(stored, Query()))
    words = header["dictionaries"]
    for i, claim in enumerate(stored.claims(Query())):
        row = {name: codes[i] for name, codes in tables["claims"].items()}
        assert words["source"][row["source"]]["id"] == claim.claimant
        assert words["kind"][row["kind"]] == claim.kind
        assert words["layer"][header["kind_layer"][row["kind"]]] == claim.layer
        assert words["actor"][row["actor"]] == claim.actor
        assert words["modality"][row["modality"]] == claim.modality
        assert bool(row["flags"] & 32) == (claim.unplaced is not None)


def test_marks_point_at_their_claims_and_stand_where_the_claims_are_drawn(stored):
    header, tables = decoded(encode(stored, Query()))
    claims = list(stored.claims(Query()))
    expected = [(i, m) for i, c in enumerate(claims) for m in c.marks]
    marks, shapes = tables["marks"], header["dictionaries"]["shape"]
    assert len(marks["claim"]) == len(expected)
    for k, (ordinal, mark) in enumerate(expected):
        assert marks["claim"][k] == ordinal
        assert abs(marks["lon"][k] - mark.lon) < 1e-5
        assert abs(marks["lat"][k] - mark.lat) < 1e-5
        assert (shapes[marks["shape"][k]] if mark.shape else marks["shape"][k]) == (mark.shape or 0xFFFFFFFF)
        assert marks["bearing"][k] == (-1 if mark.bearing_deg is None else round(mark.bearing_deg))


def test_the_extent_holds_every_known_edge_in_whole_days(stored):
    header, tables = decoded(encode(stored, Query()))
    first, last = header["extent"]
    assert first % 1440 == last % 1440 == 0
    start, end = tables["claims"]["start"], tables["claims"]["end"]
    edges = np.where(start != OPEN_START, start, end - 1)
    assert first <= edges.min() < first + 1440
    assert last - 1440 <= edges.max() < last


def test_a_store_without_claims_is_a_wire_form_without_rows(empty):
    header, tables = decoded(encode(empty, Query()))
    assert header["claims"] == header["marks"] == 0
    assert all(len(values) == 0 for values in tables["claims"].values())
