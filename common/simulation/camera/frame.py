"""What a camera with a person detector reports at one moment, and the picture that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.simulation.drawing.figure import Figure
from common.simulation.rooms.camera import HEIGHT, WIDTH, PixelBox
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room

_STREAM = 4  # of the sensor's noise, so that it disturbs no other random numbers


@dataclass(frozen=True, eq=False)
class View:
    """All that stands before the camera at one moment; ``noise`` fixes the sensor's noise in every picture of it."""

    room: Room
    figures: tuple[Figure, ...]
    light: Light
    noise: tuple[int, int, int]  # seed, sequence, moment

    def crop(self, box: PixelBox, size: int, number: int = 0) -> npt.NDArray[np.uint8]:
        """The square around a box, ``(size, size, 3)``; ``number`` tells apart crops of the same view."""
        from common.simulation.drawing.rendering import Section, draw

        left, top, side = box.square()
        section = Section(left, top, side / size, size, size)
        return draw(self.room, self.figures, self.light, section, self.sensor_rng(1 + number))

    def whole(self, columns: int) -> npt.NDArray[np.uint8]:
        """The whole frame, ``(3/4 columns, columns, 3)``."""
        from common.simulation.drawing.rendering import Section, draw

        section = Section(0.0, 0.0, WIDTH / columns, columns * HEIGHT // WIDTH, columns)
        return draw(self.room, self.figures, self.light, section, self.sensor_rng(0))

    def sensor_rng(self, picture: int) -> np.random.Generator:
        """Of the noise in one picture: the whole frame (0) or a crop (from 1 on)."""
        seed, sequence, moment = self.noise
        return np.random.default_rng([seed, _STREAM, sequence, moment, picture])


@dataclass(frozen=True)
class CameraFrame:
    """What the camera reports of one person, or of nobody; what truly happens is not in it.

    Attributes
    ----------
    time_s : float
        On the camera's clock. Several people in one picture are several frames of the same time.
    moved : bool
        Whether the picture differs from the one before, by its pixels alone.
    box : PixelBox or None
        Where the detector found somebody, rightly or wrongly; None if it found nobody.
    track : int
        Which boxes of successive frames the tracker takes for one person, counted from 1; 0 without a box.
    """

    time_s: float
    moved: bool
    box: PixelBox | None
    track: int
    view: View = field(repr=False, compare=False)

    def draw(self, size: int = 96) -> npt.NDArray[np.uint8]:
        """The square around the box ``(size, size, 3)``, RGB; the same whenever it is drawn.

        Raises
        ------
        InvalidInputError
            If there is no box.
        """
        if self.box is None:
            raise InvalidInputError(
                f"frame at {self.time_s:.3f} s has no box, since nobody was found: draw frames whose box is not None, "
                "or the whole view by frame.view.whole(columns)"
            )
        return self.view.crop(self.box, size, self.track)
