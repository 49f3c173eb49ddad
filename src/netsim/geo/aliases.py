"""Column names as people write them, Chinese ones too, and the names that netsim knows them by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

ALIASES: Mapping[str, tuple[str, ...]] = {
    "lon": ("lng", "long", "longitude", "经度", "經度"),
    "lat": ("latitude", "纬度", "緯度"),
    "x": ("x坐标", "x坐標", "横坐标", "橫坐標", "东坐标", "x_coord", "easting"),
    "y": ("y坐标", "y坐標", "纵坐标", "縱坐標", "北坐标", "y_coord", "northing"),
    "wkt": ("几何", "幾何", "空间对象"),
    "id": ("编号", "編號", "编码", "編碼", "代码", "代碼", "代號", "代号", "网点编号", "網點編號", "机构代码"),
    "name": ("名称", "名稱", "名字", "网点名称", "網點名稱", "机构名称", "機構名稱", "网点", "網點"),
    "brand": ("品牌", "银行", "銀行", "所属银行", "所屬銀行"),
    "kind": ("类型", "類型", "类别", "類別", "种类", "種類", "网点类型", "網點類型"),
    "evidence": ("依据", "依據", "数据来源", "數據來源"),
    "address": ("地址", "详细地址", "詳細地址"),
    "city": ("城市", "市"),
    "district": ("区县", "區縣", "行政区", "行政區"),
    "population": ("人口", "人口数", "人口數", "人口数量", "人口數量", "总人口", "總人口", "常住人口", "居民"),
    "households": ("户数", "戶數", "家庭户数", "家庭戶數"),
    "jobs": ("岗位", "崗位", "就业", "就業", "岗位数", "崗位數", "就业岗位", "就業崗位", "就业人口", "就業人口"),
    "visits": ("到访", "到訪", "客流", "客流量", "访问量"),
    "income": ("收入", "人均收入"),
    "area": ("面积", "面積"),
    "floor_area": ("建筑面积", "建築面積", "营业面积", "營業面積"),
    "levels": ("层数", "層數"),
    "weight": ("权重", "權重"),
    "rent": ("租金",),
    "cost": ("成本", "费用", "費用"),
    "counters": ("柜台", "櫃檯", "柜台数", "櫃檯數", "窗口数", "窗口數"),
    "length": ("长度", "長度"),
    "oneway": ("单行", "單行", "单行线"),
    "speed": ("速度", "限速"),
}  # fmt: skip
"""Name in netsim -> names that mean the same; English ones are compared without regard to case."""

COORDINATES: Mapping[str, tuple[str, ...]] = {
    name: (name, *ALIASES[name], *(("geometry", "geom", "the_geom") if name == "wkt" else ()))
    for name in ("wkt", "lon", "lat", "x", "y")
}
"""Names of the columns of a table that say where a row lies."""

CUT_BYTES = 10
"""A shapefile keeps so many bytes of a column name."""

_LONG_NAMES = (
    "levels_imputed",
    "population_density",
    "opening_hours",
    "service_minutes",
    "competitor",
    "candidate_cost",
)
_ID_NAME = re.compile(
    r"(?:.*_)?(?:id|uid|uuid|code|geoid|fips|postcode|zip|zipcode|phone|tel|h3|ref)"
    r"|.*(?:编号|編號|编码|編碼|代码|代碼|代号|代號|邮编|郵編|电话|電話)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """
    New names of a layer's columns.

    Parameters
    ----------
    names
        The columns in their order, renamed.
    changed
        Name in the file -> name in netsim, the changed ones alone.
    notes
        What was done or could not be done.
    """

    names: tuple[str, ...]
    changed: Mapping[str, str]
    notes: tuple[str, ...]


def plain_name(name: object) -> str:
    """Return a column name without blanks around it, its letters composed (NFC)."""
    return unicodedata.normalize("NFC", str(name)).strip()


def is_id_name(name: str) -> bool:
    """
    Tell whether a column of that name holds ids or codes, which are text even if they look like numbers.

    Examples
    --------
    >>> is_id_name("zone_id"), is_id_name("网点编号"), is_id_name("people")
    (True, True, False)
    """
    return _ID_NAME.fullmatch(name) is not None


def canonical(name: str) -> str | None:
    """
    Return the name in netsim of an alias, or None.

    Examples
    --------
    >>> canonical("经度"), canonical("Longitude"), canonical("people")
    ('lon', 'lon', None)
    """
    return _CANONICAL.get(plain_name(name).lower())


def rename(columns: Sequence[str]) -> Renaming:
    """
    Rename columns by the table of aliases.

    A column keeps its name where the new one is taken, by a column of that name or by one that stands
    before it.

    Parameters
    ----------
    columns
        Names in the file.

    Examples
    --------
    >>> rename(["编号", "人口", "jobs"]).names
    ('id', 'population', 'jobs')
    >>> rename(["人口", "population"]).notes
    ("column '人口' keeps its name: there is a column 'population' already",)
    """
    taken = set(columns)
    names: list[str] = []
    changed: dict[str, str] = {}
    clashes: list[str] = []
    for column in columns:
        wanted = canonical(column)
        if wanted is None or wanted == column:
            names.append(column)
        elif wanted in taken:
            names.append(column)
            clashes.append(f"column {column!r} keeps its name: there is a column {wanted!r} already")
        else:
            names.append(wanted)
            taken.add(wanted)
            changed[column] = wanted
    notes = [f"columns renamed: {', '.join(f'{old} -> {new}' for old, new in changed.items())}"] if changed else []
    return Renaming(tuple(names), changed, (*notes, *clashes))


def restore(columns: Sequence[str], cut: Collection[str], expected: Collection[str] = ()) -> Renaming:
    """
    Restore names that a shapefile has cut after ten bytes.

    Parameters
    ----------
    columns
        Names in the file.
    cut
        Those of them that fill the ten bytes, so that they may have been longer.
    expected
        Names that the caller looks for; by them and by the table of aliases a name is restored, if
        just one of them starts so.

    Examples
    --------
    >>> restore(["population", "floor_area", "levels_imp"], ["population", "floor_area", "levels_imp"]).names
    ('population', 'floor_area', 'levels_imputed')
    """
    names: list[str] = []
    changed: dict[str, str] = {}
    unsure: list[str] = []
    known = {*expected, *_LONG_NAMES, *ALIASES, *(alias for others in ALIASES.values() for alias in others)}
    for column in columns:
        names.append(column)
        if column not in cut or column in known:
            continue
        longer = sorted(name for name in known if name.startswith(column))
        # Several aliases of one name leave no doubt.
        meant = {canonical(name) or name for name in longer}
        if len(meant) == 1 and not {longer[0], *meant} & {*columns, *names}:
            names[-1] = changed[column] = longer[0]
        else:
            unsure.append(column)
    notes = [f"cut column names restored: {', '.join(f'{old} -> {new}' for old, new in changed.items())}"]
    doubt = (
        f"a shapefile cuts column names after {CUT_BYTES} bytes; these may have been longer: {', '.join(unsure)}"
        " (a GeoPackage keeps them whole)"
    )
    return Renaming(tuple(names), changed, (*(notes if changed else ()), *((doubt,) if unsure else ())))


_CANONICAL = {alias.lower(): name for name, aliases in ALIASES.items() for alias in aliases}
