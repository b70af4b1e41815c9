"""Splits of frame tables share no person."""

import numpy as np
import pandas as pd
import pytest

from common.errors import InvalidInputError
from fall.datasets import (
    lab_split,
    train_test_split_by_subject,
)


class TestSplit:
    def test_lab(self) -> None:
        table = pd.DataFrame({"path": "a.png", "subject": np.repeat(np.arange(1, 11), 3)})
        train, test = lab_split(table)
        assert train["subject"].unique().tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
        assert test["subject"].unique().tolist() == [9, 10]

    def test_lab_needs_all_ten(self) -> None:
        with pytest.raises(InvalidInputError, match="4, 5"):
            lab_split(pd.DataFrame({"path": "a.png", "subject": [1, 2, 3, 6, 7, 8, 9, 10]}))

    def test_a_leaking_subject_is_refused(self) -> None:
        table = pd.DataFrame({"path": "a.png", "subject": ["anna", "bert", "carl"]})
        with pytest.raises(InvalidInputError, match="bert"):
            train_test_split_by_subject(table, train_subjects=["anna", "bert"], test_subjects=["bert", "carl"])

    def test_a_repeated_index_is_harmless(self) -> None:
        table = pd.DataFrame({"path": list("abcd"), "subject": [1, 2, 1, 2]}, index=[0, 0, 1, 1])
        train, test = train_test_split_by_subject(table, test_subjects=[2])
        assert (train["path"].tolist(), test["path"].tolist()) == (["a", "c"], ["b", "d"])

    def test_nobody_named(self) -> None:
        with pytest.raises(InvalidInputError, match="no column 'subject'"):
            train_test_split_by_subject(pd.DataFrame({"path": ["a.png"]}), test_subjects=[1])
