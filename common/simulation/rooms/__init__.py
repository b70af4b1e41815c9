"""Where residents live: rooms with furniture, their light and surfaces, and the camera that watches."""
