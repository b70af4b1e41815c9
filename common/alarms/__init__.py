"""Who must come, and when? Evidence of a fall to alarms, told once, kept until somebody has come."""
