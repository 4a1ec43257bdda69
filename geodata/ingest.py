"""From a reader's records to claims that hold: words checked against the text, sources known, places found.

Nothing is dropped: each claim that comes in goes out as a Claim or as a Rejection with its reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import msgspec

from geodata.gazetteer import Gazetteer
from geodata.geocode import geocode_all
from geodata.model import (
    UNSTATED,
    Bundle,
    Claim,
    Document,
    Kind,
    Origin,
    Pairing,
    Rejection,
    Relation,
    RelationType,
    Source,
    SourceRevision,
    TextSpan,
)
from geodata.readers import Options, Record, read
from geodata.readers.native import plain
from geodata.shapes import marks
from geodata.sources import Register

__all__ = ["Checker", "IngestReport", "Known", "collect", "ingest", "load_file", "report", "sample_path"]

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of a file, counted in claims unless said otherwise."""

    kept: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]
    """Rejections by reason, most frequent first."""
    examples: tuple[Rejection, ...]
    """The first few rejections of each reason."""
    unplaced: tuple[tuple[str, int], ...]
    """Kept claims without a mark by reason, most frequent first."""
    unreviewed: tuple[Source, ...]
    """Sources nobody has reviewed: their side is not to be relied on."""
    dangling: tuple[tuple[str, Relation], ...]
    """Relations (of the claim named) whose target is not among the claims; it may be in the store."""

    @property
    def read(self) -> int:
        """Records that came in as claims or were refused."""
        return self.kept + self.rejected


def load_file(
    path: Path,
    *,
    register: Register | None = None,
    gazetteer: Gazetteer | None = None,
    options: Options = MappingProxyType({}),
) -> Bundle:
    """All that a file of any known format holds, checked; see :func:`ingest` for the arguments.

    Raises
    ------
    ReaderError
        If no reader takes the file, or it cannot be read as a whole.
    """
    records = read(path, options)
    return collect(ingest(records, register=register or Register.load(), gazetteer=gazetteer))


def ingest(records: Iterable[Record], *, register: Register, gazetteer: Gazetteer | None) -> Iterator[Record]:
    """The records with every claim checked and completed, or refused.

    Parameters
    ----------
    records : sources and documents before the claims that name them.
    register : known sources; they win over what a file says of them. Names it does not know are entered
        as sources that nobody has reviewed.
    gazetteer : finds the places and what is drawn; None keeps places and marks as the records have them.

    Yields
    ------
    Source, Document, Claim or Rejection
        Sources once each, before the first claim that names them. For each claim read, one Claim or one
        Rejection: ``duplicate_id``, ``no_document``, ``unknown_document``, ``span_mismatch``.
    """
    run = Checker(register, gazetteer, _Memory())
    for record in records:
        yield from run.check([record])


def collect(records: Iterable[Record]) -> Bundle:
    """The records as one bundle."""
    lists: dict[type[Record], list[Record]] = {
        t: [] for t in (Source, Document, Claim, Rejection, Pairing, SourceRevision)
    }
    for record in records:
        lists[type(record)].append(record)
    return Bundle(*(tuple(found) for found in lists.values()))  # type: ignore[arg-type]


def report(bundle: Bundle) -> IngestReport:
    """Counts and examples of what an ingest kept and refused."""
    ids = {c.claim_id for c in bundle.claims}
    seen: Counter[str] = Counter()
    examples = []
    for rejection in bundle.rejections:
        seen[rejection.reason] += 1
        if seen[rejection.reason] <= _EXAMPLES:
            examples.append(rejection)
    unplaced = Counter(str(c.unplaced) for c in bundle.claims if c.unplaced)
    return IngestReport(
        kept=len(bundle.claims),
        rejected=len(bundle.rejections),
        reasons=tuple(seen.most_common()),
        examples=tuple(examples),
        unplaced=tuple(unplaced.most_common()),
        unreviewed=tuple(s for s in bundle.sources if not s.reviewed),
        dangling=tuple(
            (c.claim_id, r) for c in bundle.claims for r in c.relations if not _to_source(r) and r.target not in ids
        ),
    )


