"""A care home that runs: residents with a worn sensor and a room camera, alarms that reach a person and are never lost.

Three parts, each a process of its own or together in one command:

- ``room``: sensors and their classifiers beside the resident. Probabilities leave it, pictures never do.
- ``hub``: the alarms of the home: who must come, who is coming, who said so. Its log is the truth.
- ``page``: what staff see and press.

This is a demonstration on simulated residents. It is no medical device and no nurse call system.
"""
