"""The command `fall`: from folders of images to a network, its honest accuracy, a small file, and its cost.

Its modules use the package by its public names, as anybody's program would; these load on first use, so that `--help`
answers at once.
"""
