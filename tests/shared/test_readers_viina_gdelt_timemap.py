"""The real samples of GDELT and TimeMap are read to the last row; the cut of VIINA is not taken for VIINA."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from geodata.gazetteer import default
from geodata.ingest import collect, ingest
from geodata.model import Bundle, Precision
from geodata.readers import detect, read
from geodata.readers.gdelt import EVENT_COLUMNS
from geodata.sources import Register


def load(path: Path) -> Bundle:
    return collect(ingest(read(path), register=Register.load(), gazetteer=default()))


@pytest.fixture(scope="module")
def found(shared: Path) -> Bundle:
    return load(shared / "data" / "gdelt" / "gdelt_events_sample25.tsv")


class TestGdelt:
    def test_the_columns_are_the_published_ones(self, shared: Path) -> None:
        names = (shared / "data" / "gdelt" / "gdelt_events_columns.txt").read_text().split()
        assert tuple(names) == EVENT_COLUMNS

    def test_every_row_is_a_claim(self, found: Bundle) -> None:
        assert (len(found.claims), found.rejections) == (25, ())

    def test_every_date_is_years_off_as_stated_and_says_so(self, found: Bundle) -> None:
        assert all("misread" in c.note for c in found.claims)
        assert {c.happened.start.year for c in found.claims if c.happened.start} == {2007, 2016}

    def test_states_and_countries_are_no_pins(self, found: Bundle) -> None:
        pins = [c.places[0].precision for c in found.claims for m in c.marks if m.shape is None]
        assert set(pins) == {Precision.SETTLEMENT}
        assert Counter(c.unplaced for c in found.claims)["country_only"] == 2


class TestTimeMap:
    @pytest.mark.parametrize("name", ["", "export_events.json"])
    def test_every_event_is_on_the_map_with_its_sources(self, shared: Path, name: str) -> None:
        path = shared / "data" / "timemap" / name
        assert detect(path).name == "timemap"
        found = load(path)
        assert (len(found.claims), len(found.documents), found.rejections) == (316, 316, ())
        assert all(c.marks for c in found.claims)
        assert not [c for c in found.claims if "not in the set" in c.note]


@pytest.mark.parametrize("name", ["viina_2022_to_2022-03-21.csv", "viina_2023.csv"])
def test_a_cut_of_viina_with_other_columns_is_left_to_the_mapping(shared: Path, name: str) -> None:
    assert detect(shared / "data" / "viina" / name).name != "viina"
