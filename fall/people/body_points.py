"""The published network for 33 points of a body, run on the circle that the person detector found."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from common.optional import require
from common.validation import FloatArray
from fall.people.detection import Detection, Image, clip
from fall.people.network import PoseNetwork

_N_POINTS = 33
# The circle with room around it, as the network was trained.
_ROOM = 1.25
# The points leave out the top of the head and the outlines of hands and feet: a part of the longer side. Of 0, 0.05
# and 0.1 the one whose squares overlap those of 20 URFD sequences most.
_PADDING = 0.1


@dataclass(frozen=True, eq=False)
class BodyPoints:
    """Points of one body.

    Attributes
    ----------
    xy : ndarray of shape (33, 2)
        In pixels of the frame, in the order of MediaPipe Pose: 0 the nose, 11 and 12 the shoulders, 23 and 24 the hips,
        27 and 28 the ankles.
    depth : ndarray of shape (33,)
        Distance from the hips towards the camera, negative when closer, in pixels.
    visibility : ndarray of shape (33,)
        From 0 to 1: whether the point is in the frame and not hidden.
    score : float
        From 0 to 1: whether there is a body.

    Examples
    --------
    Somebody of 100 pixels from head to ankle:

    >>> xy = np.column_stack([np.linspace(40, 60, 33), np.linspace(50, 150, 33)])
    >>> points = BodyPoints(xy, depth=np.zeros(33), visibility=np.ones(33), score=0.9)
    >>> points.box(np.zeros((200, 100, 3), np.uint8)).h > 100  # with some room
    True
    """

    xy: FloatArray
    depth: FloatArray
    visibility: FloatArray
    score: float

    def box(self, frame: Image) -> Box | None:
        """The box around the points with some room, inside the frame; None if they lie outside it."""
        left, top = self.xy.min(axis=0)
        right, bottom = self.xy.max(axis=0)
        room = _PADDING * max(right - left, bottom - top)
        box = Box(left - room, top - room, right - left + 2 * room, bottom - top + 2 * room)
        return clip(box, frame.shape[1], frame.shape[0])


class BodyPointsModel:
    """33 points of a body by MediaPipe Pose (full), in 9 ms a person on one core.

    Parameters
    ----------
    models : path-like, optional
        The folder of ``pose_landmark_full.tflite``; see :func:`fall.people.pose_model`.
    num_threads : int
        Threads of LiteRT.

    Examples
    --------
    >>> model = BodyPointsModel()  # doctest: +SKIP
    >>> model(frame, PoseDetector()(frame)[0]).xy.shape  # doctest: +SKIP
    (33, 2)
    """

    def __init__(self, *, models: str | os.PathLike[str] | None = None, num_threads: int = 1) -> None:
        self._network = PoseNetwork("pose_landmark_full", models, num_threads)

    def __call__(self, frame: Image, person: Detection) -> BodyPoints:
        """The points of a person whose hips and circle are known, as :class:`fall.people.PoseDetector` finds them."""
        if person.hips is None or person.top is None:
            raise InvalidInputError("person has no hips and top; pass a detection of fall.people.PoseDetector")
        cv2 = require("cv2", extra="video", purpose="finding the points of a body")
        size = self._network.size
        to_frame = _upright_square(np.array(person.hips), np.array(person.top), size)
        turned = cv2.warpAffine(frame, to_frame, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        values, score = self._network.outputs(turned.astype(np.float32) / 255, 2)
        points = values.reshape(-1, 5)[:_N_POINTS].astype(np.float64)
        scale = float(np.hypot(*to_frame[:, 0]))
        return BodyPoints(
            xy=points[:, :2] @ to_frame[:, :2].T + to_frame[:, 2],
            depth=points[:, 2] * scale,
            visibility=np.asarray(expit(points[:, 3])),
            score=float(score[0]),
        )


def _upright_square(hips: FloatArray, top: FloatArray, size: int) -> FloatArray:
    """The affine map ``(2, 3)`` from a square in which the person stands upright to the frame."""
    up = (top - hips) * 2 * _ROOM / size  # one pixel up in the square
    linear = np.array([[-up[1], -up[0]], [up[0], -up[1]]])
    return np.column_stack([linear, hips - linear @ np.full(2, size / 2)])
