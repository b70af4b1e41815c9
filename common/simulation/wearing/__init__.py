"""What becomes of the worn sensor in daily life: dropped, laid aside, charged, reversed, loose, on somebody else."""
