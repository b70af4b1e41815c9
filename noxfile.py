"""What is checked before a release, each in an environment of its own: Pythons, oldest versions, and what is shipped.

``nox --list`` says what there is. A session whose Python is not installed is skipped, never downloaded.
"""

from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
# The sensor track and what both tracks share; TensorFlow has no release for the newest Python.
SENSOR_TRACK = ["tests/har", "tests/common", "har", "common"]
TEST_TOOLS = ["pytest", "hypothesis"]

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["sensor_track", "minimums", "package"]


@nox.session(python=PYTHONS)
def sensor_track(session: nox.Session) -> None:
    """The tests of the sensor track on each Python, without TensorFlow."""
    session.install("-c", "constraints.txt", "-e", ".[data,demo]", *TEST_TOOLS)
    session.run("pytest", "-q", "-m", "not slow", *(session.posargs or SENSOR_TRACK))


@nox.session(python="3.11")
def minimums(session: nox.Session) -> None:
    """The tests of the sensor track on the oldest versions that pyproject.toml allows."""
    session.install("-c", "packaging/minimums.txt", "-e", ".", *TEST_TOOLS)
    session.run("pytest", "-q", "-m", "not slow", *(session.posargs or ["tests/har"]))


@nox.session(python="3.11")
def package(session: nox.Session) -> None:
    """Build the source archive and from it the wheel, check both, and use the wheel from another folder."""
    folder = Path(session.create_tmp()).resolve()
    session.install("build", "twine", "check-wheel-contents")
    session.run("python", "-m", "build", "--outdir", str(folder / "dist"), ".")
    archives = sorted(str(path) for path in (folder / "dist").glob("har_fall-*"))
    session.run("twine", "check", "--strict", *archives)
    (wheel,) = (name for name in archives if name.endswith(".whl"))
    # W009: several packages stand at the top of the wheel, on purpose (docs/deprecation.md).
    session.run("check-wheel-contents", "--ignore", "W009", wheel)
    session.install("-c", "constraints.txt", wheel, "pytest")
    session.chdir(folder)
    session.run("python", "-c", "import har, common; print(har.dtw_distance([0.0, 1.0], [0.0, 1.0]), common.__file__)")
    # Doctests of the files as they were installed, which no checkout stands in front of.
    session.run(
        "pytest", "-q", "--doctest-modules", "--pyargs", "har.dtw.distance", "common.evaluation", "common.costs"
    )


@nox.session(python="3.11")
def citation(session: nox.Session) -> None:
    """CITATION.cff against the schema of its format."""
    session.install("cffconvert")
    session.run("cffconvert", "--validate", "-i", "CITATION.cff")
