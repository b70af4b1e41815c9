"""The alarms of the home: a pure state machine over an append-only log, with thin input and output around it."""
