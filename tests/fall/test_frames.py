"""Frame tables, checked, and read into arrays."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import fall
from common.errors import FrugalWarning, InvalidInputError, UnsafeInputError
from tests.fall.pngs import png


@pytest.fixture
def frames(tmp_path: Path) -> pd.DataFrame:
    """Six frames, each with a gradient of its own; the person's box is known in the first four."""
    paths = []
    for number in range(6):
        frame = np.full((60, 80, 3), 40 * number, np.uint8)
        frame[:, :, 1] = np.arange(80)
        paths.append(tmp_path / f"frame{number}.png")
        Image.fromarray(frame).save(paths[-1])
    boxes = {"x": 10.0, "y": 10.0, "w": 20.0, "h": 40.0}
    table = pd.DataFrame({"path": [str(path) for path in paths], "label": [0, 1] * 3, **boxes})
    table.loc[4:, list(boxes)] = np.nan
    return table


@pytest.fixture
def damaged(frames: pd.DataFrame) -> pd.DataFrame:
    """Row 1 is truncated, row 2 is text, row 3 is missing, row 4 is a bomb."""
    paths = [Path(path) for path in frames["path"]]
    paths[1].write_bytes(paths[1].read_bytes()[:90])
    paths[2].write_text("fall")
    paths[3].unlink()
    paths[4].write_bytes(png(20_000, 20_000, b""))
    return frames


class TestReadImages:
    def test_order_shape_and_type(self, frames: pd.DataFrame) -> None:
        images = fall.read_images(frames)
        assert images.shape == (6, 96, 96, 3)
        assert images.dtype == np.uint8
        np.testing.assert_array_equal(images[:, 48, 48, 0], 40 * np.arange(6))

    def test_the_box_is_used_where_it_is_known(self, frames: pd.DataFrame) -> None:
        with_box, whole = fall.read_images(frames, size=48)[[0, 5]]
        # The box spans 10–30; with its margin it is 48 wide and moved to the left edge.
        np.testing.assert_array_equal(with_box[0, :, 1], np.arange(48))
        assert whole[:, :, 1].max() == 79
        assert whole[0].max() == 0  # black above a frame that is wider than high

    @pytest.mark.parametrize("as_list", [list, tuple, np.array, lambda paths: [Path(path) for path in paths]])
    def test_paths_are_enough(self, frames: pd.DataFrame, as_list: type) -> None:
        np.testing.assert_array_equal(
            fall.read_images(as_list(frames["path"].tolist()), size=32), fall.read_images(frames[["path"]], size=32)
        )

    def test_more_frames_than_are_decoded_at_once(self, frames: pd.DataFrame) -> None:
        many = pd.concat([frames] * 100)
        np.testing.assert_array_equal(
            fall.read_images(many, size=8), np.tile(fall.read_images(frames, size=8), (100, 1, 1, 1))
        )

    @pytest.mark.parametrize(
        ("row", "error", "reason"),
        [
            (1, InvalidInputError, "truncated or damaged"),
            (2, UnsafeInputError, "not a PNG or JPEG"),
            (3, InvalidInputError, "does not exist"),
            (4, UnsafeInputError, "too large|pixels"),
        ],
    )
    def test_a_bad_image_is_named(self, damaged: pd.DataFrame, row: int, error: type, reason: str) -> None:
        table = damaged.iloc[[0, row, 5]]
        with pytest.raises(error, match=rf"table row 1: .*frame{row}\.png.*({reason})"):
            fall.read_images(table)

    def test_bad_images_are_skipped_only_if_asked(self, damaged: pd.DataFrame) -> None:
        with pytest.warns(FrugalWarning, match=r"4 unreadable images") as caught:
            images = fall.read_images(damaged, errors="skip")
        assert len(caught) == 1
        message = str(caught[0].message)
        assert all(f"frame{row}.png" in message for row in (1, 2, 3, 4))
        assert caught[0].filename == __file__
        np.testing.assert_array_equal(images[:, 48, 48, 0], [0, 200])

    def test_readable_keeps_labels_in_step(self, damaged: pd.DataFrame) -> None:
        with pytest.warns(FrugalWarning, match="4 unreadable"):
            table = fall.readable(damaged)
        assert table.index.tolist() == [0, 5]
        assert len(fall.read_images(table)) == len(table["label"]) == 2

    def test_readable_is_silent_if_all_are(self, frames: pd.DataFrame) -> None:
        pd.testing.assert_frame_equal(fall.readable(frames), frames)

    def test_a_long_list_of_bad_images_is_cut(self, damaged: pd.DataFrame) -> None:
        with pytest.warns(FrugalWarning, match=r"40 unreadable .*; and 20 more"):
            fall.read_images(pd.concat([damaged] * 10), size=8, errors="skip")

    def test_nothing_left(self, damaged: pd.DataFrame) -> None:
        with pytest.raises(InvalidInputError, match=r"no image .* first reason: table row 0"):
            fall.read_images(damaged.iloc[1:4], errors="skip")

    def test_box_outside_is_named_and_can_be_skipped(self, frames: pd.DataFrame) -> None:
        frames.loc[2, "x"] = 80.0
        with pytest.raises(InvalidInputError, match=r"table row 2, .*frame2\.png.* outside the image of 80 x 60"):
            fall.read_images(frames)
        with pytest.warns(FrugalWarning, match="1 unreadable"):
            assert len(fall.read_images(frames, errors="skip")) == 5


