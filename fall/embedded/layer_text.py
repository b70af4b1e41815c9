"""The constants of each step as C text: weights, and the numbers of its kernel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fall.embedded.steps import AddStep, AnyStep, Filters, MeanStep, PadStep, SoftmaxStep, WindowStep
from fall.tflite.embedded.literals import numbers


def constants(number: int, step: AnyStep) -> str:
    """What the kernel of a step reads from flash."""
    if isinstance(step, WindowStep):
        return _window(number, step)
    if isinstance(step, AddStep):
        fields = _add_fields(step)
        return _structure("add_t", number, fields)
    if isinstance(step, MeanStep):
        height, width, channels = step.shape_in
        fields = {
            "n_pixels": height * width,
            "n_channels": channels,
            "in_zero": step.zero_in,
            "out_zero": step.zero_out,
            "multiplier": step.multiplier,
            "shift": step.shift,
        }
        return _structure("mean_t", number, fields)
    if isinstance(step, PadStep):
        return _structure("pad_t", number, _pad_fields(step))
    if isinstance(step, SoftmaxStep):
        fields = {
            "n_classes": step.shape_in[2],
            "multiplier": step.multiplier,
            "shift": step.shift,
            "least_difference": step.least_difference,
        }
        return _structure("softmax_t", number, fields)
    return ""


def array(c_type: str, name: str, values: Iterable[Any]) -> str:
    """A constant array."""
    texts = [str(int(value)) for value in values]
    return "\n".join([f"static const {c_type} {name}[{len(texts)}] = {{", *numbers(texts, per_line=20), "};", ""])


def _window(number: int, step: WindowStep) -> str:
    height, width, channels = step.shape_in
    fields: dict[str, Any] = {}
    arrays = ""
    if step.filters is not None:
        arrays = _filters(number, step.filters)
        fields = {name: f"{name}_{number}" for name in ("weights", "bias", "multiplier", "shift")}
        fields["pixels"] = "pixels" if step.pixels else "NULL"
    fields |= {
        "in_height": height,
        "in_width": width,
        "in_channels": channels,
        "out_width": step.shape_out[1],
        "out_channels": step.shape_out[2],
        "height": step.window.size[0],
        "width": step.window.size[1],
        "down": step.window.step[0],
        "right": step.window.step[1],
        "top": step.window.before[0],
        "left": step.window.before[1],
        "groups": step.groups,
        "in_zero": step.zero_in,
        "out_zero": step.zero_out,
        "least": step.bounds[0],
        "greatest": step.bounds[1],
    }
    return arrays + _structure("layer_t", number, fields)


def _filters(number: int, filters: Filters) -> str:
    return (
        array("int8_t", f"weights_{number}", filters.weights.reshape(-1))
        + array("int32_t", f"bias_{number}", filters.bias)
        + array("int32_t", f"multiplier_{number}", filters.multiplier)
        + array("int8_t", f"shift_{number}", filters.shift)
    )


def _add_fields(step: AddStep) -> dict[str, Any]:
    def pair(values: tuple[int, int, int]) -> str:
        return f"{{{values[0]}, {values[1]}}}"

    return {
        "zero": pair(step.zeros),
        "multiplier": pair(step.multipliers),
        "shift": pair(step.shifts),
        "out_zero": step.zeros[2],
        "out_multiplier": step.multipliers[2],
        "out_shift": step.shifts[2],
        "least": step.bounds[0],
        "greatest": step.bounds[1],
    }


def _pad_fields(step: PadStep) -> dict[str, Any]:
    return {
        "in_height": step.shape_in[0],
        "in_width": step.shape_in[1],
        "out_height": step.shape_out[0],
        "out_width": step.shape_out[1],
        "n_channels": step.shape_in[2],
        "top": step.before[0],
        "left": step.before[1],
        "zero": step.zero,
    }


def _structure(c_type: str, number: int, fields: dict[str, Any]) -> str:
    lines = [f"    .{name} = {value}," for name, value in fields.items()]
    return "\n".join([f"static const {c_type} layer_{number} = {{", *lines, "};", ""])
