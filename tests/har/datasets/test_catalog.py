"""What is known of every data set, and what every reader does with a wrong folder."""

from pathlib import Path

import pytest

import har.datasets
from common.errors import InvalidInputError
from har.datasets import WearableDataset, known_datasets

DATASETS = known_datasets()
NEED_ROOT = [dataset for dataset in DATASETS.values() if dataset.needs_root]


def test_every_reader_is_in_the_catalog() -> None:
    readers = {name for name in har.datasets.__all__ if name.startswith("load_")}
    assert {dataset.load.__name__ for dataset in DATASETS.values()} == readers
    assert all(getattr(har.datasets, dataset.load.__name__) is dataset.load for dataset in DATASETS.values())


def test_every_data_set_says_where_it_is_published() -> None:
    for name, dataset in DATASETS.items():
        assert dataset.name == name
        assert dataset.source.page.startswith("http")
        assert dataset.source.paper
        assert (dataset.falls is None) == (dataset.daily_activities is None)


@pytest.mark.parametrize("dataset", NEED_ROOT, ids=lambda dataset: dataset.name)
@pytest.mark.parametrize("exists", [True, False])
def test_another_folder_is_refused_naming_the_source(dataset: WearableDataset, exists: bool, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"root is .* Download .* from https?://.* with .* Paper: "):
        dataset.load(tmp_path if exists else tmp_path / "absent")


@pytest.mark.parametrize("dataset", NEED_ROOT, ids=lambda dataset: dataset.name)
@pytest.mark.parametrize("root", [None, 3, b"data"])
def test_a_root_that_is_not_a_path_is_refused(dataset: WearableDataset, root: object) -> None:
    with pytest.raises(InvalidInputError, match=r"root is .*; pass the folder as text"):
        dataset.load(root)
