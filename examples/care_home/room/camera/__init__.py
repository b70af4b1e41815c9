"""A room's camera: files, USB, RTSP, MJPEG, or the boxes of Frigate. What it sees is judged here and forgotten."""
