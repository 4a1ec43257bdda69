"""The folder of the embedded store: what is refused and left alone, what a crash leaves, who may read meanwhile."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from geodata.errors import CorruptStoreError, ForeignFileError, StoreError, StoreLockedError
from geodata.model import Bundle, Claim, Kind
from geodata.query import Query
from geodata.spans import day
from geodata.stores import default_path, open_store
from geodata.stores.tables import FORMAT

BATCH = 7
BLOCK = 262_144
EVERYTHING = Query()


def batch(n: int) -> Bundle:
    """Seven claims that belong together."""
    happened = day(date(2022, 3, 1 + n % 28))
    return Bundle(claims=tuple(Claim(f"{n}-{i}", "said", Kind.CLASH, happened=happened) for i in range(BATCH)))


def tree(path: Path) -> dict[str, bytes | None]:
    """Everything under a path, byte for byte."""
    files = [path, *path.rglob("*")]
    return {str(f): f.read_bytes() if f.is_file() else None for f in files}


def names(store: Path) -> set[str]:
    return {f.name for f in store.iterdir()}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that :func:`path` copies."""
    path = tmp_path_factory.mktemp("pattern") / "store"
    store = open_store(path, create=True)
    store.append(batch(0))
    store.close()
    return path


@pytest.fixture
def path(pattern: Path, tmp_path: Path) -> Path:
    """A store with one batch in it, nobody holding it."""
    return shutil.copytree(pattern, tmp_path / "store")


def version_in(store: Path) -> Path:
    return store / (store / "CURRENT").read_text().strip()


def test_a_store_is_made_only_when_asked_for(tmp_path: Path) -> None:
    for absent in (tmp_path / "absent", tmp_path):
        before = tree(tmp_path)
        with pytest.raises(StoreError, match="no claim store"):
            open_store(absent)
        assert tree(tmp_path) == before
    assert open_store(tmp_path / "deep" / "er", create=True).count(EVERYTHING) == 0


def test_the_default_lies_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert default_path().is_relative_to(tmp_path)
    assert not default_path().exists()


def other_database(version: Path, *statements: str) -> None:
    version.unlink()
    with duckdb.connect(version) as con:
        for statement in statements:
            con.sql(statement)


def rewrite(version: Path, statement: str) -> None:
    with duckdb.connect(version) as con:
        con.sql(statement)


META = "CREATE TABLE meta (magic VARCHAR, format INTEGER, store_id VARCHAR)"
FOREIGN: dict[str, Callable[[Path], object]] = {
    "a file in place of the folder": lambda p: (shutil.rmtree(p), p.write_text("my thesis")),
    "a folder with other things": lambda p: (shutil.rmtree(p), p.mkdir(), (p / "thesis.txt").write_text("x")),
    "a folder of another program's": lambda p: (p / "CURRENT").write_text("MANIFEST-000004\n"),
    "a pointer out of the folder": lambda p: (p / "CURRENT").write_text("../claims-1.duckdb\n"),
    "a database without our tables": lambda p: other_database(version_in(p), "CREATE TABLE t (i INTEGER)"),
    "a database of the same words": lambda p: other_database(
        version_in(p), META, "INSERT INTO meta VALUES ('x', 1, 'y')"
    ),
    "a database with an empty meta": lambda p: other_database(version_in(p), META),
}
CORRUPT: dict[str, Callable[[Path], object]] = {
    "garbage": lambda p: version_in(p).write_bytes(b"garbage " * 1000),
    "an empty file": lambda p: version_in(p).write_bytes(b""),
    "a file cut short": lambda p: version_in(p).write_bytes(version_in(p).read_bytes()[:9000]),
    "a version that is not there": lambda p: version_in(p).unlink(),
    "no pointer": lambda p: (p / "CURRENT").unlink(),
}


@pytest.mark.parametrize("create", [False, True], ids=["open", "create"])
@pytest.mark.parametrize(
    ("spoil", "error"),
    [*((f, ForeignFileError) for f in FOREIGN.values()), *((f, CorruptStoreError) for f in CORRUPT.values())],
    ids=[*FOREIGN, *CORRUPT],
)
def test_what_is_not_a_sound_store_is_refused_and_left_alone(
    path: Path, spoil: Callable[[Path], object], error: type[StoreError], create: bool
) -> None:
    spoil(path)
    before = tree(path)
    with pytest.raises(error) as refused:
        open_store(path, create=create)
    assert str(path) in refused.value.where and refused.value.remedy
    assert tree(path) == before


