"""Knowledge distillation: a small network learns from a large one what an image is, and what it is nearly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.validation import check_number
from fall import backend
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd

_SMALLEST = 1e-7  # a probability whose logarithm is still finite


def distill(teacher: Any, student: Any, tuner: Tuner, *, temperature: float = 3.0, hard: float = 0.3) -> pd.DataFrame:
    """Train ``student`` in place, from scratch, on labels and on the teacher's softened probabilities.

    The loss is ``hard`` times the cross-entropy with the labels, plus ``1 − hard`` times T² times the cross-entropy
    with the teacher's probabilities, both networks' logits divided by the temperature T. Teacher and student see the
    same augmented variant of an image.

    Parameters
    ----------
    teacher, student : tf_keras.Model
        From the same images to the probabilities of the same classes.
    tuner : Tuner
        What to train on.
    temperature : float
        How soft the probabilities are made.
    hard : float
        Weight of the labels, in [0, 1].

    Returns
    -------
    pandas.DataFrame
        A row an epoch.

    References
    ----------
    Hinton et al.: Distilling the knowledge in a neural network. 2015. https://arxiv.org/abs/1503.02531
    """
    check_number(temperature, "temperature", above=0)
    check_number(hard, "hard", at_least=0, below=1 + 1e-12)
    return tuner.train(_lesson(teacher, student, temperature, hard), "distillation")


def _lesson(teacher: Any, student: Any, temperature: float, hard: float) -> Any:
    """A model that trains the student and behaves like it otherwise."""
    keras, tf = backend.keras(), backend.tensorflow()
    Model: Any = keras.Model

    def soften(probabilities: Any) -> Any:
        # The networks end in a softmax: the logarithms of its outputs are logits, up to a constant that cancels.
        return tf.nn.softmax(tf.math.log(tf.maximum(probabilities, _SMALLEST)) / temperature)

    class Lesson(Model):
        def call(self, images: Any, training: bool | None = None) -> Any:
            return student(images, training=training)

        def train_step(self, data: Any) -> dict[str, Any]:
            images, labels, weights = keras.utils.unpack_x_y_sample_weight(data)
            soft = soften(teacher(images, training=False))
            with tf.GradientTape() as tape:
                probabilities = student(images, training=True)
                told = self.compute_loss(images, labels, probabilities, weights)
                shown = keras.losses.categorical_crossentropy(soft, soften(probabilities))
                shown = tf.reduce_mean(shown if weights is None else shown * weights)
                loss = hard * told + (1 - hard) * temperature**2 * shown
            self.optimizer.minimize(loss, student.trainable_variables, tape=tape)
            return dict(self.compute_metrics(images, labels, probabilities, weights))

    return Lesson()
