"""What is written, what is refused, and that figures of the report are those of the compiler."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import common
import har
from examples.boards import BOARDS, Program, classify_on, code_bytes, missing, run_on
from har.embedded.recognizer import ImpactTrigger
from tests.har.embedded.export import recognizers
from tests.har.embedded.models import FRONTS, pipeline, recognizer

FILES = {
    *("src/recognizer.h", "src/recognizer.c", "src/recognizer_model.h", "src/recognizer_model.c"),
    *("examples/host/recognize.c", "examples/sketch/sketch.ino", "CMakeLists.txt", "library.properties"),
    *("zephyr/module.yml", "zephyr/CMakeLists.txt", "zephyr/Kconfig"),
}


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_for_cmake_arduino_and_zephyr(tmp_path: Path) -> None:
    exported = har.export_c(pipeline("resample"), tmp_path / "new", rate_hz=20, counts_per_unit=4096, bits=8)
    assert files_in(exported.directory) == FILES
    assert exported.bits == 8
    text = exported.header.read_text(encoding="ascii")
    assert "recognizer_push" in text
    assert "counts of the sensor, 6 in all" in text


def test_the_users_name_is_everywhere(tmp_path: Path) -> None:
    exported = har.export_c(recognizers.core(), tmp_path, name="step_counter")
    assert exported.header == tmp_path / "src" / "step_counter.h"
    texts = [(tmp_path / name).read_text() for name in files_in(tmp_path) if not name.startswith("library")]
    assert not any("recognizer_" in text or "RECOGNIZER" in text for text in texts)


def test_a_second_export_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    har.export_c(recognizers.core(16), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    exported = har.export_c(recognizers.core(8), tmp_path)
    assert "int8_t" in (exported.sources / "recognizer_model.c").read_text()
    assert files_in(tmp_path) == FILES | {"notes.txt"}


def test_a_file_of_another_origin_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "recognizer.c").write_text("int main(void) { return 0; }\n")
    with pytest.raises(common.InvalidInputError, match=r"'recognizer\.c', which har\.export_c did not write"):
        har.export_c(recognizers.core(), tmp_path)
    assert files_in(tmp_path) == {"src/recognizer.c"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "int"}, "name is 'int'"),
        ({"name": "Recognizer"}, "lower-case"),
        ({"name": "a" * 40}, "up to 24"),
        ({"target": "rust"}, "target"),
        ({"bits": 8}, "bits: an IntegerRecognizer has these already"),
        ({"max_flash_bytes": 2_000}, r"max_flash_bytes is 2,000, but the recogniser needs .*prototypes 3,072"),
        ({"max_ram_bytes": 100}, r"max_ram_bytes is 100, but the recogniser needs .*window 384"),
    ],
)
def test_refusals_say_why(options: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(common.InvalidInputError, match=message):
        har.export_c(recognizers.core(), tmp_path, **options)  # type: ignore[arg-type]
    assert files_in(tmp_path) == set()


def test_a_window_too_long_to_be_counted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(common.InvalidInputError, match="windows have 70,000 samples"):
        har.export_c(recognizers.core(length=70_000), tmp_path)


def test_a_pipeline_needs_its_sensor(tmp_path: Path) -> None:
    with pytest.raises(common.InvalidInputError, match="counts_per_unit is missing"):
        har.export_c(pipeline("bare"), tmp_path, rate_hz=20)


def test_labels_of_any_kind_become_text(tmp_path: Path) -> None:
    integers = recognizers.core(classes=np.array(['say "aah"', "treppab \\ auf", "gehen??/ schön"]))
    exported = har.export_c(integers, tmp_path)
    source = (exported.sources / "recognizer_model.c").read_text(encoding="ascii")
    assert r'"say \042aah\042"' in source
    assert r'"gehen\077\077/ sch\303\266n"' in source


def test_the_report_has_a_table(tmp_path: Path) -> None:
    exported = har.export_c(recognizers.core(), tmp_path)
    assert exported.cells == 8 * 212
    assert exported.cost.macs == 8 * 212 * 6
    frame = exported.to_frame([common.CORTEX_M4])
    assert frame.loc[0, ["flash_bytes", "ram_bytes"]].tolist() == [exported.flash_bytes, exported.ram_bytes]
    assert bool(frame.loc[0, "fits"])
    for text in (str(exported), exported.to_markdown(), exported._repr_html_()):
        assert "Cortex-M4" in text


STATE = """
#include "board.h"
#include "recognizer_model.h"
int main(void) {
    board_print_unsigned(sizeof(recognizer_state));
    board_write('\\n');
    return 0;
}
"""


@pytest.mark.parametrize("name", ["host gcc", "Cortex-M4", "RV32"])
def test_the_state_has_the_bytes_that_are_reported(name: str, tmp_path: Path) -> None:
    if reason := missing(BOARDS[name]):
        pytest.skip(reason)
    trigger = ImpactTrigger(np.arange(3, dtype=np.uint8), 10_000, 11)
    integers = recognizers.core(8, n_channels=5, readout=recognizers.readout(3, 8), schedule=trigger)
    exported = har.export_c(integers, tmp_path)
    (tmp_path / "state.c").write_text(STATE)
    output = run_on(BOARDS[name], Program((tmp_path / "state.c",), (exported.sources,)))
    assert output.rows() == [[exported.ram_bytes]]


@pytest.mark.slow
@pytest.mark.parametrize("front", FRONTS)
def test_the_estimated_code_is_a_little_more_than_the_compilers(front: str, tmp_path: Path) -> None:
    board = BOARDS["Cortex-M4"]
    if reason := missing(board):
        pytest.skip(reason)
    exported = har.export_c(recognizer(front), tmp_path)
    compiled = code_bytes(board, exported.sources / "recognizer.c")
    assert 0.5 * exported.code_bytes < compiled <= exported.code_bytes
    constants = code_bytes(board, exported.sources / "recognizer_model.c")
    assert exported.prototype_bytes + exported.constant_bytes <= constants < exported.flash_bytes


@pytest.mark.slow
def test_targets_on_a_cortex_m4(tmp_path: Path) -> None:
    """56 prototypes of 32 samples and six channels: the size of the smartwatch with eight a class."""
    board = BOARDS["Cortex-M4"]
    if reason := missing(board):
        pytest.skip(reason)
    integers = recognizers.core(16, n_prototypes=56)
    exported = har.export_c(integers, tmp_path / "16")
    eight = har.export_c(recognizers.core(8, n_prototypes=56), tmp_path / "8")
    windows = recognizers.prepared_windows(integers, 60)
    longest = {
        plain: classify_on(board, exported, windows, ("-O2", *plain))[:, 3].max() / exported.cells
        for plain in ((), ("-DRECOGNIZER_PLAIN",))
    }
    assert longest[()] <= 22
    assert longest[("-DRECOGNIZER_PLAIN",)] <= 60
    assert 0.8 * longest[()] < exported.instructions / exported.cells < 1.2 * longest[()]
    linear = har.export_c(recognizers.core(8, n_prototypes=56, readout=recognizers.readout(3, 56)), tmp_path / "linear")
    measured = classify_on(board, linear, windows, ("-O2",))[:, 3].max()
    assert 0.9 * measured < linear.instructions < 1.1 * measured
    assert eight.prototype_bytes <= 12_000
    assert code_bytes(board, eight.sources / "recognizer.c") <= 2_048
    assert eight.working_bytes <= 1_024


@pytest.mark.parametrize(
    ("compiler", "options"),
    [
        ("g++", ("-std=c++11", "-Wall", "-Wextra", "-Werror", "-x", "c++")),
        ("clang", ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror")),
        ("gcc", ("-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wshadow", "-Werror")),
    ],
)
def test_programs_around_the_code_compile(compiler: str, options: tuple[str, ...], tmp_path: Path) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"not installed: {compiler}")
    exported = har.export_c(recognizer("magnitude"), tmp_path)
    source = exported.directory / "examples" / "host" / "recognize.c"
    command = [compiler, *options, f"-I{exported.sources}", "-fsyntax-only", str(source)]
    assert subprocess.run(command, capture_output=True, text=True).stderr == ""


def test_the_sketch_is_cpp(tmp_path: Path) -> None:
    if shutil.which("g++") is None:
        pytest.skip("not installed: g++")
    exported = har.export_c(recognizer("magnitude"), tmp_path)
    arduino = tmp_path / "Arduino.h"
    arduino.write_text(
        "unsigned long micros();\n"
        "struct SerialPort { void begin(long); void println(const char *); };\n"
        "extern SerialPort Serial;\n"
    )
    sketch = exported.directory / "examples" / "sketch" / "sketch.ino"
    command = ["g++", "-x", "c++", "-Wall", "-Wextra", "-Werror", "-include", str(arduino), f"-I{exported.sources}"]
    done = subprocess.run([*command, "-fsyntax-only", str(sketch)], capture_output=True, text=True)
    assert done.stderr == ""


@pytest.mark.slow
def test_cppcheck_finds_nothing(tmp_path: Path) -> None:
    if shutil.which("cppcheck") is None:
        pytest.skip("not installed: cppcheck")
    checks = ("--enable=warning,style,performance,portability", "--error-exitcode=1", "--std=c99", "--quiet")
    for front in ("mean gravity", "magnitude", "slow jerk"):
        folder = tmp_path / front.replace(" ", "_")
        exported = har.export_c(recognizer(front), folder)
        command = ["cppcheck", *checks, f"-I{exported.sources}", str(exported.sources)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_cmake_builds_the_example_of_this_computer(tmp_path: Path) -> None:
    if shutil.which("cmake") is None:
        pytest.skip("not installed: cmake")
    integers = recognizers.core()
    exported = har.export_c(integers, tmp_path)
    build = tmp_path / "build"
    for command in (["cmake", "-S", str(exported.directory), "-B", str(build)], ["cmake", "--build", str(build)]):
        subprocess.run(command, check=True, capture_output=True)
    lines = "\n".join(" ".join(map(str, sample)) for sample in integers.prototypes[0].tolist())
    done = subprocess.run([build / "recognize"], input=lines, capture_output=True, text=True, check=True)
    assert done.stdout == "sample 32: sit (distance 0)\n"
