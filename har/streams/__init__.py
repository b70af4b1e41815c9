"""Parts of a stream: sample order, checks of the sample rate, and fast scoring of windows."""
