"""The DTW engine: arrays in, numbers out; it knows no estimator, data set or preprocessing."""
