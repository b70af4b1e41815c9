"""Channel pruning: remove whole filters and neurons, and build a smaller network.

Zero weights make a file smaller only if it is compressed. Fewer channels reduce the file, the working memory and the
computation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer, check_number
from fall import backend
from fall.compression.channel_groups import ChannelGroups, Group, Keep, find_groups
from fall.compression.graph import rebuild
from fall.compression.tuning import Tuner
from fall.networks.pixels import DEFAULT_RANGE, InputRange, scale_pixels

if TYPE_CHECKING:
    import pandas as pd

IMPORTANCES = ("activation", "batch_norm")
_N_IMAGES = 256  # images that activations are measured on


def prune_channels(
    model: Any, tuner: Tuner, *, keep: float = 0.5, importance: str = "activation", rounds: int = 2
) -> tuple[Any, pd.DataFrame]:
    """Repeatedly remove the least important channels of every layer and fine-tune, until the fraction ``keep`` is left.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network, which is not changed.
    tuner : Tuner
        Measures activations and fine-tunes.
    keep : float
        Fraction of each layer's channels to keep, in (0, 1]; at least two channels are kept.
    importance : "activation" or "batch_norm"
        A channel's mean output for training images, or the scale in its batch normalization.
    rounds : int
        Number of times to prune and fine-tune; each round keeps the same fraction.

    Returns
    -------
    model : tf_keras.Model
        The smaller network.
    history : pandas.DataFrame
        A row for each epoch, with the column ``round``.

    Raises
    ------
    InvalidInputError
        If ``keep`` does not lie above 0 and up to 1, or there is no such importance.

    References
    ----------
    Liu et al.: Learning efficient convolutional networks through network slimming. ICCV 2017.
    https://arxiv.org/abs/1708.06519

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
    >>> smaller, history = prune_channels(model, tuner, keep=0.5, rounds=1)
    >>> model.count_params(), smaller.count_params()  # 8 units, of which 4 are left
    (1562, 782)
    """
    import pandas as pd

    check_number(keep, "keep", above=0, below=1 + 1e-12)
    check_choice(importance, "importance", IMPORTANCES)
    rounds = check_integer(rounds, "rounds")
    original = [group.n_channels for group in find_groups(model).groups()]
    images, histories = tuner.sample(_N_IMAGES), []
    for number in range(1, rounds + 1):
        groups = find_groups(model)
        n_kept = [max(2, round(n * keep ** (number / rounds))) for n in original]
        scores = channel_importance(model, groups, images, importance, tuner.input_range)
        kept = {
            id(group): _highest(score, min(n, group.n_channels))
            for group, score, n in zip(groups.groups(), scores, n_kept, strict=True)
            if score is not None
        }
        model = without_channels(model, groups, kept)
        history = tuner.fine_tune(model, f"channels, round {number} of {rounds}")
        histories.append(history.assign(round=number))
    return model, pd.concat(histories)


def channel_importance(
    model: Any, groups: ChannelGroups, images: Any, importance: str, input_range: InputRange = DEFAULT_RANGE
) -> list[npt.NDArray[np.float64] | None]:
    """A score for each channel of each group; None if no channel may be removed.

    Not the size of the weights, which would keep neurons that are never active. If several layers of a group have
    scores, each layer's are divided by their mean, and all are added. A group without batch normalization is scored by
    its outputs.
    """
    all_groups = groups.groups()
    scored_layers = [
        group.normalizations
        if importance == "batch_norm" and group.normalizations
        else group.rectified or group.producers
        for group in all_groups
    ]
    measured = [layer for layers in scored_layers for layer in layers if not _is_normalization(layer)]
    outputs = _mean_outputs(model, measured, images, input_range)

    def score(layer: Any) -> npt.NDArray[np.float64]:
        values = np.abs(layer.gamma.numpy()) if _is_normalization(layer) else outputs[layer.name]
        return np.asarray(values, np.float64) / max(float(np.mean(values)), 1e-12)

    return [
        None if group.fixed else np.sum([score(layer) for layer in layers], axis=0)
        for group, layers in zip(all_groups, scored_layers, strict=True)
    ]


def without_channels(model: Any, groups: ChannelGroups, kept: dict[int, Keep]) -> Any:
    """The network with only the channels in ``kept``, which maps the ``id`` of a group to a mask; others stay whole."""
    layers = backend.keras().layers

    def mask(group: Group) -> Keep:
        root = group.root()
        return kept.get(id(root), np.ones(root.n_channels, dtype=bool))

    def substitute(layer: Any, inputs: Any) -> Any:
        incoming, outgoing = mask(groups.before[layer.name]), mask(groups.after[layer.name])
        config, weights = layer.get_config() | {"trainable": True}, layer.get_weights()
        if isinstance(layer, layers.BatchNormalization):
            weights = [values[outgoing] for values in weights]
        elif isinstance(layer, layers.DepthwiseConv2D):
            weights = [weights[0][:, :, outgoing], *(bias[outgoing] for bias in weights[1:])]
        elif isinstance(layer, layers.Conv2D):
            config["filters"] = int(outgoing.sum())
            kernel = weights[0] if layer.groups > 1 else weights[0][:, :, incoming]
            weights = [kernel[..., outgoing], *(bias[outgoing] for bias in weights[1:])]
        elif isinstance(layer, layers.Dense):
            config["units"] = int(outgoing.sum())
            # After Flatten, all channels are repeated for each position.
            rows = np.tile(incoming, len(weights[0]) // len(incoming))
            weights = [weights[0][rows][:, outgoing], *(bias[outgoing] for bias in weights[1:])]
        smaller = type(layer).from_config(config)
        output = smaller(inputs)
        smaller.set_weights(weights)
        return output

    return rebuild(model, substitute)


def _is_normalization(layer: Any) -> bool:
    return isinstance(layer, backend.keras().layers.BatchNormalization)


def _mean_outputs(
    model: Any, measured: list[Any], images: Any, input_range: InputRange
) -> dict[str, npt.NDArray[np.float64]]:
    """Mean magnitude of each channel in the outputs of these layers, by the layer's name."""
    if not measured:
        return {}
    if len(images) == 0:
        raise InvalidInputError("there are no images to measure activations on")
    outputs = (
        backend.keras()
        .Model(model.input, [layer.output for layer in measured])
        .predict(scale_pixels(images, input_range), verbose=0, batch_size=64)
    )
    outputs = outputs if len(measured) > 1 else [outputs]
    return {
        layer.name: np.abs(output).mean(axis=tuple(range(output.ndim - 1)))
        for layer, output in zip(measured, outputs, strict=True)
    }


def _highest(score: npt.NDArray[np.float64], n: int) -> Keep:
    kept = np.zeros(len(score), dtype=bool)
    kept[np.argsort(-score, kind="stable")[:n]] = True
    return kept
