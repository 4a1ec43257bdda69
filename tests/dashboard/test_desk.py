"""Notes, tags, saved views and what has come since: over HTTP, kept beside every version of the store."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest

from dashboard.app import create_app
from dashboard.beside import beside, by_hand
from dashboard.settings import Settings
from dashboard.uploads.jobs import Uploads
from dashboard.uploads.upload import Limits
from geodata.ingest import load_file, sample_path
from geodata.model import Bundle, Claim, Kind, Modality, News, Pairing, PlaceMention, Precision, Relation, RelationType
from geodata.notebook import Entry, EntryKind, Taken
from geodata.query import Query
from geodata.spans import day
from geodata.stores import open_store


@pytest.fixture(scope="module")
def pattern(tmp_path_factory):
    """The store that :func:`own` copies."""
    path = tmp_path_factory.mktemp("pattern") / "store"
    with closing(open_store(path, create=True)) as store:
        store.append(load_file(sample_path()))
    return path


@pytest.fixture
def own(pattern, tmp_path):
    store = open_store(shutil.copytree(pattern, tmp_path / "store"))
    yield store
    store.close()


@pytest.fixture
def desk(own, tmp_path):
    return create_app(own, Settings(), Uploads(tmp_path / "store", "auto", Limits(1 << 20, 60))).server.test_client()


def note(desk, claim_id: str, text: str = "", tags: str = "", **more) -> dict:
    told = {"kind": "note", "author": "Ada", "claim_id": claim_id, "text": text, "tags": tags.split(), **more}
    answer = desk.post("/notes", json=told)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_tags_are_a_filter_and_stand_in_the_table(desk, own):
    first, second, *_ = (c.claim_id for c in own.claims(Query()))
    note(desk, first, "Compare with the morning briefing", "Check Kyiv")
    note(desk, second, tags="kyiv")
    assert own.count(Query(tag=("kyiv",))) == 2
    assert desk.get("/list?tag=check").get_json()["total"] == 1
    assert "tagged check" in desk.get("/list?tag=check").get_json()["phrase"]
    found = desk.get("/table?tag=kyiv&cols=tags,notes,claim_id").get_json()["rows"]
    assert [row["cells"] for row in found if row["claim_id"] == first] == [
        ["check, kyiv", "Compare with the morning briefing", first]
    ]
    assert "Compare with" in desk.get("/table.csv?tag=check&cols=claim_id,notes").data.decode()
    assert desk.get("/list?tag=nobody-used-it").get_json()["total"] == 0


def test_a_new_tag_makes_the_answers_new(desk, own):
    first, second, *_ = (c.claim_id for c in own.claims(Query()))
    note(desk, first, tags="a")
    before = desk.get("/table?tag=a")
    note(desk, second, tags="a")
    after = desk.get("/table?tag=a", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.get_json()["total"]) == (200, 2)


def test_revisions_are_kept_and_a_removal_is_one(desk, own):
    claim = next(own.claims(Query())).claim_id
    told = note(desk, claim, "first", "one")
    edited = note(desk, claim, "second", "two", entry_id=told["entry_id"])
    assert edited["revision"] == 2
    assert [e["text"] for e in desk.get("/notes").get_json()["entries"]] == ["second"]
    note(desk, claim, entry_id=told["entry_id"], removed=True)
    assert desk.get("/notes").get_json()["entries"] == []
    lines = desk.get("/notes.jsonl").data.splitlines()
    assert len(lines) == 3


def test_the_notebook_outlives_versions_and_moves_to_another_store(desk, own, tmp_path):
    claim = next(own.claims(Query()))
    note(desk, claim.claim_id, "kept", "keep")
    for k in range(3):
        own.append(Bundle(claims=[replace(claim, note=f"revision {k}")]))
    again = open_store(tmp_path / "store")
    assert [e.text for e in again.notebook.entries()] == ["kept"]
    assert again.count(Query(tag=("keep",))) == 1
    again.close()
    other = open_store(tmp_path / "other", create=True)
    view = {"kind": "view", "author": "Ada", "text": "Retreats", "address": "layer=retreat&known=2022-03-14"}
    view |= {"entry_id": desk.post("/notes", json=view).get_json()["entry_id"], "removed": True}
    assert desk.post("/notes", json=view).status_code == 200
    lines = desk.get("/notes.jsonl").data.splitlines()
    assert (other.notebook.take(lines), other.notebook.take(lines)) == (Taken(3), Taken(known=3))
    assert list(other.notebook.lines()) == list(own.notebook.lines())
    assert list(other.notebook.entries()) == list(own.notebook.entries())
    other.close()


def test_bad_lines_are_told_one_by_one_and_the_others_taken_in(desk, own):
    good = json.loads(msgspec.json.encode(own.notebook.write(Entry(EntryKind.VIEW, "Ada", "All of it"))))
    bad = {
        "line 1": b"{", "line 2": b'{"claim": {}}', "line 5": b'{"kind": "verdict", "author": "Ada"}',
        **{f"line {n}": json.dumps(good | more).encode() for n, more in (
            (6, {"author": ""}), (7, {"entry_id": ""}), (8, {"revision": 0}),
            (9, {"written_at": "2022-03-01T00:00:00"}), (10, {"text": "x" * 20_001}), (11, {"tags": "a"}))},
    }  # fmt: skip
    lines = {"line 3": b"", "line 4": json.dumps(good | {"entry_id": "other"}).encode(), **bad}
    posted = b"\n".join(lines[f"line {n}"] for n in range(1, 12)) + b"\n\xff"
    told = desk.post("/notes.jsonl", data=posted).get_json()
    assert (told["new"], told["known"]) == (1, 0)
    assert [why.partition(": ")[0] for why in told["refused"]] == [*(f"line {n}" for n in (1, 2, *range(5, 13)))]
    assert all(why.partition(": ")[2] for why in told["refused"])
    assert len(own.notebook.entries()) == 2


def test_two_who_went_on_from_one_note_both_keep_their_words(own, tmp_path):
    claim = next(own.claims(Query())).claim_id
    first = own.notebook.write(Entry(EntryKind.NOTE, "Ada", "first", claim))
    other = open_store(tmp_path / "other", create=True)
    other.notebook.take(line.encode() for line in own.notebook.lines())
    own.notebook.write(replace(first, text="Ada's"))
    other.notebook.write(replace(first, text="Bob's", author="Bob"))
    for a, b in ((own, other), (other, own)):
        assert a.notebook.take(line.encode() for line in b.notebook.lines()).new == 1
        assert [e.text for e in a.notebook.entries()] == ["Bob's"]
    assert len(list(own.notebook.lines())) == 3
    other.close()


def test_a_line_cut_short_loses_nothing_else(desk, own, tmp_path):
    claim = next(own.claims(Query())).claim_id
    note(desk, claim, "before")
    with (tmp_path / "store" / "notes.jsonl").open("ab") as file:
        file.write(b'{"kind":"note","auth')
    note(desk, claim, "after")
    assert {e.text for e in own.notebook.entries()} == {"before", "after"}


def test_what_says_nothing_or_comes_from_elsewhere_is_refused(desk, client, own):
    claim = next(own.claims(Query())).claim_id
    blank = {"kind": "note", "author": "Ada", "claim_id": claim}
    assert desk.post("/notes", json=blank).status_code >= 400
    assert desk.post("/notes", json={**blank, "text": "x", "author": " "}).status_code >= 400
    assert desk.post("/notes", data=b"[1").status_code == 400
    foreign = desk.post("/notes", json={**blank, "text": "x"}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert client.post("/notes", json={**blank, "text": "x"}).status_code == 403
    assert client.get("/notes").get_json()["writes"] is False
    assert own.notebook.entries() == []


def test_an_analyst_keeps_claims_apart_and_it_stands_on_the_card(desk, client, own):
    ids = own.table(Query(min_sides=2), ["claim_id", "event"]).to_pylist()
    mine = ids[0]["claim_id"]
    found = beside(own, mine)
    other = next(row.claim_id for spoken in found.spoken for row, _ in spoken.rows if row.claim_id != mine)
    told = {"claim_id": other, "other": mine, "type": "other_event", "author": "Ada", "reason": "another street"}
    etag = desk.get("/version").headers["ETag"]
    answer = desk.post("/pairs", json=told)
    assert (answer.status_code, answer.get_json()["version"]) == (200, own.version())
    assert desk.get("/version", headers={"If-None-Match": etag}).status_code == 200
    after = beside(own, mine)
    assert after is None or other not in {r.claim_id for s in after.spoken for r, _ in s.rows}
    for claim_id, named in ((mine, other), (other, mine)):
        (hand,) = by_hand(own, claim_id).said
        assert (hand.row.claim_id, hand.author, hand.reason, hand.together) == (named, "Ada", "another street", False)
    assert desk.post("/pairs", json={**told, "removed": True}).status_code == 200
    assert by_hand(own, mine).said == ()
    assert beside(own, mine) == found
    assert client.post("/pairs", json=told).status_code == 403
    assert desk.post("/pairs", json=told, headers={"Origin": "http://evil.example"}).status_code == 403
    assert desk.post("/pairs", json={**told, "type": "maybe"}).status_code == 400
    assert desk.post("/pairs", json={**told, "other": "nobody"}).status_code == 404
    assert by_hand(own, mine).said == ()


def test_the_card_as_this_store_had_recorded_it_knows_no_later_word_on_two_claims(own):
    mine = own.table(Query(min_sides=2), ["claim_id"])["claim_id"].to_pylist()[0]
    found = beside(own, mine)
    other = next(row.claim_id for spoken in found.spoken for row, _ in spoken.rows if row.claim_id != mine)
    told = Pairing(other, mine, RelationType.OTHER_EVENT, "Ada", "", datetime(2100, 1, 1, tzinfo=UTC))
    taken_back = replace(told, removed=True, written_at=datetime(2102, 1, 1, tzinfo=UTC))
    own.append(Bundle(pairings=(told,)))

    def at(year: int, by: str = "recorded") -> tuple[int, bool]:
        then = Query(known=datetime(year, 1, 2, tzinfo=UTC), by=by)
        card = beside(own, mine, then)
        lines = {r.claim_id for s in card.spoken for r, _ in s.rows} if card else set()
        return len(by_hand(own, mine, then).said), other in lines

    assert (at(2099), at(2100), at(2099, "said")) == ((0, True), (1, False), (1, False))
    assert beside(own, mine, Query(known=datetime(2099, 1, 1, tzinfo=UTC), by="recorded")) == found
    own.append(Bundle(pairings=(taken_back,)))
    assert (at(2099), at(2101), at(2102), at(2099, "said")) == ((0, True), (1, False), (0, True), (0, True))


def test_a_source_is_described_by_somebody_and_its_page_lists_what_it_was(desk, client, own):
    held = own.sources()["uk-mod"]
    before = own.facets(Query())["side"]
    source = {"source_id": "uk-mod", "name": held.name, "side": "ngo", "body": "ngo", "aliases": ["MOD"]}
    told = {"source": source, "author": "Ada", "reason": "a trial"}
    answer = desk.post("/sources", json=told)
    assert (answer.status_code, answer.get_json()["version"]) == (200, own.version())
    page = desk.get("/sources?who=uk-mod").get_json()
    assert (page["side_word"], page["body_word"], page["aliases"]) == ("ngo", "ngo", ["MOD"])
    (revised,) = page["revisions"]
    assert (revised["author"], revised["reason"]) == ("Ada", "a trial")
    assert ["Side", "Western", "NGO"] in revised["changes"]
    assert own.facets(Query())["side"]["western"] < before["western"]
    assert desk.post("/sources", json={**told, "author": ""}).status_code >= 400
    assert desk.post("/sources", json={**told, "source": {**source, "body": "blog"}}).status_code >= 400
    assert desk.post("/sources", json=[1]).status_code == 400
    assert client.post("/sources", json=told).status_code == 403
    assert desk.post("/sources", json=told, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert len(own.revisions("uk-mod")) == 2


def test_since_tells_new_changed_retracted_and_newly_contradicted(desk, own):
    seen = own.version()
    assert desk.get(f"/since?since={seen}").get_json()["new"] == 0
    a, b, c = (k for k in list(own.claims(Query(layer=("retreat",))))[:3])
    told = replace(a, claim_id="late-1", relations=(Relation(RelationType.CONTRADICTS, b.claim_id),))
    own.append(Bundle(claims=[told, replace(a, statement="Another wording"), replace(c, modality=Modality.RETRACTED)]))
    found = desk.get(f"/since?since={seen}").get_json()
    assert {k: found[k] for k in ("new", "changed", "retracted", "contradicted")} == {
        "new": 1, "changed": 1, "retracted": 1, "contradicted": 1,
    }  # fmt: skip
    assert found["version"] == own.version()
    listed = desk.get(f"/list?since={seen}").get_json()
    assert {row["claim_id"] for row in listed["rows"]} == {"late-1", a.claim_id, b.claim_id, c.claim_id}
    assert sum(desk.get(f"/matches?since={seen}").data) == 4
    parts = {part: desk.get(f"/list?since={seen}:{part}").get_json() for part in News}
    assert {part: [row["claim_id"] for row in told["rows"]] for part, told in parts.items()} == {
        "new": ["late-1"], "changed": [a.claim_id], "retracted": [c.claim_id], "contradicted": [b.claim_id],
    }  # fmt: skip
    assert "newly contradicted since version" in parts["contradicted"]["phrase"]
    assert desk.get(f"/list?since={seen}:old").get_json()["parameters"] == ["since"]
    assert desk.get("/list?since=other-1").get_json()["parameters"] == ["since"]


def test_what_is_found_to_exclude_a_claim_makes_it_newly_contradicted_once(desk, own):
    kyiv = PlaceMention("Kyiv", precision=Precision.SETTLEMENT, place_id="kyiv", name="Kyiv")
    told = {"places": (kyiv,), "happened": day(date(2022, 3, 9)), "actor": "RU"}
    first = Claim("first", "It was taken", Kind.CAPTURE, claimant="ru-mod", **told)
    own.append(Bundle(claims=[first]))
    seen = own.version()
    own.append(Bundle(claims=[Claim("second", "It was held", Kind.REPULSED, claimant="ua-general-staff", **told)]))

    def news(since: str) -> tuple[int, int, int]:
        found = desk.get(f"/since?since={since}").get_json()
        return found["new"], found["changed"], found["contradicted"]

    assert own.get("first").relations == () and news(seen) == (1, 0, 1)
    seen = own.version()
    own.append(Bundle(claims=[replace(first, statement="It was taken, they say")]))
    assert news(seen) == (0, 1, 0)
    own.append(Bundle(claims=[replace(first, places=())]))
    own.append(Bundle(claims=[replace(first, places=(kyiv,))]))
    assert news(seen) == (0, 0, 2)


@pytest.mark.parametrize("typed", ["Макарив", "Макаів", "Makarev", "Макарів"])
def test_a_place_is_suggested_however_it_is_misspelled(desk, typed):
    assert desk.get("/suggest", query_string={"q": typed}).get_json()["places"][0]["name"] == "Makariv"


def test_the_words_searched_for_are_found_in_statement_quote_and_document(desk, own):
    claim = next(c for c in own.claims(Query(text="Makariv")) if c.quote and "Makariv" in c.quote)
    found = desk.get("/spots", query_string={"q": "makariv", "claim": claim.claim_id}).get_json()["spots"]
    text = own.documents([claim.document_id])[claim.document_id].text
    for told, spots in zip((claim.statement, claim.quote, text or ""), found, strict=True):
        assert [told[a:b] for a, b in spots] == ["Makariv"] * told.count("Makariv")
    assert desk.get("/spots?q=x&claim=nobody").status_code == 404
