"""Which column of a table means which field of a claim: told by a mapping file or pairs, or guessed and shown."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from geodata.errors import ReaderError, SpanError
from geodata.model import Document, Precision
from geodata.readers.dates import day_comes_first, moment
from geodata.readers.tables import Row
from geodata.sources import slug

__all__ = ["FIELDS", "OPTIONS", "PRECISIONS", "SEVERAL", "FieldMap", "as_toml", "beside", "guess", "told"]

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id": "id of the row; without it, a fingerprint of its words, place and time",
        "statement": "what is claimed, in words",
        "quote": "the words of the report",
        "kind": "what happened",
        "subtype": "what happened, more finely",
        "claimant": "who says so",
        "relay": "through whom it is known; several columns, or several names in one",
        "actor": "who does it",
        "target": "whom or what it is done to",
        "happened": "when it happened",
        "from": "first day",
        "to": "last day",
        "time": "time of day, UTC, beside the date in `happened`",
        "said": "when it was reported",
        "place": "name of the place",
        "within": "what the place lies in; several columns",
        "lon": "longitude in degrees",
        "lat": "latitude in degrees",
        "precision": "how finely the place is known",
        "url": "address of the report",
        "title": "title of the report",
        "publisher": "who published the report",
        "language": "language of the report",
        "modality": "in what voice it is said",
        "killed": "people killed",
        "killed_low": "people killed, at least",
        "killed_high": "people killed, at most",
        "wounded": "people wounded",
        "wounded_low": "people wounded, at least",
        "wounded_high": "people wounded, at most",
        "note": "remarks; several columns",
    }
)
"""Every field that a column can mean, with one line of help."""

OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "map": "a TOML file that maps columns, or column=field pairs; without it the columns are guessed",
        "layer": "sheet or layer to read, where there are several",
    }
)
"""Options of every reader whose columns have no fixed names."""

SEVERAL: Final = frozenset({"relay", "within", "note"})
"""Fields that more than one column may give."""

PRECISIONS: Final[Mapping[str, Precision]] = MappingProxyType(
    {
        word: precision
        for precision, words in (
            (Precision.SETTLEMENT, "exact street address town city village point adm3 adm4"),
            (Precision.DISTRICT, "adm2 raion rayon county hromada near"),
            (Precision.OBLAST, "adm1 province state"),
            (Precision.COUNTRY, "adm0 nation"),
        )
        for word in words.split()
    }
)
"""Words of other data for a precision, beside our own."""

_NAMES: Final = Path(__file__).parents[1] / "data" / "columns.toml"
_BREAKS: Final = re.compile(r"[\W_]+")
_DOCUMENT: Final = frozenset(
    {"title", "publisher", "published", "url", "licence", "attribution", "citation", "language", "note"}
)
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SURE: Final = 0.8
"""Part of a column's cells that must read as the guessed field would have them."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How a table is read. ``columns`` gives the fields of each column that is used."""

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    """Value of a field that no column gives."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Word in the data -> our word, by field."""
    dataset: str = ""
    """Put before the ids; empty = from the file's name."""
    document: Mapping[str, str] = field(default_factory=dict)
    """Title, publisher, url, licence, attribution, language, note of the data set."""
    day_first: bool | None = None
    separator: str = "|"
    """Stands between several names in one cell."""
    guessed: bool = False

    def describe(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Lines that say how each of the table's columns is read."""
        verdict = "guessed" if self.guessed else "as told"
        lines = [f"column {name!r}: {', '.join(self.columns[name])}" for name in columns if name in self.columns]
        lines += [f"every row: {name} = {value}" for name, value in self.constants.items()]
        unread = [repr(name) for name in columns if name not in self.columns]
        return (f"columns read ({verdict}):", *lines, *([f"not read: {', '.join(unread)}"] if unread else []))

    def of(self, path: Path) -> Document:
        """The document of a file that is read with this mapping."""
        name = self.dataset or slug(path.stem.split(".")[0]) or "table"
        return msgspec.convert({"title": path.name, **self.document, "document_id": name}, Document)


def told(option: str, columns: Sequence[str], guessed: FieldMap) -> FieldMap:
    """The mapping that the option ``map`` gives: a TOML file by itself, or pairs on top of what was guessed.

    Parameters
    ----------
    option : lines, each ``column=field`` (``column=`` leaves a column out), or one path of a TOML file.

    Raises
    ------
    ReaderError
        If the file cannot be read, or names a column or field that is not there.
    """
    lines = [line.strip() for line in option.splitlines() if line.strip()]
    if len(lines) == 1 and "=" not in lines[0]:
        found = _from_file(Path(lines[0]))
    else:
        pairs = {name.strip(): word.strip() for name, _, word in (line.rpartition("=") for line in lines)}
        taken = set(pairs.values()) - SEVERAL
        kept = {
            name: left
            for name, fields in guessed.columns.items()
            if name not in pairs and (left := tuple(f for f in fields if f not in taken))
        }
        found = replace(guessed, columns=kept | {name: (word,) for name, word in pairs.items() if word}, guessed=False)
    _check(found, columns)
    return found


def beside(path: Path) -> str:
    """The mapping file that lies beside a table and bears its name (``towns.csv``, ``towns.toml``); empty if none."""
    found = path.with_suffix(".toml")
    return str(found) if found != path and found.is_file() else ""


def as_toml(found: FieldMap, document: Document) -> str:
    """The mapping as a file that :func:`told` reads to the same effect, for the data set of this document."""
    text = msgspec.json.encode  # a string or a list of strings of JSON is one of TOML

    def line(name: str, value: object) -> str:
        return f"{name if _BARE.fullmatch(name) else text(name).decode()} = {text(value).decode()}"

    lines = [line("dataset", document.document_id), line("separator", found.separator)]
    lines += [] if found.day_first is None else [line("day_first", found.day_first)]
    tables: dict[str, Mapping[str, object]] = {
        "document": {"title": document.title, **found.document},
        "columns": found.columns,
        "constants": found.constants,
        **{f"words.{name}": table for name, table in found.words.items()},
    }
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(line(key, value) for key, value in table.items())] if table else []
    return "\n".join(lines) + "\n"


