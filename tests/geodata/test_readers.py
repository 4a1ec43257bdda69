from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.model import (
    Basis,
    Bundle,
    Claim,
    Document,
    Figure,
    Kind,
    Mark,
    PlaceMention,
    Precision,
    Rejection,
    Relation,
    RelationType,
    Role,
    Source,
    TextSpan,
)
from geodata.readers import READERS, detect, read
from geodata.readers.native import write
from geodata.spans import Span, TimePrecision

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
CODED = FIXTURES / "coded.gold.json"

words = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
text_spans = st.none() | st.builds(TextSpan, st.integers(0, 99), st.integers(100, 200))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    instants = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
    first, last = sorted(draw(st.tuples(instants, instants).filter(lambda pair: pair[0] != pair[1])))
    start, end = draw(st.sampled_from([(first, last), (None, last), (first, None)]))
    return Span(start, end, draw(st.sampled_from(TimePrecision)))


def tuples_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=2).map(tuple)


mentions = st.builds(
    PlaceMention,
    mention=words,
    role=st.sampled_from(Role),
    precision=st.sampled_from(Precision),
    place_id=st.none() | words,
    name=words,
    span=text_spans,
    inherited=st.booleans(),
    bearing_deg=numbers,
    lon=numbers,
    lat=numbers,
)
marks = st.builds(
    Mark,
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    precision=st.sampled_from(Precision),
    role=st.sampled_from(Role),
    radius_km=st.floats(0, 900),
    shape=st.none() | words,
    basis=st.sampled_from(Basis),
)
claims = st.builds(
    Claim,
    claim_id=words,
    statement=words,
    claimant_alt=tuples_of(words),
    relays=tuples_of(words),
    span=text_spans,
    quote=words,
    actor_alt=tuples_of(words),
    happened=spans(),
    said_at=st.none() | spans(),
    places=tuples_of(mentions),
    marks=tuples_of(marks),
    figures=tuples_of(st.builds(Figure, measure=words, low=numbers, high=numbers, best=numbers, span=text_spans)),
    relations=tuples_of(st.builds(Relation, st.sampled_from(RelationType), words)),
    note=words,
    recorded_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    revision=st.integers(1, 9),
)


def written(bundle: Bundle, path: Path) -> Path:
    with path.open("wb") as file:
        write(bundle, file)
    return path


def native(path: Path, **parts: Any) -> Path:
    path.write_text(json.dumps({"format": "conflict-map", "version": 1, **parts}), "utf-8")
    return path


def only(records: Iterator[Any], kind: type) -> list[Any]:
    return [r for r in records if isinstance(r, kind)]


class TestNative:
    @given(claim=claims)
    def test_what_is_written_is_read_back(self, claim: Claim, tmp_path_factory: pytest.TempPathFactory) -> None:
        bundle = Bundle((Source("a", "A"),), (Document("d", "D", text="ä\r\n"),), (claim,))
        records = list(read(written(bundle, tmp_path_factory.mktemp("native") / "file")))
        assert records == [*bundle.sources, *bundle.documents, claim]

    def test_defaults_are_left_out(self) -> None:
        file = io.BytesIO()
        write(Bundle(claims=(Claim("a", "It happened", Kind.CLASH),)), file)
        assert json.loads(file.getvalue())["claims"] == [{"claim_id": "a", "statement": "It happened", "kind": "clash"}]

    @pytest.mark.parametrize(
        ("change", "reason", "field", "value"),
        [
            ({"kind": "advnce"}, "bad_value", "$.kind", "advnce"),
            ({"places": [{"mention": "x"}, {"mention": "y", "role": "at"}]}, "bad_value", "$.places[1].role", "at"),
            ({"places": [{"mention": "x", "lng": 3}]}, "unknown_field", "$.places[0].lng", "3"),
            ({"claimnt": "un"}, "unknown_field", "$.claimnt", "un"),
            ({"statement": 7}, "bad_value", "$.statement", "7"),
            ({"happened": {"start": "yesterday", "end": None}}, "bad_value", "$.happened.start", "yesterday"),
            ({"happened": {"start": "2022-03-02T00:00:00Z", "end": "2022-03-01T00:00:00Z"}}, "bad_span", "$", ""),
        ],
    )
    def test_a_bad_claim_is_refused_with_its_place_and_the_rest_is_read(
        self, tmp_path: Path, change: dict[str, Any], reason: str, field: str, value: str
    ) -> None:
        good = {"claim_id": "good", "statement": "It happened", "kind": "clash"}
        bad = {**good, "claim_id": "bad", **change}
        records = list(read(native(tmp_path / "file", claims=[bad, good])))
        assert [r.claim_id for r in only(iter(records), Claim)] == ["good"]
        (refused,) = only(iter(records), Rejection)
        assert (refused.reason, refused.field, refused.value) == (reason, field, value)
        assert refused.origin.row == "claims[0]"
        assert refused.remedy
        assert json.loads(refused.raw) == bad

    def test_a_missing_field_is_named(self, tmp_path: Path) -> None:
        (refused,) = read(native(tmp_path / "file", claims=[{"claim_id": "a", "kind": "clash"}]))
        assert isinstance(refused, Rejection)
        assert (refused.reason, refused.field) == ("missing_field", "$.statement")

    def test_the_words_an_enum_knows_are_in_the_remedy(self, tmp_path: Path) -> None:
        (refused,) = read(native(tmp_path / "file", claims=[{"claim_id": "a", "statement": "s", "kind": "x"}]))
        assert isinstance(refused, Rejection)
        assert all(k in refused.remedy for k in Kind)

    @pytest.mark.parametrize("part", [{"version": 2}, {"claims": 3}, {"clams": []}])
    def test_a_file_that_is_wrong_as_a_whole_is_an_error(self, tmp_path: Path, part: dict[str, Any]) -> None:
        with pytest.raises(ReaderError):
            list(read(native(tmp_path / "file", **part)))

    def test_a_byte_order_mark_does_no_harm(self, tmp_path: Path) -> None:
        path = native(tmp_path / "file", sources=[{"source_id": "a", "name": "A"}])
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert list(read(path)) == [Source("a", "A")]


