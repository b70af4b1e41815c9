"""All methods, the cheap ones first."""

from dataclasses import replace
from functools import partial

from har.selection import PROTOTYPE_SETTINGS
from tests.benchmarks.rivals.methods.dtw import neighbours, prototypes
from tests.benchmarks.rivals.methods.method import NO_CHANGE, Method
from tests.benchmarks.rivals.methods.networks import convolutional, network, tiny_har
from tests.benchmarks.rivals.methods.window_statistics import quant, random_forest, support_vectors

OURS = "prototypes, chosen"

PROTOTYPES, NEIGHBOURS = "learned prototypes (har)", "k-NN under DTW (har)"
STATISTICS, INTERVALS = "window statistics", "intervals, shapelets"
CONVOLUTIONS, NETWORKS = "random convolutions", "networks"
#: In the order of the figure's colors.
FAMILIES = (PROTOTYPES, STATISTICS, CONVOLUTIONS, INTERVALS, NEIGHBOURS, NETWORKS)

# A distance takes sixteen times as long at the recorded rate: prototypes are offered the slow windows only.
_SLOW = ("slow", "jerk")
_JERK = {name: "jerk" for name, setting in PROTOTYPE_SETTINGS.items() if setting.log_jerk}


def _with_at_most(most: int) -> tuple[str, ...]:
    """Names of settings with at most so many prototypes a class."""
    return tuple(name for name, setting in PROTOTYPE_SETTINGS.items() if setting.n_prototypes <= most)


# Each of its settings names changes and a form of its own. Raise its revision when learning changes.
_CHOSEN = Method(OURS, "chosen", PROTOTYPES, prototypes, tuple(PROTOTYPE_SETTINGS), forms=("slow",),
                 changes=(NO_CHANGE,), form_of_size=_JERK, revision=2)  # fmt: skip

METHODS = (
    Method("random forest", "forest", STATISTICS, random_forest, ("4", "1")),
    Method("SVM", "SVM", STATISTICS, support_vectors, ("1", "10")),
    *(replace(_CHOSEN, name=f"prototypes, at most {most} a class", label=f"≤ {most} a class",
              sizes=_with_at_most(most), stored_as=OURS) for most in (1, 4)),
    _CHOSEN,
    Method("MiniRocket", "MiniRocket", CONVOLUTIONS, None, ("2520", "9996"), ("840", "2520"), revision=2),
    Method("QUANT", "QUANT", INTERVALS, quant, ("3", "6"), most_inner=3_000),
    Method("k-NN DTW", "k-NN", NEIGHBOURS, neighbours, ("1", "3"), forms=_SLOW),
    Method("MultiRocket + Hydra", "MultiRocket + Hydra", CONVOLUTIONS, None, ("336 64", "1260 64"),
           ("168 32", "336 64")),
    Method("RDST", "RDST", INTERVALS, None, ("300", "1000")),
    Method("CNN", "CNN", NETWORKS, partial(network, build=convolutional), ("16", "48"),
           in_epochs=True),
    Method("TinyHAR", "TinyHAR", NETWORKS, partial(network, build=tiny_har), ("16", "32"),
           in_epochs=True),
)  # fmt: skip
