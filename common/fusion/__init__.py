"""What do several sensors say together? One calibrated probability, with any sensor absent, and the share of each."""
