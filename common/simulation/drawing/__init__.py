"""From a scene to pixels: ray tracing, compiled by Numba and loaded when the first frame is drawn."""
