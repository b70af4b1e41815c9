"""What learning shares in both tracks: optimizers in NumPy, and people held out to stop it."""
