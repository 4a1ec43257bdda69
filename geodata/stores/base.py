"""What every claim store can do. One contract (tests/geodata/contract.py) holds for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, runtime_checkable

from geodata.model import Bundle, Claim, Document, Pairing, Rejection, Source, SourceRevision, Unplaced
from geodata.notebook import Notebook
from geodata.query import Query
from geodata.stores.clocked import Clocked

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

__all__ = ["GROUPS", "AppendReport", "Arranged", "Box", "ClaimStore", "Credit", "Group", "Hit", "Since"]

GROUPS: Final = ("source", "place", "day", "kind", "layer", "side")
"""What claims can be grouped by."""

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees, EPSG:4326; west > east crosses the antimeridian."""


@dataclass(frozen=True, slots=True)
class AppendReport:
    """What an append did, counted in claims."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Credit:
    """A data set that claims came in, with the licence they are under and what is to be printed with them."""

    dataset: str
    """Its name; empty where the claims name none."""
    licence: str
    citation: str
    attributions: tuple[str, ...]
    """Every credit that is asked for, in alphabetical order."""
    claims: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim that a search has found."""

    claim_id: str
    score: float
    """Above 0, at most 1: the share of the terms that stand there letter for letter, another form counting half."""
    statement: tuple[tuple[int, int], ...]
    """Where the terms stand in the statement: ``[start, end)`` in code points, in order, apart."""
    quote: tuple[tuple[int, int], ...]
    """The same in the quote."""


@dataclass(frozen=True, slots=True)
class Since:
    """What has become of a query after a version; the claims in the order of the store."""

    version: str
    """The version this leads to: ask for what comes after it next time."""
    new: pa.Table
    """Matching claims that were not there."""
    changed: pa.Table
    """Matching claims that were there and whose rows have changed: by a revision, their source, document or others."""
    gone: tuple[str, ...]
    """Claims whose rows have changed so and which do not match: they may have matched before."""


@dataclass(frozen=True, slots=True)
class Group:
    """Claims that share a value, one after the other in an order."""

    value: str
    """A word, a source id, a place id (or its name), an ISO date; empty for claims that have none."""
    label: str
    """The name of that source or place; else empty."""
    start: int
    """Number of its first claim in the order, from 0."""
    claims: int


