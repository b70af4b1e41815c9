"""Smaller networks: one file a mechanism, and what each stores."""
