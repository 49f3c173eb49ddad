"""Ways of a scenario: roads at their own speeds, slow hours, public transport, points far from roads."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netsim.errors import BadInputError
from netsim.experiment.study import load_study
from tests.small import write_small

X0, Y0 = 500_000.0, 6_672_000.0


@pytest.fixture
def folder(tmp_path):
    """The small town with a grid of streets every 100 m: a fast one along the south, slow ones elsewhere."""
    (tmp_path / "netsim.toml").touch()
    rows = []
    for i in range(8):
        for j in range(8):
            x, y = X0 - 30 + 100 * i, Y0 - 30 + 100 * j
            for dx, dy in ((100, 0), (0, 100)):
                if x + dx <= X0 + 670 and y + dy <= Y0 + 670:
                    kind = "primary" if dy == 0 and j == 0 else "residential"
                    line = shapely.LineString([(x, y), (x + dx, y + dy)])
                    rows.append((line, kind, 60.0 if kind == "primary" else 20.0))
    lines, kinds, speeds = zip(*rows, strict=True)
    frame = gpd.GeoDataFrame({"highway": kinds, "kmh": speeds}, geometry=list(lines), crs="EPSG:3067")
    frame.to_file(tmp_path / "streets.gpkg", engine="pyogrio")
    return tmp_path


def study_of(folder, travel: str, extra: str = ""):
    geography = f"geography:\n  layers: {{roads: {{lines: streets.gpkg}}}}\n  travel: {travel}\n"
    return load_study(write_small(folder, "own.yaml", f"plan: as_is\n{geography}{extra}"))[0]


WALK = "{mode: walk, speed: 4.8 km/h, circuity: 1.3}"
DRIVE = "{mode: drive, speed: 20 km/h, circuity: 1.3"


def test_on_foot_all_roads_are_alike(folder):
    study = study_of(folder, WALK)
    assert study.travel.mode == "walk 4.8 km/h"
    pace = 4800.0 / 60.0
    np.testing.assert_allclose(study.travel.minutes, study.travel.metres / pace)


def test_fast_roads_are_worth_a_detour(folder):
    """Own speeds never make anybody slower where the slowest road has the common speed."""
    same, own = study_of(folder, DRIVE + "}"), study_of(folder, DRIVE + ", own_speeds: true}")
    assert (own.travel.minutes <= same.travel.minutes + 1e-9).all()
    assert (own.travel.minutes < same.travel.minutes - 0.1).any()
    assert (own.travel.metres >= same.travel.metres - 1e-6).all()


def test_slow_hours_count_by_who_sets_out(folder):
    """The flat profile runs from 8:00 to 18:00: two of ten hours at half the speed make ways a fifth longer."""
    rush = ", congestion: [{hours: '08:00-10:00', factor: 2}]"
    free, slow = study_of(folder, DRIVE + "}"), study_of(folder, DRIVE + rush + "}")
    legs = free.travel.minutes - free.travel.metres / (20_000 / 60)
    assert (legs > 0).any()  # on foot from the door to the road, as fast at any hour
    way = free.travel.minutes - _legs(free)
    np.testing.assert_allclose(slow.travel.minutes - _legs(free), 1.2 * way, atol=1e-9)
    at_noon = study_of(folder, DRIVE + rush + ", departure: '12:00-13:00'}")
    np.testing.assert_allclose(at_noon.travel.minutes, free.travel.minutes)
    at_nine = study_of(folder, DRIVE + rush + ", departure: '09:00-10:00'}")
    np.testing.assert_allclose(at_nine.travel.minutes - _legs(free), 2.0 * way, atol=1e-9)


def _legs(study):
    """Minutes on foot between the doors and the roads: from the metres m and minutes t of m = r + l, t = r/v + l/w."""
    drive, foot = 20_000 / 60, 4_800 / 60
    metres, minutes = study.travel.metres, study.travel.minutes
    return (minutes - metres / drive) / (1.0 / foot - 1.0 / drive) / foot


def test_a_class_is_slow_alone(folder):
    rush = ", own_speeds: true, congestion: [{hours: '00:00-24:00', factor: 3, roads: [primary]}]"
    free, slow = study_of(folder, DRIVE + ", own_speeds: true}"), study_of(folder, DRIVE + rush + "}")
    changed = slow.travel.minutes > free.travel.minutes + 1e-9
    assert changed.any()
    assert not changed.all()


def feed(folder, name: str = "feed.zip"):
    """Two stops 600 m apart, a bus every 10 minutes from 8:00 to 18:00 that takes one minute."""
    stops = gpd.GeoSeries(gpd.points_from_xy([X0 - 30, X0 + 570], [Y0 - 30, Y0 - 30]), crs="EPSG:3067")
    spots = [(point.x, point.y) for point in stops.to_crs("EPSG:4326")]
    tables = {
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
        + "".join(f"s{i},Stop {i},{y:.7f},{x:.7f}\n" for i, (x, y) in enumerate(spots)),
        "routes.txt": "route_id,route_short_name,route_type\nr1,1,3\n",
        "trips.txt": "route_id,service_id,trip_id\nr1,all,t1\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,08:00:00,08:00:00,s0,1\nt1,08:01:00,08:01:00,s1,2\n",
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt1,08:00:00,18:00:00,600\n",
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "all,1,1,1,1,1,1,1,20260101,20261231\n",
    }
    with zipfile.ZipFile(folder / name, "w") as archive:
        for table, text in tables.items():
            archive.writestr(table, text)


TRANSIT = (
    "{mode: transit, speed: 4.8 km/h, circuity: 1.3, "
    "transit: {feeds: [feed.zip], weekday: tue, hours: '09:00-12:00', max_wait: 20 min}}"
)


def test_the_bus_is_taken_where_it_pays(folder):
    """From the zone at the first stop to the place at the second: walk to the stops, wait 5 min, ride 1 min."""
    feed(folder)
    walk, ride = study_of(folder, WALK), study_of(folder, TRANSIT)
    assert (ride.travel.minutes <= walk.travel.minutes + 1e-5).all()
    zone, site = ride.zones.ids.index("z00"), [item.id for item in ride.sites].index("d")
    leg = np.hypot(30.0, 30.0) / 80.0
    assert walk.travel.minutes[zone, site] == pytest.approx(600.0 / 80.0 + 2.0 * leg, rel=1e-3)
    assert ride.travel.minutes[zone, site] == pytest.approx(5.0 + 1.0 + 2.0 * leg, abs=0.2)
    assert any("tue is taken as" in note for note in ride.notes)


def test_people_come_from_the_stops_of_a_feed(folder):
    """All departures are at the first stop: everybody starts in the zone around it."""
    feed(folder)
    rows = "".join(f"z{k},{X0 + 600 * k},{Y0}\n" for k in range(2))
    (folder / "zones.csv").write_text(f"id,x,y\n{rows}", "utf-8")
    spread = "[{share: 100%, by: departures, layer: feed.zip, weekday: tue}]"
    extra = f"demand: {{layers: {{all: {{people: 500, spread: {spread}}}}}}}\n"
    geography = "geography: {zones: {points: null, layer: zones.csv, crs: EPSG:3067}}\n"
    study = load_study(write_small(folder, "stops.yaml", f"plan: as_is\n{geography}{extra}"))[0]
    people = dict(zip(study.zones.ids, study.zones.people["all"], strict=True))
    assert people == pytest.approx({"z0": 500.0})


def test_points_far_from_roads_are_listed(folder):
    sites = f"[{{id: a, x: {X0}, y: {Y0}, kind: branch}}, {{id: far, x: {X0 + 3000}, y: {Y0}, kind: branch}}]"
    study = study_of(folder, WALK, f"network: {{sites: {sites}}}\n")
    assert any("1 outlets lie more than 500 m from every road (far 2," in note for note in study.notes)


@pytest.mark.parametrize(
    ("travel", "message"),
    [
        ("{mode: transit, speed: 4.8 km/h}", "go together"),
        (TRANSIT, "feed.zip"),
        (DRIVE + ", congestion: [{hours: '08:00-09:00', factor: 2, roads: [primry]}]}", "did you mean 'primary'"),
        ("{mode: walk, speed: 4.8 km/h, own_speeds: true}", "belong to 'mode: drive'"),
        (DRIVE + ", departure: '08:00-09:00'}", "needs 'congestion'"),
    ],
)
def test_faults_are_told(folder, travel, message):
    with pytest.raises(BadInputError, match=message):
        study_of(folder, travel)
