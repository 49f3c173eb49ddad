"""
The only door to numba: functions that are compiled where it is installed and plain Python where not.

A compiled function keeps its Python source: ``plain`` gives the same function, and everything compiled
that it calls, as ordinary Python. So one source serves as the fast runner and as its slow witness.
"""

from __future__ import annotations

import hashlib
import os
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


try:
    import numba
    import numpy as np
    from llvmlite import ir
    from numba.extending import intrinsic
except ImportError:  # pragma: no cover  # numba has no wheel for every machine; the source runs without it
    AVAILABLE = False
else:
    AVAILABLE = True


_HOME = Path(__file__).parent
_ROOMS = (_HOME / "simulation", _HOME / "geo" / "ways")
"""Where functions are compiled; those of one room call none of another."""


@cache
def _kept_in(room: Path | None) -> str:
    """Return the folder of the compiled code of a room, named after the source of everything that is compiled there."""
    digest = hashlib.blake2b(digest_size=8)
    for path in [Path(__file__), *(sorted(room.rglob("*.py")) if room else ())]:
        digest.update(path.read_bytes())
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(base / "netsim" / f"kernels-{digest.hexdigest()}")


def _jit(function: Callable[..., Any], **options: Any) -> Any:  # noqa: ANN401
    """
    Return the function compiled by numba at its first call and kept on disk by content.

    Left to itself numba looks at the file of a function alone and would run old code after a change in another file
    that the function calls. Who sets ``NUMBA_CACHE_DIR`` decides otherwise.
    """
    before = numba.config.CACHE_DIR
    if "NUMBA_CACHE_DIR" not in os.environ:
        source = Path(function.__code__.co_filename)
        numba.config.CACHE_DIR = _kept_in(next((room for room in _ROOMS if room in source.parents), None))
    try:
        return numba.njit(cache=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = before


_SOURCE: dict[int, Callable[..., Any]] = {}
"""Python source of each compiled function, by the id of the compiled one (both live as long as the module)."""


def compiled(function: Function) -> Function:
    """
    Return the function compiled at its first call, kept on disk; without numba the function itself.

    Floating-point operations stay in the order written (no fast-math), so that results equal Python's to
    the bit. The global interpreter lock is released while it runs. References are not counted (``_nrt``): a
    compiled function must not make arrays, and is many times faster with tables in hand.
    """
    if not AVAILABLE:
        return function
    return _keep(_jit(function, nogil=True, error_model="numpy", _nrt=False), function)


def inlined(function: Function) -> Function:
    """
    Return the function compiled into those that call it.

    For parts of a kernel that take its tables and memory: handing some fifty arrays to a function costs more
    than most of them do.
    """
    if not AVAILABLE:
        return function
    return _keep(_jit(function, nogil=True, error_model="numpy", _nrt=False, forceinline=True), function)


def _keep(fast: Any, function: Function) -> Function:  # noqa: ANN401
    _SOURCE[id(fast)] = function
    return cast("Function", fast)


def plain(function: Function) -> Function:
    """
    Return a compiled function as ordinary Python, together with all compiled functions that it calls.

    Parameters
    ----------
    function
        What ``compiled`` returned, or any Python function (returned as it is).
    """
    return cast("Function", _plain(function, {}))


def _plain(function: Callable[..., Any], made: dict[int, Callable[..., Any]]) -> Callable[..., Any]:
    """Return the Python twin; ``made`` keeps those that exist already, for functions that call each other."""
    source = _SOURCE.get(id(function))
    if source is None:
        return function
    if id(function) in made:
        return made[id(function)]
    if not isinstance(source, types.FunctionType):
        return source
    scope = dict(source.__globals__)
    twin = types.FunctionType(source.__code__, scope, source.__name__, source.__defaults__, source.__closure__)
    made[id(function)] = twin
    for name in source.__code__.co_names:
        if id(scope.get(name)) in _SOURCE:
            scope[name] = _plain(scope[name], made)
    return twin


def _multiply_high_plain(a: int, b: int) -> int:
    return (a * b) >> 64


def _word_plain(number: int) -> int:
    return int(number)


at: Callable[[int], int] = _word_plain
"""A position that is never negative, as a word: the compiler need not ask whether it counts from the end."""
multiply_high: Callable[[int, int], int] = _multiply_high_plain
"""The upper 64 bits of the product of two 64-bit words."""
word: Callable[[int], int] = _word_plain
"""A non-negative number as a 64-bit word."""

if AVAILABLE:

    @intrinsic  # type: ignore[untyped-decorator]
    def _multiply_high(_context: Any, _a: Any, _b: Any) -> Any:  # noqa: ANN401
        def generate(_codegen: Any, builder: Any, _signature: Any, words: Any) -> Any:  # noqa: ANN401
            wide = ir.IntType(128)
            product = builder.mul(builder.zext(words[0], wide), builder.zext(words[1], wide))
            return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

        return numba.uint64(numba.uint64, numba.uint64), generate

    def _word(number: int) -> Any:  # noqa: ANN401
        return np.uint64(number)

    def _product(a: int, b: int) -> Any:  # noqa: ANN401
        return _multiply_high(a, b)

    multiply_high = _jit(_product, inline="always")
    word = _jit(_word, inline="always")
    at = word
    _SOURCE[id(multiply_high)] = _multiply_high_plain
    _SOURCE[id(word)] = _word_plain
