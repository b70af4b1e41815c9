"""Every reader declares where its data set comes from."""

import sys
from pathlib import Path

import pandas as pd
import pytest

import fall
from common.errors import InvalidInputError
from fall.datasets import image_datasets
from fall.datasets.crops import split_urfd

READERS = [name for name in fall.datasets.__all__ if name.startswith("load_")]


def test_every_reader_is_declared_once() -> None:
    assert sorted(dataset.load.__name__ for dataset in image_datasets().values()) == sorted(READERS)
    for name, dataset in image_datasets().items():
        assert (dataset.split is None) == (dataset.tested_on == "")
        assert name in ("folder", "yolo") or (dataset.source.page.startswith("http") and dataset.source.paper)


@pytest.mark.parametrize("reader", READERS)
def test_its_error_names_the_layout_the_page_and_the_paper(reader: str, tmp_path: Path) -> None:
    load = getattr(fall.datasets, reader)
    (source,) = (dataset.source for dataset in image_datasets().values() if dataset.load is load)
    for folder in (tmp_path, tmp_path / "lost"):
        with pytest.raises(InvalidInputError) as caught:
            load(folder)
        assert all(text in str(caught.value) for text in (str(folder), source.layout, source.page, source.paper))
    with pytest.raises(InvalidInputError, match="pass the folder as text"):
        load(None)


def test_a_new_reader_needs_no_entry_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own file declares it, and the stub names it; a file in this test's place."""

    def load_cinema(root: Path) -> pd.DataFrame:
        return pd.DataFrame({"path": [f"{root}/a.png"]})

    cinema = fall.datasets.ImageDataset("cinema", load_cinema, image_datasets()["urfd"].source)
    monkeypatch.setattr(sys.modules[load_cinema.__module__], "CINEMA", cinema, raising=False)
    monkeypatch.setattr(fall.datasets, "load_cinema", load_cinema, raising=False)
    monkeypatch.setattr(fall.datasets, "__dir__", lambda: [*fall.datasets.__all__, "load_cinema"])
    assert image_datasets()["cinema"] is cinema
    assert cinema.read("root", label_by="frame")["path"].tolist() == ["root/a.png"]


def test_urfd_is_split_by_sequence() -> None:
    table = pd.DataFrame({"sequence": ["fall-01", "fall-12", "fall-13", "adl-01", "adl-02", "adl-40"]})
    train, test = split_urfd(table)
    assert train["sequence"].tolist() == ["fall-01", "fall-12", "adl-01"]
    assert test["sequence"].tolist() == ["fall-13", "adl-02", "adl-40"]
