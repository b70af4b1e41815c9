"""Models on disk: folders of arrays and JSON under a manifest with hashes, written durably and read without pickle."""
