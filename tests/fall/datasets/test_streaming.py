"""Batches from arrays and from disk."""

import gc
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import fall
from common.errors import InvalidInputError, UnsafeInputError
from fall import backend
from fall.datasets import DecodedFrames, to_tf_dataset

ROOT = Path(__file__).parents[3]


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    """Ten images, each of one grey: its number."""
    for number in range(10):
        Image.new("L", (32, 32), number).save(tmp_path / f"{number}.png")
    return pd.DataFrame({"path": [str(tmp_path / f"{number}.png") for number in range(10)], "label": np.arange(10) % 2})


@pytest.fixture
def images(table: pd.DataFrame) -> np.ndarray:
    return fall.read_images(table, size=32)


def numbers(dataset: Any) -> list[list[int]]:
    """Which images the batches hold."""
    return [batch[0][:, 0, 0, 0].tolist() for batch in dataset.as_numpy_iterator()]


class TestDecodedFrames:
    def test_is_the_array(self, table: pd.DataFrame, images: np.ndarray) -> None:
        frames = DecodedFrames(table, size=32)
        assert len(frames) == 10
        assert frames.shape == images.shape
        for rows in ([3], [9, 0, 0], slice(2, 5), np.arange(10), slice(None)):
            np.testing.assert_array_equal(frames[rows], images[rows])

    def test_grey_is_stored_as_one_channel(self, table: pd.DataFrame, images: np.ndarray) -> None:
        frames = DecodedFrames(table, size=32, channels=1)
        assert frames.shape == (10, 32, 32, 1)
        np.testing.assert_array_equal(frames[:], images[..., :1])
        np.testing.assert_array_equal(fall.resize_images(frames, 16)[:, 0, 0, 0], np.arange(10))
        for wrong in (2, 0, "grey"):
            with pytest.raises(InvalidInputError, match="channels is"):
                DecodedFrames(table, channels=wrong)  # type: ignore[arg-type]

    def test_boxes_are_cut_out(self, table: pd.DataFrame) -> None:
        table = table.assign(x=4.0, y=4.0, w=8.0, h=16.0)
        np.testing.assert_array_equal(DecodedFrames(table)[:], fall.read_images(table))

    def test_what_it_returned_outlives_it(self, table: pd.DataFrame, images: np.ndarray) -> None:
        frames = DecodedFrames(table, size=32)
        view = frames[2:4]
        del frames
        gc.collect()
        np.testing.assert_array_equal(view, images[2:4])

    @pytest.mark.skipif(os.name == "nt", reason="Windows shows the file while it is open")
    def test_leaves_no_file(self, table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tmp_path / "temporary"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        frames = DecodedFrames(table, size=32)
        assert list(folder.iterdir()) == []
        file = frames._file
        del frames
        gc.collect()
        assert file.closed

    def test_an_unreadable_image_is_named(self, table: pd.DataFrame) -> None:
        Path(table["path"][7]).write_text("no image")
        with pytest.raises(UnsafeInputError, match=r"table row 7: .*7\.png"):
            DecodedFrames(table)

    def test_a_full_disk_is_said(self, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("no full disk to try it on")
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("wb"))  # noqa: SIM115  (closed by whoever asked for it)
        with pytest.raises(InvalidInputError, match=r"10 frames of size 256 need 2 MB in .* TMPDIR"):
            DecodedFrames(table, size=256)

    def test_memory_does_not_grow_with_the_frames(self, table: pd.DataFrame) -> None:
        pytest.importorskip("resource")
        program = """if True:
            import sys
            import numpy as np
            from fall.datasets import DecodedFrames
            from tests.memory import peak_megabytes
            paths = sys.argv[1:]
            DecodedFrames(paths)[:]
            before = peak_megabytes()
            frames = DecodedFrames(paths * 200)  # 55 MB
            for rows in np.arange(len(frames)).reshape(-1, 50):
                frames[rows]
            print(peak_megabytes() - before)
        """
        output = subprocess.check_output([sys.executable, "-c", program, *table["path"]], cwd=ROOT, timeout=60)
        assert float(output) < 20


class TestToTfDataset:
    @pytest.mark.parametrize("source", ["array", "table", "frames", "paths"])
    def test_batches(self, source: str, table: pd.DataFrame, images: np.ndarray) -> None:
        sources = {
            "array": images,
            "table": table,
            "frames": DecodedFrames(table, size=32),
            "paths": table["path"].tolist(),
        }
        dataset = to_tf_dataset(sources[source], table["label"], size=32, batch_size=4)
        assert len(dataset) == 3
        batches = list(dataset.as_numpy_iterator())
        assert [len(labels) for _, labels in batches] == [4, 4, 2]
        assert batches[0][0].dtype == np.uint8
        np.testing.assert_array_equal(np.concatenate([batch for batch, _ in batches]), images)
        np.testing.assert_array_equal(np.concatenate([labels for _, labels in batches]), table["label"])

    def test_each_image_is_decoded_once_and_each_epoch_reads_each_crop_once(
        self, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decoded, read = [], []
        read_image, read_rows = fall.images.read_image, DecodedFrames.__getitem__
        monkeypatch.setattr("fall.images.read_image", lambda path: (decoded.append(path), read_image(path))[1])
        monkeypatch.setattr(
            DecodedFrames, "__getitem__", lambda self, rows: (read.extend(rows), read_rows(self, rows))[1]
        )
        dataset = to_tf_dataset(table, table["label"], size=32, batch_size=4, shuffle=True)
        assert sorted(decoded) == sorted(table["path"])
        for epoch in range(1, 4):
            list(dataset.as_numpy_iterator())
            assert np.bincount(read).tolist() == [epoch] * 10
        assert len(decoded) == 10

    def test_shapes_are_known(self, images: np.ndarray) -> None:
        spec = to_tf_dataset(images, np.zeros((10, 2))).element_spec
        assert spec[0].shape.as_list() == [None, 32, 32, 3]
        assert spec[1].shape.as_list() == [None, 2]

    def test_images_alone(self, images: np.ndarray) -> None:
        batches = list(to_tf_dataset(images, batch_size=5).as_numpy_iterator())
        np.testing.assert_array_equal(np.concatenate(batches), images)

    def test_rows(self, images: np.ndarray) -> None:
        dataset = to_tf_dataset(images, 10 + np.arange(10), rows=[7, 2, 2], batch_size=8)
        assert numbers(dataset) == [[7, 2, 2]]
        assert next(dataset.as_numpy_iterator())[1].tolist() == [17, 12, 12]

    def test_shuffling_keeps_images_and_labels_together(self, images: np.ndarray) -> None:
        dataset = to_tf_dataset(images, np.arange(10), shuffle=True, batch_size=3)
        epochs = [list(dataset.as_numpy_iterator()) for _ in range(3)]
        orders = [np.concatenate([labels for _, labels in epoch]).tolist() for epoch in epochs]
        for epoch in epochs:
            for batch, labels in epoch:
                np.testing.assert_array_equal(batch[:, 0, 0, 0], labels)
        assert all(sorted(order) == list(range(10)) for order in orders)
        assert len(set(map(tuple, orders))) == 3

    def test_the_seed_decides_the_order(self, images: np.ndarray) -> None:
        def orders(seed: int) -> list[list[list[int]]]:
            backend.set_seed(0)
            dataset = to_tf_dataset(images, np.arange(10), shuffle=True, seed=seed)
            return [numbers(dataset) for _ in range(2)]

        assert orders(1) == orders(1) != orders(2)

    def test_augmentation_differs_in_every_batch_and_epoch_and_repeats(self, images: np.ndarray) -> None:
        tf = backend.tensorflow()

        def noise(batch: Any, seed: Any) -> Any:
            assert batch.dtype == tf.uint8
            return batch + tf.cast(tf.random.stateless_uniform(tf.shape(batch), seed, 0, 200, tf.int32), tf.uint8)

        def epochs(seed: int) -> list[np.ndarray]:
            backend.set_seed(0)
            dataset = to_tf_dataset(np.zeros((4, 8, 8, 3), np.uint8), batch_size=2, seed=seed, augment=noise)
            return [batch for _ in range(2) for batch in dataset.as_numpy_iterator()]

        first = epochs(3)
        for one, other in zip(first, epochs(3), strict=True):
            np.testing.assert_array_equal(one, other)
        assert len({batch.tobytes() for batch in [*first, *epochs(4)]}) == 8

    def test_trains_a_model(self, table: pd.DataFrame) -> None:
        keras = backend.keras()
        model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        dataset = to_tf_dataset(table, table["label"], size=32)
        del table
        gc.collect()
        history = model.fit(dataset, epochs=2, verbose=0)
        assert np.isfinite(history.history["loss"]).all()
        assert model.predict(to_tf_dataset(np.zeros((3, 32, 32, 3), np.uint8)), verbose=0).shape == (3, 2)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"labels": [0, 1]}, r"labels have shape \(2,\), but there are 10 frames"),
            ({"labels": ["fall"] * 10}, "encode classes"),
            ({"labels": [np.nan] * 10}, "encode classes"),
            ({"labels": 1}, "labels have shape"),
            ({"rows": []}, "rows must be a list"),
            ({"rows": [True] * 10}, "rows must be a list"),
            ({"rows": [10]}, "rows reach from 10 to 10, but frames has rows 0 to 9"),
            ({"rows": [-1]}, "rows reach from -1"),
            ({"batch_size": 0}, "batch_size is 0"),
            ({"seed": -1}, "seed is -1"),
        ],
    )
    def test_bad_arguments(self, images: np.ndarray, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            to_tf_dataset(images, **arguments)

    @pytest.mark.parametrize(
        ("frames", "message"),
        [
            (np.zeros((2, 8, 8, 3)), "float64; images are uint8"),
            (np.zeros((8, 8, 3), np.uint8), "A single image is"),
            (np.zeros((2, 8, 8, 2), np.uint8), "in RGB"),
            (np.zeros((0, 8, 8, 3), np.uint8), "frames is empty"),
            (pd.DataFrame({"path": []}), "table is empty"),
        ],
    )
    def test_bad_frames(self, frames: Any, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            to_tf_dataset(frames)


@pytest.mark.slow
@pytest.mark.real_data
def test_training_on_20_000_frames_on_disk_takes_less_than_2_gb(real_data: Path) -> None:
    """The lecture's CNN at 96 × 96, in its own process."""
    program = """if True:
        import sys
        import pandas as pd
        from fall.datasets import load_gmdcsa24, to_tf_dataset
        from fall.networks import build_network, scale_pixels
        from tests.memory import peak_megabytes

        def scaled(images, labels):
            return scale_pixels(images), labels

        table = pd.concat([load_gmdcsa24(sys.argv[1])] * 29, ignore_index=True)[:20_000]
        model = build_network("lecture_cnn")
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(to_tf_dataset(table, table["label"], shuffle=True).map(scaled), verbose=0)
        print(peak_megabytes())
    """
    output = subprocess.check_output([sys.executable, "-c", program, str(real_data / "gmdcsa24")], cwd=ROOT)
    assert float(output) < 2_000
