"""Layers: the figures of the lecture, and those of Keras."""

import pytest

from common import Cost, conv2d_cost, dense_cost, separable_conv2d_cost
from common.errors import InvalidInputError


class TestLayers:
    """The figures of the lecture."""

    def test_perceptron(self) -> None:
        assert dense_cost(224 * 224 * 3, 1000) == Cost(
            params=150_529_000,
            macs=224 * 224 * 3 * 1000,
            weight_bytes=4 * 150_529_000,
            activation_bytes=4 * (224 * 224 * 3 + 1000),
        )

    @pytest.mark.parametrize(("side", "flat", "total"), [(224, 44_944, 1_442_226), (96, 7_056, 229_810)])
    def test_cnn(self, side: int, flat: int, total: int) -> None:
        first = conv2d_cost(side, side, 3, 8, 5)
        pooled = (side - 4) // 2
        second = conv2d_cost(pooled, pooled, 8, 16, 5)
        assert (first.params, second.params) == (608, 3216)
        assert first.macs == 5 * 5 * 3 * 8 * (side - 4) ** 2
        dense = dense_cost(flat, 32) + dense_cost(32, 2)
        batch_norms = Cost(params=32 + 64)
        assert (first + second + dense + batch_norms).params == total

    def test_separable_against_plain(self) -> None:
        assert conv2d_cost(12, 12, 3, 256, 5).macs == 1_228_800
        assert separable_conv2d_cost(12, 12, 3, 256, 5).macs == 53_952

    def test_separable_parameters(self) -> None:
        # Keras' SeparableConv2D(256, 5) on 3 channels: 75 depthwise, 768 pointwise, 256 biases.
        assert separable_conv2d_cost(12, 12, 3, 256, 5).params == 75 + 768 + 256
        assert separable_conv2d_cost(12, 12, 3, 256, 5, bias=False).params == 75 + 768

    def test_groups_divide_the_work(self) -> None:
        plain, grouped = (conv2d_cost(12, 12, 8, 16, 3, groups=g, bias=False) for g in (1, 4))
        assert (plain.macs, plain.params) == (4 * grouped.macs, 4 * grouped.params)

    @pytest.mark.parametrize(
        ("side", "kernel", "stride", "padding", "out"),
        [
            (12, 5, 1, "valid", 8),
            (12, 5, 1, "same", 12),
            (12, 3, 2, "valid", 5),
            (13, 3, 2, "same", 7),
            (5, 5, 3, "valid", 1),
        ],
    )
    def test_output_side(self, side: int, kernel: int, stride: int, padding: str, out: int) -> None:
        cost = conv2d_cost(side, side, 1, 1, kernel, stride=stride, padding=padding, bytes_per_value=1)
        assert cost.macs == kernel**2 * out**2
        assert cost.activation_bytes == side**2 + out**2

    @pytest.mark.parametrize(("channels", "filters", "name"), [(3, 8, "channels"), (4, 5, "filters")])
    def test_groups_that_do_not_divide(self, channels: int, filters: int, name: str) -> None:
        with pytest.raises(InvalidInputError, match=f"groups is 2; it must divide {name}"):
            conv2d_cost(12, 12, channels, filters, 5, groups=2)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((4, 12, 3, 8, 5), 'kernel is 5 but height is 4: use a smaller kernel or padding="same"'),
            ((12, 4, 3, 8, 5), "kernel is 5 but width is 4"),
            ((12, 12, 3, 8, 5, {"padding": "full"}), "padding is 'full'"),
            ((12, 12, 3, 8, 5, {"stride": 0}), "stride is 0"),
            ((12.5, 12, 3, 8, 5), "height is 12.5"),
            ((12, 12, 0, 8, 5), "channels is 0"),
            ((12, 12, 3, 8, "5"), "kernel is '5'"),
        ],
    )
    @pytest.mark.parametrize("function", [conv2d_cost, separable_conv2d_cost])
    def test_refuses(self, function: object, arguments: tuple[object, ...], message: str) -> None:
        *shape, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            function(*shape, **options)
