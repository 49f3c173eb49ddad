"""Random numbers of a fit: one stream for each use, found by its name."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *ids: str | int) -> np.random.Generator:
    """
    Return the generator that belongs to a seed and some names; another name changes no other stream.

    Parameters
    ----------
    seed
        Seed of the fit.
    ids
        What the numbers are for.

    Examples
    --------
    >>> bool(generator(1, "a").random() == generator(1, "a").random())
    True
    """
    text = "\0".join(f"{type(part).__name__}:{part}" for part in (seed, *ids))
    key = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))