class TestCheck:
    """A table that makes no sense is refused as a whole, skipping or not."""

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            (pd.DataFrame({"path": []}), "table is empty"),
            (pd.DataFrame(), "no column 'path'"),
            (pd.DataFrame({"file": ["a.png"]}), r"no column 'path', only \['file'\]"),
            ([], "table is empty"),
            ("a.png", "a single path"),
            (Path("a.png"), "a single path"),
            (7, "table is a int"),
            (None, "table is a NoneType"),
            (pd.DataFrame([["a.png", "b.png"]], columns=["path", "path"]), "several columns named 'path'"),
            (pd.DataFrame([["a.png", 1, 2, 3, 4, 5]], columns=["path", *"xxywh"]), "several columns named 'x'"),
            ([None], "table row 0 has the path None"),
            (["a.png", ""], "table row 1 has the path ''"),
            (pd.DataFrame({"path": ["a.png", np.nan]}), "table row 1 has the path nan"),
            (pd.DataFrame({"path": ["a.png"], "x": [1], "y": [2]}), "all of x, y, w, h"),
            (pd.DataFrame({"path": ["a.png"], "x": ["left"], "y": [2], "w": [1], "h": [1]}), "not numbers"),
        ],
    )
    @pytest.mark.parametrize("errors", ["raise", "skip"])
    def test_tables(self, table: object, message: str, errors: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            fall.read_images(table, errors=errors)

    @pytest.mark.parametrize(
        "box", [(np.nan, 1, 5, 5), (1, 1, 0, 5), (1, 1, 5, -5), (np.inf, 1, 5, 5), (1, 1, 5, np.nan)]
    )
    def test_boxes(self, frames: pd.DataFrame, box: tuple[float, ...]) -> None:
        frames.loc[3, ["x", "y", "w", "h"]] = box
        with pytest.raises(InvalidInputError, match=r"table row 3 has the box .* four NaN"):
            fall.read_images(frames)

    @pytest.mark.parametrize("missing", [np.nan, None, pd.NA, pd.NaT])
    def test_a_box_that_is_not_known(self, frames: pd.DataFrame, missing: object) -> None:
        unknown = frames[["path"]].assign(**dict.fromkeys("xywh", pd.Series([missing] * len(frames), dtype=object)))
        np.testing.assert_array_equal(fall.read_images(unknown), fall.read_images(frames[["path"]]))

    @pytest.mark.parametrize("size", [0, 7, 1025, 96.0, True, "96"])
    def test_size(self, frames: pd.DataFrame, size: object) -> None:
        with pytest.raises(InvalidInputError, match="size is"):
            fall.read_images(frames, size=size)

    def test_errors(self, frames: pd.DataFrame) -> None:
        with pytest.raises(InvalidInputError, match=re.escape("choose one of 'raise', 'skip'")):
            fall.read_images(frames, errors="ignore")

    def test_readable_needs_a_table(self) -> None:
        with pytest.raises(InvalidInputError, match="pass a frame table"):
            fall.readable(["a.png"])
