"""The result where readers see it: a drawing of how each way grows with the number of claims, and the tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from dashboard.figures.palette import LAYERS, PAGE
from geodata.model import Layer
from tools.benchmark.moving import DRAWN, FILTER, HOVER, NAMES, OURS, STEP, THREAD, WAIT
from tools.benchmark.report import Row, markdown

PICTURE: Final = Path("docs") / "bench.svg"
BEGIN, END = "<!-- bench: written by tools/bench.py --publish -->", "<!-- end of bench -->"
HEADS: Final = (STEP, FILTER, HOVER)
ROWS: Final = (("main thread, ms", {THREAD: HEADS}), ("until it is seen, ms", {WAIT: (STEP, FILTER), DRAWN: (HOVER,)}))
COLORS: Final[Mapping[str, tuple[str, str]]] = {
    OURS: PAGE["accent"],
    NAMES["deck"]: LAYERS[Layer.MOVEMENT],
    NAMES["restyle"]: LAYERS[Layer.BOMBARDMENT],
    NAMES["callback"]: LAYERS[Layer.ADVANCE],
    NAMES["frames"]: LAYERS[Layer.FIGHTING],
}
"""Column of the tables -> (light, dark)."""
WIDTH, HEIGHT = 180, 150
"""Pixels of a panel."""
LEFT, TOP, RIGHT, DOWN = 46, 52, 96, 58
"""Pixels before a panel, above the first, after a panel for its names, and between rows."""
APART: Final = 12
SHORT: Final = {1_000: "1k", 10_000: "10k", 100_000: "100k", 1_000_000: "1M"}

Curves = dict[str, list[tuple[int, float]]]


def into(checkout: Path, rows: Sequence[Row], about: Mapping[str, str]) -> None:
    """Draw ``docs/bench.svg`` and put the tables between the marks in the README."""
    (checkout / PICTURE).write_text(drawing(rows), "utf-8")
    readme = checkout / "README.md"
    readme.write_text(inserted(readme.read_text("utf-8"), rows, about), "utf-8")


def inserted(page: str, rows: Sequence[Row], about: Mapping[str, str]) -> str:
    """The page with what stands between the marks written anew; ValueError if it has no marks."""
    shown = f"![How each way grows with the number of claims]({PICTURE.as_posix()})"
    told = f"{BEGIN}\n{shown}\n\n{'; '.join(about.values())}.\n\n{markdown(rows)}\n{END}"
    found, n = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: told, page, count=1, flags=re.DOTALL)
    if not n:
        raise ValueError(f"the page has no {BEGIN}")
    return found


def drawing(rows: Sequence[Row]) -> str:
    """Panels for each act, main thread above latency, both axes logarithmic, as SVG for a light and a dark page."""
    found = [[curves(rows, head, wanted) for head in HEADS] for _, wanted in ROWS]
    width, height = len(HEADS) * (LEFT + WIDTH + RIGHT), TOP + len(ROWS) * (HEIGHT + DOWN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        _title(rows),
        _style(),
    ]
    for r, (unit, _) in enumerate(ROWS):
        scale = Scale.over(found[r])
        for c, head in enumerate(HEADS):
            x, y = LEFT + c * (LEFT + WIDTH + RIGHT), TOP + r * (HEIGHT + DOWN)
            parts += [f'<g transform="translate({x} {y})">', *_panel(scale, found[r][c], unit if c == 0 else "")]
            parts += [_text(0, -28, head, "head")] if r == 0 else []
            parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def curves(rows: Iterable[Row], head: str, wanted: Mapping[str, Sequence[str]]) -> Curves:
    """Column -> (claims, value) by claims, of the rows that a panel shows."""
    found: Curves = {}
    for r in sorted(
        (r for r in rows if r.part == head and head in wanted.get(r.name, ()) and r.size), key=lambda r: r.size or 0
    ):
        for name in sorted(r.values, key=list(COLORS).index):
            found.setdefault(name, []).append((r.size or 0, max(r.values[name], 0.1)))
    return found


class Scale:
    """Whole decades on both axes, to pixels of a panel."""

    def __init__(self, sizes: Sequence[int], values: Sequence[float]) -> None:
        self.sizes = sorted(set(sizes)) or [1_000]
        self.low = math.floor(math.log10(min(values, default=1)))
        self.high = max(math.ceil(math.log10(max(values, default=10))), self.low + 1)

    @classmethod
    def over(cls, panels: Iterable[Curves]) -> Scale:
        """One that holds all panels of a row."""
        points = [p for panel in panels for line in panel.values() for p in line]
        return cls([n for n, _ in points], [v for _, v in points])

    def x(self, n: int) -> float:
        """Pixels from the left."""
        first, last = math.log10(self.sizes[0]), math.log10(self.sizes[-1])
        return WIDTH * (math.log10(n) - first) / (last - first) if last > first else WIDTH / 2

    def y(self, v: float) -> float:
        """Pixels from the top."""
        return HEIGHT * (self.high - math.log10(v)) / (self.high - self.low)


def spread(wanted: Mapping[str, float], apart: float = APART) -> dict[str, float]:
    """Positions near the wanted ones, in their order, no two nearer than ``apart``."""
    placed: dict[str, float] = {}
    for name in sorted(wanted, key=lambda n: wanted[n]):
        placed[name] = max(wanted[name], *(y + apart for y in placed.values())) if placed else wanted[name]
    return placed


def _panel(scale: Scale, lines: Curves, unit: str) -> Iterator[str]:
    for power in range(scale.low, scale.high + 1):
        y = scale.y(10**power)
        yield f'<path class="grid" d="M0 {y:.1f}H{WIDTH}"/>'
        yield _text(-8, y + 3.5, f"{10**power:g}", "tick end")
    for n in scale.sizes:
        yield _text(scale.x(n), HEIGHT + 16, SHORT.get(n, f"{n:,}"), "tick middle")
    if unit:
        yield _text(-LEFT + 8, -12, unit, "tick")
    ends = spread({name: scale.y(line[-1][1]) for name, line in lines.items()})
    for k, (name, line) in reversed(list(enumerate(lines.items()))):
        colour = f"c{list(COLORS).index(name)}"
        points = " ".join(f"{scale.x(n):.1f},{scale.y(v):.1f}" for n, v in line)
        yield f'<polyline class="line {colour}{" ours" if name == OURS else ""}" points="{points}"/>'
        yield from (
            f'<circle class="dot {colour}" cx="{scale.x(n):.1f}" cy="{scale.y(v):.1f}" r="{2.6 if k == 0 else 1.8}"/>'
            for n, v in line
        )
        label = "conflict map" if name == OURS else name
        yield _text(
            scale.x(line[-1][0]) + 8, ends[name] + 3.5, label, f"name {colour}{' ours' if name == OURS else ''}"
        )


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _title(rows: Sequence[Row]) -> str:
    sizes = [r.size for r in rows if r.size and r.part in HEADS]
    span = f" from {min(sizes):,} to {max(sizes):,} claims" if sizes else ""
    return f"<title>Main thread and latency of a step of time, a filter and a hover{span}, each way to do it</title>"


def _style() -> str:
    def themed(k: int) -> str:
        lines = "".join(
            f".line.c{i}{{stroke:{c[k]}}}.dot.c{i},.name.c{i}{{fill:{c[k]}}}" for i, c in enumerate(COLORS.values())
        )
        return f".grid{{stroke:{PAGE['line'][k]}}}.tick{{fill:{PAGE['muted'][k]}}}.head{{fill:{PAGE['ink'][k]}}}{lines}"

    shape = (
        "text{font:11px system-ui,sans-serif}.head{font-size:14px;font-weight:600}.end{text-anchor:end}.middle{text-anchor:middle}"
        ".grid{stroke-width:1}.line{fill:none;stroke-width:1.4;stroke-linejoin:round}.line.ours{stroke-width:2.8}.name.ours{font-weight:600}"
    )
    return f"<style>{shape}{themed(0)}@media(prefers-color-scheme:dark){{{themed(1)}}}</style>"
