"""The integer recogniser as C99: a library of a few files for any compiler, for CMake, Arduino and Zephyr.

Text in C lies in ``c/``, one idea a file, as it will be read by the user; :mod:`~har.embedded.export.stages` decides
what is needed, :mod:`~har.embedded.export.sources` puts it together.
"""
