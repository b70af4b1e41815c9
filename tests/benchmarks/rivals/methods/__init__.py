"""The methods: each is trained on windows, and tells what it keeps."""
