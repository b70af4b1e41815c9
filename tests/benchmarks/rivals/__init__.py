"""Accuracy beside other methods, on the same windows, folds of people, augmented copies, threshold rule and seeds.

`make rivals DATA=PATH` runs what is not stored yet and writes ``docs/results``.
"""