def test_a_store_of_a_newer_release_is_refused_and_left_alone(path: Path) -> None:
    rewrite(version_in(path), "UPDATE meta SET format = format + 1")
    before = tree(path)
    with pytest.raises(StoreError, match="this release knows") as refused:
        open_store(path, create=True)
    assert not isinstance(refused.value, ForeignFileError | CorruptStoreError)
    assert tree(path) == before


@pytest.mark.parametrize("earlier", [1, FORMAT - 1])
def test_a_store_of_an_earlier_release_is_refused_with_the_way_to_make_it_again(path: Path, earlier: int) -> None:
    rewrite(version_in(path), f"UPDATE meta SET format = {earlier}")
    before = tree(path)
    with pytest.raises(StoreError, match=f"format {earlier}, this release knows") as refused:
        open_store(path, create=True)
    assert not isinstance(refused.value, ForeignFileError | CorruptStoreError)
    assert "import" in refused.value.remedy
    assert tree(path) == before


def read_whole(path: Path) -> str:
    """How far one gets with a store: to its opening, to its claims, or to the end."""
    reached = "open"
    try:
        store = open_store(path)
        reached = "read"
        rows = store.table(EVERYTHING, ["claim_id", "statement"]).num_rows
        assert rows == sum(1 for _ in store.claims(EVERYTHING)) == BATCH + 2000
    except CorruptStoreError:
        return reached
    return "end"


def test_damage_to_any_block_is_harmless_or_said(path: Path) -> None:
    store = open_store(path)
    store.append(Bundle(claims=tuple(Claim(f"{i}", os.urandom(400).hex(), Kind.CLASH) for i in range(2000))))
    store.close()
    reached = set()
    for start in range(0, version_in(path).stat().st_size, BLOCK):
        spoilt = path.with_name(f"spoilt-{start}")
        shutil.copytree(path, spoilt)
        content = bytearray(version_in(path).read_bytes())
        content[start + 5000] ^= 0xFF
        version_in(spoilt).write_bytes(content)
        reached.add(read_whole(spoilt))
    assert {"open", "read"} <= reached


@contextmanager
def unprivileged() -> Iterator[None]:
    """Let the system's permissions hold, for the superuser too."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def open_to_all(path: Path) -> None:
    """Let every user reach the folder: pytest keeps its own folders for one user."""
    home = Path(tempfile.gettempdir())
    for folder in (path, *(parent for parent in path.parents if home in parent.parents)):
        folder.chmod(0o755)


@pytest.mark.parametrize("closed", ["CURRENT", "claims-2.duckdb", "."])
def test_a_path_without_permission_is_a_clear_error(path: Path, closed: str) -> None:
    open_to_all(path)
    (path / closed).chmod(0)
    try:
        with unprivileged(), pytest.raises(StoreError, match=r"cannot be read: Permission denied"):
            open_store(path, create=True)
    finally:
        (path / closed).chmod(0o755)
    assert open_store(path).count(EVERYTHING) == BATCH


def test_a_store_can_be_read_where_nothing_can_be_written(path: Path) -> None:
    open_to_all(path)
    path.chmod(0o555)
    version_in(path).chmod(0o444)
    (path / "CURRENT").chmod(0o444)
    try:
        with unprivileged():
            store = open_store(path, create=True)
            assert store.count(EVERYTHING) == BATCH
            with pytest.raises(StoreError, match="cannot be written"):
                store.append(batch(1))
            store.close()
    finally:
        path.chmod(0o755)


def test_only_one_writes_at_a_time(path: Path) -> None:
    first, second = open_store(path), open_store(path)
    with first.writing() as writer:
        with pytest.raises(StoreLockedError):
            second.append(batch(2))
        assert second.count(EVERYTHING) == BATCH
        writer.append(batch(1))
    second.append(batch(2))
    assert first.count(EVERYTHING) == second.count(EVERYTHING) == 3 * BATCH


def test_bundles_written_together_are_one_version_seen_at_the_end(path: Path) -> None:
    store = open_store(path)
    before = store.version()
    with store.writing() as writer:
        for n in range(1, 4):
            assert writer.append(batch(n)).new == BATCH
        assert writer.append(batch(2)).unchanged == BATCH
        assert (store.version(), store.count(EVERYTHING)) == (before, BATCH)
    assert store.count(EVERYTHING) == 4 * BATCH
    assert len({*names(path)} & {"claims-1.duckdb", "claims-2.duckdb", "claims-3.duckdb", "claims-4.duckdb"}) == 2


def test_a_failing_writer_leaves_nothing_behind(path: Path) -> None:
    store = open_store(path)
    before, version = tree(path), store.version()
    with pytest.raises(ZeroDivisionError), store.writing() as writer:
        writer.append(batch(1))
        raise ZeroDivisionError
    assert tree(path) == before
    assert (store.version(), store.count(EVERYTHING)) == (version, BATCH)
    store.append(batch(1))
    assert store.count(EVERYTHING) == 2 * BATCH


def test_two_versions_are_kept_and_an_older_one_can_be_read_to_its_end(path: Path) -> None:
    reader, writer = open_store(path), open_store(path)
    claims = reader.claims(EVERYTHING)
    next(claims)
    for n in range(1, 5):
        writer.append(batch(n))
    assert names(path) == {"CURRENT", "WRITER.lock", "claims-5.duckdb", "claims-6.duckdb"}
    assert len(list(claims)) == BATCH - 1
    assert reader.count(EVERYTHING) == 5 * BATCH


def test_two_stores_never_share_a_token(tmp_path: Path) -> None:
    tokens = {open_store(tmp_path / name, create=True).version() for name in "abc"}
    assert len(tokens) == 3


PRELUDE = """
import sys
from pathlib import Path
from geodata.query import Query
from geodata.model import Bundle, Claim, Kind
from geodata.stores import open_store
store = open_store(Path(sys.argv[1]))
def batch(n): return Bundle(claims=tuple(Claim(f"{n}-{i}", "said", Kind.CLASH) for i in range(7)))
"""
READER = """
total, last = int(sys.argv[2]), 0
print("ready", flush=True)
for turn in range(100_000):
    n = store.count(Query())
    claims, frame = list(store.claims(Query())), store.table(Query(), ["claim_id"])
    for seen in (n, len(claims), frame.num_rows):
        assert seen % 7 == 0 and seen >= last, (seen, last)
        last = seen
    if n == total:
        break
