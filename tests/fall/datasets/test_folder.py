"""A folder of one's own images."""

from pathlib import Path

import pytest
from PIL import Image

import fall
from common.errors import InvalidInputError
from fall.datasets import (
    load_image_folder,
)
from fall.datasets.tables import FRAME_COLUMNS


class TestImageFolder:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name in (
            "Falls/anna/b/1.png",
            "Falls/2.JPG",
            "Non_Fall/anna/1.jpeg",
            "Non_Fall/.trash/1.png",
            "Falls/notes.txt",
        ):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (96, 96)).save(file, "PNG")
        (tmp_path / "README.md").write_text("mine")
        return tmp_path

    def test_layout(self, folder: Path) -> None:
        table = load_image_folder(folder)
        assert tuple(table.columns) == FRAME_COLUMNS
        assert table.drop(columns="path").to_numpy().tolist() == [
            [1, "unknown", "Falls", "fall"],
            [1, "anna", "Falls/anna/b", "fall"],
            [0, "anna", "Non_Fall/anna", "non-fall"],
        ]
        assert fall.read_images(table).shape == (3, 96, 96, 3)

    def test_other_folders(self, folder: Path) -> None:
        (folder / "maybe").mkdir()
        with pytest.raises(InvalidInputError, match="maybe is neither fall nor non-fall"):
            load_image_folder(folder)

    def test_no_images(self, tmp_path: Path) -> None:
        (tmp_path / "fall").mkdir()
        with pytest.raises(InvalidInputError, match="no PNG or JPEG image"):
            load_image_folder(tmp_path)
