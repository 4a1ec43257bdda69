"""The labels of VIINA: what a machine takes a headline to be about, with how much it trusts that."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec

from geodata.model import Kind, Rejection
from geodata.readers.cells import Cells, Refused
from geodata.readers.tables import Table

__all__ = ["LABELS", "LabelIndex", "Labels", "labels_of"]

LABELS: Final[Mapping[str, tuple[Kind, str, str]]] = MappingProxyType(
    {
        "t_retreat": (Kind.RETREAT, "", "retreat"),
        "t_control": (Kind.CAPTURE, "", "territorial control"),
        "t_occupy": (Kind.CAPTURE, "occupation", "occupation"),
        "t_raid": (Kind.OFFENSIVE, "raid", "raid or assault"),
        "t_armor": (Kind.OFFENSIVE, "armour", "tank battle or assault"),
        "t_firefight": (Kind.CLASH, "", "firefight"),
        "t_airstrike": (Kind.BOMBARDMENT, "air", "air strike"),
        "t_artillery": (Kind.BOMBARDMENT, "artillery", "shelling"),
        "t_uav": (Kind.BOMBARDMENT, "drone", "unmanned aircraft"),
        "t_aad": (Kind.STRIKE, "air_defence", "air defence"),
        "t_property": (Kind.BOMBARDMENT, "destruction", "destruction of property"),
        "t_milcas": (Kind.CASUALTIES, "military", "military casualties"),
        "t_civcas": (Kind.CASUALTIES, "civilian", "civilian casualties"),
        "t_ied": (Kind.OTHER, "explosion", "explosive device or mine"),
        "t_hospital": (Kind.OTHER, "hospital", "attack on a hospital or convoy"),
        "t_arrest": (Kind.OTHER, "arrest", "arrest or capture of persons"),
        "t_airalert": (Kind.OTHER, "air_alert", "air raid alert"),
        "t_cyber": (Kind.OTHER, "cyber", "cyber operation"),
        "t_san": (Kind.OTHER, "sanctions", "sanctions"),
        "t_mil": (Kind.OTHER, "military", "military operations"),
    }
)
"""Kind, subtype and words by label, the most telling first: who moves, who fights, who fires, then what it did.

A headline has several labels and one kind: that of the first label set. The crosswalk is that of the codebook.
"""
_ACTORS: Final = MappingProxyType(
    {"a_rus_init": "RU", "a_ukr_init": "UA", "a_civ": "civilians", "a_other": "a third party"}
)
"""Who began it, by label; being involved (``a_rus``, ``a_ukr``) is not doing it."""
_FLAGS: Final = tuple((name, f"{name}_b") for name in (*LABELS, *_ACTORS))
_YES: Final = frozenset({"1", "1.0", "TRUE", "True"})
_NO: Final = frozenset({"0", "0.0", "FALSE", "False"})


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels that are set, each with its probability as written; None if it is not given."""

    set: Mapping[str, float | None]
    about_war: bool = True
    """False if the machine takes the headline to be about something else than the war."""

    @property
    def kind(self) -> tuple[Kind, str]:
        """Kind and subtype by the first label set."""
        if not self.about_war:
            return Kind.OTHER, "not_war"
        kind, subtype, _ = next((LABELS[name] for name in LABELS if name in self.set), (Kind.OTHER, "", ""))
        return kind, subtype

    @property
    def actor(self) -> str:
        """RU, UA, both, or who else began it; empty if the labels do not say."""
        found = [actor for name, actor in _ACTORS.items() if name in self.set]
        return "both" if found[:2] == ["RU", "UA"] else next(iter(found), "")

    def describe(self) -> str:
        """The labels in words, with their probabilities."""
        words = {name: text for name, (_, _, text) in LABELS.items()}
        words |= {name: f"begun by {actor}" for name, actor in _ACTORS.items()}
        shown = [(text, self.set[name]) for name, text in words.items() if name in self.set]
        return ", ".join(text if p is None else f"{text} {p:.2f}" for text, p in shown) or "none"

    @property
    def words(self) -> str:
        """The first label in words."""
        return (
            next((LABELS[name][2] for name in LABELS if name in self.set), "an event") if self.about_war else "an event"
        )


def labels_of(row: Cells) -> Labels | None:
    """The labels in a row that has columns ``t_mil_b`` and the like; None if it has none of them."""
    if "t_mil_b" not in row.columns:
        return None
    flags = {name: flag for name, column in _FLAGS if (flag := row.text(column))}
    if not flags:
        return None
    on = []
    for name, flag in flags.items():
        if flag in _NO:
            continue
        if flag not in _YES:
            raise Refused("bad_value", f"{name}_b", flag, "Write 0 or 1.")
        on.append(name)
    return Labels({name: _probability(row, name) for name in on}, about_war=flags.get("t_mil") not in _NO)


def _probability(row: Cells, name: str) -> float | None:
    """VIINA 2 gives it in a column named as the label, VIINA 1 in one that ends in ``_pred``."""
    found = row.number(name)
    return row.number(f"{name}_pred") if found is None else found


class LabelIndex:
    """The labels of a file by event, on disk: memory does not grow with the file."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute("CREATE TABLE labels (event TEXT PRIMARY KEY, date TEXT, held BLOB) WITHOUT ROWID")

    def fill(self, table: Table, columns: Mapping[str, str]) -> Iterator[Rejection]:
        """Take in a file of labels; rows that cannot be read, or come twice, come back."""
        for row in table:
            if isinstance(row, Rejection):
                yield row
                continue
            cells = Cells(row, columns)
            try:
                event, found = cells.required("event_id"), labels_of(cells)
            except Refused as refused:
                yield refused.at(table.at(row.line), row)
                continue
            held = b"" if found is None else msgspec.json.encode(found)
            done = self._rows.execute(
                "INSERT OR IGNORE INTO labels VALUES (?, ?, ?)", (event, cells.text("date"), held)
            )
            if not done.rowcount:
                remedy = "Keep one row of labels for each event."
                yield Rejection("duplicate_id", table.at(row.line), "event_id", event, remedy, row.raw, row.header)

    def find(self, event: str, date: str) -> Labels | None:
        """The labels of an event; None if there are none, or if they are of an event of that id on another date."""
        found = self._rows.execute("SELECT date, held FROM labels WHERE event = ?", (event,)).fetchone()
        if not found or not found[1] or found[0] not in ("", date):
            return None
        return msgspec.json.decode(found[1], type=Labels)

    def close(self) -> None:
        """Give the disk back."""
        self._rows.close()
