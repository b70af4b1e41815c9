"""Random series for the DTW tests: short, with ties, constants and several channels."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def series_pairs(draw, *, longest=60, equal=False):
    """Two series with the same channels; drawn from few values now and then, so that paths tie."""
    # Each number of channels is compiled apart; 14 are more than the compiler unrolls.
    channels = draw(st.sampled_from([1, 3, 14]))
    n = draw(st.integers(1, longest))
    m = n if equal else draw(st.integers(1, longest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["normal", "walk", "few values", "constant", "offset"]))

    def series(length):
        if kind == "few values":
            return rng.integers(0, 3, (length, channels)).astype(float)
        if kind == "constant":
            return np.full((length, channels), float(rng.integers(0, 2)))
        noise = rng.normal(size=(length, channels))
        return np.cumsum(noise, axis=0) if kind == "walk" else noise + (1e3 if kind == "offset" else 0.0)

    return series(n), series(m)


bands = st.one_of(st.none(), st.integers(0, 70), st.floats(0.01, 1.0))
