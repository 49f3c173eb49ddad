"""
Shapefiles, a folder's sidecars or a zip of them, in the encoding that they are really in.

GDAL reads a shapefile without ``.cpg`` as Latin-1 and tells nobody. Here it is always told to: Latin-1
keeps every byte, so that the texts can be decoded afterwards, by the ``.cpg`` or by looking at them.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pyogrio

from netsim.files import DATA_LIMIT, read_bytes
from netsim.geo.aliases import CUT_BYTES
from netsim.geo.layer_errors import LayerError, one_line
from netsim.geo.readers.catalogue import READERS, RawLayer, Request
from netsim.tables.encodings import decoded, sniffed

_SHP_MAGIC = b"\x00\x00\x27\x0a"
_ZIP_MAGIC = b"PK\x03\x04"
_NEEDED = (".shp", ".shx", ".dbf")
_SIDECARS = (*_NEEDED, ".prj", ".cpg")
_PAGES = {"936": "gb18030", "54936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}
"""Names in ``.cpg`` files that Python spells in another way; GB18030 holds all of GBK."""
_DBF_BLOCK, _DBF_END = 32, 0x0D
"""Size of the header of a .dbf and of each column in it, and the byte after the last one."""
_MEND = "add a .cpg file that holds the name of the encoding, for example UTF-8, GBK or 1252"


def read_shapefile(path: Path, request: Request) -> RawLayer:
    """Read a shapefile whose sidecars stand beside it."""
    parts = {".shp": read_bytes(path)}
    folder = path.resolve().parent
    for file in sorted(path.parent.iterdir()):
        ending = file.suffix.lower()
        if file.stem != path.stem or ending not in _SIDECARS or ending in parts:
            continue
        # The path was allowed, its neighbours were not looked at: a link must not lead elsewhere.
        if file.resolve().parent != folder:
            raise LayerError(request.where, f"the file {ending} is a link to another folder; put it beside the .shp")
        parts[ending] = read_bytes(file)
    return _layer(parts, request)


def read_zipped_shapefile(path: Path, request: Request) -> RawLayer:
    """Read the one shapefile of a zip, or that of the name asked for."""
    content = read_bytes(path)
    if not content.startswith(_ZIP_MAGIC):
        raise LayerError(request.where, "not a zip archive of a shapefile")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _layer(_unpacked(archive, request), request)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as fault:
        raise LayerError(request.where, f"a zip archive that cannot be read ({one_line(fault)})") from fault


READERS.register(".shp")(read_shapefile)
READERS.register(".zip")(read_zipped_shapefile)


def _unpacked(archive: zipfile.ZipFile, request: Request) -> dict[str, bytes]:
    """Return the files of the shapefile in an archive."""
    files = [info for info in archive.infolist() if not info.filename.startswith("__MACOSX/")]
    stems: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for info in files:
        name = PurePosixPath(info.filename)
        stems.setdefault(str(name.with_suffix("")) if name.name else "", {})[name.suffix.lower()] = info
    layers = {PurePosixPath(stem).name: parts for stem, parts in stems.items() if ".shp" in parts}
    known = ", ".join(layers) or "none"
    if request.layer is None and len(layers) != 1:
        raise LayerError(request.where, f"holds {len(layers)} shapefiles ({known}); say which one to read")
    if request.layer is not None and request.layer not in layers:
        raise LayerError(request.where, f"has no shapefile {request.layer!r} (it has {known})")
    chosen = layers[request.layer or next(iter(layers))]
    wanted = {ending: chosen[ending] for ending in _SIDECARS if ending in chosen}
    size = sum(info.file_size for info in wanted.values())
    if size > DATA_LIMIT:
        raise LayerError(
            request.where, f"the shapefile unpacks to {size:,} bytes; no more than {DATA_LIMIT:,} are read"
        )
    return {ending: archive.read(info) for ending, info in wanted.items()}


def _layer(parts: Mapping[str, bytes], request: Request) -> RawLayer:
    """Read the files of a shapefile and decode its texts."""
    where = request.where
    if not parts[".shp"].startswith(_SHP_MAGIC):
        raise LayerError(where, "not a shapefile")
    absent = [ending for ending in _NEEDED if ending not in parts]
    if absent:
        raise LayerError(where, f"the file {absent[0]} is missing; a shapefile needs {', '.join(_NEEDED)} side by side")
    frame = _as_latin1(parts, where)
    texts = _texts(frame, _widths(parts[".dbf"]))
    encoding, guessed = _encoding(parts, texts, where)
    names = [str(name) for name in frame.columns.drop(frame.geometry.name)]
    whole = {name: decoded(name.encode("latin-1"), encoding, cut=True) for name in names}
    for name in names:
        if frame[name].map(lambda value: isinstance(value, str)).any():
            cells = [value if isinstance(value, str) else None for value in frame[name]]
            frame[name] = [cell and decoded(cell.encode("latin-1"), encoding, cut=True) for cell in cells]
    notes: list[str] = []
    if guessed and not all(content.isascii() for content in texts):
        notes.append(f"no .cpg file names the encoding; read as {encoding.upper()}")
    broken = sum(full and _is_cut(content, encoding) for content, full in texts.items())
    if broken:
        notes.append(f"{broken} texts were cut within a letter by the width of their column")
    cut = tuple(whole[name] for name in names if len(name) >= CUT_BYTES)
    return RawLayer(frame.rename(columns=whole), encoding, tuple(notes), cut)


def _as_latin1(parts: Mapping[str, bytes], where: str) -> gpd.GeoDataFrame:
    """Read a shapefile with one letter for each byte of its texts."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for ending in _SIDECARS[:-1]:
            if ending in parts:
                packed.writestr(f"layer{ending}", parts[ending])
        packed.writestr("layer.cpg", "ISO-8859-1")
    try:
        return pyogrio.read_dataframe(archive.getvalue())
    except (pyogrio.errors.DataSourceError, ValueError) as fault:
        raise LayerError(where, f"not a shapefile ({one_line(fault)})") from fault


