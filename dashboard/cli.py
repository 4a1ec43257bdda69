"""The command ``conflict-map``. Each command imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import parse_qs

from dashboard import __version__
from dashboard.errors import EXIT_REJECTED, OutputError, ServeError, answer
from dashboard.settings import CONFIG_ENV, SETTINGS, Settings
from geodata.errors import GazetteerError, GeodataError

if TYPE_CHECKING:
    from geodata.gazetteer import Gazetteer
    from geodata.model import Bundle

__all__ = ["COMMANDS", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 if rows were refused, else that of the error's class."""
    given = _parser().parse_args(arguments)
    try:
        code = given.run(given)
        sys.stdout.flush()
        return code
    except GeodataError as e:
        print(f"conflict-map: {e}", file=sys.stderr)
        return answer(e).exit_code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # `conflict-map places X | head -1`: nobody reads on, so nothing more is flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def serve(given: argparse.Namespace) -> int:
    """Show the map until interrupted."""
    settings = _settings(given)
    with _listening(settings) as listening:
        from waitress.server import create_server

        from dashboard.wsgi import application

        server = create_server(
            application(settings, listening.getsockname()[0]),
            sockets=[listening],
            threads=settings.threads,
            max_request_body_size=(settings.upload_mb << 20) + 1,  # a larger body is not even read
        )
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"Conflict map is at http://{host}:{listening.getsockname()[1]}/", flush=True)
        server.run()
    return 0


def import_(given: argparse.Namespace) -> int:
    """Add the claims of files to the store; a store that is not there yet is made."""
    from geodata.stores import default_path, open_store

    read = _read(given)
    store = open_store(_settings(given).store or default_path(), create=True)
    for path, bundle in read:
        done = store.append(bundle)
        counts = f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged, {done.rejected} refused"
        print(f"{path}: {counts}")
        _explain(bundle)
    store.close()
    return _outcome(read)


def check(given: argparse.Namespace) -> int:
    """Read files as import would, say what would become of each row, and store nothing."""
    from geodata.readers import explain

    read = _read(given)
    for path, bundle in read:
        for line in explain(path, _options(given)):
            print(line)
        kept = len(bundle.claims)
        print(
            f"{path}: {kept} claims can be imported ({_held(given, bundle)} of them are stored already), "
            f"{len(bundle.rejections)} refused"
        )
        _explain(bundle)
    return _outcome(read)


def export(given: argparse.Namespace) -> int:
    """Write the claims that a query matches to a file."""
    from datetime import UTC, datetime

    from geodata import export as exports
    from geodata.query import Query
    from geodata.stores import default_path, open_store

    query = Query.from_url(parse_qs(given.query.removeprefix("?"), keep_blank_values=True))
    store = open_store(_settings(given).store or default_path())
    with _written(given.to) as file:
        exports.write(store, query, given.to.suffix.lower(), file, exported_at=datetime.now(UTC))
    print(f"{store.count(query)} claims written to {given.to}: {query.describe()}")
    store.close()
    return 0


def places(given: argparse.Namespace) -> int:
    """Print every place that a name may mean, likeliest first."""
    from geodata import gazetteer as g
    from geodata.geocode import describe_candidates

    gazetteer = g.default()
    within = _container(gazetteer, given.within) if given.within else ""
    found = gazetteer.find(given.name, g.Context(country=given.country.upper(), within=within))
    if not found:
        raise GazetteerError(f"no place is called {given.name!r}", remedy="Try another spelling, Latin or Cyrillic.")
    print(describe_candidates(given.name, found, gazetteer))
    return 0


