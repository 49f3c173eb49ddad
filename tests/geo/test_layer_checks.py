from __future__ import annotations

import math

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.crs import area_of_use, declared_crs, measuring_crs, parse_crs, plain_crs, square_metres
from netsim.geo.datum import CHINA_BOX
from netsim.geo.layer_checks import check_layer, refuse_swapped
from netsim.geo.layers import LayerError, read_layer

XIAN = (108.94, 34.26)
HELSINKI = (24.94, 60.17)


def layer(shapes, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapes, crs=crs)


def points(*places) -> list[shapely.Point]:
    return [shapely.Point(place) for place in places]


def notes_of(frame) -> list[str]:
    notes: list[str] = []
    check_layer(frame, "layer", tell=notes.append)
    return notes


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (layer([None, shapely.Point(1, 2), None]), r"2 of 3 geometries are missing \(first: row 1\); give every row"),
        (layer([shapely.Point(1, 2), shapely.Polygon()]), r"1 of 2 geometries are empty \(first: row 2\); give every"),
        (layer([shapely.LineString([(0, 0), (1, math.inf)])]), r"1 of 1 rows have a coordinate that is not a finite"),
        (
            layer(points(XIAN[::-1], XIAN[::-1])),
            (
                r"2 of 2 rows have coordinates outside -180..180, -90..90 \(first: row 1\): 34.26, 108.94; "
                r"lon and lat are swapped: exchange them \(x is lon or east, y is lat or north\)"
            ),
        ),
        (
            layer(points(XIAN, (385_000.0, 6_672_000.0))),
            r"1 of 2 rows .* \(first: row 2\): 385000, 6672000; .* another",
        ),
        # A Chinese plane of Gauss and Krueger: surveyors write the northing first.
        (
            layer(points((3_800_000.0, 494_000.0)), "EPSG:4545"),
            r"1 of 1 shapes lie outside of the area of this CRS, and inside with the axes swapped \(first: row 1\)",
        ),
        (layer(points(XIAN[::-1]), "EPSG:4490"), "lon and lat are swapped"),
        (layer(points((60.17, 24.94)), "EPSG:4258"), r"inside with the axes swapped .*: 60.17, 24.94; exchange them"),
        (
            layer([shapely.Point(0, 0), shapely.box(-179, -18, 179, -17)]),
            r"1 of 2 shapes span more than half the world \(first: row 2\): 358 degrees .* must be cut there in two",
        ),
    ],
)
def test_faults_are_counted_located_and_mended(frame, message):
    with pytest.raises(LayerError, match=message):
        check_layer(frame, "layer", tell=lambda _note: None)


def test_swapped_points_of_a_chinese_map_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    # 85 E 28 N lies in Tibet; swapped it is a place in the Arctic, as good as any but for the box of China.
    path.write_text("id,lon,lat\na,28.0,85.0\n", encoding="utf-8")
    with pytest.raises(LayerError, match="axes swapped"):
        read_layer(path, crs="GCJ02")
    with pytest.raises(LayerError, match="axes swapped"):
        check_layer(layer(points((28.0, 85.0))), "layer", area=CHINA_BOX)
    assert len(check_layer(layer(points((28.0, 85.0))), "layer")) == 1


def test_a_layer_is_compared_with_its_neighbour():
    zones = layer([shapely.box(24.8, 60.1, 25.0, 60.3)]).to_crs("EPSG:3067")
    refuse_swapped(layer(points(HELSINKI)), "sites", zones, "zones")
    refuse_swapped(layer(points((10.0, 10.0))), "sites", zones, "zones")
    refuse_swapped(layer(points(HELSINKI), None), "sites", zones, "zones")
    with pytest.raises(LayerError, match="sites: the layer lies away from zones, and beside it with the axes swapped"):
        refuse_swapped(layer(points(HELSINKI[::-1])), "sites", zones, "zones")


def test_places_that_stand_twice_are_told_and_streets_are_not():
    assert notes_of(layer(points((1, 1), (2, 2), (1, 1), (1, 1)))) == [
        "layer: 2 of 4 geometries stand twice (first: row 3), the same as row 1"
    ]
    square = shapely.box(0, 0, 1, 1)
    again = shapely.Polygon(square.exterior.coords[2:] + square.exterior.coords[1:3])
    assert notes_of(layer([square, again]))[0].startswith("layer: 1 of 2 geometries stand twice (first: row 2)")
    street = shapely.LineString([(0, 0), (1, 1)])
    assert notes_of(layer([street, street])) == []


