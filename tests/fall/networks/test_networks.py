"""The networks against the lecture's figures, the papers' formulas, and Keras' own MobileNetV2."""

import numpy as np
import pytest

from common import InvalidInputError, conv2d_cost, separable_conv2d_cost
from fall import backend
from fall.networks import NETWORKS, CompoundScaling, blocks, build_network, scale_pixels, scaling_grid, search_scaling
from fall.networks.mobilenet import LAST_BLOCK

EFFICIENT = [name for name in NETWORKS if name.endswith("_cnn")]


def block_model(block, shape, *args, **options):
    """A model of one block alone."""
    inputs = backend.keras().layers.Input(shape)
    return backend.keras().Model(inputs, block(inputs, *args, name="block", **options))


def kernel_weights(model):
    """Weights of the convolutions, without biases and batch normalization: what the formulas count."""
    return sum(int(np.prod(weight.shape)) for weight in model.weights if "kernel" in weight.name)


def test_the_lectures_perceptron_has_150_million_parameters():
    model = build_network("perceptron", (224, 224, 3))
    assert model.get_layer("dense").count_params() == 150_529_000


def test_the_lectures_cnn_layer_by_layer():
    model = build_network("lecture_cnn", (224, 224, 3))
    parameters = [layer.count_params() for layer in model.layers if layer.count_params()]
    assert parameters == [608, 32, 3216, 64, 1_438_240, 66]
    assert model.count_params() == 1_442_226
    assert sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights) == 48
    sides = [layer.output_shape[1] for layer in model.layers if "conv" in layer.name or "pool" in layer.name]
    assert sides == [220, 110, 106, 53]


def test_the_lectures_cnn_at_the_labs_size():
    assert build_network("lecture_cnn", (96, 96, 3)).count_params() == 229_810


def test_relu_and_pooling_follow_batch_normalization():
    kinds = [type(layer).__name__ for layer in build_network("lecture_cnn").layers[1:5]]
    assert kinds == ["Conv2D", "BatchNormalization", "ReLU", "MaxPooling2D"]


def test_separable_block_is_the_lectures_example():
    # 12x12x3, kernel 5, 256 filters -> 8x8x256: 53,952 operations against 1,228,800.
    model = block_model(blocks.separable_block, (12, 12, 3), 256, 5, padding="valid")
    assert model.output_shape == (None, 8, 8, 256)
    assert kernel_weights(model) * 8 * 8 == 53_952 == separable_conv2d_cost(12, 12, 3, 256, 5).macs
    plain = block_model(blocks.conv_block, (12, 12, 3), 256, 5, padding="valid")
    assert kernel_weights(plain) * 8 * 8 == 1_228_800 == conv2d_cost(12, 12, 3, 256, 5).macs


def test_a_grouped_convolution_has_a_gth_of_the_weights():
    plain = block_model(blocks.conv_block, (12, 12, 32), 64, 3)
    grouped = block_model(blocks.conv_block, (12, 12, 32), 64, 3, groups=8)
    assert kernel_weights(grouped) * 8 == kernel_weights(plain) == 9 * 32 * 64


def test_residual_block_is_resnets():
    # He et al. 2016, figure 5 left: two 3x3 convolutions of 64 channels round an identity.
    model = block_model(blocks.residual_block, (56, 56, 64), 64)
    assert model.output_shape == (None, 56, 56, 64)
    assert kernel_weights(model) == 2 * 9 * 64 * 64
    wider = block_model(blocks.residual_block, (56, 56, 64), 128)
    assert kernel_weights(wider) == 9 * 128 * (64 + 128) + 64 * 128


def test_bottleneck_and_grouped_blocks_are_resnets_and_resnexts():
    # Xie et al. 2017, section 3: 256·64 + 3·3·64·64 + 64·256, and 32·(256·4 + 3·3·4·4 + 4·256) with 32 groups of 4.
    resnet = block_model(blocks.bottleneck_block, (56, 56, 256), 256)
    resnext = block_model(blocks.grouped_block, (56, 56, 256), 256, groups=32)
    assert resnet.output_shape == resnext.output_shape == (None, 56, 56, 256)
    assert kernel_weights(resnet) == 256 * 64 + 9 * 64 * 64 + 64 * 256 == 69_632
    assert kernel_weights(resnext) == 32 * (256 * 4 + 9 * 4 * 4 + 4 * 256) == 70_144


def test_mbconv_block_is_kerass():
    # Block 2 of MobileNetV2: 24 -> 144 -> 24 channels, with a shortcut; and t·M·(M + k² + N) of the paper.
    theirs = backend.keras().applications.MobileNetV2((96, 96, 3), weights=None, include_top=False)
    parameters = sum(layer.count_params() for layer in theirs.layers if layer.name.startswith("block_2_"))
    ours = block_model(blocks.mbconv_block, (24, 24, 24), 24)
    assert ours.count_params() == parameters
    assert ours.output_shape == (None, 24, 24, 24)
    assert kernel_weights(ours) == 6 * 24 * (24 + 9 + 24)
    assert not any(isinstance(layer, backend.keras().layers.Add) for layer in block_model(
        blocks.mbconv_block, (24, 24, 24), 32).layers)  # fmt: skip


