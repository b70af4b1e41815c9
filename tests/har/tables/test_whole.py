"""A table of settings prints every row and column."""

import numpy as np
import pandas as pd

from har.tables.whole import WholeTable


def test_nothing_is_left_out() -> None:
    table = WholeTable({f"fold_{k}": np.linspace(0, 1, 100) for k in range(30)})
    text = str(table)
    assert "..." not in text
    assert all(f"fold_{k}" in text for k in range(30))
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("0.495") == 30


def test_what_is_chosen_from_it_prints_whole_too() -> None:
    table = WholeTable({"band": pd.Series([1, 0.1, None], dtype=object), "accuracy": [0.5, 0.25, 1.0]})
    assert str(table.head(2)) == str(WholeTable(table[:2]))
    assert "0.250" in str(table.head(2))
