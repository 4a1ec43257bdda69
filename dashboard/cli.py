"""The command ``conflict-map``. Each command imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from dashboard import __version__
from dashboard.errors import EXIT_REJECTED, ServeError, answer
from dashboard.settings import CONFIG_ENV, SETTINGS, Settings
from geodata.errors import GazetteerError, GeodataError, StoreError

if TYPE_CHECKING:
    from geodata.gazetteer import Gazetteer
    from geodata.stores import DuckDBStore

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
    """Add the claims of files, or of all files in folders, to the store; one that is not there yet is made."""
    from geodata.stores import open_store

    return check(given) if given.dry_run else _import(given, lambda path: open_store(path, create=True))


def check(given: argparse.Namespace) -> int:
    """Do all that import does but writing: say what would become of each row, and store nothing."""
    from geodata.stores import open_store

    return _import(given, lambda path: open_store(path) if path.exists() else None, dry_run=True)


def refused(given: argparse.Namespace) -> int:
    """Show the rows that stand refused, or write them to files to be mended and imported again."""
    from dashboard.importing import refused as show
    from geodata.stores import default_path, open_store

    store = open_store(_settings(given).store or default_path())
    code = show(store, given.to)
    store.close()
    return code


def _import(given: argparse.Namespace, store: Callable[[Path], DuckDBStore | None], *, dry_run: bool = False) -> int:
    from dashboard.importing import Job, run
    from geodata.stores import default_path

    job = Job(given.files, _options(given), dry_run, given.report, given.quiet)
    return run(job, lambda: store(_settings(given).store or default_path()))


def export(given: argparse.Namespace) -> int:
    """Write the claims that a query matches to a file."""
    from datetime import UTC, datetime

    from dashboard.importing import written
    from dashboard.state import query_of
    from geodata import export as exports
    from geodata.stores import default_path, open_store

    query = query_of(parse_qs(given.query.removeprefix("?"), keep_blank_values=True))
    store = open_store(_settings(given).store or default_path())
    with written(given.to) as file:
        exports.write(store, query, given.to.suffix.lower(), file, exported_at=datetime.now(UTC))
    print(f"{store.count(query)} claims written to {given.to}: {query.describe()}")
    store.close()
    return 0


def notes(given: argparse.Namespace) -> int:
    """Print notes, tags and saved views, every revision a line of JSON, or take in those of another store."""
    from geodata.stores import default_path, open_store

    store = open_store(_settings(given).store or default_path())
    if given.file is None:
        sys.stdout.writelines(store.notebook.lines())
        return 0
    try:
        taken = store.notebook.take(given.file.read_bytes().splitlines())
    except OSError as e:
        raise StoreError(f"cannot be read: {e.strerror}", where=str(given.file), remedy="Check the path.") from e
    finally:
        store.close()
    for reason in taken.reasons():
        print(reason, file=sys.stderr)
    print(f"{taken.new} new, {taken.known} known, {len(taken.refused)} refused")
    return EXIT_REJECTED if taken.refused else 0


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


def _options(given: argparse.Namespace) -> dict[str, str]:
    """The reader's options among the arguments."""
    named = {"document": given.document, "map": "\n".join(given.map), "layer": given.layer}
    return {name: str(value) for name, value in named.items() if value}


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
        about = "a file of any format `formats` lists, or a folder: all in it that holds claims"
        reading.add_argument("files", nargs="+", type=Path, metavar="FILE", help=about)
        reading.add_argument("--document", type=Path, metavar="PATH", help="the text that the claims' spans point into")
        about = "a column and what it means, or a TOML file that says so for all; may be repeated"
        reading.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help=about)
        reading.add_argument("--layer", default="", metavar="NAME", help="sheet or layer, where a file has several")
        reading.add_argument("--report", type=Path, metavar="FILE", help="CSV of all that was refused, or is gone")
        reading.add_argument("--quiet", action="store_true", help="say nothing of how far it is")
        if read is import_:
            reading.add_argument("--dry-run", action="store_true", help="do everything but write")
        _add_settings(reading, "store")
    mending = _add(commands, refused)
    mending.add_argument("--to", type=Path, metavar="FOLDER", help="where files to be mended are written")
    _add_settings(mending, "store")
    exporting = _add(commands, export)
    exporting.add_argument("--query", default="", help="the page's address after '?': 'layer=retreat&from=2022-03-01'")
    exporting.add_argument("--to", required=True, type=Path, metavar="FILE", help="its ending names the format")
    _add_settings(exporting, "store")
    noting = _add(commands, notes)
    noting.add_argument("file", nargs="?", type=Path, metavar="FILE", help="what `notes` of another store has printed")
    _add_settings(noting, "store")
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


COMMANDS: Final = tuple(
    run.__name__.rstrip("_") for run in (serve, import_, check, refused, export, notes, places, formats)
)
"""Every command, in the order of the help."""
