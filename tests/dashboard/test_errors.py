"""Every error class has an answer, over HTTP and on the command line."""

from __future__ import annotations

import pytest

import geodata.errors
from dashboard.errors import ANSWERS, EXIT_REJECTED, OutputError, ServeError, SettingsError, answer
from geodata.errors import GeodataError, UnknownClaimError

CLASSES = [getattr(geodata.errors, name) for name in geodata.errors.__all__]


@pytest.mark.parametrize("cls", [*CLASSES, OutputError, ServeError, SettingsError])
def test_every_error_class_stands_in_the_table(cls: type[GeodataError]) -> None:
    assert answer(cls("what")) == ANSWERS[cls]


def test_a_class_that_is_not_named_answers_as_its_base() -> None:
    class LostClaimError(UnknownClaimError):
        pass

    assert answer(LostClaimError("what")).status == 404


def test_statuses_and_exit_codes_are_of_the_right_sort() -> None:
    assert all(400 <= a.status < 600 for a in ANSWERS.values())
    assert not {0, EXIT_REJECTED} & {a.exit_code for a in ANSWERS.values()}
