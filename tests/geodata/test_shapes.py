"""A recipe gives one geometry; a wedge never reaches its town; what a claim does not say is not drawn."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geodata.errors import ShapeError
from geodata.gazetteer import Gazetteer, default
from geodata.model import Basis, Kind, Mark, PlaceMention, Precision, Role, Unplaced
from geodata.shapes import circle, geometry, label_point, marks

GEOD = Geod(ellps="WGS84")
KYIV, BROVARY, MYKOLAIV = "gn:703448", "gn:711390", "gn:700569"
HAVRONSHCHYNA = "kt:UA32080190100074617"
OKHTYRKA_RAION = "adm2:UA59040000000045652"

lons, lats = st.floats(22, 40), st.floats(44, 52)
bearings = st.floats(0, 359.9)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return default()


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2]) / 1000


def apart(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


def drawn(gazetteer: Gazetteer, kind: Kind, *mentions: PlaceMention, negated: bool = False) -> tuple[Mark, ...]:
    found, unplaced = marks(mentions, kind, gazetteer, negated=negated)
    assert (unplaced is None) == bool(found)
    return found


@given(lons, lats, bearings, st.floats(5, 80), st.floats(1, 15), st.floats(20, 80))
def test_a_wedge_lies_on_its_side_and_never_on_its_town(
    lon: float, lat: float, bearing: float, spread: float, inner_km: float, length_km: float
) -> None:
    recipe = f"sector:{lon},{lat},{bearing},{spread},{inner_km},{length_km}"
    wedge, (x, y) = geometry(recipe, default()), label_point(recipe, default())
    assert wedge.is_valid
    assert apart(GEOD.inv(lon, lat, x, y)[0], bearing) < 0.5
    assert shapely.contains_xy(wedge, x, y)
    assert not wedge.intersects(circle(lon, lat, inner_km * 0.99))
    distances = [km((lon, lat), (a, b)) for a, b in shapely.get_coordinates(wedge)]
    assert max(distances) == pytest.approx(length_km, rel=0.01)


@given(lons, lats, st.floats(0.5, 100))
def test_a_circle_has_its_radius(lon: float, lat: float, radius_km: float) -> None:
    corners = shapely.get_coordinates(circle(lon, lat, radius_km))
    assert all(km((lon, lat), (x, y)) == pytest.approx(radius_km, rel=0.001) for x, y in corners)
    assert label_point(f"circle:{lon},{lat},{radius_km}", default()) == (lon, lat)


def test_a_ring_leaves_its_town_free(places: Gazetteer) -> None:
    ring = geometry("ring:30.5,50.45,13,33", places)
    assert not shapely.contains_xy(ring, 30.5, 50.45)
    assert shapely.contains_xy(ring, *label_point("ring:30.5,50.45,13,33", places))


@pytest.mark.parametrize("place_id", [OKHTYRKA_RAION, "adm1:UA-59", "x:south", "x:azov-sea"])
def test_an_area_is_labelled_inside(places: Gazetteer, place_id: str) -> None:
    x, y = label_point(f"area:{place_id}", places)
    assert shapely.contains_xy(geometry(f"area:{place_id}", places), x, y)


def test_a_stretch_is_a_part_of_its_border(places: Gazetteer) -> None:
    recipe = "stretch:x:border-by,30.5396,51.2352,50"
    stretch, border = geometry(recipe, places), geometry("line:x:border-by", places)
    assert GEOD.geometry_length(stretch) / 1000 == pytest.approx(100, abs=1)
    assert shapely.distance(border, shapely.points(shapely.get_coordinates(stretch))).max() < 1e-4, "about 10 m"
    assert shapely.distance(stretch, shapely.Point(label_point(recipe, places))) < 1e-9


@pytest.mark.parametrize(
    "recipe",
    [
        "",
        "blob:1,2",
        "sector:1,2,3",
        "sector:a,b,c,d,e,f",
        "circle:30,50,nan",
        "circle:500,50,3",
        "circle:30,50,-1",
        f"area:{KYIV}",
        "stretch:x:border-by",
    ],
)
def test_a_bad_recipe_is_an_error(places: Gazetteer, recipe: str) -> None:
    with pytest.raises(ShapeError):
        geometry(recipe, places)


def test_a_settlement_is_a_symbol(places: Gazetteer) -> None:
    (mark,) = drawn(places, Kind.CLASH, PlaceMention("Brovary", Role.LOCATION, Precision.SETTLEMENT, BROVARY))
    assert (mark.shape, mark.precision, mark.place_id) == (None, Precision.SETTLEMENT, BROVARY)
    assert km((mark.lon, mark.lat), (30.791, 50.511)) < 0.1


def test_a_district_is_an_area_and_its_container_is_not_drawn(places: Gazetteer) -> None:
    (mark,) = drawn(
        places,
        Kind.RETREAT,
        PlaceMention("the Okhtyrka region", Role.LOCATION, Precision.DISTRICT, OKHTYRKA_RAION),
        PlaceMention("Sumy", Role.CONTAINER, Precision.OBLAST, "adm1:UA-59"),
    )
    assert (mark.shape, mark.precision) == (f"area:{OKHTYRKA_RAION}", Precision.DISTRICT)
    assert mark.basis is Basis.STATED


def test_a_container_stands_in_where_nothing_else_is_placed(places: Gazetteer) -> None:
    lost = PlaceMention("Yahidne", Role.LOCATION, Precision.SETTLEMENT)
    oblast = PlaceMention("Sumy", Role.CONTAINER, Precision.OBLAST, "adm1:UA-59")
    assert [m.shape for m in drawn(places, Kind.CLASH, lost, oblast)] == ["area:adm1:UA-59"]


def test_a_village_without_its_own_point_is_never_a_pin(places: Gazetteer) -> None:
    borrowed = next(c.place for c in places.find("Ivanivka") if c.place.point_source == "hromada-centre")
    (mark,) = drawn(
        places, Kind.CLASH, PlaceMention("Ivanivka", Role.LOCATION, Precision.SETTLEMENT, borrowed.place_id)
    )
    assert mark.shape == f"area:{borrowed.hierarchy[0]}"
    assert mark.basis is Basis.INFERRED


def test_a_direction_is_a_wedge_short_of_the_town(places: Gazetteer) -> None:
    (mark,) = drawn(places, Kind.RETREAT, PlaceMention("Mykolaiv", Role.DIRECTION, Precision.DIRECTION, MYKOLAIV))
    town = places.get(MYKOLAIV)
    assert mark.precision is Precision.DIRECTION
    assert mark.basis is Basis.INFERRED
    assert not geometry(mark.shape or "", places).intersects(circle(town.lon, town.lat, town.radius_km))
    assert mark.bearing_deg is not None
    assert apart(mark.bearing_deg, GEOD.inv(mark.lon, mark.lat, town.lon, town.lat)[0]) < 1


def test_a_sector_beside_a_direction_tells_its_side(places: Gazetteer) -> None:
    location, direction = drawn(
        places,
        Kind.OFFENSIVE,
        PlaceMention("Brovary", Role.DIRECTION, Precision.DIRECTION, BROVARY),
        PlaceMention("East of Kyiv", Role.LOCATION, Precision.SECTOR, KYIV, bearing_deg=90.0),
    )
    kyiv, brovary = places.get(KYIV), places.get(BROVARY)
    assert (location.role, location.precision) == (Role.LOCATION, Precision.SECTOR)
    assert apart(GEOD.inv(kyiv.lon, kyiv.lat, location.lon, location.lat)[0], 90) < 1
    assert apart(GEOD.inv(brovary.lon, brovary.lat, direction.lon, direction.lat)[0], 80) < 2
    assert direction.bearing_deg is None, "an offensive states no movement"


def test_an_inherited_direction_gets_no_arrow(places: Gazetteer) -> None:
    said = PlaceMention("Brovary", Role.DIRECTION, Precision.DIRECTION, BROVARY)
    inherited = PlaceMention("Brovary", Role.DIRECTION, Precision.DIRECTION, BROVARY, inherited=True)
    assert drawn(places, Kind.RETREAT, said)[0].bearing_deg is not None
    assert drawn(places, Kind.RETREAT, inherited)[0].bearing_deg is None


def test_towards_a_border_is_a_wedge_and_the_stretch_it_meets(places: Gazetteer) -> None:
    wedge, stretch = drawn(
        places,
        Kind.DESERTION,
        PlaceMention("the Belarusian border", Role.DIRECTION, Precision.BORDER, "x:border-by"),
        PlaceMention("Havronshchyna", Role.ORIGIN, Precision.SETTLEMENT, HAVRONSHCHYNA, inherited=True),
    )
    village = places.get(HAVRONSHCHYNA)
    assert wedge.bearing_deg is not None
    assert 15 < wedge.bearing_deg < 40
    assert apart(GEOD.inv(village.lon, village.lat, wedge.lon, wedge.lat)[0], wedge.bearing_deg) < 1
    assert (stretch.shape or "").startswith("stretch:x:border-by")
    assert 85 < km((village.lon, village.lat), (stretch.lon, stretch.lat)) < 110


def test_a_border_without_an_origin_is_drawn_whole(places: Gazetteer) -> None:
    (mark,) = drawn(
        places,
        Kind.REINFORCEMENT,
        PlaceMention("Russia", Role.ORIGIN, Precision.COUNTRY, "adm0:RUS"),
        PlaceMention("the borders of Ukraine", Role.DESTINATION, Precision.BORDER, "x:border-ua"),
    )
    assert (mark.shape, mark.role, mark.bearing_deg) == ("line:x:border-ua", Role.DESTINATION, None)


@pytest.mark.parametrize("role", [Role.OBJECTIVE, Role.DESTINATION, Role.DIRECTION])
def test_an_aim_is_never_a_pin(places: Gazetteer, role: Role) -> None:
    for place_id in (KYIV, BROVARY):
        (mark,) = drawn(places, Kind.ADVANCE, PlaceMention("there", role, Precision.SETTLEMENT, place_id))
        town = places.get(place_id)
        assert mark.shape is not None
        assert mark.precision in (Precision.DIRECTION, Precision.SECTOR)
        assert km((mark.lon, mark.lat), (town.lon, town.lat)) > town.radius_km


def test_an_origin_tells_from_which_side(places: Gazetteer) -> None:
    aim, origin = drawn(
        places,
        Kind.RETREAT,
        PlaceMention("Kyiv", Role.DESTINATION, Precision.SETTLEMENT, KYIV),
        PlaceMention("Brovary", Role.ORIGIN, Precision.SETTLEMENT, BROVARY),
    )
    assert aim.bearing_deg is not None
    assert apart(aim.bearing_deg, 252) < 2
    assert (origin.role, origin.shape) == (Role.ORIGIN, None)


@pytest.mark.parametrize(
    ("precision", "shape"),
    [(Precision.SETTLEMENT, None), (Precision.DISTRICT, "circle:"), (Precision.REGION, "circle:")],
)
def test_a_bare_point_is_drawn_as_precise_as_it_says(
    places: Gazetteer, precision: Precision, shape: str | None
) -> None:
    (mark,) = drawn(places, Kind.STRIKE, PlaceMention("?", Role.LOCATION, precision, lon=30.0, lat=50.0))
    assert mark.precision is precision
    assert mark.shape is None if shape is None else (mark.shape or "").startswith(shape)


IN_KYIV = PlaceMention("Kyiv", Role.LOCATION, Precision.SETTLEMENT, KYIV)
BESIDE_KYIV = PlaceMention("Kyiv", Role.REFERENCE, Precision.SETTLEMENT, KYIV)
IN_UKRAINE = PlaceMention("Ukraine", Role.LOCATION, Precision.COUNTRY, "adm0:UKR")
NOT_FOUND = PlaceMention("Yahidne", Role.LOCATION, Precision.SETTLEMENT)


@pytest.mark.parametrize(
    ("kind", "mentions", "negated", "reason"),
    [
        (Kind.ASSESSMENT, [IN_KYIV], False, Unplaced.STATEMENT),
        (Kind.CLASH, [IN_KYIV], True, Unplaced.NEGATED),
        (Kind.CLASH, [], False, Unplaced.NO_PLACE),
        (Kind.CLASH, [BESIDE_KYIV], False, Unplaced.NO_PLACE),
        (Kind.CLASH, [IN_UKRAINE], False, Unplaced.COUNTRY_ONLY),
        (Kind.CLASH, [NOT_FOUND], False, Unplaced.UNRESOLVED),
        (Kind.CLASH, [NOT_FOUND, IN_UKRAINE], False, Unplaced.UNRESOLVED),
    ],
)
def test_what_is_not_drawn_says_why(
    places: Gazetteer, kind: Kind, mentions: list[PlaceMention], negated: bool, reason: Unplaced
) -> None:
    assert marks(mentions, kind, places, negated=negated) == ((), reason)
