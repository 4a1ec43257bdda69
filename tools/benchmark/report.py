"""The table of a run: measured values side by side, and the aims that ours are held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from statistics import median
from typing import Any, Final

OURS: Final = "ours"


@dataclass(frozen=True, slots=True)
class Aim:
    """The most that ours may be: in the row's unit, or as a part of what stands in another column."""

    most: float
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured, in one or more ways; medians in ``unit``."""

    part: str
    """What belongs together in one table."""
    name: str
    unit: str
    values: dict[str, float]
    """Column -> value. What could not be measured is absent."""
    aims: tuple[Aim, ...] = ()
    size: int | None = None
    """Claims in the store; None for the sample."""
    note: str = ""

    def ratio(self, beside: str) -> float | None:
        """Ours over another column's; None where either is absent."""
        ours, other = self.values.get(OURS), self.values.get(beside)
        return None if ours is None or not other else ours / other

    def met(self, aim: Aim) -> bool | None:
        """True if ours is within the aim, None if what it needs was not measured."""
        held = self.ratio(aim.beside) if aim.beside else self.values.get(OURS)
        return None if held is None else held <= aim.most


def row(part: str, name: str, unit: str, aims: tuple[Aim, ...] = (), **values: Sequence[float]) -> Row:
    """A row of the medians of repeated measurements."""
    return Row(part, name, unit, {column: median(found) for column, found in values.items()}, aims)


def tables(rows: Sequence[Row]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Each part with its lines of cells, the first line being the head."""
    for part, grouped in groupby(sorted(rows, key=_order(rows)), key=lambda r: r.part):
        mine = list(grouped)
        columns = list(dict.fromkeys(column for r in mine for column in r.values))
        sized = any(r.size for r in mine)
        head = ("", *(["claims"] if sized else []), *columns, "")
        yield part, [head, *(_cells(r, columns, sized) for r in mine)]


def text(rows: Sequence[Row]) -> str:
    """The tables for a terminal."""
    return "\n\n".join(f"{part}\n{_aligned(lines)}" for part, lines in tables(rows))


def markdown(rows: Sequence[Row]) -> str:
    """The tables for a page of text."""
    return "\n\n".join(
        "\n".join(
            (f"**{part}**", "", _piped(head), _piped(["---", *["---:"] * (len(head) - 2), "---"]), *map(_piped, lines))
        )
        for part, (head, *lines) in tables(rows)
    )


def document(rows: Sequence[Row], about: dict[str, str]) -> dict[str, Any]:
    """The rows for a machine."""
    return {"about": about, "rows": [asdict(r) for r in rows]}


def read(found: dict[str, Any]) -> list[Row]:
    """The rows of a document."""
    return [Row(**{**r, "aims": tuple(Aim(**a) for a in r["aims"])}) for r in found["rows"]]


def _order(rows: Sequence[Row]) -> Any:
    parts, names = (list(dict.fromkeys(getattr(r, k) for r in rows)) for k in ("part", "name"))
    return lambda r: (parts.index(r.part), names.index(r.name) if r.size else 0, r.size or 0)


def _cells(r: Row, columns: Sequence[str], sized: bool) -> tuple[str, ...]:
    values = (f"{value(r.values[c])} {r.unit}" if c in r.values else "" for c in columns)
    said = [r.note] if r.note else [_verdict(r, aim) for aim in r.aims]
    return (r.name, *([f"{r.size:,}" if r.size else ""] if sized else []), *values, "; ".join(said))


def _verdict(r: Row, aim: Aim) -> str:
    if aim.beside:
        ratio = r.ratio(aim.beside)
        said = f"at most {aim.most:g} x {aim.beside}: {'not measured' if ratio is None else f'{ratio:.2g} x'}"
    else:
        said = f"at most {aim.most:g} {r.unit}"
    return said + {None: "", True: ", met", False: ", MISSED"}[r.met(aim)]


def value(v: float) -> str:
    """A number to three digits or so."""
    return f"{v:,.{0 if v >= 100 else 1 if v >= 10 else 2}f}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    last = len(widths) - 1
    return "\n".join(
        "  ".join(
            f"{c:<{w}}" if k in (0, last) else f"{c:>{w}}" for k, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
