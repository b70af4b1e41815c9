"""Deep compression as a file: a model whose weights are coded on disk, and a runnable .tflite file again when read."""
