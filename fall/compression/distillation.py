"""Knowledge distillation: a small network is trained on the class probabilities of a large one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.validation import check_number
from fall import backend
from fall.compression.tuning import Tuner
from fall.networks.outputs import OutputKind, output_kind, to_probabilities

if TYPE_CHECKING:
    import pandas as pd

_MIN_PROBABILITY = 1e-7  # keeps logarithms finite


def distill(teacher: Any, student: Any, tuner: Tuner, *, temperature: float = 3.0, hard: float = 0.3) -> pd.DataFrame:
    """Train ``student`` in place, from scratch, on labels and on the teacher's softened probabilities.

    The loss is ``hard`` times the cross-entropy with the labels, plus ``1 − hard`` times T² times the cross-entropy
    with the teacher's probabilities, where both networks' logits are divided by the temperature T. Teacher and student
    are given the same augmented variant of an image.

    Parameters
    ----------
    teacher, student : tf_keras.Model
        Networks with the same input, pixel range and classes; they may give probabilities or logits.
    tuner : Tuner
        Trains the student.
    temperature : float
        A higher temperature makes the probabilities softer.
    hard : float
        Weight of the labels, in [0, 1].

    Returns
    -------
    pandas.DataFrame
        A row for each epoch.

    Raises
    ------
    InvalidInputError
        If the temperature is not above 0, or ``hard`` does not lie from 0 to 1.

    References
    ----------
    Hinton et al.: Distilling the knowledge in a neural network. 2015. https://arxiv.org/abs/1503.02531

    Examples
    --------
    >>> import numpy as np
    >>> from common import Split
    >>> from fall import build_network
    >>> from fall.training import Schedule
    >>> images = np.repeat(np.uint8([20, 230] * 4), 8 * 8 * 3).reshape(8, 8, 8, 3)
    >>> schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    >>> tuner = Tuner(images, np.arange(8) % 2, Split(np.arange(8), np.arange(0)), None, schedule, epochs=1)
    >>> teacher, student = (build_network("perceptron", (8, 8, 3), units=units) for units in (32, 4))
    >>> history = distill(teacher, student, tuner, temperature=3.0)
    >>> len(history), student.count_params() < teacher.count_params() / 7
    (1, True)
    """
    check_number(temperature, "temperature", above=0)
    check_number(hard, "hard", at_least=0, below=1 + 1e-12)
    model = _distillation_model(teacher, student, temperature, hard)
    return tuner.train(model, "distillation", outputs=output_kind(student))


def _distillation_model(teacher: Any, student: Any, temperature: float, hard: float) -> Any:
    """A model that computes what the student computes, and trains it on the teacher's probabilities."""
    keras, tf = backend.keras(), backend.tensorflow()
    Model: Any = keras.Model

    kinds = output_kind(teacher), output_kind(student)

    def soften(outputs: Any, kind: OutputKind) -> Any:
        # The logarithms of probabilities are logits up to a constant, which cancels.
        probabilities = to_probabilities(outputs, kind)
        return tf.nn.softmax(tf.math.log(tf.maximum(probabilities, _MIN_PROBABILITY)) / temperature)

    class DistillationModel(Model):
        def call(self, images: Any, training: bool | None = None) -> Any:
            return student(images, training=training)

        def train_step(self, data: Any) -> dict[str, Any]:
            images, labels, weights = keras.utils.unpack_x_y_sample_weight(data)
            teacher_probabilities = soften(teacher(images, training=False), kinds[0])
            with tf.GradientTape() as tape:
                outputs = student(images, training=True)
                label_loss = self.compute_loss(images, labels, outputs, weights)
                losses = keras.losses.categorical_crossentropy(teacher_probabilities, soften(outputs, kinds[1]))
                teacher_loss = tf.reduce_mean(losses if weights is None else losses * weights)
                loss = hard * label_loss + (1 - hard) * temperature**2 * teacher_loss
            self.optimizer.minimize(loss, student.trainable_variables, tape=tape)
            return dict(self.compute_metrics(images, labels, outputs, weights))

    return DistillationModel()
