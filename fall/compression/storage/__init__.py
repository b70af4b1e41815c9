"""Lossless storage of compressed weights: packed bits, Huffman codes and sparse formats."""
