"""What the numbers are that a network gives, and how they become probabilities and decisions."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, encode_labels

# Probabilities of the classes, their logits, or for two classes the probability or the logit of the second one alone.
OutputKind = Literal["softmax", "logits", "sigmoid", "logit"]


# Layers that change neither the order nor the meaning of the numbers; the mean of probabilities is one, too.
_PASSING = ("Flatten", "Reshape", "Dropout", "GlobalAveragePooling2D", "AveragePooling2D", "InputLayer")
# Layers that a softmax may follow.
_LINEAR = ("Dense", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "BatchNormalization", "Add")


def output_kind(model: Any, name: str = "model") -> OutputKind:
    """What the outputs of a ``tf_keras`` network are, told by its last layers, also if these are wrapped.

    Raises
    ------
    InvalidInputError
        If they do not tell it.

    Examples
    --------
    >>> from fall import build_network
    >>> output_kind(build_network("perceptron", (8, 8, 3), units=4))
    'softmax'
    """
    node, n_outputs = model.outputs[0].node, model.output_shape[-1]
    function = None
    while function is None and not node.is_input:
        layer = node.layer
        function = _last_function(getattr(layer, "layer", layer))
        nested = getattr(layer, "outputs", None) if function is None else None
        node = nested[0].node if nested else node.keras_inputs[0].node
    if function == "softmax" and n_outputs > 1:
        return "softmax"
    if function == "sigmoid" and n_outputs == 1:
        return "sigmoid"
    if function == "linear":
        return "logits" if n_outputs > 1 else "logit"
    raise InvalidInputError(
        f"{name} ends in {function or 'no known layer'} with {n_outputs} output{'s' * (n_outputs > 1)}, which does not "
        "say what the numbers are: end it in Dense(n_classes, activation='softmax'), or for two classes in "
        "Dense(1, activation='sigmoid')"
    )


def _last_function(layer: Any) -> str | None:
    """The name of the function that a layer's outputs are values of; None if the layer before determines it."""
    kind = type(layer).__name__
    if kind in _PASSING or hasattr(layer, "inputs"):  # the latter is a nested model
        return None
    if kind == "Softmax":
        return "softmax"
    if kind == "TFOpLambda":  # tf.nn.softmax, tf.math.sigmoid
        return str(layer.get_config()["function"]).rpartition(".")[2]
    activation = getattr(layer, "activation", None)
    activation = getattr(activation, "activation", activation)  # of a quantization-aware layer
    function = getattr(activation, "__name__", None)
    if kind == "Activation" and function == "linear":
        return None
    if function in (None, "linear"):
        return "linear" if kind in _LINEAR else kind
    return str(function)


def to_probabilities(outputs: Any, kind: OutputKind) -> Any:
    """Probability of each class, ``(n, n_classes)``, from a network's outputs.

    Parameters
    ----------
    outputs : ndarray or tensor of float, shape (n, n_outputs)
        What the network gives.
    kind : {"softmax", "logits", "sigmoid", "logit"}
        What these numbers are. "sigmoid" and "logit" are single outputs for the second of two classes.

    Returns
    -------
    ndarray or tensor of float, shape (n, n_classes)

    Examples
    --------
    >>> to_probabilities(np.array([[0.25], [1.0]]), "sigmoid")
    array([[0.75, 0.25],
           [0.  , 1.  ]])
    >>> to_probabilities(np.log([[1.0, 3.0]]), "logits")
    array([[0.25, 0.75]])
    """
    if kind == "softmax":
        return outputs
    if isinstance(outputs, np.ndarray):
        concatenate, softmax = np.concatenate, _softmax
    else:
        from fall import backend

        tf = backend.tensorflow()
        concatenate, softmax = tf.concat, tf.nn.softmax
    if kind == "sigmoid":
        return concatenate([1 - outputs, outputs], 1)
    # The sigmoid of z is the second entry of the softmax of 0 and z.
    return softmax(concatenate([0 * outputs, outputs], 1) if kind == "logit" else outputs)


def decide(probabilities: FloatArray, positive_index: int, threshold: float) -> IntArray:
    """The class of each row: the positive one from ``threshold`` on, else the most probable of the others.

    Examples
    --------
    >>> decide(np.array([[0.5, 0.3, 0.2], [0.7, 0.2, 0.1]]), positive_index=1, threshold=0.3)
    array([1, 0])
    """
    others = probabilities.copy()
    others[:, positive_index] = -np.inf
    is_positive = probabilities[:, positive_index] >= threshold
    return np.where(is_positive, positive_index, others.argmax(axis=1))


def check_classes(classes: Any, n_outputs: int, name: str) -> npt.NDArray[Any]:
    """The labels in the order of a network's outputs, all different; one output stands for two classes."""
    distinct, codes = encode_labels(classes, name)
    n_classes = 2 if n_outputs == 1 else n_outputs
    if len(distinct) != len(codes) or len(codes) != n_classes:
        raise InvalidInputError(
            f"{name} is {np.asarray(classes).tolist()!r} for {n_outputs} output{'s' * (n_outputs > 1)}; it must be "
            f"{n_classes} different labels, in the order of the outputs"
            + (": the output is the probability of the second one" if n_outputs == 1 else "")
        )
    return distinct[codes]


def _softmax(logits: FloatArray) -> FloatArray:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