def _widths(dbf: bytes) -> dict[str, int]:
    """Return the bytes of each column that the header of a .dbf lists: 32 bytes each, up to a carriage return."""
    widths: dict[str, int] = {}
    for start in range(_DBF_BLOCK, len(dbf) - _DBF_BLOCK, _DBF_BLOCK):
        if dbf[start] == _DBF_END:
            break
        name = dbf[start : start + 11].split(b"\0", 1)[0]
        widths[name.decode("latin-1")] = dbf[start + 16]
    return widths


def _texts(frame: gpd.GeoDataFrame, widths: Mapping[str, int]) -> dict[bytes, bool]:
    """Return the different texts as bytes, and whether each fills its room so that it may be cut within a letter."""
    texts: dict[bytes, bool] = {}
    for name in map(str, frame.columns.drop(frame.geometry.name)):
        own = name.encode("latin-1")
        texts[own] = len(own) >= CUT_BYTES
        for value in frame[name].dropna().unique():
            if isinstance(value, str):
                content = value.encode("latin-1")
                texts[content] = texts.get(content, False) or len(content) >= widths.get(name, 0)
    return texts


def _encoding(parts: Mapping[str, bytes], texts: Mapping[bytes, bool], where: str) -> tuple[str, bool]:
    """Return the encoding, and whether it was found by looking at the texts."""
    if ".cpg" not in parts:
        found = sniffed(list(texts), list(texts.values()))
        if found is None:
            raise LayerError(where, f"no .cpg file, and the texts are neither UTF-8 nor Chinese in GB18030; {_MEND}")
        return found, True
    named = parts[".cpg"].decode("utf-8-sig", errors="replace").strip(" \t\r\n\0")
    try:
        encoding = codecs.lookup(python_encoding(named)).name
    except LookupError:
        message = f"the .cpg file names an unknown encoding {named!r}; write UTF-8, GBK or 1252"
        raise LayerError(where, message) from None
    for content, cut in texts.items():
        try:
            decoded(content, encoding, cut=cut)
        except UnicodeDecodeError:
            shown = content.decode(encoding, errors="replace")
            message = f"the .cpg file says {named}, but {shown!r} is not of that encoding; correct the .cpg file"
            raise LayerError(where, message) from None
    return encoding, False


def python_encoding(named: str) -> str:
    """
    Return Python's name of an encoding as .cpg files spell it.

    Examples
    --------
    >>> python_encoding("ANSI 936"), python_encoding("UTF8"), python_encoding("88591"), python_encoding("1252")
    ('gb18030', 'utf8', 'iso8859-1', 'cp1252')
    """
    plain = re.sub(r"[^a-z0-9]", "", named.lower())
    page = re.sub(r"^(?:ansi|oem|cp|windows|iso)", "", plain)
    if page in _PAGES:
        return _PAGES[page]
    if page.startswith("8859"):
        return f"iso8859-{page.removeprefix('8859')}"
    return f"cp{page}" if page.isdigit() else plain


def _is_cut(content: bytes, encoding: str) -> bool:
    """Whether a text ends within a letter."""
    try:
        decoded(content, encoding)
    except UnicodeDecodeError:
        return True
    return False
