"""Import of tables of samples: recordings on one regular clock, and a report of what was done.

:meth:`har.Recordings.from_frame` and :meth:`har.Recordings.from_csv` are the entry points.
"""