def test_the_change_of_area_is_measured_in_square_metres():
    metres = shapely.Polygon([(385_000, 6_672_000), (385_100, 6_672_100), (385_100, 6_672_000), (385_000, 6_672_100)])
    assert notes_of(layer([metres], "EPSG:3067")) == [
        "layer: 1 invalid shapes repaired (first: row 1; their area went from 0 to 5,000 m2)"
    ]
    # The same in degrees: the area on the ground differs from that on the plane by the square of its scale.
    degrees = gpd.GeoSeries([metres], crs="EPSG:3067").to_crs("EPSG:4326")[0]
    note = notes_of(layer([degrees]))[0]
    assert "degree" not in note
    after = float(note.rpartition(" to ")[2].removesuffix(" m2)").replace(",", ""))
    assert after == pytest.approx(5_000.0, rel=2e-3)


@settings(deadline=None, max_examples=30)
@given(lon=st.floats(-179.0, 179.0), lat=st.floats(-80.0, 80.0), size=st.floats(1e-3, 0.1))
def test_areas_are_those_of_the_ellipsoid(lon, lat, size):
    # A ring of many corners, so that straight lines and geodesics agree.
    shape = shapely.Point(lon, lat).buffer(size, quad_segs=64)
    crs = parse_crs("EPSG:4326", "test")
    truth = abs(crs.get_geod().geometry_area_perimeter(shape)[0])
    assert square_metres(shapely.from_wkt([shape.wkt]), crs)[0] == pytest.approx(truth, rel=1e-3)


@pytest.mark.parametrize("lon", [-179.99, 179.99])
def test_a_layer_across_the_antimeridian_is_told_and_measured(lon):
    fiji = layer([shapely.box(178.0, -18.5, 180.0, -16.0), shapely.box(-180.0, -18.5, -179.0, -16.0)])
    assert notes_of(fiji) == [
        (
            "layer: the layer lies on both sides of longitude 180 and is 3 degrees wide across it; "
            "measure it in a projected CRS, for example EPSG:32760"
        )
    ]
    assert notes_of(layer(points((lon, -17.0), (lon - 0.001, -17.0)))) == []
    width = fiji.to_crs(measuring_crs(fiji)).total_bounds
    assert width[2] - width[0] == pytest.approx(3.0 * 111_320 * math.cos(math.radians(16.0)), rel=0.01)


@pytest.mark.parametrize(
    ("shapes", "crs", "plane"),
    [
        (points(HELSINKI), "EPSG:4326", "EPSG:32635"),
        (points(XIAN), "EPSG:4490", "EPSG:32649"),
        (points((-43.2, -22.9)), "EPSG:4326", "EPSG:32723"),
        (points((385_000, 6_672_000)), "EPSG:3067", "EPSG:3067"),
        (points((1_000_000, 200_000)), "EPSG:2263", "EPSG:32618"),
    ],
)
def test_every_layer_has_a_plane_in_metres(shapes, crs, plane):
    assert measuring_crs(layer(shapes, crs)) == plane


@settings(deadline=None, max_examples=40)
@given(lon=st.floats(-180.0, 180.0, exclude_max=True), lat=st.floats(-79.0, 79.0))
def test_the_zone_is_never_far_from_the_layer(lon, lat):
    zone = parse_crs(measuring_crs(layer(points((lon, lat)))), "test")
    middle = (zone.area_of_use.west + zone.area_of_use.east) / 2.0
    assert abs((lon - middle + 180.0) % 360.0 - 180.0) <= 3.0 + 1e-9


def test_a_crs_in_other_words_is_made_plain():
    tm35fin = parse_crs("EPSG:3067", "test")
    esri = parse_crs(tm35fin.to_wkt("WKT1_ESRI"), "test")
    assert esri.to_json_dict().get("id") is None
    assert plain_crs(esri).to_string() == "EPSG:3067"
    assert plain_crs(parse_crs("OGC:CRS84", "test")).to_string() == "EPSG:4326"
    own = parse_crs("+proj=laea +lat_0=34 +lon_0=108", "test")
    assert plain_crs(own) is own


@pytest.mark.parametrize(
    ("crs", "epsg", "datum"),
    [("EPSG:3067", 3067, "WGS84"), ("epsg:4326", 4326, "WGS84"), ("gcj-02", 4326, "GCJ02"), ("BD09", 4326, "BD09")],
)
def test_a_declaration_is_a_crs_and_a_datum(crs, epsg, datum):
    declared, found = declared_crs(crs, "t.csv")
    assert (declared.to_epsg(), found) == (epsg, datum)


def test_an_unknown_crs_is_told():
    with pytest.raises(
        LayerError, match="unknown coordinate reference system 'GCJ03'; write it like EPSG:3067, or GCJ"
    ):
        declared_crs("GCJ03", "t.csv")


def test_the_area_of_a_crs_is_told_in_its_own_units():
    box = area_of_use(parse_crs("EPSG:3067", "test"))
    assert box[0] < 385_000 < box[2]
    assert box[1] < 6_672_000 < box[3]
    assert area_of_use(parse_crs("EPSG:3832", "test")) is None  # the Pacific: it crosses longitude 180
