"""Parts of the readers: which files are images, what folders and annotations mean, and what is left out and why."""
