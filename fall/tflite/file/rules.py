"""Check what runtimes assume about the graph of a .tflite file without checking it; a violation crashes the process."""

from __future__ import annotations

from fall.tflite.file.calls import Call, Integers
from fall.tflite.file.operators import ALLOWED, MAX_RANK, OperatorRule
from fall.tflite.file.quantization import check_quantization, check_scales
from fall.tflite.file.refusals import contradiction, unsupported
from fall.tflite.file.tensors import Graph

# More than any image classifier needs, and less than a small computer's memory.
_MAX_ACTIVATION_BYTES = 2**31
_MAX_KNOWN = 64  # integers: more than a shape, its axes or its paddings have
_FUSED_ACTIVATIONS = range(4)  # none, ReLU, ReLU from −1 to 1, ReLU6


def check_rules(graph: Graph) -> None:
    """Raise if tensors or operators contradict themselves or one another.

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.
    InvalidInputError
        If an operator is not one of image classifiers, sides depend on the image, or the activations vanish from layer
        to layer, as in an untrained network.
    """
    for tensor in graph.tensors:
        if len(tensor.shape) > MAX_RANK:
            raise contradiction(f"tensor {tensor.name!r} has the {len(tensor.shape)} axes {tensor.shape[:9]}")
        check_quantization(tensor)
    needed = sum(tensor.nbytes for tensor in graph.tensors if tensor.data is None)
    if needed > _MAX_ACTIVATION_BYTES:
        raise contradiction(f"its tensors claim {needed:,} bytes")
    for operator in graph.operators:
        if operator.name not in ALLOWED:
            raise unsupported(f"has the operator {operator.name}")
    _check_order(graph)
    known = _known_constants(graph)
    for operator in graph.operators:
        call, rule = Call.of(operator, graph, known), ALLOWED[operator.name]
        _check_parts(call, rule)
        _check_shapes(call, rule)
        check_scales(call)
        written = rule.known(call) if rule.known else None
        if written is not None:
            known[operator.outputs[0]] = written


def _known_constants(graph: Graph) -> dict[int, Integers]:
    """The constants that may be shapes, axes or paddings, by the number of their tensor."""
    return {
        number: tensor.data
        for number, tensor in enumerate(graph.tensors)
        if tensor.data is not None and tensor.type_name in ("int32", "int64") and tensor.size <= _MAX_KNOWN
    }


def _check_order(graph: Graph) -> None:
    """Operators read only constants, inputs and tensors already written, and every tensor is written once."""
    n = len(graph.tensors)
    used = [*graph.inputs, *graph.outputs]
    used += [number for operator in graph.operators for number in (*operator.inputs, *operator.outputs)]
    if any(not -1 <= number < n for number in used):
        raise contradiction(f"an operator names a tensor beyond its {n}")
    constants = {number for number, tensor in enumerate(graph.tensors) if tensor.data is not None}
    ready = constants.union(graph.inputs)
    if len(ready) != len(constants) + len(graph.inputs) or -1 in ready:
        raise contradiction("an input is a constant, or none")
    for operator in graph.operators:
        if not ready.issuperset(number for number in operator.inputs if number >= 0):
            raise contradiction(f"{operator.name} reads what nothing has written")
        if not ready.isdisjoint(operator.outputs) or len(set(operator.outputs)) != len(operator.outputs):
            raise contradiction(f"{operator.name} writes what is already there")
        if -1 in operator.outputs:
            raise contradiction(f"{operator.name} lacks an output")
        ready.update(operator.outputs)
    if not ready.issuperset(graph.outputs):
        raise contradiction("an output is never written")


def _check_parts(call: Call, rule: OperatorRule) -> None:
    """An operator has as many inputs and outputs as its rule says, of types that fit, and its own options."""
    for tensors, (least, most), what in ((call.inputs, rule.inputs, "inputs"), (call.outputs, rule.outputs, "outputs")):
        if not least <= len(tensors) <= most:
            raise call.refused(f"has {len(tensors)} {what}")
    needed = call.inputs[:-1] if rule.optional and len(call.inputs) == rule.inputs[1] else call.inputs
    if any(tensor is None for tensor in needed):
        raise call.refused("lacks an input")
    if call.options is None and rule.needs_options:
        raise call.refused("has no options")
    if call.options is not None and type(call.options).__name__ != rule.options:
        raise call.refused(f"has the options of another operator, {type(call.options).__name__}")
    if hasattr(call.options, "FusedActivationFunction"):
        activation = call.options.FusedActivationFunction()
        if activation not in _FUSED_ACTIVATIONS:
            raise call.refused(f"has the activation function {activation}")
    if not rule.dtype(call):
        reads = ["none" if tensor is None else tensor.type_name for tensor in call.inputs]
        writes = [tensor.type_name for tensor in call.outputs]
        raise call.refused(f"makes {', '.join(writes[:9])} of {', '.join(reads[:9])}")


def _check_shapes(call: Call, rule: OperatorRule) -> None:
    """The outputs have the shapes that follow from the inputs; costs are counted from these."""
    ranks = [len(tensor.shape) for tensor in call.inputs if tensor is not None]
    if max(ranks) > rule.max_rank:
        raise unsupported(f"has a {call.name} of {max(ranks)} axes")
    follows, written = rule.shape(call), [tensor.shape for tensor in call.outputs]
    if follows == written:
        return
    what = f"makes the shapes {written[:9]} where {follows[:9]} follow"
    if any(tensor.is_dynamic for tensor in (*call.inputs, *call.outputs) if tensor is not None):
        raise unsupported(f"has a {call.name} that {what}", "convert it with fixed shapes")
    raise call.refused(what)
