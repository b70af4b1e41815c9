"""Exact nearest neighbours under banded DTW: bounds first, float32 next, float64 last.

The search runs in float32, since a register holds twice as many such numbers as float64. The error of a float32
distance is bounded (:mod:`har.dtw.rounding`), which gives an interval that contains the float64 distance. Windows whose
lower end exceeds the k-th smallest upper end cannot be among the k nearest. The few that remain are computed again in
float64 by the recurrence of :func:`har.pairwise_dtw`: distances, their order and their ties always equal those of its
matrix.

There are two ways to the candidates, and a test on training windows chooses between them when an index is built:

- :mod:`har.dtw.search.cascade`: lower bounds rule out most windows, and DTW is computed for batches of the others;
- :mod:`har.dtw.search.exhaustive`: where bounds rule out too little to pay for themselves, DTW is computed for all
  windows, in blocks of similar ones that are abandoned early.
"""

from har.dtw.search.index import NeighborIndex as NeighborIndex
