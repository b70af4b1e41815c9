"""How compressed weights are stored: bits, Huffman codes and sparse formats, written and read back bit for bit."""
