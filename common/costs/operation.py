"""Costs before and after a decision: training a model, and sending a message."""

from __future__ import annotations

from dataclasses import replace

from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.validation import check_integer


def training_cost(forward: Cost, n_examples: int, *, epochs: int = 1, passes: int = 3) -> Cost:
    """Training by gradient: every example in every epoch, forward and backward; O(|w|·|E|) per pass.

    The backward pass takes about twice as many MACs as the forward pass, since it computes the gradients of each
    layer's input and of its weights; hence 3 passes. The update of the weights, once per mini-batch, is not counted,
    nor is the memory for gradients and for the activations of all layers: ``weight_bytes`` and ``activation_bytes``
    are those of ``forward``. The arithmetic is float32, whatever that of ``forward``: gradients vanish in
    8 bits.

    Parameters
    ----------
    forward : Cost
        Cost of one decision of the trained model.
    n_examples, epochs : int
        Number of training windows or images, and how often each is used.
    passes : int
        Cost of a training step in forward passes: 3 for a network, 1 for learned prototypes (LVQ), whose gradient
        flows only along two warping paths. k-NN is not trained at all: it stores its training set.

    Returns
    -------
    Cost
        Of the whole training.

    Raises
    ------
    InvalidInputError
        If ``forward`` is no Cost, or a number is not an integer of at least 1.

    References
    ----------
    Kaplan et al.: Scaling laws for neural language models. 2020, section 2.1. https://arxiv.org/abs/2001.08361

    Examples
    --------
    The lecture's CNN at 96×96 for 20 epochs on 8,000 images, in MACs:

    >>> from common import conv2d_cost, dense_cost
    >>> cnn = conv2d_cost(96, 96, 3, 8, 5) + conv2d_cost(46, 46, 8, 16, 5) + dense_cost(7056, 32) + dense_cost(32, 2)
    >>> f"{training_cost(cnn, 8_000, epochs=20).macs:.2e}"
    '5.26e+12'
    """
    if not isinstance(forward, Cost):
        raise InvalidInputError(f"forward is a {type(forward).__name__}; pass a Cost, such as ledger.total")
    n, e = check_integer(n_examples, "n_examples"), check_integer(epochs, "epochs")
    return replace(forward * (check_integer(passes, "passes") * n * e), arithmetic="float32")


def transmission_cost(
    n_values: int, *, bytes_per_value: int = 1, packet_bytes: int = 244, overhead_bytes: int = 17
) -> Cost:
    """One message by radio: raw samples, features, or only a decision.

    The defaults are those of Bluetooth Low Energy: an unencrypted packet carries up to 244 bytes of a notification and
    17 bytes of overhead (preamble 1, access address 4, header 2, L2CAP 4, attribute protocol 3, checksum 3).

    Parameters
    ----------
    n_values, bytes_per_value : int
        Number and size of the sent values.
    packet_bytes, overhead_bytes : int
        Maximum payload of a packet, and overhead of every packet.

    Returns
    -------
    Cost
        Its ``sent_bytes`` count payload and overhead.

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1 (at least 0 for the overhead).

    References
    ----------
    Bluetooth Core Specification 5.3, volume 6 part B section 2 (packets), volume 3 part A and F (L2CAP, ATT).

    Examples
    --------
    A window of 128 samples and 9 channels in 16 bits, and a decision:

    >>> raw, decision = transmission_cost(128 * 9, bytes_per_value=2), transmission_cost(1)
    >>> raw.sent_bytes, decision.sent_bytes
    (2474, 18)
    """
    payload = check_integer(n_values, "n_values") * check_integer(bytes_per_value, "bytes_per_value")
    n_packets = -(-payload // check_integer(packet_bytes, "packet_bytes"))
    return Cost(sent_bytes=payload + n_packets * check_integer(overhead_bytes, "overhead_bytes", at_least=0))
