"""
One scenario out of several files: ``extends``, format files and ``--set`` arguments laid over each other.

The lowest layer is the file at the end of the ``extends`` chain. A higher layer changes a mapping key
by key; lists, scalars, ``provenance`` and figures written as ``{value: ...}`` are replaced whole, so
that the source of one value never stands behind another. ``null`` takes a key of a lower layer away.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netsim.errors import BadInputError, Fault
from netsim.files import DataRoots, PathError, read_text
from netsim.scenario.positions import Node, Source, full_width_hint, parse_yaml
from netsim.units import typed

LONGEST_CHAIN = 20
"""Most files in a chain of ``extends``."""

_FORMAT_LAYER = -1
_FORMAT_NAME = re.compile(r"\w[\w-]{0,63}")
_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]{1,6})\]")
_WHOLE = ("source", "evidence", "value")
_IN_PLACE = ("tasks", "levels", "patterns")


@dataclass(frozen=True, slots=True)
class Overlay:
    """
    A resolved tree.

    Parameters
    ----------
    root
        The tree.
    faults
        What was wrong on the way, the tree being usable all the same.
    unknown_formats
        Names of formats without a file, or with a broken one, and what each may have been meant for;
        faults have been told for them.
    """

    root: Node
    faults: tuple[Fault, ...]
    unknown_formats: Mapping[str, str]


def read_overlay(path: Path, name: str, roots: DataRoots, sets: Sequence[str] = ()) -> Overlay:
    """
    Return a scenario file with everything that it extends and what ``--set`` changes.

    Parameters
    ----------
    path
        The scenario file.
    name
        The file as the user named it.
    roots
        Where files may be read.
    sets
        ``KEY=VALUE`` arguments.

    Raises
    ------
    BadInputError
        If a file cannot be read, is no YAML mapping, or the chain of ``extends`` loops.
    """
    layers = _chain(path, name, roots)
    faults: list[Fault] = []
    formats = _Formats(roots, [], faults, {})
    root = layers[0]._replace(value={})
    for layer in layers:
        formats.folders.insert(0, (layer.source.folder, os.path.dirname(layer.source.name)))  # noqa: PTH120 - a name, no path
        root = merge(_with_formats(root, layer, formats), layer)
    for overlay in _parse_sets(sets, layers[-1].source.folder, faults):
        changed = _aimed(root, overlay, faults)
        if changed is not None:
            root = merge(_with_formats(root, changed, formats), changed)
    # A section that no file holds is missed in the file that was asked for.
    top = layers[-1]
    order = [key for key in layers[0].value if key in root.value]
    value = {**{key: root.value[key] for key in order}, **root.value}
    root = Node(value, top.source, top.line, top.column, top.key_line, top.key_column)
    return Overlay(root, tuple(faults), formats.unknown)


def merge(lower: Node, upper: Node) -> Node:
    """
    Return ``lower`` changed by ``upper``: mappings key by key, everything else replaced.

    A ``null`` in ``upper`` takes the key away; where ``lower`` has no such key it stays, to be told as a fault.
    """
    if not (isinstance(lower.value, dict) and isinstance(upper.value, dict)):
        return upper
    if _is_whole(lower) or _is_whole(upper):
        return upper
    items = dict(lower.value)
    for key, node in upper.value.items():
        below = items.get(key)
        if below is None:
            items[key] = node
        elif node.value is None and below.value is not None:
            del items[key]
        elif key == "provenance":
            items[key] = node
        else:
            items[key] = merge(below, node)
    return lower._replace(value=items)


def _is_whole(node: Node) -> bool:
    """Whether a mapping is a figure with its own provenance."""
    return "value" in node.value and all(key in (*_WHOLE, "licence", "date") for key in node.value)


def read_tree(path: Path, source: Source) -> Node:
    """
    Return the mapping in one YAML file.

    Raises
    ------
    BadInputError
        If the file cannot be read, has faults of form, or holds no mapping.
    """
    try:
        text = read_text(path)
    except PathError as error:
        raise BadInputError((Fault(source.name, error.line, error.column, "", error.message),)) from None
    root, faults = parse_yaml(text, source)
    if root is not None and not isinstance(root.value, dict):
        if root.value is None:
            message = "the file is empty; a scenario starts with 'netsim: 1'"
        else:
            hint = full_width_hint(root.text)
            message = f"expected a mapping (key: value) at the top of the file, got {typed(root.value)}{hint}"
        faults.append(Fault(source.name, root.line, root.column, "", message))
    if root is None and not faults:
        faults.append(Fault(source.name, 1, 1, "", "the file is empty; a scenario starts with 'netsim: 1'"))
    if faults or root is None:
        raise BadInputError(tuple(sorted(set(faults))))
    return root


def _chain(path: Path, name: str, roots: DataRoots) -> list[Node]:
    """Return the trees of a file and all that it extends, the lowest first, without their ``extends``."""
    trees: list[Node] = []
    seen: list[Path] = []
    names: list[str] = []
    while True:
        names.append(name)
        seen.append(path)
        tree = read_tree(path, Source(name, path.parent))
        trees.append(tree._replace(value={key: node for key, node in tree.value.items() if key != "extends"}))
        extends = tree.value.get("extends")
        if extends is None:
            break
        if not isinstance(extends.value, str):
            raise _at(extends, "extends", f"expected the name of a scenario file, got {typed(extends.value)}")
        try:
            path = roots.resolve(extends.value, path.parent)
        except PathError as error:
            raise _at(extends, "extends", error.message) from None
        name = _beside(name, extends.value)
        if path in seen:
            chain = " -> ".join([*names[seen.index(path) :], name])
            raise _at(extends, "extends", f"the files extend each other in a circle: {chain}")
        if len(seen) >= LONGEST_CHAIN:
            raise _at(extends, "extends", f"more than {LONGEST_CHAIN} files extend each other")
    return [_ranked(tree, rank) for rank, tree in enumerate(reversed(trees))]


def _beside(name: str, text: str) -> str:
    """Return how a person would name a file that is named in another."""
    if ":" in text:
        return text
    return os.path.normpath(os.path.join(os.path.dirname(name), text))  # noqa: PTH118, PTH120 - names, no paths


def _ranked(node: Node, rank: int) -> Node:
    """Return the tree with the rank of its layer in every source."""
    source = Source(node.source.name, node.source.folder, rank)

    def relabel(item: Node) -> Node:
        value = item.value
        if isinstance(value, dict):
            value = {key: relabel(child) for key, child in value.items()}
        elif isinstance(value, list):
            value = [relabel(child) for child in value]
        return item._replace(value=value, source=source)

    return relabel(node) if rank else node


def _at(node: Node, path: str, message: str) -> BadInputError:
    return BadInputError((Fault(node.source.name, node.line, node.column, path, message),))


@dataclass(frozen=True, slots=True)
class _Formats:
    """Where format files are looked for (folder, and how a person names it), and what was wrong with them."""

    roots: DataRoots
    folders: list[tuple[Path, str]]
    faults: list[Fault]
    unknown: dict[str, str]


def _with_formats(lower: Node, upper: Node, formats: _Formats) -> Node:
    """Return ``lower`` with the files of the formats that ``upper`` names for the first time."""
    named = upper.value.get("formats") if isinstance(upper.value, dict) else None
    if named is None or not isinstance(named.value, dict):
        return lower
    present = lower.value.get("formats")
    known = present.value if present is not None and isinstance(present.value, dict) else {}
    found: dict[str, Node] = {}
    for key, node in named.value.items():
        if key in known or key == "provenance" or node.value is None:
            continue
        tree = _format_tree(key, node, formats)
        if tree is not None:
            found[key] = tree._replace(key_line=node.key_line, key_column=node.key_column)
        elif not (isinstance(node.value, dict) and all(part in node.value for part in _IN_PLACE)):
            _tell_unknown(key, node, formats)
    if not found:
        return lower
    base = present if present is not None else named
    return lower._replace(value={**lower.value, "formats": base._replace(value={**known, **found})})


def _format_tree(key: str, node: Node, formats: _Formats) -> Node | None:
    """Return the tree of a format file, or None where no folder has one."""
    if not _FORMAT_NAME.fullmatch(key):
        return None
    for folder, shown in formats.folders:
        text = f"formats/{key}.yaml"
        try:
            path = formats.roots.resolve(text, folder)
        except PathError:
            continue
        name = os.path.normpath(os.path.join(shown, text))  # noqa: PTH118 - a name, no path
        try:
            return read_tree(path, Source(name, path.parent, _FORMAT_LAYER))
        except BadInputError as error:
            formats.faults.extend(error.faults)
            formats.unknown[key] = key
            return node._replace(value={})
    return None


def _tell_unknown(key: str, node: Node, formats: _Formats) -> None:
    known = sorted({file.stem for folder, _ in formats.folders for file in (folder / "formats").glob("*.yaml")})
    near = difflib.get_close_matches(key, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
    message = f"unknown format {typed(key)}: there is no file formats/{key[:64]}.yaml beside the scenario; {hint}"
    formats.unknown[key] = near[0] if near else key
    formats.faults.append(Fault(node.source.name, node.key_line, node.key_column, f"formats.{key}", message))


def _parse_sets(sets: Sequence[str], folder: Path, faults: list[Fault]) -> list[tuple[list[str | int], Node]]:
    """Return path and value of each ``KEY=VALUE`` argument; a key may be set once."""
    parsed: dict[str, tuple[list[str | int], Node]] = {}
    for rank, argument in enumerate(sets):
        key, equals, text = argument.partition("=")
        key = key.strip()
        source = Source(f"--set {key}", folder, LONGEST_CHAIN + rank)
        steps = _steps(key)
        if not equals or steps is None:
            message = f"expected KEY=VALUE such as rules.reach='10 min', got {typed(argument)}"
            faults.append(Fault("--set", 0, 0, "", message))
        elif key in parsed:
            faults.append(Fault(source.name, 0, 0, key, "the key is set twice"))
        else:
            value, wrong = parse_yaml(text, source)
            faults.extend(Fault(source.name, 0, 0, key, fault.message) for fault in wrong)
            parsed[key] = (steps, _unplaced(value, source))
    return list(parsed.values())


def _steps(key: str) -> list[str | int] | None:
    """Return the steps of a dotted key such as ``network.sites[0].x``, or None where it is none."""
    steps: list[str | int] = []
    position = 0
    while position < len(key):
        if steps and key[position] == ".":
            position += 1
        match = _STEP.match(key, position)
        if match is None or (not steps and match[2]):
            return None
        steps.append(match[1] or int(match[2]))
        position = match.end()
    return steps or None


def _unplaced(node: Node | None, source: Source) -> Node:
    """Return the tree of a ``--set`` value without lines: it stands in no file."""
    if node is None:
        return Node(None, source, 0, 0, 0, 0)
    value = node.value
    if isinstance(value, dict):
        value = {key: _unplaced(child, source) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_unplaced(child, source) for child in value]
    return Node(value, source, 0, 0, 0, 0, node.text)


def _aimed(root: Node, setting: tuple[list[str | int], Node], faults: list[Fault]) -> Node | None:
    """Return a tree that holds nothing but one ``--set`` value at its place."""
    steps, node = setting
    below: list[Node | None] = [root]
    for step in steps[:-1]:
        below.append(_child(below[-1], step))
    for depth in range(len(steps) - 1, -1, -1):
        step, holder = steps[depth], below[depth]
        if isinstance(step, str):
            node = node._replace(value={step: node})
            continue
        items: list[Node] = holder.value if holder is not None and isinstance(holder.value, list) else []
        if step >= len(items):
            key = node.source.name.removeprefix("--set ")
            faults.append(Fault(node.source.name, 0, 0, key, f"there is no entry [{step}]; the list has {len(items)}"))
            return None
        changed = [*items]
        changed[step] = merge(items[step], node)
        node = node._replace(value=changed)
    return node


def _child(node: Node | None, step: str | int) -> Node | None:
    if node is None:
        return None
    if isinstance(step, str):
        value: Mapping[str, Node] = node.value if isinstance(node.value, dict) else {}
        return value.get(step)
    return node.value[step] if isinstance(node.value, list) and step < len(node.value) else None
