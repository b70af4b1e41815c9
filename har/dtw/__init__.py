"""The DTW engine: arrays in, numbers out, no estimator.

A distance of two series, matrices, exact nearest neighbours and learned profiles, all on squared Euclidean local costs.
One pair goes through a plain recurrence; where one series meets many, they advance together, one in each lane of a
vector register.
"""
