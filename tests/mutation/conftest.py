"""Nothing here is a test, and importing the plugin would run every other test with its settings."""

collect_ignore_glob = ["*.py"]