def sample_path() -> Path:
    """The sample that comes with the package, in the native format, marks included."""
    return Path(__file__).parent / "data" / "sample" / "sample.json"


class Known(Protocol):
    """What has been told already, by the file under way and by those before it."""

    def told(self, ids: Collection[str], *, documents: bool) -> Collection[str]:
        """Those of these claims or documents that the file has told already."""
        ...

    def documents(self, ids: Collection[str]) -> Mapping[str, Document]:
        """The documents among these that are known, by id."""
        ...

    def tell(self, records: Iterable[Record]) -> None:
        """Hear of what the file has told now."""
        ...


class _Memory:
    """Knows what one file has told, whatever its size."""

    def __init__(self) -> None:
        self._claims: set[str] = set()
        self._documents: dict[str, Document] = {}

    def told(self, ids: Collection[str], *, documents: bool) -> Collection[str]:
        return (self._documents.keys() if documents else self._claims) & set(ids)

    def documents(self, ids: Collection[str]) -> Mapping[str, Document]:
        return {i: self._documents[i] for i in ids if i in self._documents}

    def tell(self, records: Iterable[Record]) -> None:
        for record in records:
            if isinstance(record, Document):
                self._documents[record.document_id] = record
            elif isinstance(record, Claim):
                self._claims.add(record.claim_id)


class Checker:
    """Checks the records of one file batch by batch; what it must remember of them, ``known`` remembers."""

    def __init__(self, register: Register, gazetteer: Gazetteer | None, known: Known) -> None:
        self._register, self._gazetteer, self._known = register.opened(), gazetteer, known
        self._sources: set[str] = set()
        self._told: set[str] = set()
        self._told_documents: set[str] = set()
        self._documents: dict[str, Document] = {}

    def check(self, batch: Sequence[Record]) -> list[Record]:
        """The records that come of these, as :func:`ingest` has them."""
        claims = [r for r in batch if isinstance(r, Claim)]
        documents = [r.document_id for r in batch if isinstance(r, Document)]
        self._told = set(self._known.told([c.claim_id for c in claims], documents=False)) if claims else set()
        self._told_documents = set(self._known.told(documents, documents=True)) if documents else set()
        self._documents = dict(self._known.documents({c.document_id for c in claims})) if claims else {}
        checked = [out for record in batch for out in self._take(record)]
        self._known.tell(checked)
        return checked

    def skip(self, batch: Sequence[Record]) -> None:
        """Learn the sources of records that an earlier run has loaded."""
        for record in batch:
            if isinstance(record, Source):
                deque(self._enter(record), maxlen=0)
            elif isinstance(record, Claim):
                for name in (record.claimant, *record.claimant_alt, *record.relays):
                    self.source_id(name)

    def _take(self, record: Record) -> Iterator[Record]:
        if isinstance(record, Source):
            yield from self._enter(record)
        elif isinstance(record, Document):
            yield self._document(record)
        elif isinstance(record, Claim):
            yield from self._claim(record)
        else:
            yield record

    def _enter(self, source: Source) -> Iterator[Source]:
        """The register's own source under the file's id too, or the file's where the register has none."""
        known = self._register.find(source.source_id) or self._register.find(source.name)
        if known is None:
            self._register.add(source)
        elif self._register.find(source.source_id) is None:
            self._register.add(replace(known, aliases=(*known.aliases, source.source_id)))
        yield from self._announce(self.source_id(source.source_id))

    def _announce(self, source_id: str) -> Iterator[Source]:
        if source_id not in self._sources:
            self._sources.add(source_id)
            yield self._register.sources[source_id]

    def source_id(self, name: str) -> str:
        """The id of the source of that name, which is entered if it is not known."""
        return (self._register.find(name or UNSTATED) or self._register.enter(name)).source_id

    def _document(self, document: Document) -> Document | Rejection:
        if document.document_id in self._told_documents:
            return _refuse(
                document, "duplicate_id", "document_id", document.document_id, "Give each document its own id."
            )
        if document.text is not None:
            found = hashlib.sha256(document.text.encode()).hexdigest()
            if document.sha256 not in ("", found):
                return _refuse(document, "sha256_mismatch", "sha256", document.sha256, f"The text has {found}.")
            document = replace(document, sha256=found)
        self._told_documents.add(document.document_id)
        self._documents[document.document_id] = document
        return document

    def _claim(self, claim: Claim) -> Iterator[Record]:
        refused = self._refusal(claim)
        if refused:
            yield refused
            return
        self._told.add(claim.claim_id)
        claim = self.placed(self._with_sources(claim))
        for name in (
            claim.claimant,
            *claim.claimant_alt,
            *claim.relays,
            *(r.target for r in claim.relations if _to_source(r)),
        ):
            yield from self._announce(name)
        yield claim

    def _refusal(self, claim: Claim) -> Rejection | None:
        if claim.claim_id in self._told:
            return _refuse(claim, "duplicate_id", "claim_id", claim.claim_id, "Give each claim its own id.")
        if not claim.document_id:
            return _refuse(claim, "no_document", "document_id", "", "Name the document the claim stands in.")
        document = self._documents.get(claim.document_id)
        if document is None:
            remedy = "Put the document before it into the file; a refused document takes its claims with it."
            return _refuse(claim, "unknown_document", "document_id", claim.document_id, remedy)
        return None if document.text is None else _span_mismatch(claim, document.text)

    def _with_sources(self, claim: Claim) -> Claim:
        return replace(
            claim,
            claimant=self.source_id(claim.claimant),
            claimant_alt=tuple(map(self.source_id, claim.claimant_alt)),
            relays=tuple(map(self.source_id, claim.relays)),
            relations=tuple(
                Relation(r.type, self.source_id(r.target)) if _to_source(r) else r for r in claim.relations
            ),
        )

    def placed(self, claim: Claim) -> Claim:
        """The claim with its places found and what is drawn, as far as there is a gazetteer."""
        return self.drawn(self.located(claim), claim.kind, negated=claim.negated)

    def located(self, claim: Claim) -> Claim:
        """The claim with its places found."""
        if self._gazetteer is None:
            return claim
        places = geocode_all(claim.places, self._gazetteer)
        return claim if places == claim.places else replace(claim, places=places)

    def drawn(self, claim: Claim, kind: Kind, *, negated: bool) -> Claim:
        """A claim whose places are found, with what is drawn if it is of this kind, or negated."""
        if self._gazetteer is None:
            return claim
        drawn, unplaced = marks(claim.places, kind, self._gazetteer, negated=negated)
        return replace(claim, marks=drawn, unplaced=unplaced)


