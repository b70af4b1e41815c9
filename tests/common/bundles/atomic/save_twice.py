"""Save two bundles into one place, to be watched: ``python -m`` this module, then DIRECTORY HOW."""

import sys

import numpy as np

import common
from common.bundles import registry
from common.bundles.atomic import swap
from tests.common.bundles.example import Model, read, write

if __name__ == "__main__":
    directory, how = sys.argv[1:]
    registry.register("tests.model", Model, write, read)
    if how == "renames":
        swap.exchange = lambda first, second: False
    for number in range(2):
        common.save_bundle(Model(np.full(3, number), {}), directory)
