"""How far is it? The progress of long tasks: a bar, lines, or records of a logger."""

from common.progress.bar import Progress as Progress, figures as figures
