"""From a window's distances to all prototypes to class probabilities, by weights learned on held-out people.

The nearest prototype alone decides by one distance; a linear readout weighs all of them. Arrays in, arrays out: no
estimator stands here.
"""
