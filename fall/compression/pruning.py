"""Magnitude pruning: the smallest weights are set to zero, gradually, while fine-tuning adapts the others.

TensorFlow's model optimization toolkit prunes single weights and 2:4 patterns. Rows, kernels and blocks are pruned here
by the same schedule, since the toolkit supports blocks in dense layers only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.errors import InvalidInputError
from common.validation import check_choice, check_number
from fall import backend
from fall.compression.graph import copy_layer, rebuild, unwrapped, weighted_layers
from fall.compression.masks import GRANULARITIES, Mask, magnitude_mask
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd

# Smaller layers are not compressed: they hold few weights, each of which matters.
MIN_WEIGHTS = 1000
_RAMP_FRACTION = 0.6  # of the fine-tuning, during which the sparsity rises
_PRUNING_INTERVAL = 5  # steps


def prune(
    model: Any,
    tuner: Tuner,
    *,
    sparsity: float = 0.8,
    granularity: str = "weight",
    norm: float = 1.0,
    gradual: bool = True,
) -> tuple[Any, pd.DataFrame]:
    """Prune convolutions and dense layers of at least 1,000 weights, and fine-tune.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network, which is not changed.
    tuner : Tuner
        Fine-tunes the network.
    sparsity : float
        Fraction of the weights (or groups) of each layer to prune. Ignored by "2:4", which always prunes half.
    granularity : "weight", "row", "kernel", "block" or "2:4"
        The groups of weights to prune, see :func:`fall.compression.magnitude_mask`.
    norm : float
        The p of the Lp norm of rows, kernels and blocks.
    gradual : bool
        Raise the sparsity along a cubic polynomial during the first part of the fine-tuning (Zhu & Gupta 2017); if
        False, prune at once, then fine-tune.

    Returns
    -------
    model : tf_keras.Model
        The pruned network.
    history : pandas.DataFrame
        A row for each epoch.

    Raises
    ------
    InvalidInputError
        If the sparsity does not lie from 0 to below 1, there is no such granularity, or no layer is large enough.

    References
    ----------
    Han et al.: Learning both weights and connections for efficient neural networks. NeurIPS 2015.
    https://arxiv.org/abs/1506.02626
    Zhu & Gupta: To prune, or not to prune. 2017. https://arxiv.org/abs/1710.01878

    Examples
    --------
    >>> import numpy as np
    >>> from common import Split
    >>> from fall import build_network
    >>> from fall.training import Schedule
    >>> images = np.repeat(np.uint8([20, 230] * 4), 8 * 8 * 3).reshape(8, 8, 8, 3)
    >>> schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    >>> tuner = Tuner(images, np.arange(8) % 2, Split(np.arange(8), np.arange(0)), None, schedule, epochs=1)
    >>> model = build_network("perceptron", (8, 8, 3), units=8)  # 1,536 + 16 weights
    >>> pruned, history = prune(model, tuner, sparsity=0.75, gradual=False)
    >>> [float((layer.get_weights()[0] == 0).mean()) for layer in pruned.layers if layer.get_weights()]
    [0.75, 0.0]
    """
    check_number(sparsity, "sparsity", at_least=0, below=1)
    check_choice(granularity, "granularity", GRANULARITIES)
    names = {layer.name for layer in weighted_layers(model, at_least=MIN_WEIGHTS)}
    if not names:
        raise InvalidInputError(f"model has no layer of {MIN_WEIGHTS} weights or more: there is nothing to prune")
    title = f"pruning, {granularity}"
    if granularity not in ("weight", "2:4"):
        pruned = rebuild(model, copy_layer)
        masks = _masks_callback(pruned, names, tuner, sparsity, granularity, norm, gradual)
        return pruned, tuner.fine_tune(pruned, title, callbacks=[masks], keep_best=False)

    sparse = backend.tfmot().sparsity.keras
    options: dict[str, Any] = {"pruning_schedule": _schedule(tuner, sparsity, gradual)}
    if granularity == "2:4":
        options["sparsity_m_by_n"] = (2, 4)

    def substitute(layer: Any, inputs: Any) -> Any:
        if layer.name not in names:
            return copy_layer(layer, inputs)
        wrapped = sparse.prune_low_magnitude(
            type(layer).from_config(layer.get_config() | {"trainable": True}), **options
        )
        outputs = wrapped(inputs)
        wrapped.layer.set_weights(layer.get_weights())
        return outputs

    wrapped = rebuild(model, substitute)
    history = tuner.fine_tune(wrapped, title, callbacks=[sparse.UpdatePruningStep()], keep_best=False)
    return unwrapped(sparse.strip_pruning(wrapped)), history


def _schedule(tuner: Tuner, sparsity: float, gradual: bool) -> Any:
    sparse = backend.tfmot().sparsity.keras
    if not gradual:
        # Prune only once, at the first step; weights that are zero stay zero.
        return sparse.ConstantSparsity(sparsity, begin_step=0, end_step=1, frequency=1)
    ramp = _ramp_steps(tuner)
    return sparse.PolynomialDecay(0.0, sparsity, begin_step=0, end_step=ramp, frequency=min(_PRUNING_INTERVAL, ramp))


def _ramp_steps(tuner: Tuner) -> int:
    steps = max(1, round(_RAMP_FRACTION * tuner.steps))
    return -(-steps // _PRUNING_INTERVAL) * _PRUNING_INTERVAL if steps > _PRUNING_INTERVAL else steps


def _masks_callback(
    model: Any, names: set[str], tuner: Tuner, sparsity: float, granularity: str, norm: float, gradual: bool
) -> Any:
    """A callback that sets the smallest groups of weights to zero and keeps them zero during training."""
    layers = [layer for layer in model.layers if layer.name in names]
    ramp = _ramp_steps(tuner) if gradual else 1

    Callback: Any = backend.keras().callbacks.Callback

    class KeepPruned(Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            self.step = 0
            self.masks: dict[str, Mask] = {}

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.step += 1
            if self.step <= ramp and (self.step % _PRUNING_INTERVAL == 0 or self.step == ramp):
                part = sparsity * (1 - (1 - self.step / ramp) ** 3)
                self.masks = {
                    layer.name: magnitude_mask(layer.kernel.numpy(), part, granularity=granularity, norm=norm)
                    for layer in layers
                }
            for layer in layers if self.masks else ():
                layer.kernel.assign(layer.kernel * self.masks[layer.name] + 0.0)  # −0.0 becomes 0.0

    return KeepPruned()
