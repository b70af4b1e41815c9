"""The lecture's numbers, in NumPy: how weights are written, clipped, rounded and shared. For teaching and analysis."""
