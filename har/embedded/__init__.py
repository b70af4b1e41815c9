"""The recogniser in integers only: from counts of the sensor to a decision, the specification of the exported C code.

:mod:`har.embedded.recognizer` fixes the data and every operation; :mod:`har.embedded.fixed_point` builds it from a
fitted pipeline.
"""
