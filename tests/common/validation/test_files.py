"""Irregular files are refused at once by every reader, and files above the size limit are not read."""

import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from common.errors import InvalidInputError
from common.validation import (
    check_regular_file,
    encoding_by_mark,
    open_regular_file,
    original_name,
    read_file_bytes,
)
from common.validation.files import _RegularFile

MAKE = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to itself": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("read", [check_regular_file, read_file_bytes])
def test_irregular_files_are_refused_at_once(tmp_path, kind, read):
    MAKE[kind](tmp_path / "data.txt")
    with pytest.raises(InvalidInputError, match=r"data\.txt cannot be read"):
        read(tmp_path / "data.txt")


def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # names of sockets must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("data.txt")
        with pytest.raises(InvalidInputError, match="not a regular file"):
            read_file_bytes(Path("data.txt"))


def test_a_name_with_a_null_character_is_refused():
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_file_bytes(Path("a\0b"))


def test_a_file_larger_than_allowed_is_not_read(tmp_path):
    file = tmp_path / "large.bin"
    with file.open("wb") as stream:
        stream.truncate(2**40)  # sparse: takes no space on disk
    with pytest.raises(InvalidInputError, match="more than 1,073,741,824 bytes"):
        read_file_bytes(file)
    file.write_bytes(b"12345")
    assert read_file_bytes(file, max_bytes=5) == b"12345"
    with pytest.raises(InvalidInputError, match="more than 4 bytes"):
        read_file_bytes(file, max_bytes=4)


AS_AN_ORDINARY_USER = """
import os, tempfile
from pathlib import Path
from common.errors import InvalidInputError
from common.validation import read_file_bytes
from har import Recordings
from har.datasets import load_wisdm

readers = [
    lambda: read_file_bytes(file),
    lambda: load_wisdm(file.parent),
    lambda: Recordings.from_csv(file, time=None, rate_hz=20, channels=[3]),
]
with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    file = Path(folder, "WISDM_ar_v1.1_raw.txt")
    file.write_text("".join(f"33,Jogging,{50_000_000 * i},-0.69,12.68,0.5;\\n" for i in range(1, 30)))
    for read in readers:
        read()  # modules imported on first use may be unreadable for other users
    file.chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)  # nobody
    for read in readers:
        try:
            read()
        except InvalidInputError as error:
            print("refused" if "Permission denied" in str(error) else error)
    if os.getuid() == 0:
        os.seteuid(0)
"""


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions of Unix")
def test_a_file_without_read_permission_is_refused():
    run = subprocess.run([sys.executable, "-c", AS_AN_ORDINARY_USER], capture_output=True, text=True)
    assert run.stdout.split() == ["refused"] * 3, run.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_are_known_by_their_mark(encoding):
    content = "Gerät".encode(encoding)
    assert content.decode(encoding_by_mark(content)) == "Gerät"
    assert encoding_by_mark(b"text") is None


@pytest.mark.parametrize(
    "copy", ["a.csv", "a (1).csv", "a(12).csv", "a - Copy.csv", "a - Kopie (2).csv", "a copy 3.CSV"]
)
def test_the_name_before_it_was_copied(copy):
    assert original_name(copy) == "a.csv"


READS = [lambda file: file.read(9), lambda file: file.read(), lambda file: file.readline()]


@pytest.mark.parametrize("read", READS)
def test_a_disk_that_fails(read):
    file = Path("/proc/self/mem")  # a regular file by its mode; there is nothing to read at its beginning
    if not file.is_file():
        pytest.skip("no such file here")
    with open_regular_file(file) as stream, pytest.raises(InvalidInputError, match=f"{file} cannot be read"):
        read(stream)


@pytest.mark.parametrize("read", READS)
def test_a_file_that_would_make_its_reader_wait(tmp_path, read):
    pipe = tmp_path / "pipe"  # as some files of the kernel, which are regular by their mode
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    expected = f"{pipe} cannot be read: it is not a regular file"
    with io.BufferedReader(_RegularFile(descriptor, pipe)) as stream, pytest.raises(InvalidInputError, match=expected):
        read(stream)


def test_an_open_file_reads_as_any_other(tmp_path):
    content = bytes(range(256)) * 9000
    (tmp_path / "data.bin").write_bytes(content)
    with open_regular_file(tmp_path / "data.bin") as file:
        assert (file.read(3), file.read(), file.read(), file.read(5)) == (content[:3], content[3:], b"", b"")
        file.seek(-300, os.SEEK_END)
        assert file.readline() == content[-300:][: content[-300:].index(b"\n") + 1]
