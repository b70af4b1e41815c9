"""The DTW engine: arrays in, numbers out, no estimator."""