class Arranged(Protocol):
    """Claims of one query and one version in an order; reading a page costs the same at the end as at the start."""

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups in order, none if not grouped: days latest first, others by claims, those without a value last."""
        ...

    def __len__(self) -> int: ...

    def page(self, columns: Sequence[str], *, offset: int, limit: int) -> pa.Table:
        """The SCHEMA columns named, of at most ``limit`` claims from the one numbered ``offset`` (from 0) on."""
        ...

    def pages(self, columns: Sequence[str], *, size: int = 5_000) -> Iterator[pa.Table]:
        """All of them in tables of at most ``size`` rows, at least one table."""
        ...

    def position(self, claim_id: str) -> int | None:
        """The number of a claim in the order, from 0; None if it is not among them."""
        ...


@runtime_checkable
class ClaimStore(Clocked, Protocol):
    """A store of claims: append-only revisions, read as the newest revision of each claim.

    Order everywhere is ``(happened start, claim id)``, an open start first.
    """

    @property
    def notebook(self) -> Notebook:
        """What readers write beside the claims; of no version."""
        ...

    def version(self) -> str:
        """A token that changes with every append that adds something and with nothing else: cache key and ETag.

        Tokens of one store are in order, see :meth:`since`.
        """
        ...

    def count(self, query: Query) -> int:
        """Number of claims the query matches."""
        ...

    def select(
        self, query: Query, *, columns: Sequence[str] | None = None, limit: int | None = None, offset: int = 0
    ) -> gpd.GeoDataFrame:
        """The matching claims with the columns of :data:`geodata.schema.SCHEMA`, EPSG:4326, geometry as drawn.

        Unplaced claims have a null geometry.
        """
        ...

    def table(self, query: Query, columns: Sequence[str]) -> pa.Table:
        """The named SCHEMA columns (geometry excepted) of the matching claims as Arrow.

        Raises
        ------
        StoreError
            If a column is not in SCHEMA.
        """
        ...

    def pages(self, query: Query, columns: Sequence[str], *, size: int = 5_000) -> Iterator[pa.Table]:
        """Like :meth:`table` in tables of at most ``size`` rows, all of the version in force when the first is taken.

        The column ``marks`` (list of structs with ``lon``, ``lat`` and ``shape`` among others) may be asked for too.

        Raises
        ------
        StoreError
            If a column is neither in SCHEMA nor ``marks``.
        """
        ...

    def marks(self, query: Query) -> pa.Table:
        """What is drawn of the matching claims, one row a mark, as Arrow.

        Columns ``ordinal`` (uint32, position of the claim in the order of :meth:`table`), ``lon``, ``lat`` (double),
        ``radius_km``, ``precision``, ``role``, ``place_id``, ``place`` (name), ``shape`` (recipe or null),
        ``bearing_deg`` (double or null); ordered by ``ordinal``.
        """
        ...

    def claims(self, query: Query, *, limit: int | None = None, offset: int = 0) -> Iterator[Claim]:
        """The matching claims as whole values, all of the version in force when the first is taken."""
        ...

    def latest(self, query: Query, *, limit: int, offset: int = 0) -> Sequence[Claim]:
        """A page of the matching claims, the latest known first, then by claim id.

        A claim is known by its start, or by the last instant it can have happened where the start is open. Those
        that only their open start lets into the window, since that last instant lies behind it, come after the rest.
        """
        ...

    def arranged(self, query: Query, *, order: Sequence[str] = (), group: str = "") -> Arranged:
        """The matching claims in an order, group by group if told.

        Parameters
        ----------
        order : SCHEMA columns, the first first, or ``relevance``: as :meth:`search` has it; ``-`` before one turns it
            round. What is absent comes last, letters count without case, and claims that are equal so far
            stand in the order of the store.
        group : one of :data:`GROUPS`.

        Raises
        ------
        StoreError
            If they cannot be ordered or grouped so, or by relevance without a text.
        """
        ...

    def facets(self, query: Query) -> Mapping[str, Mapping[str, int]]:
        """For each name in ``query.FACETS``: value -> number of claims, that facet's own filter left out.

        Most first; a value no claim has is not there, and a claim that names no actor counts for none.
        """
        ...

    def unplaced(self, query: Query) -> Mapping[Unplaced, int]:
        """How many of the matching claims are not drawn, by the reason; a reason that none has is not there."""
        ...

    def credits(self, query: Query) -> Sequence[Credit]:
        """The data sets of the matching claims, one entry for each licence and citation, most claims first."""
        ...

    def timeline(self, query: Query) -> pa.Table:
        """Columns ``day`` (date), ``layer``, ``claims``: claims counted on the first day of their span.

        A claim without a stated start counts on the last day it can have happened, one of which no time is stated
        under a null ``day``; the query's window is left out.
        """
        ...

    def cube(self, query: Query, *, box: Box | None = None, zoom: int, bin_minutes: int) -> pa.Table:
        """What is drawn of the matching claims, counted by cell, time and layer, in no order.

        Parameters
        ----------
        box : only cells that it touches, each of them whole; the whole map, if None.
        zoom : of the cells, 0 to 20: they are tiles of Web Mercator, ``360 / 2**zoom`` degrees wide.
        bin_minutes : width of a bin in minutes; bins are counted from 1970 (UTC).

        Returns
        -------
        pa.Table
            Columns ``x``, ``y`` (int32, tile from the north-west), ``minute`` (int32, start of the bin in minutes since
            1970; null where no time is stated), ``layer``, ``claims`` (uint32). A claim counts in the bin of its start,
            or of its last instant where the start is open, and once for each of its marks.

        Raises
        ------
        StoreError
            If there is no such zoom or bin.
        """
        ...

    def series(self, query: Query) -> pa.Table:
        """What the matching claims count of whom, the most numbers first.

        Columns ``measure``, ``unit``, ``whose`` (the party that suffers, or acts), ``named`` (as a claim writes it) and
        ``numbers`` (how many are claimed; they are never summed).
        """
        ...

    def numbers(self, query: Query, *, measure: str, unit: str, whose: str, limit: int) -> pa.Table:
        """At most ``limit`` numbers of one of :meth:`series`, the largest first, each with how its claim stands.

        Columns ``claim_id``, ``low``, ``best``, ``high``, ``qualifier``, ``text``, ``since`` (the day a running total
        counts from; empty for a single report), ``statement``, ``claimant``, ``side``, ``relays``, ``said_start``,
        ``said_end``, ``happened_start``, ``happened_end``, ``modality``, ``negated``, ``graphic``, ``sides``,
        ``opposed`` (source ids), the flags of standing, and ``taken_back`` (relations ``retracted_by``, ``denied_by``).
        """
        ...

    def extent(self, query: Query) -> tuple[datetime | None, datetime | None]:
        """First and last instant that the matching claims state by the query's clock, inside its window; UTC."""
        ...

    def matrix(self, query: Query, across: str, *, rows: int, columns: int) -> pa.Table:
        """Claims counted by source and column, the largest ``rows`` and ``columns`` of them.

        Columns ``source``, ``col`` (layer, gazetteer id, or first day of the week, month or year), ``name`` (of a
        place) and ``claims``. A claim counts in every stretch of time that it overlaps, with an open end
        in all beyond.

        Parameters
        ----------
        across : ``layer``, ``place``, ``week``, ``month`` or ``year``; weeks begin on Monday, all of them in UTC.

        Raises
        ------
        StoreError
            If there are no such columns.
        """
        ...

    def leads(self, query: Query, *, source: str = "", limit: int) -> pa.Table:
        """Pairs of sources, those with the most shared events first; only those of ``source`` where one is given.

        Columns as :func:`geodata.corroborate.compare.lead_lag` has them, and ``a_alone``, ``b_alone``: events of
        several voices that the one speaks of and the other does not. A claim counts in the first of its events.
        """
        ...

    def portrait(self, query: Query) -> pa.Table:
        """What the matching claims are about: ``part``, ``word``, ``name``, ``claims``, the most first in each part.

        Parts are ``claims`` (all), ``standing`` (by flag), ``layer``, ``place`` (gazetteer id, name), ``relay`` (source
        id) and ``day`` (on which a claim is counted).
        """
        ...

    def search(self, query: Query, *, limit: int, offset: int = 0) -> Sequence[Hit]:
        """A page of the claims that the query's text (see :attr:`Query.text`) finds, best first, then the latest.

        Raises
        ------
        StoreError
            If the text has no word in it.
        """
        ...

    def spots(self, text: str, texts: Sequence[str]) -> Sequence[Sequence[tuple[int, int]]]:
        """Where the words of a query's ``text`` stand in each of the texts: ``[start, end)`` in code points, apart."""
        ...

    def since(self, version: str, query: Query, columns: Sequence[str]) -> Since:
        """What appends after the version of that token have brought of a query, with the SCHEMA columns named.

        Raises
        ------
        StoreError
            If the token is of another store or of a version to come, or a column is not in SCHEMA.
        """
        ...

    def get(self, claim_id: str, *, revision: int | None = None) -> Claim:
        """One claim, its newest revision unless told.

        Raises
        ------
        UnknownClaimError
        """
        ...

    def sources(self) -> Mapping[str, Source]:
        """Every source the store knows, by id."""
        ...

    def documents(self, ids: Sequence[str] | None = None) -> Mapping[str, Document]:
        """The named documents (all, if None), by id; ids that are not there are left out."""
        ...

    def pairings(self, *, every: bool = False) -> Sequence[Pairing]:
        """What people say of two claims, the earliest first; ``every``: also what was taken back or said anew."""
        ...

    def pair(self, pairing: Pairing) -> Pairing:
        """Say of two claims that they are of one happening, or of two, or take it back; returned as it is kept.

        Raises
        ------
        UnknownClaimError
            If one of them is not there.
        StoreError
            If they are one claim, no author is named, or nothing was said that is taken back.
        """
        ...

    def revisions(self, source_id: str | None = None) -> Sequence[SourceRevision]:
        """What people wrote of a source, or of all, the earliest first; before that, of each, how it came."""
        ...

    def revise(self, revision: SourceRevision) -> SourceRevision:
        """Describe a source anew; returned as it is kept. What comes in later does not overwrite it.

        Raises
        ------
        StoreError
            If there is no such source, or author, name, side or sort of body are missing or no such words.
        """
        ...

    def rejections(self) -> Sequence[Rejection]:
        """Rows that were refused, with their reasons."""
        ...

    def append(self, bundle: Bundle) -> AppendReport:
        """Add a bundle in one transaction; a claim that differs from its newest revision becomes a new revision.

        A claim's ``revision`` and ``recorded_at`` are the store's to set: those given are passed over. What is known
        already (claims, sources, documents, rejections) adds nothing, and then the version stays as well.

        Raises
        ------
        StoreLockedError
            If another process is appending.
        """
        ...

    def close(self) -> None:
        """Let go of files; the store cannot be used afterwards."""
        ...
