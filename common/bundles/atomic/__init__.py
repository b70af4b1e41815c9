"""A folder is replaced as a whole or not at all, by one saver or by several, and as durably as a database would."""
