"""Random numbers, one independent stream per part of the city."""

import numpy as np


def stream(seed: int, *part: str) -> np.random.Generator:
    """Return the random stream of one part: a spawned child of the seed, keyed by the part's name.

    Since no part's numbers depend on how many another part has drawn, a new part, operator or day leaves all
    others as they were.
    """
    key = "/".join(part).encode()
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(key)))
