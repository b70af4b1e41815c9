"""How good is it? Decisions, probabilities and alarms compared with the truth, with intervals, and splits by person.

Nothing here draws: :mod:`common.plotting` does.
"""
