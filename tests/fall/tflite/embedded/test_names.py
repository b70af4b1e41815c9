"""Names of the array: those that C or C++ use otherwise are refused, and all others compile."""

import subprocess

import pytest

from common import InvalidInputError
from fall import export_c_array
from fall.tflite.embedded import reserved_names
from fall.tflite.embedded.names import check_name
from tests.fall.tflite.embedded.building import LANGUAGES, STRICT, model, needs

pytestmark = pytest.mark.usefixtures("without_micro")

FREE = """
    a internal fall_model Fall camera2 model_v1 x86 integer classic new_model my_class ints registers fall_t2 string2
    nulls erratic mainly stdlib2 e1 model input output arena resolver interpreter status pixels len
    abcdefghijklmnopqrstuvwxyz12345
"""
USED = {
    "keyword of C": "int static register restrict inline alignas bool nullptr constexpr typeof true thread_local",
    "keyword of C+": "class namespace template new this and xor_eq co_await concept char8_t wchar_t override module",
    "underscores": "a__b fall_ model__",
    "capitals": "NULL EOF INT_MAX E2BIG SIGINT FALL I NAN M_PI INT8_C",
    "_t": "size_t uint8_t int_fast16_t my_type_t time_t wint_t",
    "library": "printf malloc memcpy sin sinf sinl y0 errno isalpha isalpha_l lgamma_r main assert PRId8 thrd_busy",
    "systems": "std tflite linux unix read write setup loop min Serial",
    "system's": "stdio string math Strings pthread arduino",
    "Windows": "con nul aux Com1 lpt9",
}
HEADERS = """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
"""


@pytest.mark.parametrize(("meaning", "name"), [(kind, name) for kind, names in USED.items() for name in names.split()])
def test_names_with_another_meaning_are_refused(meaning, name):
    with pytest.raises(InvalidInputError, match=f"^name is '{name}', which .*{meaning.replace('+', '[+]')}"):
        check_name(name)


@pytest.mark.parametrize(
    "name", ["", "1a", "a-b", "a b", " a", "a\n", "a.h", "_a", "_A", "__a", "ä", "ſ", "名", "x" * 32, None, 3, b"a"]
)
def test_what_is_no_identifier_is_refused(name):
    with pytest.raises(InvalidInputError, match="must be an identifier of C of up to 31 ASCII letters"):
        check_name(name)


def test_a_refused_name_writes_nothing(tmp_path):
    for name in ("int", "class", "errno"):
        with pytest.raises(InvalidInputError, match=r"^name is"):
            export_c_array(model(), tmp_path / "new", name=name)
    assert not (tmp_path / "new").exists()


def test_no_list_repeats_another():
    libraries = reserved_names.LIBRARY_NAMES, reserved_names.MATH_FUNCTIONS
    assert not libraries[0] & libraries[1]
    assert not (reserved_names.C_KEYWORDS | reserved_names.CPP_KEYWORDS) & (libraries[0] | libraries[1]) - {"noreturn"}


@pytest.mark.parametrize(("compiler", "standard"), LANGUAGES)
def test_every_other_name_compiles(tmp_path, compiler, standard):
    """All headers of the library are included, and each name is declared as the header and the source declare it."""
    needs(compiler)
    headers = HEADERS.split() if compiler == "gcc" else ["assert.h", "math.h", "stdint.h", "stdio.h", "stdlib.h"]
    lines = [f"#include <{header.removesuffix('.h')}.h>" for header in headers]
    for name in FREE.split():
        check_name(name)
        linkage = 'extern "C"' if compiler == "g++" else "extern"
        lines += [f"{linkage} const unsigned char {name}[];", f"const unsigned char {name}[] = {{1}};"]
    source = tmp_path / "names.c"
    source.write_text("\n".join(lines) + "\n")
    language = ["-x", "c++"] if compiler == "g++" else []
    subprocess.run([compiler, f"-std={standard}", *STRICT, "-c", *language, source, "-o", tmp_path / "o"], check=True)
