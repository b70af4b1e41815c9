"""wildboar's exact nearest neighbours, for :mod:`tests.benchmarks.peers`: runs in an environment of its own.

Prints the neighbours; then, for each line that it reads, the CPU seconds of one search.
"""

import json
import sys
import time

import numpy as np
from wildboar.distance import argmin_distance

problem = np.load(sys.argv[1])
queries, train = problem["queries"], problem["train"]
# A little above the share, against rounding.
params = {"r": (int(problem["radius"]) + 0.5) / train.shape[1]}


def search():
    return argmin_distance(queries, train, k=1, metric="dtw", metric_params=params, n_jobs=1)


print(json.dumps(search()[:, 0].tolist()), flush=True)
for _ in sys.stdin:
    began = time.process_time()
    search()
    print(json.dumps(time.process_time() - began), flush=True)
