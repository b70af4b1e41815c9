"""Everything that fine-tuning needs: the data, the people held out, and how the classifier was trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from common.evaluation.splits import Split
from common.validation import IntArray
from fall import training
from fall.networks.outputs import OutputKind
from fall.networks.pixels import DEFAULT_RANGE, InputRange
from fall.resizing import resize_images
from fall.tflite.conversion import even_rows
from fall.training import Frames, Schedule

if TYPE_CHECKING:
    import pandas as pd

# The lecture fine-tunes at 1/100 to 1/10 of the training's learning rate.
_RATE_FACTOR = 0.1
_NO_ROWS = np.empty(0, np.int64)


@dataclass(frozen=True)
class Tuner:
    """Fine-tunes a network, or trains another from scratch, on one set of images.

    Attributes
    ----------
    frames : ndarray or DecodedFrames
        The images.
    codes : ndarray of int, shape (n_images,)
        Number of each image's class, in the order of the network's outputs.
    split : Split
        Rows to train on, and rows of held-out subjects for early stopping, if any.
    weights : dict, optional
        Weight of each class in the loss.
    schedule : Schedule
        Schedule of the classifier's training.
    epochs : int
        Epochs of fine-tuning.
    input_range : tuple of float
        What the network expects for black and for white pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from common import Split
    >>> from fall import build_network
    >>> from fall.training import Schedule
    >>> images = np.repeat(np.uint8([20, 230] * 4), 8 * 8 * 3).reshape(8, 8, 8, 3)
    >>> schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    >>> tuner = Tuner(images, np.arange(8) % 2, Split(np.arange(8), np.arange(0)), None, schedule, epochs=1)
    >>> model = build_network("perceptron", (8, 8, 3), units=8)
    >>> len(tuner.train(model, "from scratch")), len(tuner.fine_tune(model, "further")), tuner.steps
    (1, 1, 1)
    >>> tuner.sample(4)[:, 0, 0, 0].tolist(), tuner.at_size(4).frames.shape
    ([20, 230, 20, 230], (8, 4, 4, 3))
    """

    frames: Frames
    codes: IntArray
    split: Split
    weights: dict[int, float] | None
    schedule: Schedule
    epochs: int
    input_range: InputRange = DEFAULT_RANGE

    def at_size(self, size: int) -> Tuner:
        """The same tuner with images of another size."""
        return self if self.frames.shape[1] == size else replace(self, frames=resize_images(self.frames, size))

    @property
    def steps(self) -> int:
        """Number of batches in fine-tuning."""
        return self.epochs * -(-len(self.split.train) // self.schedule.batch_size)

    def fine_tune(
        self, model: Any, title: str, *, callbacks: Sequence[Any] = (), keep_best: bool = True
    ) -> pd.DataFrame:
        """Train in place at a tenth of the learning rate; ``keep_best`` restores the best epoch on held-out subjects.

        If the network changes during training, as in gradual pruning, the best epoch may precede the change; use the
        last one then, by ``keep_best=False``.
        """
        schedule = replace(
            self.schedule, title=title, epochs=self.epochs, learning_rate=_RATE_FACTOR * self.schedule.learning_rate
        )
        return self._train(model, schedule, callbacks, keep_best)

    def train(self, model: Any, title: str, *, outputs: OutputKind | None = None) -> pd.DataFrame:
        """Train a new network in place, with the classifier's schedule; ``outputs`` as in :func:`training.train`."""
        return self._train(model, replace(self.schedule, title=title), (), True, outputs)

    def sample(self, n: int) -> Any:
        """Up to ``n`` training images, equally many of each class."""
        rows = self.split.train
        return self.frames[rows[even_rows(self.codes[rows], n, np.random.default_rng(self.schedule.seed))]]

    def _train(
        self,
        model: Any,
        schedule: Schedule,
        callbacks: Sequence[Any],
        keep_best: bool,
        outputs: OutputKind | None = None,
    ) -> pd.DataFrame:
        return training.train_on_frames(
            model,
            self.frames,
            self.codes,
            self.split if keep_best else Split(self.split.train, _NO_ROWS),
            schedule,
            weights=self.weights,
            callbacks=callbacks,
            outputs=outputs,
            input_range=self.input_range,
        )
