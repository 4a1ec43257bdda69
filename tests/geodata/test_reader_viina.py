"""VIINA 2.0: a report on several places is one claim, its time is that of the report, its labels keep their numbers."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ReaderError
from geodata.gazetteer import Gazetteer, default
from geodata.ingest import collect, ingest
from geodata.model import UNSTATED, Bundle, Kind, Precision, RelationType, Unplaced
from geodata.readers import detect, read
from geodata.readers.viina import ViinaReader
from geodata.sources import Register
from geodata.spans import TimePrecision

INFO = (
    "viina_version,event_id,event_id_1pd,date,time,geonameid,feature_code,asciiname,ADM1_NAME,ADM1_CODE,ADM2_NAME,"
    "ADM2_CODE,longitude,latitude,GEO_PRECISION,GEO_API,location,address,report_id,source,url,text,lang"
).split(",")
NAMES = (
    "t_mil,a_rus,a_ukr,a_rus_init,a_ukr_init,a_civ,a_other,t_aad,t_airstrike,t_airalert,t_uav,t_armor,t_arrest,"
    "t_artillery,t_control,t_firefight,t_ied,t_raid,t_occupy,t_property,t_cyber,t_hospital,t_milcas,t_civcas,t_retreat"
).split(",")
FLAGS = [f"{name}_b" for name in NAMES]
LABELS = ["viina_version", "event_id", "event_id_1pd", "date", "geonameid", *NAMES, *FLAGS,
          "t_loc", "t_san", "t_loc_b", "t_san_b", "tid"]  # fmt: skip
GROUPS = [*"viina_version,event_id_1pd,date,n_reports,event_ids,sources".split(","), *INFO[5:15], *FLAGS,
          "t_loc_b", "t_san_b", "tid"]  # fmt: skip
CONTROL = "geonameid,date,status_wiki,status_boost,status_dsm,status_isw,status,vcontrol_version".split(",")

OKHTYRKA = {
    "viina_version": "bert_20260101000000", "event_id": "11", "event_id_1pd": "7", "date": "20220227", "time": "08:15",
    "geonameid": "713749", "feature_code": "PPLA2", "asciiname": "Okhtyrka", "ADM1_NAME": "Sumy",
    "ADM2_NAME": "Okhtyrs'kyi", "longitude": "34.89", "latitude": "50.31", "GEO_PRECISION": "ADM3",
    "GEO_API": "Yandex", "location": "1", "address": "made-up street", "report_id": "3", "source": "unian",
    "url": "https://unian.example/1", "text": "Вигадане повідомлення про обстріл", "lang": "ua",
}  # fmt: skip
"""A made-up row in the columns of the format."""


def test_the_headers_are_those_of_the_format() -> None:
    assert (len(INFO), len(GROUPS), len(CONTROL)) == (23, 44, 8)


def table(columns: Sequence[str], *rows: Mapping[str, str]) -> str:
    lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def event(event_id: str, **cells: str) -> dict[str, str]:
    return OKHTYRKA | {"event_id": event_id} | cells


def labels(event_id: str, date: str = "20220227", **numbers: float) -> dict[str, str]:
    row = {"event_id": event_id, "date": date} | dict.fromkeys(NAMES, "0.01") | dict.fromkeys(FLAGS, "0")
    row |= {name: str(number) for name, number in numbers.items()}
    return row | {f"{name}_b": "1" for name in numbers} | {"t_mil_b": "0" if numbers.get("t_mil") == 0 else "1"}


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def load(path: Path, gazetteer: Gazetteer | None = None) -> Bundle:
    return collect(ingest(read(path), register=Register.load(), gazetteer=gazetteer))


class TestReports:
    def test_a_report_keeps_outlet_headline_and_its_own_time(self, tmp_path: Path) -> None:
        found = load(put(tmp_path, "a", table(INFO, OKHTYRKA)))
        (claim,) = found.claims
        assert claim.claim_id == "viina-11"
        assert (claim.claimant, claim.relays) == (UNSTATED, ("unian",))
        assert claim.quote == OKHTYRKA["text"]
        assert claim.said_at is not None
        assert claim.said_at.start == datetime(2022, 2, 27, 8, 15, tzinfo=UTC)
        assert claim.said_at.precision is TimePrecision.MINUTE
        assert (claim.happened.start, claim.happened.end) == (None, datetime(2022, 2, 28, tzinfo=UTC))
        document = next(d for d in found.documents if d.document_id == claim.document_id)
        assert (document.url, document.language) == (OKHTYRKA["url"], "uk")
        assert "ODbL" in document.licence
        assert "Zhukov" in document.citation

    def test_midnight_is_an_unknown_time(self, tmp_path: Path) -> None:
        (claim,) = load(put(tmp_path, "a", table(INFO, event("11", time="00:00")))).claims
        assert claim.said_at is not None
        assert claim.said_at.precision is TimePrecision.DAY

    def test_one_report_on_several_places_is_one_claim_and_one_document(self, tmp_path: Path) -> None:
        there = {"geonameid": "703448", "asciiname": "Kyiv", "longitude": "30.52", "latitude": "50.45"}
        rows = [event("11"), event("12", **there), event("13", report_id="4")]
        found = load(put(tmp_path, "a", table(INFO, *rows)), default())
        first, second = found.claims
        assert [p.name for p in first.places] == ["Okhtyrka", "Kyiv"]
        assert [(m.lon, m.lat) for m in first.marks] == [(34.89, 50.31), (30.52, 50.45)]
        assert "12" in first.note
        assert first.origin.row == "lines 2 to 3"
        assert second.claim_id == "viina-13"
        assert len([d for d in found.documents if d.document_id.startswith("viina-report-")]) == 2

    def test_a_report_that_comes_again_later_stays_one_report(self, tmp_path: Path) -> None:
        rows = [event("11"), event("12", report_id="4"), event("13")]
        found = load(put(tmp_path, "a", table(INFO, *rows)))
        again = found.claims[2]
        assert again.document_id == found.claims[0].document_id
        assert [(r.type, r.target) for r in again.relations] == [(RelationType.SAME_AS, "viina-11")]
        assert not found.rejections

    @pytest.mark.parametrize(
        ("stated", "precision", "is_pin"),
        [
            ("STREET", Precision.SETTLEMENT, True),
            ("ADM3", Precision.SETTLEMENT, True),
            ("ADM2", Precision.DISTRICT, False),
            ("ADM1", Precision.OBLAST, False),
        ],
    )
    def test_only_a_populated_place_is_a_pin(
        self, tmp_path: Path, stated: str, precision: Precision, is_pin: bool
    ) -> None:
        (claim,) = load(put(tmp_path, "a", table(INFO, event("11", GEO_PRECISION=stated))), default()).claims
        (mark,) = claim.marks
        assert claim.places[0].precision is precision
        assert mark.precision is precision
        assert (mark.shape is None) is is_pin

    def test_a_point_of_unknown_precision_is_not_drawn(self, tmp_path: Path) -> None:
        (claim,) = load(put(tmp_path, "a", table(INFO, event("11", GEO_PRECISION="")))).claims
        placed = load(put(tmp_path, "a", table(INFO, event("11", GEO_PRECISION=""))), default()).claims[0]
        assert claim.places[0].lon == 34.89
        assert (placed.marks, placed.unplaced) == ((), Unplaced.NO_PLACE)

    def test_an_outlet_the_register_knows_keeps_its_side_and_no_other_gets_one(self, tmp_path: Path) -> None:
        rows = [event("11", source="kp"), event("12", report_id="4", source="brandnew")]
        found = load(put(tmp_path, "a", table(INFO, *rows)))
        sources = {s.source_id: s for s in found.sources}
        assert found.claims[0].relays == ("ru-kp",)
        assert sources["ru-kp"].side == "russian"
        assert (sources["brandnew"].side, sources["brandnew"].reviewed) == ("unknown", False)

    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"date": "19022"}, "bad_date"),
            ({"date": ""}, "missing_field"),
            ({"time": "25:99"}, "bad_time"),
            ({"longitude": "200", "latitude": "100"}, "bad_coordinates"),
            ({"longitude": "50.3", "latitude": "134.8"}, "swapped_coordinates"),
            ({"longitude": "0", "latitude": "0"}, "bad_coordinates"),
            ({"longitude": "x"}, "bad_number"),
            ({"event_id": ""}, "missing_field"),
            ({"text": ""}, "missing_field"),
        ],
    )
    def test_a_bad_row_is_refused_with_its_line_and_the_rest_of_its_report_kept(
        self, tmp_path: Path, cells: Mapping[str, str], reason: str
    ) -> None:
        found = load(put(tmp_path, "a", table(INFO, event("11"), event("12") | cells, event("13"))))
        (refused,) = found.rejections
        assert (refused.reason, refused.origin.row, refused.origin.dataset) == (reason, "line 3", "VIINA 2.0")
        assert refused.remedy
        assert refused.raw
        (claim,) = found.claims
        assert len(claim.places) == 2


class TestLabels:
    def test_labels_beside_the_reports_give_kind_and_actor_and_keep_their_probability(self, tmp_path: Path) -> None:
        path = put(tmp_path, "info", table(INFO, event("11"), event("12", report_id="4")))
        put(tmp_path, "labels", table(LABELS, labels("11", t_artillery=0.875, t_civcas=0.75, a_rus_init=0.5)))
        labelled, bare = load(path).claims
        assert (labelled.kind, labelled.subtype, labelled.actor) == (Kind.BOMBARDMENT, "artillery", "RU")
        assert "0.88" in labelled.note
        assert "0.75" in labelled.note
        assert bare.kind is Kind.OTHER

    @pytest.mark.parametrize(
        ("label", "kind"),
        [
            ("t_retreat", Kind.RETREAT),
            ("t_control", Kind.CAPTURE),
            ("t_occupy", Kind.CAPTURE),
            ("t_raid", Kind.OFFENSIVE),
            ("t_firefight", Kind.CLASH),
            ("t_airstrike", Kind.BOMBARDMENT),
            ("t_uav", Kind.BOMBARDMENT),
            ("t_aad", Kind.STRIKE),
            ("t_milcas", Kind.CASUALTIES),
            ("t_cyber", Kind.OTHER),
        ],
    )
    def test_a_label_is_a_kind(self, tmp_path: Path, label: str, kind: Kind) -> None:
        path = put(tmp_path, "info", table(INFO, event("11")))
        put(tmp_path, "labels", table(LABELS, labels("11", **{label: 0.9})))
        assert load(path).claims[0].kind is kind

    def test_a_toll_that_is_not_of_the_war_is_no_toll(self, tmp_path: Path) -> None:
        path = put(tmp_path, "info", table(INFO, event("11")))
        put(tmp_path, "labels", table(LABELS, labels("11", t_civcas=0.9) | {"t_mil_b": "0"}))
        assert load(path).claims[0].kind is Kind.OTHER

    def test_being_involved_is_not_doing_it(self, tmp_path: Path) -> None:
        path = put(tmp_path, "info", table(INFO, event("11"), event("12", report_id="4")))
        put(tmp_path, "labels", table(LABELS, labels("11", a_rus=0.9), labels("12", a_rus_init=0.9, a_ukr_init=0.9)))
        assert [c.actor for c in load(path).claims] == ["", "both"]

    def test_labels_of_another_release_are_not_taken(self, tmp_path: Path) -> None:
        path = put(tmp_path, "info", table(INFO, event("11")))
        put(tmp_path, "labels", table(LABELS, labels("11", date="20230101", t_retreat=0.9)))
        assert load(path).claims[0].kind is Kind.OTHER

    def test_of_several_years_the_file_of_like_name_is_taken(self, tmp_path: Path) -> None:
        path = put(tmp_path, "event_info_latest_2022.csv", table(INFO, event("11")))
        put(tmp_path, "event_labels_latest_2022.csv", table(LABELS, labels("11", t_retreat=0.9)))
        put(tmp_path, "event_labels_latest_2023.csv", table(LABELS, labels("11", t_control=0.9)))
        assert load(path).claims[0].kind is Kind.RETREAT

    def test_labels_may_be_named(self, tmp_path: Path) -> None:
        path = put(tmp_path, "info", table(INFO, event("11")))
        (tmp_path / "far").mkdir()
        far = put(tmp_path / "far", "labels", table(LABELS, labels("11", t_retreat=0.9)))
        assert [r.kind for r in read(path, {"labels": str(far)}) if hasattr(r, "kind")] == [Kind.RETREAT]

    def test_bad_labels_are_refused_and_the_report_stays(self, tmp_path: Path) -> None:
        path = put(tmp_path, "info", table(INFO, event("11")))
        rows = [labels("11", t_retreat=0.9) | {"t_retreat_b": "perhaps"}, labels("12"), labels("12")]
        put(tmp_path, "labels", table(LABELS, *rows))
        found = load(path)
        assert [(r.reason, r.origin.file) for r in found.rejections] == [
            ("bad_value", "labels"),
            ("duplicate_id", "labels"),
        ]
        assert len(found.claims) == 1

    def test_labels_without_their_reports_are_an_error_and_with_them_nothing(self, tmp_path: Path) -> None:
        path = put(tmp_path, "labels", table(LABELS, labels("11", t_retreat=0.9)))
        with pytest.raises(ReaderError, match="event_info"):
            load(path)
        put(tmp_path, "info", table(INFO, event("11")))
        assert load(path).claims == ()

    def test_columns_of_labels_in_the_same_file_are_read(self, tmp_path: Path) -> None:
        joint = event("11") | labels("11", t_control=0.625)
        (claim,) = load(put(tmp_path, "a", table([*INFO, *NAMES, *FLAGS], joint))).claims
        assert claim.kind is Kind.CAPTURE
        assert "0.62" in claim.note


@pytest.mark.parametrize("packed", [False, True])
def test_zips_as_published_and_one_zip_of_both(tmp_path: Path, packed: bool) -> None:
    info, marks = table(INFO, event("11")), table(LABELS, labels("11", t_retreat=0.9))
    if packed:
        path = tmp_path / "both.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Data/event_labels_latest_2022.csv", marks)
            archive.writestr("Data/event_info_latest_2022.csv", info)
    else:
        path = tmp_path / "event_info_latest_2022.zip"
        for name, text in (("event_info_latest_2022", info), ("event_labels_latest_2022", marks)):
            with zipfile.ZipFile(tmp_path / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"{name}.csv", text)
    assert isinstance(detect(path), ViinaReader)
    assert [c.kind for c in load(path).claims] == [Kind.RETREAT]


class TestGroups:
    ROW = OKHTYRKA | {"n_reports": "2", "event_ids": '"11, 12"', "sources": '"unian, kp"'}

    def test_a_group_of_reports_names_all_its_outlets(self, tmp_path: Path) -> None:
        flags = dict.fromkeys(FLAGS, "0") | {"t_mil_b": "1", "t_uav_b": "1"}
        found = load(put(tmp_path, "a", table(GROUPS, self.ROW | flags)))
        (claim,) = found.claims
        assert (claim.claim_id, claim.kind, claim.subtype) == ("viina-1pd-7", Kind.BOMBARDMENT, "drone")
        assert claim.relays == ("unian", "ru-kp")
        assert "11, 12" in claim.note
        assert claim.said_at is not None
        assert claim.said_at.precision is TimePrecision.DAY

    def test_a_bad_group_is_refused(self, tmp_path: Path) -> None:
        found = load(put(tmp_path, "a", table(GROUPS, self.ROW | {"event_id_1pd": ""}, self.ROW)))
        assert [r.field for r in found.rejections] == ["event_id_1pd"]
        assert len(found.claims) == 1


class TestControl:
    def rows(self, *days: tuple[str, str, str, str]) -> str:
        return table(CONTROL, *(
            {"geonameid": "713749", "date": d, "status_wiki": w, "status_dsm": m, "status_isw": i, "status": "RU"}
            for d, w, m, i in days
        ))  # fmt: skip

    def test_each_map_speaks_for_itself_and_first_sight_is_no_change(self, tmp_path: Path) -> None:
        text = self.rows(
            ("20220301", "UA", "UA", ""),
            ("20220302", "UA", "RU", ""),
            ("20220305", "CONTESTED", "RU", "RU"),
            ("20220306", "CONTESTED", "RU", "UA"),
        )
        found = load(put(tmp_path, "a", text), default())
        dsm, wiki, isw = found.claims
        assert (dsm.claimant, dsm.kind, dsm.actor) == ("deepstatemap", Kind.CAPTURE, "RU")
        assert dsm.happened.describe() == "1 to 2 March 2022"
        assert (wiki.claimant, wiki.relays, wiki.kind) == (UNSTATED, ("wikipedia",), Kind.CLASH)
        assert wiki.happened.describe() == "2 to 5 March 2022"
        assert (isw.claimant, isw.actor) == ("institute-for-the-study-of-war", "UA")
        assert dsm.places[0].name == "Okhtyrka"
        assert dsm.marks

    def test_an_absent_status_is_unknown_and_no_change(self, tmp_path: Path) -> None:
        text = self.rows(("20220301", "UA", "UA", ""), ("20220302", "NA", "", ""), ("20220303", "UA", "UA", ""))
        assert load(put(tmp_path, "a", text)).claims == ()

    def test_rows_out_of_order_and_unknown_words_are_refused(self, tmp_path: Path) -> None:
        text = self.rows(("20220303", "UA", "UA", ""), ("20220301", "RU", "UA", ""), ("20220304", "XX", "UA", ""))
        found = load(put(tmp_path, "a", text))
        assert [r.reason for r in found.rejections] == ["out_of_order", "bad_value"]

    def test_the_register_of_places_may_be_the_ukrainian_one(self, tmp_path: Path) -> None:
        text = self.rows(("20220301", "UA", "UA", ""), ("20220302", "RU", "UA", ""))
        text = text.replace("geonameid", "kod").replace("713749", "UA59040110010070437")
        (claim,) = load(put(tmp_path, "a", text)).claims
        assert claim.places[0].place_id == "kt:UA59040110010070437"


ANY_CELL = st.integers(0, len(INFO) - 1)
damage = st.one_of(
    st.tuples(st.just("cut"), st.integers(3, 60), st.just("")),
    st.tuples(st.just("swap"), ANY_CELL, st.just("")),
    st.tuples(
        st.just("cell"),
        ANY_CELL,
        st.text(st.characters(blacklist_characters='\n\r",', blacklist_categories=("Cs",)), max_size=12),
    ),
    st.tuples(
        st.just("cell"), st.integers(0, len(INFO) - 1), st.sampled_from(["\0", "\x07", "-999", "1e400", "20229999"])
    ),
)


@given(st.lists(st.tuples(st.integers(0, 9), damage), max_size=8))
def test_whatever_the_damage_each_row_is_a_place_of_a_claim_or_refused(
    tmp_path_factory: pytest.TempPathFactory, hits: list[tuple[int, tuple[str, int, str]]]
) -> None:
    lines = [",".join(event(str(20 + i), report_id=str(i // 2)).get(c, "") for c in INFO) for i in range(10)]
    for i, (how, n, text) in hits:
        cells = lines[i].split(",")
        if how == "cut":
            lines[i] = lines[i][:n]
        elif n < len(cells):
            j = (n + 1) % len(cells)
            cells[n], cells[j] = (cells[j], cells[n]) if how == "swap" else (text or "x", cells[j])
            lines[i] = ",".join(cells)
    path = put(tmp_path_factory.mktemp("damage"), "a", "\n".join([",".join(INFO), *lines]) + "\n")
    records = collect(ViinaReader().read(path, {}))
    assert sum(len(c.places) for c in records.claims) + len(records.rejections) == len(lines)
