"""Replace a folder completely or not at all, durably, even when several processes save at once."""