def formats(given: argparse.Namespace) -> int:
    """Print the formats that can be imported and the endings of files that can be exported."""
    from geodata.export import FORMATS
    from geodata.readers import READERS

    for reader in READERS.values():
        print(f"import  {reader.name:12} {reader.title}")
        for option, about in reader.options.items():
            print(f"{'':8}{'':12} --{option}: {about}")
    for ending in FORMATS:
        print(f"export  {ending}")
    return 0


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` when all is written, and leaves nothing when it is not."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as e:
        raise OutputError(f"cannot be written: {e.strerror or e}", where=str(path), remedy="Check the folder.") from e
    finally:
        part.unlink(missing_ok=True)


def _settings(given: argparse.Namespace) -> Settings:
    return Settings.load(vars(given), os.environ)


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as e:
        raise ServeError(
            f"cannot listen on {settings.host} port {settings.port}: {os.strerror(e.errno) if e.errno else e}",
            remedy="Take another port with --port, or 0 for any free one.",
        ) from e


def _read(given: argparse.Namespace) -> list[tuple[Path, Bundle]]:
    from geodata import gazetteer
    from geodata.ingest import load_file

    places, options = gazetteer.default(), _options(given)
    return [(path, load_file(path, gazetteer=places, options=options)) for path in given.files]


def _options(given: argparse.Namespace) -> dict[str, str]:
    """The reader's options among the arguments."""
    named = {"document": given.document, "map": "\n".join(given.map), "layer": given.layer}
    return {name: str(value) for name, value in named.items() if value}


def _explain(bundle: Bundle) -> None:
    from geodata.ingest import report

    found = report(bundle)
    for reason, count in found.unplaced:
        print(f"  {count} not on the map: {reason.replace('_', ' ')}")
    for source in found.unreviewed:
        print(f"  source without a reviewed side: {source.source_id} ({source.name})")
    for claim_id, relation in found.dangling:
        print(f"  {claim_id} {relation.type.replace('_', ' ')} {relation.target}, which is not in the file")
    for reason, count in found.reasons:
        print(f"conflict-map: {count} refused: {reason.replace('_', ' ')}", file=sys.stderr)
    for r in found.examples:
        where = " ".join(part for part in (r.origin.file, r.origin.row) if part)
        print(f"conflict-map: {where}: {r.reason} {r.field} {r.value!r}. {r.remedy}".rstrip(), file=sys.stderr)


def _held(given: argparse.Namespace, bundle: Bundle) -> int:
    """Number of the bundle's claims that the store holds under the same id; 0 where there is no store."""
    from geodata.query import Query
    from geodata.stores import default_path, open_store

    path = _settings(given).store or default_path()
    if not path.exists() or not bundle.claims:
        return 0
    store = open_store(path)
    count = store.count(Query(claim=tuple(c.claim_id for c in bundle.claims)))
    store.close()
    return count


def _outcome(read: list[tuple[Path, Bundle]]) -> int:
    return EXIT_REJECTED if any(bundle.rejections for _, bundle in read) else 0


def _container(gazetteer: Gazetteer, text: str) -> str:
    """Place id of the unit that ``text`` names: an id as it stands, or a name that only one unit bears."""
    from geodata.gazetteer import Context
    from geodata.model import PlaceKind

    try:
        return gazetteer.get(text).place_id
    except GazetteerError:
        pass
    points = (PlaceKind.SETTLEMENT, PlaceKind.QUARTER, PlaceKind.ISLAND)
    kinds = tuple(kind for kind in PlaceKind if kind not in points)
    found = gazetteer.find(text, Context(kinds=kinds))
    if len(found) != 1:
        meant = "; ".join(f"{c.place.place_id} ({c.place.name})" for c in found) or "nothing known"
        raise GazetteerError(f"--within {text!r} may mean {meant}", remedy="Give one place id.")
    return found[0].place.place_id


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="conflict-map", description="A timeline map of what people say about a war.")
    parser.add_argument("--version", action="version", version=f"conflict-map {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_settings(_add(commands, serve), *(s.name for s in SETTINGS))
    for read in (import_, check):
        reading = _add(commands, read)
        reading.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of any format `formats` lists")
        reading.add_argument("--document", type=Path, metavar="PATH", help="the text that the claims' spans point into")
        about = "a column and what it means, or a TOML file that says so for all; may be repeated"
        reading.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help=about)
        reading.add_argument("--layer", default="", metavar="NAME", help="sheet or layer, where a file has several")
        _add_settings(reading, "store")
    exporting = _add(commands, export)
    exporting.add_argument("--query", default="", help="as in the page's address: 'layer=retreat&from=2022-03-01'")
    exporting.add_argument("--to", required=True, type=Path, metavar="FILE", help="its ending names the format")
    _add_settings(exporting, "store")
    placing = _add(commands, places)
    placing.add_argument("name", metavar="NAME", help="in Latin, Ukrainian or Russian spelling")
    placing.add_argument("--country", default="", metavar="CODE", help="ISO 3166 code of the country that ranks first")
    placing.add_argument("--within", default="", metavar="PLACE", help="name or id of the unit it must lie in")
    _add(commands, formats)
    return parser


def _add(commands: Any, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    about = (run.__doc__ or "").strip()
    parser = commands.add_parser(run.__name__.rstrip("_"), help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def _add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    for s in SETTINGS:
        if s.name not in names:
            continue
        about = f"{s.help} [{s.env}]" if s.default in (None, False) else f"{s.help} [{s.env}, else {s.default}]"
        takes = {"action": "store_const", "const": "true"} if s.default is False else {"metavar": s.name.upper()}
        parser.add_argument(f"--{s.name}", help=about, **takes)
    parser.add_argument("--config", metavar="FILE", help=f"settings file [{CONFIG_ENV}]")


COMMANDS: Final = tuple(run.__name__.rstrip("_") for run in (serve, import_, check, export, places, formats))
"""Every command, in the order of the help."""
