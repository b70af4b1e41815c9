"""A model as C source: what a microcontroller's compiler, its tflite-micro and its programmer need.

Names that C and C++ leave free (``names``, ``reserved_names``), literals (``literals``), the operators and memory of
tflite-micro (``operators``, ``arena``), numbers of the decision (``decision``), the files (``header``, ``source``,
``project``), and how they come to disk (``writing``). :func:`fall.export_c_array` puts them together.
"""
