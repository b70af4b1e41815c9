"""Who lives there: bodies, how they move, and what they do: daily activities, mishaps and falls."""