@pytest.mark.parametrize("name", [*EFFICIENT, "mobilenet_v2"])
def test_every_network_gives_probabilities_and_is_flat(name):
    model = build_network(name, (64, 64, 3), 3)
    images = scale_pixels(np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8))
    probabilities = model(images).numpy()
    assert probabilities.shape == (2, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    layers = backend.keras().layers
    assert not any(isinstance(layer, (backend.keras().Model, layers.Rescaling)) for layer in model.layers)


@pytest.mark.parametrize("name", EFFICIENT)
def test_depth_width_and_kernel_are_options(name):
    options = {"filters": (8, 8, 16), "kernel": 3}
    if name != "lecture_cnn":
        options["depth"] = 2
    assert build_network(name, **options).count_params() != build_network(name).count_params()


def test_the_separable_network_is_small():
    assert build_network("separable_cnn").count_params() <= 15_000


def test_compound_scaling_finds_efficientnets_factors():
    # Tan and Le 2019: 1.2, 1.1, 1.15 under α·β²·γ² ≈ 2.
    assert CompoundScaling().computation == pytest.approx(1.92, abs=0.005)
    best = search_scaling(lambda s: -np.hypot.reduce([s.alpha - 1.2, s.beta - 1.1, s.gamma - 1.15]))
    assert best == CompoundScaling(1, 1.2, 1.1, 1.15)
    assert all(1.9 <= candidate.computation <= 2.1 for candidate in scaling_grid())
    with pytest.raises(InvalidInputError, match="candidates is empty"):
        search_scaling(lambda scaling: 0.0, [])


def test_compound_scaling_grows_depth_width_and_resolution():
    twice = CompoundScaling(phi=1)
    assert (twice.repeats(1), twice.repeats(5), twice.filters(16), twice.filters(320), twice.side(224)) == (
        2, 6, 16, 352, 258)  # fmt: skip
    assert CompoundScaling(phi=0).repeats(3) == 3
    base = build_network("mbconv_cnn").count_params()
    assert build_network("compound_cnn", phi=0).count_params() == base
    assert build_network("compound_cnn", phi=1).count_params() > base


@pytest.mark.parametrize("last_block", [0, 3, 10, LAST_BLOCK, None])
def test_mobilenet_is_cut_where_asked(last_block):
    # Keras numbers its blocks by name; the cut contains every layer up to that block and none after it.
    whole = backend.keras().applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, include_top=False)
    names = [layer.name for layer in whole.layers]
    following = [name for name in names if last_block is not None and name.startswith(
        f"block_{last_block + 1}_" if last_block < LAST_BLOCK else "Conv_1")]  # fmt: skip
    kept = names[: names.index(following[0])] if following else names
    ours = build_network("mobilenet_v2", last_block=last_block)
    assert [layer.name for layer in ours.layers][1:-2] == kept[1:]


def test_mobilenet_cut_after_block_10_is_a_seventh():
    cut = build_network("mobilenet_v2", alpha=1.0, last_block=10)
    whole = build_network("mobilenet_v2", alpha=1.0, last_block=None)
    assert whole.count_params() == 2_257_984 + 1280 * 2 + 2  # Keras' count without top, and the head
    assert whole.count_params() / cut.count_params() > 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lenet",), "name is 'lenet'"),
        (("lecture_cnn", (8, 8, 3)), "use larger images"),
        (("lecture_cnn", 96), "input_shape is 96"),
        (("lecture_cnn", (96, 96, 3), 1), "n_classes is 1"),
        (("mobilenet_v2", (16, 16, 3)), "at least 32 x 32"),
        (("mobilenet_v2", (96, 96, 1)), "RGB"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        build_network(*arguments)


def test_unknown_and_wrong_options_are_refused():
    with pytest.raises(InvalidInputError, match="has no option 'filter'; it takes filters, kernel"):
        build_network("lecture_cnn", filter=(8, 16))
    with pytest.raises(InvalidInputError, match="groups is 5"):
        build_network("grouped_cnn", groups=5)
    with pytest.raises(InvalidInputError, match="cannot be built"):
        build_network("separable_cnn", filters=())
    with pytest.raises(InvalidInputError, match="last_block is 17"):
        build_network("mobilenet_v2", last_block=17)
    with pytest.raises(InvalidInputError, match="cannot be read"):
        build_network("mobilenet_v2", weights="no_such_file.h5")


def test_scale_pixels_is_the_same_for_arrays_and_tensors():
    images = np.arange(256, dtype=np.uint8)
    tf = backend.tensorflow()
    np.testing.assert_allclose(scale_pixels(tf.constant(images)).numpy(), scale_pixels(images), atol=1e-6)