else:
    sys.exit("never saw the last batch")
"""
APPENDER = """
start = store.count(Query()) // 7
for n in range(start, start + 1000):
    store.append(batch(n))
    print(n + 1, flush=True)
"""
CUT_SHORT = """
import os
from geodata.stores import files
step, steps = int(sys.argv[2]), iter(range(100))
def dying(real):
    def call(*args):
        if next(steps) == step:
            os._exit(9)
        return real(*args)
    return call
files._sync, files._sync_names = dying(files._sync), dying(files._sync_names)
files.shutil.copyfile, files.os.replace = dying(files.shutil.copyfile), dying(files.os.replace)
store.append(batch(1))
"""


@contextmanager
def script(checkout: Path, body: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PRELUDE + body, *map(str, arguments)]
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout and process.stderr
    return process.stdout.readline() or pytest.fail(process.stderr.read())


def test_many_read_while_one_writes(path: Path, checkout: Path) -> None:
    total = 6 * BATCH
    with (
        script(checkout, READER, path, total) as a,
        script(checkout, READER, path, total) as b,
        script(checkout, READER, path, total) as c,
    ):
        readers = (a, b, c)
        assert [line(r) for r in readers] == ["ready\n"] * 3
        store = open_store(path)
        for n in range(1, 6):
            store.append(batch(n))
        for reader in readers:
            _, trouble = reader.communicate(timeout=60)
            assert reader.returncode == 0, trouble


@pytest.mark.parametrize("step", range(7))
def test_a_crash_at_any_step_leaves_the_version_before_or_after(path: Path, checkout: Path, step: int) -> None:
    with script(checkout, CUT_SHORT, path, step) as writer:
        _, trouble = writer.communicate(timeout=60)
    assert writer.returncode == 9, trouble
    store = open_store(path, create=True)
    assert store.count(EVERYTHING) == (2 if step == 6 else 1) * BATCH
    store.append(batch(2))
    assert store.count(EVERYTHING) == (3 if step == 6 else 2) * BATCH
    assert len(names(path)) == 4 and not [n for n in names(path) if n.endswith(".tmp")]


def test_a_writer_killed_at_any_moment_leaves_whole_batches(path: Path, checkout: Path) -> None:
    moments = random.Random(20220322)
    for _ in range(5):
        with script(checkout, APPENDER, path) as writer:
            done = int(line(writer))
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(timeout=moments.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
            assert writer.stdout
            done = max([done, *map(int, writer.stdout.read().split())])
        store = open_store(path)
        assert store.count(EVERYTHING) in (done * BATCH, (done + 1) * BATCH)
        assert sum(1 for _ in store.claims(EVERYTHING)) == store.count(EVERYTHING)
        store.close()
    store = open_store(path)
    store.append(batch(5000))
    assert len(names(path)) == 4


def test_a_trial_of_several_batches_writes_nothing(path: Path) -> None:
    store = open_store(path, create=True)
    before = store.version()
    with store.trying() as writer:
        for n in (1, 2):
            assert writer.append(batch(n)).new == BATCH
            writer.publish()
    assert store.version() == before
