"""Streams of chance that a seed gives: each purpose has one of its own, so that none moves another."""

from collections.abc import Iterator

import numpy as np


def streams(seed: np.random.SeedSequence, count: int, *, of: tuple[int, ...] = ()) -> Iterator[np.random.Generator]:
    """So many generators of a seed, `of` somebody of whom it has several; asked again they begin anew.

    `seed.spawn` gives others the second time it is asked.
    """
    for part in range(count):
        yield np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *of, part)))
