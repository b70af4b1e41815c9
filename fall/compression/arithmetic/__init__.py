"""Number formats, clipping, rounding and weight sharing in NumPy, as in the lecture: for teaching and analysis."""
