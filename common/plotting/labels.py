"""Labels beside their points, where they hide neither each other nor a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from common.optional import require

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

# Directions in order of preference, and distances in points.
_DIRECTIONS = ((1, 0), (0, 1), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
_DISTANCES = (7, 14, 24, 36, 50)
# Beyond this distance a thin line leads from the label to its point.
_LEADER = 10


def label_points(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    colors: Sequence[str],
    *,
    avoid: Sequence[Artist] = (),
) -> None:
    """Write each name near its point: the first free place, or the least crowded one.

    Greedy, left to right; the limits of the axes must be final, since places are compared in pixels.

    Parameters
    ----------
    ax : Axes
        Where the points are drawn.
    points : sequence of (x, y)
        In data coordinates.
    names, colors : sequence of str
        One for each point.
    avoid : sequence of Artist
        What the labels should not cover, such as a legend.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # settles the layout, so that pixels are known
    inside = ax.get_window_extent()
    pixels_per_point = figure.dpi / 72
    centres = ax.transData.transform(np.asarray(points, dtype=float))
    taken = [_box(x, y, 5 * pixels_per_point) for x, y in centres]
    # Padded, since the extent of a straight line has no area.
    taken += [artist.get_window_extent().padded(pixels_per_point) for artist in avoid]
    for i in np.argsort(centres[:, 0], kind="stable"):
        label, best = _annotation(ax, names[i], points[i], colors[i]), None
        others = taken[:i] + taken[i + 1 :]
        for offset in _offsets():
            _move(label, offset)
            box = label.get_window_extent()
            clutter = sum(_overlap(box, other) for other in others) + _outside(box, inside)
            if best is None or clutter < best[0]:
                best = clutter, offset, box
            if clutter == 0:
                break
        assert best is not None
        _, offset, box = best
        _move(label, offset)
        taken.append(box)
        if max(map(abs, offset)) > _LEADER:
            _draw_leader(ax, points[i], offset, colors[i])


def _annotation(ax: Axes, name: str, point: tuple[float, float], color: str) -> Annotation:
    effects = require("matplotlib.patheffects", extra="demo", purpose="Plotting")
    halo = [effects.withStroke(linewidth=3, foreground="white")]
    return ax.annotate(name, point, (0, 0), textcoords="offset points", color=color, fontsize=9, path_effects=halo)


def _draw_leader(ax: Axes, point: tuple[float, float], offset: tuple[float, float], color: str) -> None:
    line = {"arrowstyle": "-", "color": color, "linewidth": 0.6, "alpha": 0.6, "shrinkA": 0, "shrinkB": 3}
    ax.annotate("", point, offset, textcoords="offset points", arrowprops=line)


def _move(label: Annotation, offset: tuple[float, float]) -> None:
    """Put the label's near side at ``offset`` points from its point."""
    x, y = offset
    label.set_position(offset)
    label.set_horizontalalignment("left" if x > 0 else "right" if x < 0 else "center")
    label.set_verticalalignment("bottom" if y > 0 else "top" if y < 0 else "center_baseline")


def _offsets() -> list[tuple[float, float]]:
    """Every direction at the nearest distance first; diagonals a little closer, to keep the distance alike."""
    return [
        (dx * distance * (0.7 if dx and dy else 1), dy * distance * (0.7 if dx and dy else 1))
        for distance in _DISTANCES
        for dx, dy in _DIRECTIONS
    ]


def _box(x: float, y: float, radius: float) -> Bbox:
    transforms = require("matplotlib.transforms", extra="demo", purpose="Plotting")
    box: Bbox = transforms.Bbox([[x - radius, y - radius], [x + radius, y + radius]])
    return box


def _overlap(first: Bbox, second: Bbox) -> float:
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return width * height if width > 0 and height > 0 else 0.0


def _outside(box: Bbox, frame: Bbox) -> float:
    """Area of the label beyond the axes, counted twice: cut-off text is worse than crowded text."""
    return 2 * (box.width * box.height - _overlap(box, frame))
