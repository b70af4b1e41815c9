"""How parameters learn: the optimizers that both tracks share, in NumPy."""
