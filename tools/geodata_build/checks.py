"""What must hold of the built data, whatever the sources do. The tests ask the same of the committed files."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import shapely
from pyproj import Geod

from geodata.gazetteer import Gazetteer
from tools.geodata_build.areas import area_km2
from tools.geodata_build.basemap import LAYERS

__all__ = ["check"]

COUNTS: Final = {"oblast": 27, "raion": 137, "hromada": 1_741, "settlement": 29_703, "quarter": 711}
"""Places of Ukraine."""
BORDERS_KM: Final = {"by": 861.5, "ru": 1523.6, "pl": 412.5, "ro": 515.8, "md": 898.0, "hu": 97.7, "sk": 87.0}
"""Length of the drawn line (Natural Earth 10m), never to be told as a fact."""
MAKARIV: Final = ("adm3:UA32080190000081428", 1008)
CRIMEA: Final = (34.1, 44.95)
MAX_FILE_BYTES: Final = 8_000_000
MAX_BASEMAP_GZIP_BYTES: Final = 350_000


def check(out: Path) -> None:
    """Check counts, areas, borders, Crimea and sizes; prints each.

    Raises
    ------
    SystemExit
        Naming everything that does not hold.
    """
    gazetteer = Gazetteer.load(out)
    places = pq.read_table(out / "places.parquet", columns=["kind", "country"]).to_pylist()
    counts = Counter(p["kind"] for p in places if p["country"] == "UA")
    wrong = [f"{kind}: {counts[kind]}, expected {n}" for kind, n in COUNTS.items() if counts[kind] != n]

    geod = Geod(ellps="WGS84")
    for code, km in BORDERS_KM.items():
        line = gazetteer.area(f"x:border-{code}")
        length = geod.geometry_length(line) / 1000
        if abs(length - km) > 0.2:
            wrong.append(f"border {code}: {length:.1f} km, expected {km}")
    if gazetteer.area("x:border-by").geom_type != "LineString":
        wrong.append("the border with Belarus is not one line")

    makariv = area_km2(gazetteer.area(MAKARIV[0]))
    if abs(makariv - MAKARIV[1]) > 10:
        wrong.append(f"Makariv hromada: {makariv:.0f} km2, expected about {MAKARIV[1]}")
    for place_id, inside in (("adm0:UKR", True), ("adm1:UA-43", True), ("adm0:RUS", False)):
        if bool(shapely.contains_xy(gazetteer.area(place_id), *CRIMEA)) is not inside:
            wrong.append(f"Crimea: wrong side of {place_id}")

    files = sorted(p for p in out.rglob("*") if p.suffix in {".parquet", ".geojson"})
    wrong += [f"{p.name} is larger than {MAX_FILE_BYTES} bytes" for p in files if p.stat().st_size > MAX_FILE_BYTES]
    squeezed = {n: len(gzip.compress((out / "basemap" / f"{n}.geojson").read_bytes(), 9)) for n in LAYERS}
    if sum(squeezed.values()) > MAX_BASEMAP_GZIP_BYTES:
        wrong.append(
            f"the basemap has {sum(squeezed.values())} bytes gzipped, at most {MAX_BASEMAP_GZIP_BYTES} are allowed"
        )
    for path in files:
        small = squeezed.get(path.stem) if path.suffix == ".geojson" else None
        print(
            f"{path.relative_to(out)!s:32} {path.stat().st_size:9,} bytes" + (f"  {small:8,} gzipped" if small else "")
        )
    print(f"basemap gzipped: {sum(squeezed.values()):,} bytes; Makariv hromada {makariv:.0f} km2; {dict(counts)}")
    if wrong:
        raise SystemExit("The data does not hold: " + "; ".join(wrong))
