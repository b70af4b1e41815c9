"""``tf.data`` pipelines of uint8 batches, from arrays, or from disk with little memory.

Decoding a camera frame takes longer than training on it, so a frame table is decoded once into one file of crops, from
which every epoch reads its batches.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_images, check_integer, luma
from fall import backend
from fall.frames import FrameTable, ImageArray, check_frames, decoded


class DecodedFrames:
    """The crops of a frame table on disk, read like an array: ``frames[rows]``.

    Because it shows people, the file has no name and is deleted with this object, even after a crash. It takes 28 kB
    for each frame at 96 × 96 (553 MB for 20,000), in the folder for temporary files, which the environment variable
    ``TMPDIR`` sets.

    Parameters
    ----------
    table : pandas.DataFrame or list of paths
        As in :func:`fall.read_images`, which lists the errors too.
    size : int
        Side of the crops in pixels.
    channels : {3, 1}
        RGB, or grey.

    Attributes
    ----------
    shape : tuple of int
        ``(n_frames, size, size, channels)``.

    Raises
    ------
    InvalidInputError
        If images cannot be decoded, all of them named, or ``channels`` is neither 3 nor 1.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (720, 480)).save(f"{folder}/frame.png")
    ...     frames = DecodedFrames([f"{folder}/frame.png"] * 3)
    >>> frames.shape, frames[[0, 2]].shape
    ((3, 96, 96, 3), (2, 96, 96, 3))
    """

    def __init__(self, table: FrameTable, *, size: int = 96, channels: int = 3) -> None:
        size = check_integer(size, "size", at_least=8, at_most=1024)
        if check_integer(channels, "channels") not in (1, 3):
            raise InvalidInputError(f"channels is {channels}; choose 3 for RGB or 1 for grey")
        frames = check_frames(table)
        self.shape = (len(frames), size, size, channels)
        self._file = tempfile.TemporaryFile(prefix="fall-frames-")  # noqa: SIM115  (closed with this object)
        weakref.finalize(self, self._file.close)
        try:
            for _, image in decoded(frames, size=size, errors="raise"):
                self._file.write((image if channels == 3 else luma(image)).tobytes())
            self._file.flush()
        except OSError as error:
            raise InvalidInputError(
                f"{len(frames)} frames of size {size} need {np.prod(self.shape) / 1e6:.0f} MB in "
                f"{tempfile.gettempdir()} ({error}): make room there, or set TMPDIR to another folder"
            ) from error

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> ImageArray:
        # A new mapping for every batch: pages that were read count as the process's memory until the mapping is closed.
        content = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        frames: ImageArray = np.frombuffer(content, np.uint8).reshape(self.shape)[rows]
        return frames


def as_frames(X: Any, size: int, channels: int = 3) -> ImageArray | DecodedFrames:
    """Images of one size, RGB or grey: an array as it is, a frame table or list of paths decoded to disk."""
    if isinstance(X, DecodedFrames):
        if X.shape[1] != size or X.shape[3] != channels:
            raise InvalidInputError(
                f"X was decoded with size={X.shape[1]}, channels={X.shape[3]}; decode it with size={size}, "
                f"channels={channels}"
            )
        return X
    if is_table(X):
        return DecodedFrames(X, size=size, channels=channels)
    return check_images(X, "X", size=size, channels=channels)


def is_table(X: Any) -> bool:
    """Whether images must be read from files first: a frame table or a list of paths."""
    import pandas as pd

    is_paths = isinstance(X, (list, tuple)) and len(X) > 0 and isinstance(X[0], (str, os.PathLike))
    return is_paths or isinstance(X, pd.DataFrame)


Augment = Callable[[Any, Any], Any]


def to_tf_dataset(
    frames: FrameTable | ImageArray | DecodedFrames,
    labels: npt.ArrayLike | None = None,
    *,
    rows: npt.ArrayLike | None = None,
    size: int = 96,
    batch_size: int = 64,
    shuffle: bool = False,
    seed: int = 0,
    augment: Augment | None = None,
) -> Any:
    """Batches for ``tf_keras`` models: uint8 images, and labels if given.

    Parameters
    ----------
    frames : pandas.DataFrame, list of paths, ndarray of uint8 (n, size, size, 3 or 1), or DecodedFrames
        A table or list is decoded to disk first; pass :class:`DecodedFrames` to decode only once for several pipelines,
        such as training and validation. An array is not copied.
    labels : array-like of shape (n, ...), optional
        A number, or an array of numbers, for each frame.
    rows : array-like of int, shape (n_rows,), optional
        The frames to use, in this order; by default all. No images are copied.
    size : int
        Side of the images, if they are decoded here.
    batch_size : int
        Number of images in a batch; the last batch may have fewer.
    shuffle : bool
        Whether every epoch has a new random order.
    seed : int
        Seed of the order and of ``augment``; the same seed gives the same epochs.
    augment : callable, optional
        ``augment(images, seed) -> images`` for a batch of uint8 images, with a seed for ``tf.image.stateless_*`` that
        differs in every batch.

    Returns
    -------
    tf.data.Dataset
        Batches of ``images`` or ``(images, labels)``; its length is known.

    Raises
    ------
    InvalidInputError
        If the frames, rows or labels do not fit one another, or as :func:`fall.read_images`.
    UnsafeInputError
        As :func:`fall.read_images`.
    MissingDependencyError
        If TensorFlow is not installed.

    Examples
    --------
    >>> dataset = to_tf_dataset(np.zeros((5, 96, 96, 3), np.uint8), [0, 1, 0, 1, 1], batch_size=2)
    >>> [len(images) for images, labels in dataset]
    [2, 2, 1]
    """
    tf = backend.tensorflow()
    batch_size = check_integer(batch_size, "batch_size")
    seed = check_integer(seed, "seed", at_least=0)
    source = _indexable(frames, size)
    chosen = _check_rows(rows, len(source))
    targets = None if labels is None else tf.constant(_check_labels(labels, len(source)))

    def fetch(rows: Any) -> Any:
        images = tf.numpy_function(source.__getitem__, [rows], tf.uint8)
        return tf.ensure_shape(images, (None, *source.shape[1:])), rows

    def finish(images: Any, rows: Any) -> Any:
        return images if targets is None else (images, tf.gather(targets, rows))

    dataset = tf.data.Dataset.from_tensor_slices(chosen)
    if shuffle:
        dataset = dataset.shuffle(len(chosen), seed=seed, reshuffle_each_iteration=True)
    dataset = dataset.batch(batch_size).map(fetch)
    if augment is not None:
        seeds = tf.data.Dataset.random(seed, rerandomize_each_iteration=True).batch(2)
        dataset = tf.data.Dataset.zip((dataset, seeds)).map(
            lambda batch, seed: (augment(batch[0], seed), batch[1]), num_parallel_calls=tf.data.AUTOTUNE
        )
    return dataset.map(finish).prefetch(2)


def _indexable(frames: FrameTable | ImageArray | DecodedFrames, size: int) -> ImageArray | DecodedFrames:
    if isinstance(frames, DecodedFrames):
        return frames
    if isinstance(frames, np.ndarray):
        return check_images(frames, "frames", channels=1 if frames.shape[-1:] == (1,) else 3)
    return DecodedFrames(frames, size=size)


def _check_rows(rows: npt.ArrayLike | None, n: int) -> npt.NDArray[np.int64]:
    if rows is None:
        return np.arange(n)
    chosen = np.asarray(rows)
    if chosen.ndim != 1 or chosen.dtype.kind not in "iu" or len(chosen) == 0:
        raise InvalidInputError("rows must be a list of at least one row number, as from np.flatnonzero(mask)")
    if chosen.min() < 0 or chosen.max() >= n:
        raise InvalidInputError(f"rows reach from {chosen.min()} to {chosen.max()}, but frames has rows 0 to {n - 1}")
    return chosen.astype(np.int64)


def _check_labels(labels: npt.ArrayLike, n: int) -> npt.NDArray[Any]:
    targets = np.asarray(labels)
    if targets.dtype.kind not in "biuf" or not np.isfinite(targets).all():
        raise InvalidInputError(f"labels are {targets.dtype} or not finite; encode classes as 0, 1, … first")
    if targets.ndim == 0 or len(targets) != n:
        raise InvalidInputError(f"labels have shape {targets.shape}, but there are {n} frames: pass one label for each")
    return targets
