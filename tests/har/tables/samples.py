"""A walk of ten seconds at 50 Hz as a table, for the tests of imports."""

import numpy as np
import pandas as pd

N, RATE_HZ = 500, 50
SECONDS = np.arange(N) / RATE_HZ
CHANNELS = ["ax", "ay", "az"]


def walk(**columns):
    """Gravity on z, and a smooth movement on x and y; further columns as given."""
    moving = {"ax": 0.2 * np.sin(2 * SECONDS), "ay": 0.2 * np.cos(3 * SECONDS), "az": np.ones(N)}
    return pd.DataFrame({**moving, **columns})
