"""What staff see and press: one static page, and the interface by which it speaks to the hub."""
