"""The table of a run: measured values side by side, their ratio, and the aim that each is held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured. Values are medians in ``unit``; ``plain`` is None where the plain page has no such thing."""

    name: str
    unit: str
    ours: float
    plain: float | None = None
    aim: float | None = None
    of: Literal["ratio", "ours"] = "ours"
    """What must not be above ``aim``."""

    @property
    def ratio(self) -> float | None:
        """Ours over plain; below 1 is better than the plain page."""
        return self.ours / self.plain if self.plain else None

    @property
    def met(self) -> bool | None:
        """True if the aim is met, None if there is none."""
        held = self.ratio if self.of == "ratio" else self.ours
        return None if self.aim is None or held is None else held <= self.aim


def row(name: str, unit: str, ours: Sequence[float], plain: Sequence[float] = (), **aim: Any) -> Row:
    """A row of the medians of repeated measurements."""
    return Row(name, unit, median(ours), median(plain) if plain else None, **aim)


def table(rows: Sequence[Row]) -> str:
    """The rows for a terminal, in columns."""
    head = ("", "conflict map", "plain page", "ratio", "aim", "")
    cells = [head, *(_cells(r) for r in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(head))]
    return "\n".join(_line(line, widths) for line in cells)


def document(rows: Sequence[Row], about: dict[str, str]) -> dict[str, Any]:
    """The rows for a machine."""
    return {"about": about, "rows": [asdict(r) | {"ratio": r.ratio, "met": r.met} for r in rows]}


def _cells(r: Row) -> tuple[str, ...]:
    aim = "" if r.aim is None else f"<= {r.aim:g} x" if r.of == "ratio" else f"<= {r.aim:g} {r.unit}"
    ratio = "" if r.ratio is None else f"{r.ratio:.2f} x"
    verdict = {None: "", True: "met", False: "MISSED"}[r.met]
    return (r.name, _value(r.ours, r.unit), "" if r.plain is None else _value(r.plain, r.unit), ratio, aim, verdict)


def _value(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (f"{c:<{w}}" if k == 0 else f"{c:>{w}}" for k, (c, w) in enumerate(zip(cells, widths, strict=True)))
    return "  ".join((first, *rest)).rstrip()
