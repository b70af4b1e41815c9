"""How good is it? Decisions, probabilities and alarms against the truth, with intervals; splits that keep people apart.

Nothing here draws: :mod:`common.plotting` does.
"""
