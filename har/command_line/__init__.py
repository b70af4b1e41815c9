"""The command `har`: from a text file of a worn sensor to a model, its honest accuracy, a stream of decisions, and C.

Its modules use the package by its public names, as anybody's program would; these load on first use, so that `--help`
answers at once.
"""
