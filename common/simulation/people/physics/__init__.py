"""Falls as physics: an articulated body whose joints keep some tone, in contact with the floor and the furniture."""
