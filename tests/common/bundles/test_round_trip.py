"""What is saved comes back, to the bit."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

import common
from common.bundles import files
from tests.common.bundles.example import Model, assert_same


def test_comes_back(saved: Path, model: Model) -> None:
    loaded = common.load_bundle(saved)
    assert_same(loaded, model)
    loaded.weights[0] = 1  # it can be written to


def test_the_files_are_what_they_seem(saved: Path, model: Model) -> None:
    assert (saved / "model.tflite").read_bytes() == b"TFL3"
    np.testing.assert_array_equal(np.load(saved / "weights.npy", allow_pickle=False), model.weights)
    manifest = json.loads((saved / "manifest.json").read_text())
    assert manifest["kind"] == "tests.model"
    assert manifest["library"] == common.__version__
    assert manifest["files"]["model.tflite"] == {"bytes": 4, "sha256": hashlib.sha256(b"TFL3").hexdigest()}
    digest = hashlib.sha256((saved / "manifest.json").read_bytes()).hexdigest()
    assert (saved / "manifest.sha256").read_text() == f"{digest}  manifest.json\n"  # as sha256sum writes it


def test_the_same_model_gives_the_same_bytes(tmp_path: Path, saved: Path, model: Model) -> None:
    common.save_bundle(model, tmp_path / "again")
    assert {p.name: p.read_bytes() for p in saved.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }


@given(
    hnp.arrays(
        st.one_of(
            hnp.boolean_dtypes(),
            hnp.integer_dtypes(endianness="?"),
            hnp.floating_dtypes(endianness="?"),
            hnp.complex_number_dtypes(),
            hnp.unicode_string_dtypes(min_len=1),
            hnp.byte_string_dtypes(min_len=1),
        ),
        hnp.array_shapes(min_dims=0, min_side=0),
    )
)
def test_every_plain_array(array: npt.NDArray[Any]) -> None:
    for one in (array, np.asfortranarray(array), array[..., ::-1] if array.ndim else array):
        decoded = files.decode("a.npy", files.encode("a.npy", one))
        assert isinstance(decoded, np.ndarray)
        assert decoded.dtype == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(decoded, one)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@settings(deadline=None)
@given(json_values)
def test_every_json(content: Any) -> None:
    assert files.decode("a.json", files.encode("a.json", content)) == content


def test_through_a_link_to_the_folder(tmp_path: Path, saved: Path, model: Model) -> None:
    (tmp_path / "current").symlink_to(saved, target_is_directory=True)
    assert_same(common.load_bundle(tmp_path / "current"), model)
