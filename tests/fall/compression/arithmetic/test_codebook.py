"""k-means quantization against scikit-learn's KMeans, and packing against NumPy's."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.cluster import KMeans

from common import InvalidInputError, ModelIntegrityError
from fall.compression.arithmetic.codebook import INITIALIZATIONS, CodeBook, centroid_gradient, kmeans_codebook
from fall.compression.storage.bits import bits_for, pack_bits, packed_bytes, unpack_bits

TENSORS = arrays(np.float32, array_shapes(max_dims=4, max_side=5), elements=st.floats(-100, 100, width=32))


def squared_error(tensor, book):
    return ((book.reconstruct().astype(np.float64) - tensor) ** 2).sum()


@pytest.mark.parametrize(
    ("initialization", "n_clusters"), [*((start, n) for start in INITIALIZATIONS for n in (1, 4)), ("cube_root", 16)]
)
def test_the_error_is_scikit_learns(initialization, n_clusters):
    weights = np.random.default_rng(0).normal(size=2000)
    theirs = KMeans(n_clusters, n_init=3, tol=1e-6, random_state=0).fit(weights[:, None])
    ours = kmeans_codebook(weights, n_clusters, initialization=initialization, random_state=0)
    assert squared_error(weights, ours) <= 1.05 * theirs.inertia_


def test_the_same_start_ends_at_the_same_centroids():
    weights = np.random.default_rng(1).normal(size=500)
    start = np.linspace(weights.min(), weights.max(), 8)[:, None]
    theirs = KMeans(8, init=start, n_init=1, tol=0, max_iter=1000).fit(weights[:, None])
    np.testing.assert_allclose(
        kmeans_codebook(weights, 8, initialization="linear").centroids, theirs.cluster_centers_[:, 0], rtol=1e-5
    )


def test_many_clusters_converge_from_the_cube_root_of_the_density():
    # Panter and Dite 1951: the least error is (integral of the density's cube root)³ / (12 n²), for Laplace 9 / n².
    weights = np.random.default_rng(0).laplace(size=100_000)
    for n_clusters in (64, 256):
        error = squared_error(weights, kmeans_codebook(weights, n_clusters)) / len(weights)
        assert error < 1.05 * 9 / n_clusters**2


@settings(deadline=None)
@given(TENSORS, st.integers(2, 20), st.sampled_from(INITIALIZATIONS), st.booleans())
def test_every_weight_has_the_nearest_centroid_and_every_centroid_a_weight(tensor, n_clusters, initialization, keep):
    book = kmeans_codebook(tensor, n_clusters, initialization=initialization, keep_zeros=keep, random_state=0)
    assert len(book.centroids) <= n_clusters
    assert book.indices.shape == tensor.shape
    distances = np.abs(tensor[..., None].astype(np.float64) - book.centroids)
    chosen = np.take_along_axis(distances, book.indices[..., None], axis=-1)[..., 0]
    np.testing.assert_allclose(chosen, distances.min(axis=-1), atol=1e-5)
    if keep:
        assert (book.reconstruct()[tensor == 0] == 0).all()
    if len(np.unique(tensor)) <= n_clusters:
        np.testing.assert_array_equal(book.reconstruct(), tensor)


def test_the_gradient_of_a_centroid_is_that_of_moving_it():
    rng = np.random.default_rng(0)
    target = rng.normal(size=(5, 4))
    book = kmeans_codebook(rng.normal(size=(5, 4)), 3)
    gradient = centroid_gradient(2 * (book.reconstruct() - target), book)
    for place, step in enumerate(np.eye(3) * 1e-3):
        moved = [
            ((CodeBook(book.centroids + sign * step, book.indices).reconstruct() - target) ** 2).sum()
            for sign in (1, -1)
        ]
        assert gradient[place] == pytest.approx((moved[0] - moved[1]) / 2e-3, rel=1e-2, abs=1e-2)


def test_bytes_are_indices_and_code_book():
    # 1000 weights of 4 bits and 16 centroids of 4 bytes.
    assert kmeans_codebook(np.random.default_rng(0).normal(size=1000), 16).stored_bytes == 500 + 64
    assert CodeBook([1.0], np.zeros(1000, int)).stored_bytes == 4


@settings(deadline=None)
@given(st.integers(0, 16), st.data())
def test_packed_integers_come_back(bits, data):
    values = np.array(data.draw(st.lists(st.integers(0, 2**bits - 1))), dtype=np.int64)
    packed = pack_bits(values, bits)
    assert len(packed) == packed_bytes(bits, len(values))
    np.testing.assert_array_equal(unpack_bits(packed, bits, len(values)), values)
    if bits == 8:
        assert packed == values.astype(np.uint8).tobytes()


def test_packed_integers_of_another_length_are_refused():
    with pytest.raises(ModelIntegrityError, match="3 integers of 4 bits do not fill 1 bytes"):
        unpack_bits(b"a", 4, 3)


def test_bits_of_a_number_of_values():
    assert [bits_for(n) for n in (0, 1, 2, 3, 16, 17, 256, 257)] == [0, 0, 1, 2, 4, 5, 8, 9]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kmeans_codebook([], 4), "weights is empty"),
        (lambda: kmeans_codebook([np.nan], 4), "weights contains nan"),
        (lambda: kmeans_codebook([1.0], 0), "n_clusters is 0"),
        (lambda: kmeans_codebook([1.0], 1, keep_zeros=True), "at least 2"),
        (lambda: kmeans_codebook([1.0], 4, initialization="k-means++"), "initialization is"),
        (lambda: CodeBook([1.0], [1]), "indices is 1"),
        (lambda: CodeBook([[1.0]], [0]), "one dimension"),
        (lambda: centroid_gradient([1.0], CodeBook([1.0], [0, 0])), "must agree"),
    ],
)
def test_what_cannot_be_clustered_is_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
