from __future__ import annotations

import warnings
import zipfile

import geopandas as gpd
import pytest
import shapely

from netsim.geo.layers import LayerError, read_layer


def write(folder, columns, encoding="UTF-8", crs="EPSG:4326", *, cpg: bool = True, name: str = "layer"):
    folder.mkdir(exist_ok=True)
    shapes = shapely.points([[108.9 + 0.01 * row, 34.3] for row in range(len(next(iter(columns.values()))))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of cut column names
        gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(
            folder / f"{name}.shp", engine="pyogrio", encoding=encoding
        )
    if not cpg:
        (folder / f"{name}.cpg").unlink()
    return folder / f"{name}.shp"


@pytest.mark.parametrize(
    ("texts", "encoding", "read_as"),
    [
        (["plain", "ascii"], "UTF-8", None),
        (["西安", "Töölö"], "UTF-8", "UTF-8"),
        (["西安钟楼", "高新路"], "GBK", "GB18030"),
        (["中環皇后大道", "旺角彌敦道"], "GBK", "GB18030"),
    ],
)
def test_without_cpg_the_texts_are_looked_at(tmp_path, texts, encoding, read_as):
    notes: list[str] = []
    read = read_layer(write(tmp_path, {"name": texts}, encoding, cpg=False), tell=notes.append)
    assert list(read["name"]) == texts
    assert [note.partition(": ")[2] for note in notes] == (
        [f"no .cpg file names the encoding; read as {read_as}"] if read_as else []
    )


@pytest.mark.parametrize("texts", [["Töölö", "Käse"], ["Café", "Straße"], ["São João"]])
def test_latin_letters_are_never_guessed(tmp_path, texts):
    path = write(tmp_path, {"name": texts}, "ISO-8859-1", cpg=False)
    with pytest.raises(
        LayerError, match=r"neither UTF-8 nor Chinese in GB18030; add a .cpg file .* example UTF-8, GBK"
    ):
        read_layer(path)
    (tmp_path / "layer.cpg").write_text("1252")
    read = read_layer(path)
    assert list(read["name"]) == texts
    assert read.attrs["encoding"] == "cp1252"


@pytest.mark.parametrize(
    ("spelling", "message"),
    [
        ("UTF-8", "the .cpg file says UTF-8, but '.*' is not of that encoding; correct the .cpg file"),
        ("Klingon", "the .cpg file names an unknown encoding 'Klingon'; write UTF-8, GBK or 1252"),
    ],
)
def test_a_wrong_cpg_is_refused(tmp_path, spelling, message):
    path = write(tmp_path, {"name": ["西安"]}, "GBK")
    (tmp_path / "layer.cpg").write_text(spelling)
    with pytest.raises(LayerError, match=message):
        read_layer(path)


@pytest.mark.parametrize("spelling", ["GBK", "936", "CP936", "ANSI 936", "gb2312\n", "GB18030"])
def test_a_cpg_may_be_spelt_in_many_ways(tmp_path, spelling):
    path = write(tmp_path, {"名称": ["西安"]}, "GBK")
    (tmp_path / "layer.cpg").write_text(spelling)
    assert list(read_layer(path, tell=lambda _note: None)["name"]) == ["西安"]


def test_a_text_cut_within_a_letter_loses_that_letter_alone(tmp_path):
    path = write(tmp_path, {"name": ["钟" * 40 + "楼" * 40]}, cpg=False)
    table = (tmp_path / "layer.dbf").read_bytes()
    # One byte less for the column, as software does that counts bytes: 240 bytes hold 80 letters, 239 hold 79.
    assert table[48] == 240
    record = table.rindex("钟".encode() * 40)
    cut = table[:10] + (240).to_bytes(2, "little") + table[12:48] + bytes([239]) + table[49 : record + 239]
    (tmp_path / "layer.dbf").write_bytes(cut + b"\x1a")
    notes: list[str] = []
    assert list(read_layer(path, tell=notes.append)["name"]) == ["钟" * 40 + "楼" * 39]
    assert any("1 texts were cut within a letter" in note for note in notes)


def test_cut_names_are_restored_or_told(tmp_path):
    notes: list[str] = []
    columns = {"levels_imputed": [1.5], "households_2020": [2.5], "population": [3], "floor_area": [0.5]}
    read = read_layer(write(tmp_path, columns), tell=notes.append)
    assert list(read.columns) == ["levels_imputed", "households", "population", "floor_area", "geometry"]
    assert any(note.endswith("cut column names restored: levels_imp -> levels_imputed") for note in notes)
    read = read_layer(write(tmp_path, {"visits_per_day": [1], "visits_per_year": [2]}), tell=notes.append)
    assert list(read.columns) == ["visits_per", "visits_p_1", "geometry"]
    assert "these may have been longer: visits_per, visits_p_1 (a GeoPackage keeps them whole)" in notes[-1]
    read = read_layer(tmp_path / "layer.shp", expected=["visits_per_day"], tell=notes.append)
    assert next(iter(read.columns)) == "visits_per_day"


@pytest.mark.parametrize("ending", [".shx", ".dbf"])
def test_a_missing_sidecar_is_named(tmp_path, ending):
    path = write(tmp_path, {"name": ["a"]})
    path.with_suffix(ending).unlink()
    with pytest.raises(LayerError, match=rf"the file {ending} is missing; a shapefile needs .shp, .shx, .dbf side by"):
        read_layer(path)


def test_without_prj_the_crs_has_to_be_declared(tmp_path):
    path = write(tmp_path, {"name": ["a"]})
    path.with_suffix(".prj").unlink()
    with pytest.raises(LayerError, match="no coordinate reference system is stated; give one"):
        read_layer(path)
    assert read_layer(path, crs="EPSG:4490").crs.to_epsg() == 4490
    notes: list[str] = []
    assert read_layer(path, crs="bd09", tell=notes.append).crs.to_epsg() == 4326
    assert "converted from BD-09 to WGS 84" in notes[0]


def test_a_sidecar_must_not_be_a_link_to_elsewhere(tmp_path):
    path = write(tmp_path / "one", {"name": ["a"]})
    path.with_suffix(".dbf").rename(tmp_path / "secret.dbf")
    path.with_suffix(".dbf").symlink_to(tmp_path / "secret.dbf")
    with pytest.raises(LayerError, match=r"the file .dbf is a link to another folder"):
        read_layer(path)


def test_a_zip_may_hold_several_shapefiles_and_other_things(tmp_path):
    for name in ("zones", "sites"):
        write(tmp_path / name, {"name": [name]}, name=name)
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("evil.vrt", "<OGRVRTDataSource/>")
        archive.writestr("__MACOSX/._zones.shp", "x")
        for name in ("zones", "sites"):
            for file in (tmp_path / name).iterdir():
                archive.write(file, f"{name}/{file.name}")
    with pytest.raises(LayerError, match=r"holds 2 shapefiles \(zones, sites\); say which one to read"):
        read_layer(path)
    assert list(read_layer(path, layer="sites")["name"]) == ["sites"]
    with pytest.raises(LayerError, match="has no shapefile 'x'"):
        read_layer(path, layer="x")
