"""Who must come, and when? Evidence of falls becomes alarms that stay open until somebody has acknowledged them."""