def _to_source(relation: Relation) -> bool:
    return relation.type is RelationType.SOURCED_TO


def _span_mismatch(claim: Claim, text: str) -> Rejection | None:
    """The refusal of a claim one of whose spans holds other words than it says; None if all hold."""
    spans = [("span", claim.span, claim.quote)]
    spans += [(f"places[{i}].span", p.span, p.mention) for i, p in enumerate(claim.places)]
    spans += [(f"figures[{i}].span", f.span, f.text) for i, f in enumerate(claim.figures)]
    for name, span, said in spans:
        if span is not None and (found := _words(text, span)) != said:
            return _refuse(claim, "span_mismatch", name, f"[{span.start}, {span.end})", _mend(text, said, found))
    return None


def _words(text: str, span: TextSpan) -> str:
    return text[span.start : span.end] if 0 <= span.start < span.end <= len(text) else ""


def _mend(text: str, said: str, found: str) -> str:
    there = f"There the text reads {found!r}" if found else f"The text has {len(text)} characters"
    at = text.find(said)
    place = f"{said!r} begins at {at}" if said and at >= 0 else f"{said!r} is nowhere in the text"
    return f"{there}; {place}."


def _refuse(record: Claim | Document, reason: str, field: str, value: str, remedy: str) -> Rejection:
    origin = record.origin if isinstance(record, Claim) else Origin(row=record.document_id)
    return Rejection(reason, origin, field, value, remedy, raw=msgspec.json.encode(plain(record)).decode())
