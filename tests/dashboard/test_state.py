"""The address as Python reads it; tests/browser/test_modules.py holds the browser to the same table."""

import json
from urllib.parse import parse_qs

import pytest

from dashboard.state import VIEW_PARAMETERS, query_of
from geodata.errors import QueryError


@pytest.fixture(scope="module")
def addresses(checkout):
    return json.loads((checkout / "tests" / "fixtures" / "addresses.json").read_text("utf-8"))


def test_every_address_is_read_and_written_as_the_table_says(addresses):
    for row in addresses:
        assert query_of(parse_qs(row["address"])).to_url() == row["query"], row


def test_every_address_says_itself_in_english(addresses):
    for row in addresses:
        assert query_of(parse_qs(row["address"])).describe() == row["sentence"], row


def test_a_parameter_of_nobody_is_refused_by_name():
    with pytest.raises(QueryError) as refused:
        query_of({"colour": ["red"], "layer": ["retreat"]})
    assert refused.value.names == ("colour",)


def test_a_value_outside_the_vocabulary_is_refused_by_name():
    with pytest.raises(QueryError) as refused:
        query_of({"layer": ["explosion"]})
    assert refused.value.names == ("layer",)


def test_the_table_holds_every_word_of_the_view(addresses):
    words = {word for row in addresses for word in parse_qs(row["address"])}
    assert set(VIEW_PARAMETERS) <= words
