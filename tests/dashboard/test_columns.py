"""The wire form against the store it was made from, read back by a decoder of our own."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dashboard.columns import FAR, NONE, OPEN_END, OPEN_START, Wires, encode
from geodata.errors import QueryError
from geodata.query import Query

WIDTH = {"u1": 1, "u2": 2, "u4": 4, "i2": 2, "i4": 4}


def padded(size):
    return (size + 7) // 8 * 8


class Reader:
    """Takes arrays off a body, each padded to 8 bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, dtype, count):
        found = np.frombuffer(self.data, f"<{dtype}", count, self.at)
        self.at += padded(count * WIDTH[dtype])
        return found


def decoded(wire):
    """Header, tables and claims of a wire form."""
    data = b"".join(wire.parts())
    assert data[:4] == b"CMC2"
    size = int.from_bytes(data[4:8], "little")
    header = json.loads(data[8 : 8 + size])
    base = padded(8 + size)
    tables = {"sorts": {}, "spots": {}}
    for table, name, dtype, offset, count in header["tables"]:
        assert offset % 8 == 0
        tables[table][name] = np.frombuffer(data, f"<{dtype}", count, base + offset)
    reader, chunks = Reader(data[base + header["body"] :]), []
    while reader.at < len(reader.data):
        claims, marks, far, _ = reader.take("u4", 4)
        counts = {"spot": int(marks), "end": int(far)}
        chunks.append({name: reader.take(dtype, counts.get(name, int(claims))) for name, dtype in header["chunk"]})
    whole = {name: np.concatenate([c[name] for c in chunks]) if chunks else np.array([]) for name, _ in header["chunk"]}
    if chunks:
        far = whole["end"]
        whole["end"] = whole["start"] + whole["duration"].astype(np.int32)
        whole["end"][whole["duration"] == FAR] = far
    return header, tables, whole


def test_every_claim_is_there_in_the_order_of_time(stored):
    wire = encode(stored, Query())
    header, _, whole = decoded(wire)
    claims = list(stored.claims(Query()))
    assert wire.ids.to_pylist() == [c.claim_id for c in claims]
    assert (np.diff(whole["start"].astype(np.int64)) >= 0).all()
    for i, claim in enumerate(claims):
        assert whole["start"][i] == (claim.happened.start.timestamp() // 60 if claim.happened.start else OPEN_START)
        assert whole["end"][i] == (claim.happened.end.timestamp() // 60 if claim.happened.end else OPEN_END)
    assert header["claims"] == len(claims)


def test_chunks_make_no_difference(stored, monkeypatch):
    one = decoded(encode(stored, Query()))
    monkeypatch.setattr("dashboard.columns.CHUNK", 7)
    many = encode(stored, Query())
    assert len(many.chunks) > 10
    for name, values in decoded(many)[2].items():
        assert np.array_equal(values, one[2][name]), name


def test_codes_stand_for_the_words_of_the_claims(stored):
    header, tables, whole = decoded(encode(stored, Query()))
    words, sorts = header["dictionaries"], tables["sorts"]
    for i, claim in enumerate(stored.claims(Query())):
        sort = {name: codes[whole["sort"][i]] for name, codes in sorts.items()}
        assert words["source"][whole["source"][i]]["id"] == claim.claimant
        assert words["layer"][header["kind_layer"][sort["kind"]]] == claim.layer
        for name in ("kind", "actor", "modality", "coding"):
            assert words[name][sort[name]] == getattr(claim, name)
        flags = (claim.negated, claim.unplaced is not None)
        assert tuple(bool(sort["flags"] & bit) for bit in (16, 32)) == flags


def test_marks_stand_where_the_claims_are_drawn(stored):
    header, tables, whole = decoded(encode(stored, Query()))
    claims, words = list(stored.claims(Query())), header["dictionaries"]
    expected = [(i, m) for i, c in enumerate(claims) for m in c.marks]
    assert np.repeat(np.arange(len(claims)), whole["marks"]).tolist() == [i for i, _ in expected]
    for spot, (_, mark) in zip(whole["spot"], expected, strict=True):
        row = {name: values[spot] for name, values in tables["spots"].items()}
        assert abs(row["lon"] / 1e7 - mark.lon) < 1e-7
        assert abs(row["lat"] / 1e7 - mark.lat) < 1e-7
        assert words["mark_precision"][row["precision"]] == mark.precision
        assert (words["shape"][row["shape"]] if mark.shape else row["shape"]) == (mark.shape or NONE)
        assert row["bearing"] == (-1 if mark.bearing_deg is None else round(mark.bearing_deg))


def test_a_claim_is_found_by_its_place_and_its_place_by_its_id_while_the_version_holds(stored):
    wires = Wires(stored)
    wire = wires.of(Query())
    assert wires.of(Query()) is wire, "made once"
    ids = wire.ids.to_pylist()
    assert wires.ids(wire.version, [5, 0]) == [ids[5], ids[0]]
    assert wires.ordinal(wire.version, ids[5]) == 5
    assert wires.ordinal(wire.version, "nobody said this") is None
    for version, places in (("of old", [0]), (wire.version, [len(ids)])):
        with pytest.raises(QueryError, match="changed"):
            wires.ids(version, places)


def test_the_extent_holds_every_known_edge_in_whole_days(stored):
    header, _, whole = decoded(encode(stored, Query()))
    first, last = header["extent"]
    assert first % 1440 == last % 1440 == 0
    start, end = whole["start"], whole["end"]
    edges = np.where(start != OPEN_START, start, end - 1)
    assert first <= edges.min() < first + 1440
    assert last - 1440 <= edges.max() < last


def test_a_store_without_claims_is_a_wire_form_without_rows(empty):
    header, tables, whole = decoded(encode(empty, Query()))
    assert header["claims"] == header["marks"] == 0
    assert all(len(values) == 0 for table in tables.values() for values in table.values())
    assert all(len(values) == 0 for values in whole.values())
