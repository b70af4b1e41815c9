"""What the specification in Python decides, in the rows that :mod:`examples.boards.exported` gives."""

import numpy as np

from har.embedded.recognizer import IntegerRecognizer


def classified(recognizer: IntegerRecognizer, windows: np.ndarray) -> np.ndarray:
    """Class, prototype and distance of prepared windows."""
    decisions = recognizer.decide_scaled(windows)
    return np.stack([decisions.class_index, decisions.prototype, decisions.distance.astype(np.int64)], axis=1)


def streamed(recognizer: IntegerRecognizer, samples: np.ndarray) -> np.ndarray:
    """The number of the sample, class, prototype and distance of each decision."""
    stream = recognizer.stream()
    decisions = [(number, stream.push(sample)) for number, sample in enumerate(samples)]
    rows = [
        (number, int(due.class_index[0]), int(due.prototype[0]), int(due.distance[0]))
        for number, due in decisions
        if due is not None
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)