class TestRegistry:
    def test_the_content_decides_not_the_name(self, tmp_path: Path) -> None:
        odd = tmp_path / "claims.csv"
        odd.write_bytes(CODED.read_bytes())
        assert detect(odd).name == "claims-gold"
        assert detect(native(tmp_path / "article.gold.json")).name == "native"

    @pytest.mark.parametrize("content", [b"", b"a\n1\n", b"\xff\xfe\x00", b'{"schema": "other"}', b"[1, 2"])
    def test_a_foreign_file_is_an_error_that_lists_the_formats(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(ReaderError) as caught:
            detect(tmp_path / "file")
        assert all(name in str(caught.value) for name in READERS)

    def test_an_absent_file_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ReaderError):
            detect(tmp_path / "nowhere")

    def test_a_truncated_file_is_an_error(self, tmp_path: Path) -> None:
        path = native(tmp_path / "file", claims=[])
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(ReaderError):
            list(read(path))

    def test_an_option_of_another_reader_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ReaderError):
            read(native(tmp_path / "file"), {"document": "x"})

    def test_the_registry_cannot_be_changed(self) -> None:
        with pytest.raises(TypeError):
            READERS["other"] = READERS["native"]  # type: ignore[index]


class TestGold:
    @pytest.fixture
    def coded(self) -> dict[str, Claim]:
        return {c.origin.row: c for c in only(read(CODED), Claim)}

    def test_who(self, coded: dict[str, Claim]) -> None:
        claim = coded["c1"]
        assert (claim.claim_id, claim.document_id) == ("coded-c1", "coded")
        assert (claim.claimant, claim.claimant_basis, claim.claimant_alt) == ("garrison", Basis.INFERRED, ("un",))
        assert claim.relays == ("article",)
        assert coded["c2"].actor == "The garrison"

    def test_what(self, coded: dict[str, Claim]) -> None:
        claim = coded["c1"]
        assert claim.statement == "The column has left"
        assert claim.relations == (
            Relation(RelationType.PRECEDES, "coded-c2"),
            Relation(RelationType.SOURCED_TO, "un"),
        )
        assert "a hard call" in claim.note
        assert "desertion" in claim.note

    def test_where(self, coded: dict[str, Claim]) -> None:
        (towards,), (sector,) = coded["c2"].places, coded["c3"].places
        assert (towards.role, towards.precision, towards.name) == (Role.DIRECTION, Precision.DIRECTION, "Mykolaiv")
        assert (sector.mention, sector.name, sector.bearing_deg) == ("East of Kyiv", "Kyiv", 90.0)
        assert sector.inherited

    def test_when(self, coded: dict[str, Claim]) -> None:
        claim = coded["c1"]
        assert (claim.happened.start, claim.happened.end) == (None, datetime(2022, 3, 23, tzinfo=UTC))
        assert claim.said_at == Span(datetime(2022, 3, 22, tzinfo=UTC), datetime(2022, 3, 23, tzinfo=UTC))
        assert coded["c3"].happened.describe() == "24 February to 22 March 2022"
        assert coded["c3"].said_at == Span(None, datetime(2022, 3, 23, tzinfo=UTC), TimePrecision.OPEN)

    def test_how_many(self, coded: dict[str, Claim]) -> None:
        (figure,) = coded["c3"].figures
        assert (figure.low, figure.high, figure.since, figure.text) == (12, 15, "2022-02-24", "12 to 15")

    def test_the_text_may_lie_elsewhere(self, tmp_path: Path) -> None:
        moved = tmp_path / "moved.txt"
        moved.write_bytes((FIXTURES / "coded.txt").read_bytes())
        path = tmp_path / "coded.gold.json"
        path.write_bytes(CODED.read_bytes())
        with pytest.raises(ReaderError, match="--document"):
            list(read(path))
        assert len(only(read(path, {"document": str(moved)}), Claim)) == 3

    def test_another_text_is_an_error(self, tmp_path: Path) -> None:
        other = tmp_path / "other.txt"
        other.write_text("Another text", "utf-8")
        with pytest.raises(ReaderError):
            list(read(CODED, {"document": str(other)}))

    def test_a_bad_claim_is_refused_and_the_rest_is_read(self, tmp_path: Path) -> None:
        gold = json.loads(CODED.read_text("utf-8"))
        gold["claims"][1]["places"][0]["precision"] = "roughly"
        path = tmp_path / "file"
        path.write_text(json.dumps(gold), "utf-8")
        records = list(read(path, {"document": str(FIXTURES / "coded.txt")}))
        assert len(only(iter(records), Claim)) == 2
        (refused,) = only(iter(records), Rejection)
        assert (refused.reason, refused.field) == ("bad_value", "$.places[0].precision")