def guess(columns: Sequence[str], sample: Sequence[Row]) -> FieldMap:
    """What the columns seem to mean, by their names in several languages, kept only where their cells agree."""
    fields: dict[str, tuple[str, ...]] = {}
    by_name = {_plain(name): name for name in reversed(columns)}
    for word, names in tomllib.loads(_NAMES.read_text("utf-8")).items():
        matches = [by_name[name] for name in names if name in by_name]
        for column in matches:
            cells = [cell for row in sample if (cell := row.cells.get(column, ""))]
            if column not in fields and _agrees(word, cells):
                fields[column] = (word,)
                if word not in SEVERAL:
                    break
    day_first = day_comes_first(c for row in sample for name in _timed(fields) if (c := row.cells.get(name, "")))
    return FieldMap({name: fields[name] for name in columns if name in fields}, day_first=day_first, guessed=True)


def _timed(fields: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [name for name, (word, *_) in fields.items() if word in _CHECKS and _CHECKS[word] is _is_date]


def _agrees(word: str, cells: Sequence[str]) -> bool:
    check = _CHECKS.get(word)
    if word == "id":
        return len(set(cells)) == len(cells)
    return check is None or not cells or sum(map(check, cells)) >= _SURE * len(cells)


def _is_number(text: str) -> bool:
    try:
        return abs(float(text.replace(",", "."))) <= 180
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        moment(text, day_first=True)
    except SpanError:
        return False
    return True


def _is_precision(text: str) -> bool:
    return text.casefold() in PRECISIONS or text.casefold() in list(Precision)


def _is_name(text: str) -> bool:
    return not text.replace(".", "").isdigit()


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "www."))


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "lon": _is_number, "lat": _is_number, "url": _is_address, "precision": _is_precision,
        "relay": _is_name, "claimant": _is_name, "place": _is_name, "kind": _is_name,
        "happened": _is_date, "from": _is_date, "to": _is_date, "said": _is_date,
    }
)  # fmt: skip


def _plain(name: str) -> str:
    return _BREAKS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def _from_file(path: Path) -> FieldMap:
    """The mapping a TOML file spells out."""
    where, remedy = str(path), "The README shows a mapping file."
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError as e:
        raise ReaderError(f"cannot be read: {e.strerror}", where=where, remedy="Name a mapping file.") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise ReaderError(f"is not TOML: {e}", where=where, remedy=remedy) from e
    known = {"dataset": str, "day_first": bool, "separator": str}
    tables = ("columns", "constants", "words", "document")
    for name, value in raw.items():
        if name not in known and name not in tables or not isinstance(value, known.get(name, dict)):
            raise ReaderError(f"has no use for {name!r} = {value!r}", where=where, remedy=remedy)
    columns = {name: _words(value) for name, value in raw.get("columns", {}).items()}
    words = {word: {str(k): str(v) for k, v in table.items()} for word, table in raw.get("words", {}).items()}
    document = {str(k): str(v) for k, v in raw.get("document", {}).items()}
    if strange := set(document) - _DOCUMENT:
        raise ReaderError(f"a document has no {', '.join(sorted(strange))}", where=where, remedy=remedy)
    constants = {str(k): str(v) for k, v in raw.get("constants", {}).items()}
    plain = {name: raw[name] for name in known if name in raw}
    return FieldMap(columns, constants, words, document=document, **plain)


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _check(found: FieldMap, columns: Sequence[str]) -> None:
    if absent := [name for name in found.columns if name not in columns]:
        remedy = f"It has: {', '.join(columns)}."
        raise ReaderError(f"the table has no column {', '.join(map(repr, absent))}", remedy=remedy)
    used: Iterable[str] = (word for words in found.columns.values() for word in words)
    if strange := sorted({*used, *found.constants, *found.words} - set(FIELDS)):
        raise ReaderError(f"no field is called {', '.join(map(repr, strange))}", remedy=f"Use: {', '.join(FIELDS)}.")
