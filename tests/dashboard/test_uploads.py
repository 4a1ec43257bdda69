"""Files handed to the server over HTTP: who may, how much, one at a time, and nothing left behind."""

from __future__ import annotations

import io
import stat
import time
from datetime import datetime
from pathlib import Path

import pytest

from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.uploads.access import may_write
from dashboard.uploads.jobs import Uploads
from dashboard.uploads.upload import Limits
from geodata.query import Query

TABLE = (
    "when,town,what,said by\n"
    "2022-03-01,Irpin,shelling,General Staff of Ukraine\n"
    "never,Bucha,shelling,General Staff of Ukraine\n"
    "2022-03-03,Sumy,advance,\n"
    "2022-03-04,Sumy,advance,\n"
    "2022-03-05,Sumy,advance,\n"
)
WAIT_S = 120.0


def minutes(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T00:00+00:00").timestamp() // 60)


class Hand:
    """Somebody who hands files over."""

    def __init__(self, store, path: Path, **limits) -> None:
        self.uploads = Uploads(path, "auto", Limits(**{"size_bytes": 1 << 20, "time_s": 60.0, **limits}))
        self.client = create_app(store, Settings(), self.uploads).server.test_client()

    def begin(self, *files: tuple[str, bytes]) -> str:
        """Open an upload, hand files over, and give its address."""
        address = f"/uploads/{self.client.post('/uploads').json['id']}"
        for name, data in files:
            assert self.client.put(f"{address}/files/{name}", data=data).status_code == 200
        return address

    def done(self, address: str, *, but: str = "") -> dict:
        """What is known once nothing is going on any more."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            said = self.client.get(address).json
            if said["state"] not in {"checking", "waiting", "loading", "stopping"} - {but}:
                return said
            time.sleep(0.02)  # the page asks again, too
        raise AssertionError(said)

    def checked(self, address: str, **command) -> dict:
        assert self.client.post(f"{address}/check", json=command).status_code == 200
        return self.done(address)

    def loaded(self, address: str, **command) -> dict:
        assert self.client.post(f"{address}/load", json=command).status_code == 200
        return self.done(address)


@pytest.fixture
def hand(empty, tmp_path):
    found = Hand(empty, tmp_path / "store")
    yield found
    found.uploads.close()


def folder_of(hand: Hand, address: str) -> Path:
    return hand.uploads.get(address.rpartition("/")[2]).folder


def test_a_table_is_looked_at_mended_and_loaded(hand, empty):
    address = hand.begin(("towns.csv", TABLE.encode()))
    said = hand.checked(address)
    assert said["look"]["rows"][1] == ["never", "Bucha", "shelling", "General Staff of Ukraine"]
    assert [row["place"] for row in said["first"]] == ["Irpin", "Sumy", "Sumy", "Sumy"]
    assert (said["report"]["kept"], said["report"]["refused"], said["report"]["reasons"]) == (4, 1, [["bad_date", 1]])
    assert empty.count(Query()) == 0
    mapping = said["look"]["mapping"]
    mended = {
        "columns": {**mapping["columns"], "what": ["statement"], "said by": []},
        "constants": {"claimant": "The mayor"},
        "document": {"title": 'Towns "north"', "licence": "CC BY 4.0", "strange": "x"},
        "day_first": True,
    }
    said = hand.checked(address, mapping=mended)
    assert said["first"][0]["statement"] == "shelling"
    assert said["document"]["title"] == 'Towns "north"'
    result = hand.loaded(address, mapping=mended)["result"]
    assert result["new"] == 4
    west, south, east, north = result["bbox"]
    assert 30 < west < 31 < 34 < east < 35 and 50 < south < north < 51
    assert result["window"] == [minutes("2022-03-01"), minutes("2022-03-06")]
    claims = list(empty.claims(Query()))
    assert {empty.sources()[c.claimant].name for c in claims} == {"The mayor"}
    assert {d.licence for d in empty.documents().values()} == {"CC BY 4.0"}
    assert b"never" in hand.client.get(f"{address}/refused.csv").data
    again = hand.begin(("towns.csv", TABLE.encode()))
    hand.checked(again, mapping=mended)
    result = hand.loaded(again, mapping=mended)["result"]
    assert (result["unchanged"], result["bbox"], result["window"]) == (4, None, None)


def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(hand, empty):
    version = empty.version()
    address = hand.begin(("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200)))
    said = hand.checked(address)
    assert said["state"] == "failed" and said["error"]["what"] and said["error"]["remedy"]
    assert hand.client.post(f"{address}/load", json={}).status_code == 409
    assert empty.version() == version
    odd = hand.checked(hand.begin(("odd.csv", b"aa,bb\n1,2\n")))
    assert odd["error"] and odd["look"]["columns"] == ["aa", "bb"]


def test_files_are_private_and_go_with_the_upload(hand):
    address = hand.begin(("../../towns.csv", TABLE.encode()))
    folder = folder_of(hand, address)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [p.name for p in (folder / "files").iterdir()] == ["towns.csv"]
    assert hand.client.delete(address).status_code == 204
    assert not folder.exists()
    assert hand.client.get(address).status_code == 409
    other = folder_of(hand, hand.begin(("towns.csv", b"x")))
    hand.uploads.close()
    assert not other.exists()


def test_an_upload_that_nobody_asks_about_goes(empty, tmp_path):
    hand = Hand(empty, tmp_path / "store", idle_s=0.0)
    folder = folder_of(hand, hand.begin())
    deadline = time.monotonic() + WAIT_S
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    hand.uploads.close()


def test_more_than_is_allowed_is_refused_before_and_while_it_is_read(empty, tmp_path):
    hand = Hand(empty, tmp_path / "store", size_bytes=100, most=1)
    address = hand.begin(("a.csv", b"x" * 60))
    said = hand.client.put(f"{address}/files/big.csv", data=b"x" * 101)
    assert said.status_code == 413 and said.json["remedy"]
    chunked = {"wsgi.input": io.BytesIO(b"x" * 60), "wsgi.input_terminated": True}
    assert hand.client.put(f"{address}/files/b.csv", environ_overrides=chunked).status_code == 413
    assert [p.name for p in (folder_of(hand, address) / "files").iterdir()] == ["a.csv"]
    assert hand.client.post("/uploads").status_code == 409, "one upload is open, and no more are allowed"
    hand.uploads.close()


def test_what_takes_too_long_is_ended(empty, tmp_path):
    hand = Hand(empty, tmp_path / "store", time_s=0.0)
    said = hand.checked(hand.begin(("towns.csv", TABLE.encode())))
    assert said["state"] == "failed" and "minutes" in said["error"]["what"]
    assert empty.count(Query()) == 0
    hand.uploads.close()


def test_one_loads_at_a_time_and_the_others_wait(hand, empty):
    first, second = (hand.begin((f"{name}.csv", TABLE.replace("Irpin", name).encode())) for name in ("Bucha", "Irpin"))
    for address in (first, second):
        hand.checked(address)
    states = [hand.client.post(f"{address}/load", json={}).json["state"] for address in (first, second)]
    assert states == ["loading", "waiting"]
    assert [hand.done(address)["state"] for address in (first, second)] == ["loaded", "loaded"]
    assert empty.count(Query()) == 8


def test_a_load_that_is_stopped_or_killed_leaves_the_store_whole(hand, empty):
    rows = "".join(f"2022-03-{i % 28 + 1:02},Irpin,shelling {i},\n" for i in range(3_000))
    address = hand.begin(("long.csv", f"when,town,what,said by\n{rows}".encode()))
    hand.checked(address)
    hand.client.post(f"{address}/load", json={})
    hand.client.post(f"{address}/stop")
    assert hand.done(address)["state"] in ("stopped", "loaded")
    other = hand.begin(("long.csv", f"when,town,what,said by\n{rows}".encode()))
    hand.checked(other)
    hand.client.post(f"{other}/load", json={})
    hand.client.delete(other)
    third = hand.begin(("towns.csv", TABLE.encode()))
    hand.checked(third)
    assert hand.loaded(third)["state"] == "loaded"
    assert empty.count(Query()) in (4, 3_004)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_another_site_cannot_hand_files_over(hand, headers):
    answer = hand.client.post("/uploads", headers=headers)
    assert answer.status_code == 403 and answer.json["error"]


def test_another_machine_cannot_unless_the_server_is_told_so(hand):
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert hand.client.post("/uploads", environ_overrides=far).status_code == 403
    hand.uploads.write = "on"
    assert hand.client.post("/uploads", environ_overrides=far, headers={"Host": "map.example"}).status_code == 201


@pytest.mark.parametrize(
    ("write", "address", "may"),
    [
        ("auto", "127.0.0.1", True),
        ("auto", "::1", True),
        ("auto", "0.0.0.0", False),
        ("auto", "", False),
        ("on", "0.0.0.0", True),
        ("off", "127.0.0.1", False),
    ],
)
def test_only_a_server_of_this_machine_takes_files_by_default(write, address, may):
    assert may_write(write, address) is may


def test_a_server_that_takes_no_files_says_so_and_shows_no_button(client):
    answer = client.post("/uploads")
    assert answer.status_code == 403 and "--write" in answer.json["remedy"]
    assert '"add-data"' not in client.get("/_dash-layout").get_data(as_text=True)


def test_the_page_learns_that_claims_came(hand, empty):
    first = hand.client.get("/version")
    assert first.json["claims"] == 0
    held = {"If-None-Match": first.headers["ETag"]}
    assert hand.client.get("/version", headers=held).status_code == 304
    address = hand.begin(("towns.csv", TABLE.encode()))
    hand.checked(address)
    hand.loaded(address)
    assert hand.client.get("/version", headers=held).json["claims"] == 4


def test_files_dropped_together_are_told_apart(hand):
    mapping = b'[columns]\ntown = "place"\nwhat = "statement"\n'
    files = (
        ("towns.csv", TABLE.encode()),
        ("how.toml", mapping),
        ("odd.csv", b"aa,bb\n1,2\n"),
        ("photo.jpg", b"\xff\xd8\xff"),
    )
    said = hand.checked(hand.begin(*files), file="towns.csv")
    assert [name for name, _ in said["subjects"]] == ["odd.csv", "towns.csv"]
    assert [name for name, _ in said["unread"]] == ["photo.jpg"]
    assert said["look"]["mapping"]["columns"] == {"town": ["place"], "what": ["statement"]}
    assert said["first"][0]["statement"] == "shelling"
