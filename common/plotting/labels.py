"""Labels near their points, placed so that they cover neither each other nor a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.optional import require

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

# Directions in order of preference, and distances in points.
_DIRECTIONS = ((1, 0), (0, 1), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
_DISTANCES = (7, 14, 24, 36, 50)
# Beyond this distance, in points, a thin line connects the label with its point.
_LEADER_DISTANCE = 10
# A line through a name makes it illegible, however small the area that both share.
_CROSSING = 50


def label_points(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    colors: Sequence[str],
    *,
    avoid: Sequence[Artist] = (),
) -> None:
    """Write each name near its point, in the first free place or else the one with the least overlap.

    Labels are placed greedily from left to right. The limits of the axes must be final, since overlaps are computed
    in pixels.

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
    figure.draw_without_rendering()  # computes the layout, and with it positions in pixels
    frame = ax.get_window_extent()
    pixels_per_point = figure.dpi / 72
    centers = ax.transData.transform(np.asarray(points, dtype=float))
    occupied = [_square_box(x, y, 5 * pixels_per_point) for x, y in centers]
    # Padded, because the extent of a straight line has no area.
    occupied += [artist.get_window_extent().padded(pixels_per_point) for artist in avoid]
    labels: list[Bbox] = []
    for i in np.argsort(centers[:, 0], kind="stable"):
        label, best = _annotate(ax, names[i], points[i], colors[i]), None
        others = occupied[:i] + occupied[i + 1 :]
        for offset in _offsets():
            _move(label, offset)
            box = label.get_window_extent()
            overlap = sum(_overlap_area(box, other) for other in others) + _area_outside(box, frame)
            if _has_leader(offset):
                leader = _leader_box(centers[i], offset, pixels_per_point)
                overlap += _CROSSING * sum(_overlap_area(leader, written) for written in labels)
            if best is None or overlap < best[0]:
                best = overlap, offset, box
            if overlap == 0:
                break
        assert best is not None
        _, offset, box = best
        _move(label, offset)
        occupied.append(box)
        labels.append(box)
        if _has_leader(offset):
            occupied.append(_leader_box(centers[i], offset, pixels_per_point))
            _draw_leader(ax, points[i], offset, colors[i])


def _annotate(ax: Axes, name: str, point: tuple[float, float], color: str) -> Annotation:
    effects = require("matplotlib.patheffects", extra="demo", purpose="Plotting")
    halo = [effects.withStroke(linewidth=3, foreground="white")]
    return ax.annotate(name, point, (0, 0), textcoords="offset points", color=color, fontsize=9, path_effects=halo)


def _draw_leader(ax: Axes, point: tuple[float, float], offset: tuple[float, float], color: str) -> None:
    line = {"arrowstyle": "-", "color": color, "linewidth": 0.6, "alpha": 0.6, "shrinkA": 0, "shrinkB": 3}
    ax.annotate("", point, offset, textcoords="offset points", arrowprops=line)


def _has_leader(offset: tuple[float, float]) -> bool:
    return max(map(abs, offset)) > _LEADER_DISTANCE


def _leader_box(center: npt.NDArray[Any], offset: tuple[float, float], pixels_per_point: float) -> Bbox:
    """The rectangle between a point and its label."""
    transforms = require("matplotlib.transforms", extra="demo", purpose="Plotting")
    ends = np.array([center, center + pixels_per_point * np.asarray(offset)])
    box: Bbox = transforms.Bbox([ends.min(axis=0), ends.max(axis=0)])
    return box.padded(0.5 * pixels_per_point)  # a straight line has no area


def _move(label: Annotation, offset: tuple[float, float]) -> None:
    """Place the side of the label that faces its point at ``offset``, in points."""
    x, y = offset
    label.set_position(offset)
    label.set_horizontalalignment("left" if x > 0 else "right" if x < 0 else "center")
    label.set_verticalalignment("bottom" if y > 0 else "top" if y < 0 else "center_baseline")


def _offsets() -> list[tuple[float, float]]:
    """All directions at the smallest distance first; diagonals are scaled to about the same distance."""
    return [
        (dx * distance * (0.7 if dx and dy else 1), dy * distance * (0.7 if dx and dy else 1))
        for distance in _DISTANCES
        for dx, dy in _DIRECTIONS
    ]


def _square_box(x: float, y: float, radius: float) -> Bbox:
    transforms = require("matplotlib.transforms", extra="demo", purpose="Plotting")
    box: Bbox = transforms.Bbox([[x - radius, y - radius], [x + radius, y + radius]])
    return box


def _overlap_area(first: Bbox, second: Bbox) -> float:
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return width * height if width > 0 and height > 0 else 0.0


def _area_outside(box: Bbox, frame: Bbox) -> float:
    """Twice the area of the label outside the axes, since cut-off text is worse than overlapping text."""
    return 2 * (box.width * box.height - _overlap_area(box, frame))
