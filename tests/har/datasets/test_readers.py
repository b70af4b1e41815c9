"""What holds for every reader: pipes, blank lines, folders, copies and leftovers, in each layout."""

import os
import shutil
from pathlib import Path

import pytest

from common.errors import FrugalWarning, InvalidInputError
from tests.har.datasets.samples import COMPACT, LAYOUTS, TEXT, content, write


@pytest.fixture(params=LAYOUTS)
def layout(request):
    return request.param


def read(root, layout):
    return content(LAYOUTS[layout][0](root))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this system")
def test_a_pipe_in_place_of_any_file_is_refused_at_once(tmp_path, layout):
    files = LAYOUTS[layout][1]()
    write(tmp_path, files)
    for name in files:
        (tmp_path / name).unlink()
        os.mkfifo(tmp_path / name)
        with pytest.raises(InvalidInputError, match="not a regular file"):
            read(tmp_path, layout)
        (tmp_path / name).unlink()
        (tmp_path / name).symlink_to("/dev/zero")
        with pytest.raises(InvalidInputError, match="not a regular file"):
            read(tmp_path, layout)
        (tmp_path / name).unlink()
        (tmp_path / name).write_bytes(files[name])


SPELLINGS = {
    "blank last lines": lambda data: data + b"\n\n",
    "blank lines before and between": lambda data: b"\n" + data.replace(b"\n", b"\n\n", 3),
    "lines of white space": lambda data: data.replace(b"\n", b"\n \t \n", 3) + b"  ",
    "trailing white space": lambda data: data.replace(b"\n", b" \n"),
    "Windows line ends": lambda data: data.replace(b"\n", b"\r\n") + b"\r\n",
    "old Macintosh line ends": lambda data: data.replace(b"\n", b"\r"),
    "no line end": lambda data: data.rstrip(b"\n"),
    "UTF-8 with a mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
}


@pytest.mark.parametrize("layout", TEXT)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spelling_of_text_does_not_matter(tmp_path, layout, spelling):
    files = LAYOUTS[layout][1]()
    expected = read(write(tmp_path / "plain", files), layout)
    spelled = write(tmp_path / "spelled", {name: SPELLINGS[spelling](data) for name, data in files.items()})
    assert read(spelled, layout) == expected


#: Files of one's own are those of one folder, unless a pattern asks for more.
PUBLISHED = [name for name in LAYOUTS if name != "files of one's own"]


@pytest.mark.parametrize("layout", PUBLISHED)
def test_files_in_several_folders_are_all_read(tmp_path, layout):
    files = LAYOUTS[layout][1]()
    expected = read(write(tmp_path / "one", files), layout)
    parts = {f"part {i % 2}/unpacked/again/{name}": data for i, (name, data) in enumerate(sorted(files.items()))}
    if layout == "weda-fall":  # both sensors of a trial lie together
        parts = {f"part {'F01' in name}/{name}": data for name, data in files.items()}
    assert read(write(tmp_path / "several", parts), layout) == expected


def test_leftovers_of_archives_are_ignored(tmp_path, layout):
    files = LAYOUTS[layout][1]()
    expected = read(write(tmp_path, files), layout)
    for name in files:
        place = Path(name)
        write(tmp_path, {f"__MACOSX/{place.parent}/._{place.name}": b"\0\5\x16\7", f"__MACOSX/{name}": b"x"})
        write(tmp_path, {str(place.parent / f"._{place.name}"): b"\0\5\x16\7"})
    assert read(tmp_path, layout) == expected


def test_copies_are_read_once_with_a_warning(tmp_path, layout):
    files = LAYOUTS[layout][1]()
    expected = read(write(tmp_path, files), layout)
    place = Path(sorted(files)[-1])
    copy = place.with_name(f"{place.stem} (1){place.suffix}")
    shutil.copy(tmp_path / place, tmp_path / copy)
    with pytest.warns(FrugalWarning, match="copies of others"):
        assert read(tmp_path, layout) == expected
    if layout in PUBLISHED:
        (tmp_path / copy).write_bytes(b"other")
        with pytest.raises(InvalidInputError, match="differ"):
            read(tmp_path, layout)
    (tmp_path / place).unlink()
    (tmp_path / copy).write_bytes(files[str(place)])
    assert len(read(tmp_path, layout)) == len(expected)


@pytest.mark.parametrize("layout", COMPACT)
def test_published_files_beside_a_compact_one_give_a_warning(tmp_path, layout):
    write(tmp_path / "compact", LAYOUTS[layout][1]())
    published = LAYOUTS[layout.partition(",")[0]][1]()
    write(tmp_path / "compact" / "sample", published)  # below it: the same data, as documented
    expected = read(tmp_path, layout)
    shutil.rmtree(tmp_path / "compact" / "sample")
    write(tmp_path / "other", published)
    with pytest.warns(FrugalWarning, match="published files"):
        assert read(tmp_path, layout) == expected


def test_single_sensors_beside_motionsense_are_other_data(tmp_path):
    files = LAYOUTS["motionsense"][1]()
    expected = read(write(tmp_path, files), "motionsense")
    write(tmp_path, {name.replace("A_DeviceMotion", "B_Accelerometer"): b",x,y,z\n0,1,2,3\n" for name in files})
    assert read(tmp_path, "motionsense") == expected


def test_unread_subfolders_give_a_warning(tmp_path):
    layout = "files of one's own"
    files = LAYOUTS[layout][1]()
    expected = read(write(tmp_path, files), layout)
    write(tmp_path / "more", files)
    with pytest.warns(FrugalWarning, match="not read"):
        assert read(tmp_path, layout) == expected
    with pytest.warns(FrugalWarning, match="read once"):
        assert read([tmp_path / "person1.csv", *sorted(tmp_path.glob("*.csv"))], layout) == expected


@pytest.mark.parametrize(
    ("layout", "published", "found"),
    [
        ("uci-har", "Inertial Signals", "Inertial_Signals"),
        ("uci-har", "train/", "Train/"),
        ("pamap2", "Protocol", "protocol"),
        ("sisfall", "SA01/", "young/"),
        ("mhealth", ".log", ".LOG"),
        ("umafall", "UMAFall_Subject_01", "subject 1/UMAFall_Subject_01"),
        ("motionsense", "A_DeviceMotion_data/", "archive (3)/A_DeviceMotion_data/A_DeviceMotion_data/"),
    ],
)
def test_other_spellings_of_folders(tmp_path, layout, published, found):
    files = LAYOUTS[layout][1]()
    expected = read(write(tmp_path / "published", files), layout)
    spelled = {name.replace(published, found): data for name, data in files.items()}
    assert spelled != files
    assert read(write(tmp_path / "found", spelled), layout) == expected
