"""The folder around the code: at once a CMake project, an Arduino library and a Zephyr module."""

from __future__ import annotations

from har.embedded.export.naming import with_name
from har.embedded.export.sources import code, filled, model_header, model_source, public_header
from har.embedded.export.stages import Plan
from har.embedded.export.writing import MARK
from har.embedded.recognizer import IntegerRecognizer


def project_files(recognizer: IntegerRecognizer, plan: Plan, name: str) -> dict[str, str]:
    """The text of each file by its path in the folder."""
    sensor = f"{recognizer.n_inputs} channels, {recognizer.rate_hz:g} samples a second"
    period_us = str(round(1e6 / recognizer.rate_hz))
    in_c = {
        "src/recognizer.h": public_header(recognizer, plan),
        "src/recognizer_model.h": model_header(recognizer, plan),
        "src/recognizer_model.c": model_source(recognizer, plan),
        "src/recognizer.c": code(recognizer, plan),
        "examples/host/recognize.c": filled("host.c"),
        "examples/sketch/sketch.ino": filled("arduino.ino", sensor=sensor, period_us=period_us),
    }
    others = {
        "CMakeLists.txt": filled("CMakeLists.txt"),
        "library.properties": filled("library.properties"),
        "zephyr/module.yml": filled("zephyr_module.yml"),
        "zephyr/CMakeLists.txt": filled("zephyr_CMakeLists.txt"),
        "zephyr/Kconfig": filled("zephyr_Kconfig"),
    }
    texts = {path: f"/* {MARK}. */\n{text}" for path, text in in_c.items()}
    texts |= {path: f"# {MARK}.\n{text}" for path, text in others.items()}
    return {with_name(path, name): with_name(text, name) for path, text in texts.items()}
