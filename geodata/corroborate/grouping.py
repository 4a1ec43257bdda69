"""Claims about one happening, found by blocks (place, kind, time) and never by comparing all with all."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.corroborate import totals
from geodata.corroborate.byhand import Hands, told_apart
from geodata.corroborate.groups import Groups
from geodata.corroborate.inputs import NEVER, Inputs
from geodata.corroborate.rule import FAMILY, FIGHT, STATES, TOLL_KINDS, UNREAL, Rule, bounds, party, stance
from geodata.corroborate.spots import DAY, distinct, moments, spots
from geodata.model import Modality

__all__ = ["blocks", "compared", "grouped"]

_NONE: Final = Groups(
    pd.DataFrame(),
    pd.DataFrame({"claim": np.zeros(0, int), "event": np.zeros(0, int), "saying": np.zeros(0, int)}),
    pd.DataFrame({n: pd.array([], "str") for n in ("event_id", "sort", "key", "party", "named")} | {
        "town": np.zeros(0, bool), "start": np.zeros(0, int), "end": np.zeros(0, int), "claims": np.zeros(0, int)}),
    pd.DataFrame({"event": np.zeros(0, int), "stance": [], "figures": []}),
    {}, {},
)  # fmt: skip
"""No two claims speak of one happening."""

_FAMILIES: Final = {str(k): v for k, v in FAMILY.items()}


def grouped(inputs: Inputs, rule: Rule) -> Groups:
    """Claims grouped into happenings and running totals; those that are alone are in none."""
    placed = spots(inputs, rule)
    found = blocks(inputs, placed)
    hands = Hands.of(inputs)
    shared = found if hands else found[found["block"].duplicated(keep=False)]
    shared = shared.drop(columns=["kind", "subtype", "negated", "actor", "target", "said"])
    rows = hands.parted(hands.joined(_timed(shared, rule).assign(part=0)))
    rows["event"] = _events(rows) if len(rows) > 1 else -1
    rows = rows[rows["event"] >= 0]
    plain = replace(_NONE, blocks=found[["claim", "block"]])
    if len(rows):
        plain = _groups(_with_figures(rows, inputs, rule), plain.blocks)
    running = (inputs.figures["since"] != "").any()
    return _joined(plain, totals.grouped(inputs, rule, placed, hands)) if running else plain


def blocks(inputs: Inputs, placed: pd.DataFrame) -> pd.DataFrame:
    """One row a claim and block: ``claim``, ``block`` (the sort and place all claims of a happening share), and more.

    A claim that cannot be compared (a judgement, a forecast, a place that is not resolved, no time at all) has none.
    """
    claims = inputs.claims
    facts = claims[["kind", "subtype", "negated", "actor", "target"]].assign(
        who=_parties(claims), said=np.arange(len(claims)), **(times := moments(inputs))
    )
    facts = facts[_comparable(inputs, times["start"].to_numpy())]
    rows = placed.merge(facts, left_on="claim", right_on="said")
    family = rows["kind"].map(_FAMILIES)
    stated = rows["subtype"].isin([*STATES, "transfer"])
    rows["sort"] = family.where(rows["town"], rows["kind"]).where(family.notna(), FIGHT)
    rows = rows[(family.notna() | (stated & rows["town"])) & (rows["town"] | (rows["who"] != ""))]
    rows["split"] = rows["sort"] != FIGHT
    number, told = distinct(rows[["kind", "subtype", "negated", "who", "town"]])
    rows["stance"] = np.array([stance(*said, town=town) for *said, town in told], object)[number]
    rows["block"] = rows["sort"] + " " + rows["key"]
    return rows


def _comparable(inputs: Inputs, start: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    claims = inputs.claims
    real = ~claims["status"].isin([str(s) for s in UNREAL]) & (claims["modality"] != str(Modality.FORECAST))
    running = inputs.figures.loc[inputs.figures["since"] != "", "claim"].to_numpy()
    held: np.ndarray[Any, Any] = real.to_numpy() & (start != NEVER)
    held[running] = False
    return held


def _parties(claims: pd.DataFrame) -> np.ndarray[Any, Any]:
    who = claims["actor"].where(~claims["kind"].isin([str(k) for k in TOLL_KINDS]), claims["target"])
    codes, names = pd.factorize(who)
    return np.array([party(name) for name in names], object)[codes] if len(names) else who.to_numpy()


def _timed(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rows in order of block and time, numbered (``group``) so that all of a number share an instant.

    Spans of a block are taken by their ends; each joins the group before it if it holds the instant at which that
    group's first member ends. So there are no chains: any two of a group overlap. Long spans have blocks of their own.
    """
    block, _ = pd.factorize(rows["block"])
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
    long = (end - start) > rule.max_days * DAY
    first, last = (np.where(long, -(-t // DAY), 0) for t in (start, end))
    order = np.lexsort((rows["claim"].to_numpy(), start, end, last, first, block))
    keys = np.stack([block, first, last])[:, order]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    group, number, stab = [], -1, 0
    for new, s, e in zip(fresh.tolist(), start[order].tolist(), end[order].tolist(), strict=True):
        if new or s >= stab:
            number, stab = number + 1, e
        group.append(number)
    return rows.iloc[order].assign(group=group)


def _events(rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The event of each row, -1 where it is alone.

    Where parties tell happenings apart, a row that names none joins the only party of its group, if there is one.
    """
    known = rows["who"].where(rows["who"] != "")
    parties = known.groupby(rows["group"]).transform("nunique")
    only = known.groupby(rows["group"]).transform("first")
    who = np.where(~rows["split"], "", np.where(parties == 1, only, rows["who"]))
    event = pd.DataFrame({"g": rows["group"].to_numpy(), "w": who}).groupby(["g", "w"], sort=False).ngroup()
    size = event.groupby(event).transform("size").to_numpy()
    genuine = (~rows["example"]).groupby(event.to_numpy()).transform("any").to_numpy()
    kept = (size > 1) & genuine
    codes, _ = pd.factorize(event.where(kept))
    return codes


def _with_figures(rows: pd.DataFrame, inputs: Inputs, rule: Rule) -> pd.DataFrame:
    """The ranges each row gives, as a tuple of (measure, unit, low, high)."""
    single = inputs.figures[(inputs.figures["since"] == "") & inputs.figures["claim"].isin(rows["claim"])]
    found: dict[int, list[tuple[str, str, float, float]]] = {}
    fields = single[["claim", "measure", "unit", "low", "high", "qualifier"]]
    for claim, measure, unit, *range_ in fields.itertuples(index=False, name=None):
        found.setdefault(claim, []).append((measure, unit, *bounds((range_[0], range_[1], range_[2]), rule)))
    tuples = {claim: tuple(sorted(figures)) for claim, figures in found.items()}
    codes = {figures: n for n, figures in enumerate(dict.fromkeys(tuples.values()), 1)}
    number = rows["claim"].map({c: codes[f] for c, f in tuples.items()}).fillna(0).astype(np.int64)
    held = np.empty(len(codes) + 1, object)
    held[0] = ()
    for figures, n in codes.items():
        held[n] = figures
    return rows.assign(number=number, figures=held[number.to_numpy()])


def _groups(rows: pd.DataFrame, found: pd.DataFrame) -> Groups:
    rows = rows.assign(saying=rows.groupby(["event", "stance", "number"], sort=False).ngroup())
    sayings = rows.drop_duplicates("saying").sort_values("saying")[["event", "stance", "figures", "town"]]
    sayings = sayings.reset_index(drop=True)
    same, opposed = _links(sayings)
    told = sayings.drop(columns="town")
    return Groups(found, rows[["claim", "event", "saying"]], _described(rows), told, same, opposed)


def _links(sayings: pd.DataFrame) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """Which sayings of one event say the same, and which exclude each other."""
    same: dict[int, tuple[int, ...]] = {}
    opposed: dict[int, tuple[int, ...]] = {}
    crowded = sayings[sayings["event"].duplicated(keep=False)].sort_values("event", kind="stable")
    told = crowded[["event", "stance", "figures"]].itertuples(name=None)
    for _, members in groupby(told, key=itemgetter(1)):
        for (a, _, stance_a, figures_a), (b, _, stance_b, figures_b) in combinations(members, 2):
            found = compared(stance_a, figures_a, stance_b, figures_b)
            if found:
                into = same if found > 0 else opposed
                into[a] = (*into.get(a, ()), b)
                into[b] = (*into.get(b, ()), a)
    return same, opposed


def _described(rows: pd.DataFrame) -> pd.DataFrame:
    by = rows.groupby("event")
    events = by.agg(
        sort=("sort", "first"), key=("key", "first"), town=("town", "first"), named=("named", "min"),
        start=("start", "max"), end=("end", "min"), who=("who", "max"), split=("split", "first"),
        claims=("claim", "nunique"), part=("part", "max"),
    )  # fmt: skip
    events["party"] = events["who"].where(events["split"], "")
    at = np.datetime_as_string((events["end"].to_numpy() - 1).astype("datetime64[us]"), unit="m")
    sort, key, who = (events[name].tolist() for name in ("sort", "key", "party"))
    words = (sort, key, [t.removesuffix("T23:59") for t in at.tolist()], who)
    ids = pd.array([" ".join(filter(None, w)) for w in zip(*words, strict=True)], "str")
    return events.assign(event_id=told_apart(ids, events["part"])).drop(columns=["who", "split", "part"])


def compared(a: str, figures_a: tuple[Any, ...], b: str, figures_b: tuple[Any, ...]) -> int:
    """1 if two things said of one happening say the same, -1 if they exclude each other, 0 if they do neither.

    >>> compared("holds:UA", (), "holds:RU", ()), compared("fighting", (), "holds:UA", ())
    (-1, 0)
    >>> compared("stands:UA", (), "holds:UA", ())
    1
    """
    ranges = {(m, u): (low, high) for m, u, low, high in figures_a}
    shared = [(ranges[m, u], (low, high)) for m, u, low, high in figures_b if (m, u) in ranges]
    if any(x[0] > y[1] or y[0] > x[1] for x, y in shared):
        return -1
    if a in _TOLLS and b in _TOLLS and figures_a and figures_b:
        return int(bool(shared))
    return _stances(a, b)


def _stances(a: str, b: str) -> int:
    if a == b:
        return 1
    (x, _, who_a), (y, _, who_b) = a.partition(":"), b.partition(":")
    if {x, y} == {"stands", "holds"}:
        return int(who_a == who_b)
    if {x, y} == {"lost", "holds"}:
        return -int(who_a == who_b)
    if x in _HELD and y in _HELD:
        return -1
    return -int(a == f"no {b}" or b == f"no {a}")


_HELD: Final = frozenset({"holds", "state"})
_TOLLS: Final = frozenset(str(k) for k in TOLL_KINDS)


def _joined(a: Groups, b: Groups) -> Groups:
    """Two sets of groups as one, the second numbered after the first."""
    event, saying = len(a.events), len(a.sayings)
    rows = b.rows.assign(event=b.rows["event"] + event, saying=b.rows["saying"] + saying)
    sayings = b.sayings.assign(event=b.sayings["event"] + event)

    def moved(links: dict[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
        return {k + saying: tuple(v + saying for v in vs) for k, vs in links.items()}

    return Groups(
        pd.concat([a.blocks, b.blocks], ignore_index=True),
        pd.concat([a.rows, rows], ignore_index=True),
        pd.concat([a.events, b.events], ignore_index=True),
        pd.concat([a.sayings, sayings], ignore_index=True),
        a.same | moved(b.same),
        a.opposed | moved(b.opposed),
    )
