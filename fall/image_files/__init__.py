"""Image files from strangers: which kind a file is, how large, which way up, and its pixels, within fixed limits."""
