"""Blocks add up to the networks that were published."""

import pytest

from common import (
    Cost,
    bottleneck_cost,
    conv2d_cost,
    dense_cost,
    mbconv_cost,
    residual_cost,
    separable_conv2d_cost,
)
from common.errors import InvalidInputError

# torchvision's published parameters, which count batch normalization as 2 a filter (here a bias: 1), and giga-MACs.
# https://pytorch.org/vision/stable/models.html
RESNET18 = 11_689_512, 1.814
RESNET50 = 25_557_032, 4.089
RESNEXT50 = 25_028_904, 4.230
MOBILENET_V2 = 3_504_872, 0.301


def assert_published(blocks: Cost, n_filters: int, head: Cost, published: tuple[int, float]) -> None:
    params, giga_macs = published
    assert blocks.params + n_filters + head.params == params
    assert (blocks + head).macs / 1e9 == pytest.approx(giga_macs, abs=0.001)


class TestPublishedNetworks:
    def test_resnet18(self) -> None:
        blocks, n_filters = conv2d_cost(224, 224, 3, 64, 7, stride=2, padding="same"), 64
        channels, side = 64, 56
        for filters, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
            blocks += residual_cost(side, side, channels, filters, stride=stride)
            n_filters += 4 * filters + (filters if stride > 1 else 0)
            side //= stride
            blocks += residual_cost(side, side, filters, filters)
            channels = filters
        assert_published(blocks, n_filters, dense_cost(512, 1000), RESNET18)

    @pytest.mark.parametrize(("width", "groups", "published"), [(64, 1, RESNET50), (128, 32, RESNEXT50)])
    def test_resnet50_and_resnext50(self, width: int, groups: int, published: tuple[int, float]) -> None:
        blocks, n_filters = conv2d_cost(224, 224, 3, 64, 7, stride=2, padding="same"), 64
        channels, side = 64, 56
        for stage, depth in enumerate((3, 4, 6, 3)):
            filters, inner = 256 * 2**stage, width * 2**stage
            for i in range(depth):
                stride = 2 if stage and i == 0 else 1
                blocks += bottleneck_cost(side, side, channels, filters, inner=inner, groups=groups, stride=stride)
                n_filters += 2 * inner + filters + (filters if i == 0 else 0)
                channels, side = filters, side // stride
        assert_published(blocks, n_filters, dense_cost(2048, 1000), published)

    def test_mobilenet_v2(self) -> None:
        """Table 2 of Sandler et al.: expansion, filters, repetitions, stride."""
        table = [(6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        blocks = conv2d_cost(224, 224, 3, 32, 3, stride=2, padding="same")
        # The first block, t = 1: depthwise and pointwise, each with its batch normalization.
        blocks += separable_conv2d_cost(112, 112, 32, 16, 3, padding="same") + Cost(params=32)
        n_filters = 32 + 32 + 16
        channels, side = 16, 112
        for expansion, filters, repetitions, first_stride in table:
            for i in range(repetitions):
                stride = first_stride if i == 0 else 1
                blocks += mbconv_cost(side, side, channels, filters, expansion=expansion, stride=stride)
                n_filters += 2 * expansion * channels + filters
                channels, side = filters, side // stride
        blocks += conv2d_cost(7, 7, 320, 1280, 1)
        assert_published(blocks, n_filters + 1280, dense_cost(1280, 1000), MOBILENET_V2)


class TestBlocks:
    def test_formulas(self) -> None:
        side, m, n, k, b = 12, 8, 16, 3, 4
        area = side**2
        assert residual_cost(side, side, m, n, k).macs == area * (k * k * (m * n + n * n) + m * n)
        assert bottleneck_cost(side, side, m, n, k).macs == area * (m * b + k * k * b * b + b * n + m * n)
        assert bottleneck_cost(side, side, n, n, k, reduction=2, groups=4).macs == area * (8 * n + k * k * 16 + 8 * n)
        assert mbconv_cost(side, side, m, n, k, expansion=6).macs == area * 6 * m * (m + k * k + n)

    def test_working_memory_holds_the_shortcut(self) -> None:
        tensor = 12 * 12 * 16
        # The second convolution reads one tensor and writes another while the shortcut holds a third.
        assert residual_cost(12, 12, 16, 16, bytes_per_value=1).activation_bytes == 3 * tensor
        # Depthwise: two tensors of six times the channels, beside the input only where it is added.
        assert mbconv_cost(12, 12, 16, 16, bytes_per_value=1).activation_bytes == (12 + 1) * tensor
        assert mbconv_cost(12, 12, 16, 8, bytes_per_value=1).activation_bytes == 12 * tensor

    def test_a_projected_shortcut_waits_beside_the_result(self) -> None:
        cost = residual_cost(12, 12, 4, 64, bytes_per_value=1)
        assert cost.activation_bytes == 12 * 12 * (4 + 64 + 64)

    def test_odd_sides_and_strides(self) -> None:
        assert residual_cost(7, 5, 4, 8, stride=2).macs == 4 * 3 * (9 * 4 * 8 + 9 * 8 * 8 + 4 * 8)

    @pytest.mark.parametrize("function", [residual_cost, bottleneck_cost, mbconv_cost])
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((0, 12, 8, 8), "height is 0"),
            ((12, "12", 8, 8), "width is '12'"),
            ((12, 12, 8.0, 8), "channels is 8.0"),
            ((12, 12, 8, None), "filters is None"),
            ((12, 12, 8, 8, 0), "kernel is 0"),
            ((12, 12, 8, 8, 3, {"stride": 0}), "stride is 0"),
            ((12, 12, 8, 8, 3, {"stride": None}), "stride is None"),
            ((12, 12, 8, 8, 3, {"bytes_per_value": 0}), "bytes_per_value is 0"),
        ],
    )
    def test_refuses(self, function: object, arguments: tuple[object, ...], message: str) -> None:
        *shape, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            function(*shape, **options)

    @pytest.mark.parametrize(
        ("options", "message"),
        [({"reduction": 0}, "reduction is 0"), ({"inner": 0}, "inner is 0"), ({"groups": 3}, "groups is 3")],
    )
    def test_bottleneck_refuses(self, options: dict[str, int], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            bottleneck_cost(12, 12, 16, 16, **options)

    def test_mbconv_refuses(self) -> None:
        with pytest.raises(InvalidInputError, match="expansion is 0"):
            mbconv_cost(12, 12, 16, 16, expansion=0)
