"""The published person detector: an SSD with fixed anchors that finds hips and the circle around the whole body."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from common.monitoring.boxes import Box
from common.optional import require
from common.validation import FloatArray, check_number
from fall.people.body_points import BodyPointsModel
from fall.people.detection import Detection, Image, clip, suppress
from fall.people.network import Float32Array, PoseNetwork

# Stride in pixels of each grid of anchors, and anchors in a cell of it.
_GRIDS = ((8, 2), (16, 2), (32, 6))
_SIZE = 224
# Half the width of a body as a part of half its length, for the box around the ellipse. Chosen on 7 URFD sequences.
_WIDTH = 0.5
_GREY = 127.5
_SURE_OF_POINTS = 0.5


class PoseDetector:
    """Find people by the detector of MediaPipe Pose, in 6 ms a frame on one core.

    Parameters
    ----------
    min_score : float
        Detections below are dropped. It is low, since the tracker asks for more before it begins a track.
    models : path-like, optional
        The folder of ``pose_detection.tflite``; see :func:`fall.people.pose_model`.
    points : bool
        Also find the 33 points of the body (:class:`fall.people.BodyPointsModel`, 9 ms a person) and put the box around
        them where the network is sure of them: tighter boxes, above all of people who lie.
    num_threads : int
        Threads of LiteRT.

    Raises
    ------
    InvalidInputError
        If the network is not there.
    ModelIntegrityError
        If its file is another one.

    Notes
    -----
    It was made for one person close to the camera: people who lie are found less surely, so
    :func:`fall.people_in` also shows it turned pictures of where somebody was.

    References
    ----------
    Bazarevsky et al.: BlazePose: On-device Real-time Body Pose tracking, 2020. https://arxiv.org/abs/2006.10204

    Examples
    --------
    >>> PoseDetector()(frame)  # doctest: +SKIP
    [Detection(box=Box(x=127.0, y=48.1, w=60.3, h=170.9), score=0.98, hips=(156.8, 131.2), top=(160.1, 46.0))]
    """

    def __init__(
        self,
        *,
        min_score: float = 0.3,
        points: bool = False,
        models: str | os.PathLike[str] | None = None,
        num_threads: int = 1,
    ) -> None:
        self._min_score = check_number(min_score, "min_score", at_least=0)
        self._network = PoseNetwork("pose_detection", models, num_threads)
        self._points = BodyPointsModel(models=models, num_threads=num_threads) if points else None

    def __repr__(self) -> str:
        return f"PoseDetector(min_score={self._min_score}, points={self._points is not None})"

    def __call__(self, frame: Image) -> list[Detection]:
        """People in a picture, the surest first."""
        inputs, scale, corner = _letterboxed(frame)
        regression, logits = self._network.outputs(inputs, 2)
        scores = expit(logits[:, 0].astype(np.float64))
        rows = np.flatnonzero(scores >= self._min_score)
        points = (_points(regression[rows], rows) * _SIZE - corner) / scale
        found = (
            _detection(hips, top, float(score), frame) for (hips, top), score in zip(points, scores[rows], strict=True)
        )
        people = suppress([detection for detection in found if detection is not None])
        return [self._around_points(frame, person) for person in people]

    def _around_points(self, frame: Image, person: Detection) -> Detection:
        """The person with the box around the points of the body, if they are found."""
        if self._points is None:
            return person
        points = self._points(frame, person)
        box = points.box(frame) if points.score >= _SURE_OF_POINTS else None
        return person if box is None else replace(person, box=box)


def _letterboxed(frame: Image) -> tuple[Float32Array, float, FloatArray]:
    """The frame in the middle of a square of −1 to 1 with grey bars, its scale, and where its corner came to lie."""
    cv2 = require("cv2", extra="video", purpose="finding people by their pose")
    height, width = frame.shape[:2]
    scale = _SIZE / max(height, width)
    shown = max(1, round(width * scale)), max(1, round(height * scale))
    # Averaging keeps a small person of a large frame, which bilinear sampling would skip.
    method = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    resized = cv2.resize(frame, shown, interpolation=method)
    left, top = (_SIZE - shown[0]) // 2, (_SIZE - shown[1]) // 2
    square = np.zeros((_SIZE, _SIZE, 3), np.float32)
    square[top : top + shown[1], left : left + shown[0]] = resized / np.float32(_GREY) - 1
    return square, scale, np.array([left, top], np.float64)


def _points(regression: Float32Array, rows: npt.NDArray[np.intp]) -> FloatArray:
    """Hips and the top of the circle for some anchors, ``(n, 2, 2)``, as parts of the square's side.

    Of the twelve numbers of an anchor, the first four are a box around the face; then follow four points, of which the
    first two are these. All are relative to the anchor's center.
    """
    return np.asarray(regression[:, 4:8].reshape(-1, 2, 2) / _SIZE + _anchors()[rows][:, None], np.float64)


@cache
def _anchors() -> FloatArray:
    """Centers of the 2,254 anchors, ``(n, 2)``, as parts of the square's side, row by row of each grid."""
    grids = []
    for stride, per_cell in _GRIDS:
        cells = _SIZE // stride
        y, x = np.mgrid[:cells, :cells]
        centers = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        grids.append(centers.repeat(per_cell, axis=0))
    return np.concatenate(grids)


def _detection(hips: FloatArray, top: FloatArray, score: float, frame: Image) -> Detection | None:
    """The box around an ellipse along the body: the circle alone would be square, whatever the posture."""
    along = top - hips
    length = max(float(np.hypot(*along)), 1e-6)
    across = _WIDTH * along[::-1]
    half_width, half_height = np.hypot(along, across)
    whole = Box(hips[0] - half_width, hips[1] - half_height, 2 * half_width, 2 * half_height)
    box = clip(whole, frame.shape[1], frame.shape[0]) if length > 2 else None
    if box is None:
        return None
    return Detection(box, score, (float(hips[0]), float(hips[1])), (float(top[0]), float(top[1])))
