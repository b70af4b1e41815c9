"""What do several sensors say together? One calibrated probability, whichever of them are there, and what each adds."""
