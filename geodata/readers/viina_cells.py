"""Cells that the files of VIINA share: outlets by their codes, the time of a report, a place and how fine it is."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from geodata.model import Document, PlaceMention, Precision, Source
from geodata.readers.cells import Cells, Refused
from geodata.sources import slug
from geodata.spans import Span, TimePrecision

__all__ = ["DATASET", "LANGUAGES", "id_of", "outlet_of", "place_of", "said_of"]

_OUTLETS: Final = MappingProxyType(
    {
        "24tvua": ("24 Kanal", "24 Канал"),
        "espreso": ("Espreso TV", "Еспресо"),
        "forbesua": ("Forbes Ukraine", ""),
        "interfaxua": ("Interfax-Ukraine", "Інтерфакс-Україна"),
        "kp": ("Komsomolskaya Pravda", "Комсомольская правда"),
        "liga": ("LIGA.net", "ЛІГА.net"),
        "liveuamap": ("Live Universal Awareness Map", "Liveuamap"),
        "meduza": ("Meduza", "Медуза"),
        "militarnyy": ("Militarnyi", "Мілітарний"),
        "mz": ("Mediazona", "Медиазона"),
        "ng": ("Nezavisimaya Gazeta", "Независимая газета"),
        "ntv": ("NTV (Russia)", "НТВ"),
        "nv": ("NV (New Voice of Ukraine)", "НВ"),
        "pravdaua": ("Ukrainska Pravda", "Українська правда"),
        "ria": ("RIA Novosti", "РИА Новости"),
        "unian": ("UNIAN", "УНІАН"),
    }
)
"""Name, and name in its own letters, of each outlet by its code (VIINA's README)."""

_PRECISIONS: Final = MappingProxyType(
    {
        "street": Precision.SETTLEMENT,
        "adm3": Precision.SETTLEMENT,
        "adm2": Precision.DISTRICT,
        "adm1": Precision.OBLAST,
    }
)
"""GEO_PRECISION; ADM3 is the populated place, the points of ADM2 and ADM1 stand for an area."""
LANGUAGES: Final = MappingProxyType({"ua": "uk"})

DATASET: Final = Document(
    document_id="viina",
    title="VIINA 2.0: Violent Incident Information from News Articles",
    publisher="Yuri Zhukov and Natalie Ayers",
    url="https://github.com/zhukovyuri/VIINA",
    licence="ODbL 1.0",
    attribution="Contains information from VIINA, which is made available under the Open Database License (ODbL)",
    citation=(
        "Zhukov, Yuri, and Natalie Ayers (2023). VIINA 2.0: Violent Incident Information from News Articles on the "
        "2022 Russian Invasion of Ukraine. Cambridge, MA: Harvard University"
    ),
    language="en",
    note="Placed and labelled by machine. Times have no zone in the data and are read as UTC.",
)


def id_of(row: Cells, field: str) -> str:
    """The id in a cell as a part of a claim's id: ``missing_field``, ``bad_value``."""
    found = slug(row.required(field).removesuffix(".0"))
    if not found:
        raise Refused("bad_value", field, row.text(field), "Give the id that VIINA gives.")
    return found


def said_of(row: Cells) -> Span:
    """When it was reported: the minute, or the day where the time is 00:00 (not known)."""
    on = row.when("date")
    if on.precision is not TimePrecision.DAY:
        raise Refused("bad_date", "date", row.text("date"), "Write the day as 20220224.")
    time = row.text("time")
    if time in ("", "00:00", "0:00", "00:00:00"):
        return on
    timed = Cells(replace(row.row, cells={"time": f"{row.text('date').removesuffix('.0')} {time}"}), {"time": "time"})
    try:
        return timed.when("time")
    except Refused as refused:
        raise Refused("bad_time", "time", time, "Write it as 09:30, or 00:00 if it is not known.") from refused


def place_of(row: Cells) -> PlaceMention:
    """The place a machine found for the report, as fine as ``GEO_PRECISION`` says."""
    stated = row.text("geo_precision")
    precision = _PRECISIONS.get(stated.casefold(), Precision.NONE)
    names = {Precision.DISTRICT: row.text("adm2_name"), Precision.OBLAST: row.text("adm1_name")}
    name = names.get(precision) or row.text("asciiname")
    point, geoname = row.point(), row.text("geonameid").removesuffix(".0")
    placed = precision is Precision.SETTLEMENT and geoname.isdigit()
    within = "" if precision is Precision.OBLAST else row.text("adm1_name")
    found_by = f"placed by {row.text('geo_api') or 'machine'}, {stated or 'no precision given'}"
    return PlaceMention(
        mention=", ".join(dict.fromkeys(filter(None, (name, within))))
        or row.text("address")
        or "a point without a name",
        precision=precision,
        place_id=f"gn:{geoname}" if placed else None,
        name=name,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        note="; ".join(filter(None, (row.text("address"), found_by))),
    )


def outlet_of(code: str) -> Source:
    """The outlet of a code, side unknown; a code VIINA's README does not list is its own name."""
    name, own = _OUTLETS.get(code.casefold(), (code or "outlet not given", ""))
    return Source(slug(name) or "outlet-not-given", name, body="media", aliases=(own,) if own else ())
