"""Quantization by another library, to compare with: of the .tflite file, after the network was converted."""
