"""What a stream needs before and behind its windows: samples put in order, a steady pace, a fast classifier."""
