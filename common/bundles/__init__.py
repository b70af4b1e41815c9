"""Models on disk: folders of arrays and JSON with a manifest of hashes, written durably and read without pickle."""
