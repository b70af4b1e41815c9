"""The figures of Lab 1: signals, a warping path in its band, profiles."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import har
from common import InvalidInputError, plotting
from common.validation import FloatArray, band_radius
from har.preprocessing import ScaleChannels

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def signals(windows: har.Windows, *, n_classes: int = 8) -> "Figure":
    """One window of each class: a column per sensor, a line per channel."""
    classes = np.unique(windows.y)[:n_classes]
    # Sensors have three axes each.
    sensors = [list(part) for part in np.array_split(np.arange(len(windows.channels)), -(-len(windows.channels) // 3))]
    with plotting.style():
        figure = plotting.figure(
            len(classes), len(sensors), size=(4.2 * len(sensors), 0.85 * len(classes) + 1.4), sharex=True
        )
        axes = np.array(figure.axes).reshape(len(classes), len(sensors))
        seconds = np.arange(windows.X.shape[1]) / windows.rate_hz
        members = [np.flatnonzero(windows.y == name) for name in classes]
        examples = [indices[len(indices) // 2] for indices in members]
        for column, sensor in enumerate(sensors):
            low, high = windows.X[examples][:, :, sensor].min(), windows.X[examples][:, :, sensor].max()
            for row, (name, window) in enumerate(zip(classes, examples, strict=True)):
                ax = axes[row, column]
                for color, channel in zip(plotting.PALETTE, sensor, strict=False):
                    ax.plot(
                        seconds, windows.X[window][:, channel], lw=1.3, color=color, label=windows.channels[channel]
                    )
                ax.set_ylim(low, high)
                if column == 0:
                    ax.set_ylabel(str(name), rotation=0, ha="right", va="center", color=plotting.INK)
            axes[-1, column].set_xlabel("seconds")
            fits_one_row = sum(len(windows.channels[channel]) for channel in sensor) < 40
            axes[0, column].legend(
                loc="lower left", bbox_to_anchor=(0, 1), ncols=len(sensor) if fits_one_row else 1, borderaxespad=0.2
            )
    return figure


@dataclass(frozen=True)
class Pair:
    """Two windows of one activity by two people."""

    x: FloatArray
    y: FloatArray
    activity: str


def most_warped_pair(windows: har.Windows, *, band: Any, n_windows: int = 40) -> Pair:
    """The pair of windows by two people for which warping helps most, of about ``n_windows`` per activity (scaled)."""
    X, y, groups = ScaleChannels().fit_transform(windows.X), windows.y, windows.groups
    best, best_gain = None, -1.0
    for activity in np.unique(y):
        members = np.flatnonzero(y == activity)
        members = members[:: max(1, len(members) // n_windows)]
        warped = har.pairwise_dtw(X[members], band=band)
        unwarped = har.pairwise_dtw(X[members], band=0)
        # Weighted by the motion in both windows: two almost still windows are similar with or without warping.
        motion = X[members].std(axis=1).mean(axis=1)
        two_people = groups[members][:, None] != groups[members]
        gain = (unwarped - warped) / (unwarped + 1e-9) * np.minimum.outer(motion, motion)
        gain = np.where(two_people, gain, -1.0)
        if gain.max() > best_gain:
            i, j = np.unravel_index(int(gain.argmax()), gain.shape)
            best, best_gain = Pair(X[members[i]], X[members[j]], str(activity)), float(gain.max())
    if best is None:
        raise InvalidInputError("y has no activity by two people; a warping path needs two windows")
    return best


def warping_path(pair: Pair, *, band: Any) -> "Figure":
    """Two windows, the cheapest path between them, and the band that limits it."""
    x, y = pair.x, pair.y
    path, distance = har.dtw_path(x, y, band=band)
    in_band = np.abs(np.subtract.outer(np.arange(len(x)), np.arange(len(y)))) <= band_radius(band, len(x), len(y))
    with plotting.style():
        figure = plotting.figure(1, 2, size=(10, 4.4))
        left, right = figure.axes
        channel = int(np.argmax(x.std(axis=0) + y.std(axis=0)))
        upper, lower = x[:, channel] + 1.2 * max(np.ptp(x[:, channel]), np.ptp(y[:, channel])), y[:, channel]
        for a, b in path:
            left.plot([a, b], [upper[a], lower[b]], color=plotting.MUTED, lw=0.6, alpha=0.5)
        left.plot(upper, color=plotting.PALETTE[0])
        left.plot(lower, color=plotting.PALETTE[1])
        left.set_title(f"{pair.activity} by two people: what DTW aligns")
        left.set_yticks([])
        left.set_xlabel("sample")

        right.imshow(np.where(in_band, 0.16, 0.0), origin="lower", cmap="Blues", vmin=0, vmax=1)
        right.grid(False)
        right.plot(path[:, 1], path[:, 0], color=plotting.INK)
        right.set_title(f"Its path, in a band of {in_band.mean():.0%} of the cells")
        right.set_xlabel("sample of the second", color=plotting.PALETTE[1])
        right.set_ylabel("sample of the first", color=plotting.PALETTE[0])
        distances = f"DTW {distance:.1f}\nEuclid {np.linalg.norm(x - y):.1f}"
        right.text(0.04, 0.96, distances, transform=right.transAxes, va="top", color=plotting.INK)
    return figure


def profiles(model: har.DTWPrototypeClassifier, channels: tuple[str, ...], rate_hz: float) -> "Figure":
    """The learned profiles of each class in the three channels of largest weight."""
    heaviest = np.argsort(-model.channel_weights_)[:3]
    classes = model.classes_
    with plotting.style():
        figure = plotting.figure(len(classes), len(heaviest), size=(9, 0.85 * len(classes) + 1.4), sharex=True)
        axes = np.array(figure.axes).reshape(len(classes), len(heaviest))
        seconds = np.arange(model.prototypes_.shape[1]) / rate_hz
        for column, channel in enumerate(heaviest):
            values = model.prototypes_[:, :, channel]
            for row, name in enumerate(classes):
                ax = axes[row, column]
                for color, profile in zip(plotting.PALETTE, values[model.prototype_labels_ == name], strict=False):
                    ax.plot(seconds, profile, lw=1.4, color=color)
                ax.set_ylim(values.min(), values.max())
                ax.set_yticklabels([])
                if column == 0:
                    ax.set_ylabel(str(name), rotation=0, ha="right", va="center", color=plotting.INK)
            axes[0, column].set_title(f"{channels[channel]}, weight {model.channel_weights_[channel]:.1f}", fontsize=10)
            axes[-1, column].set_xlabel("seconds")
    return figure


def save_all(figures: dict[str, "Figure"], folder: Path) -> list[Path]:
    """Save each figure as ``folder/NAME.png``; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        plotting.save(figure, paths[-1])
    return paths
