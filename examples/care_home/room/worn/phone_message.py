"""What the app "Sensor Logger" pushes: its JSON, as samples in g and degrees a second with the phone's times.

The format is that of the app's documentation (`tszheichoi/awesome-sensor-logger`, `PUSHING.md` and `UNITS.md`):
``messageId``, ``sessionId``, ``deviceId`` and a ``payload`` of readings with ``name``, ``time`` in nanoseconds since
1970 and ``values``. Acceleration is in m/s², turning in rad/s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common import InvalidInputError
from common.validation import FloatArray
from examples.care_home.room.worn.slots import N_CHANNELS

MAX_BYTES = 512 * 1024  # of a message: the app sends some 60 kB a second if everything is switched on
_MOST_READINGS = 4000
_G = 9.80665
_ACCELERATION, _TURNING = slice(0, 3), slice(3, 6)

_Id = Annotated[str, Field(min_length=1, max_length=100)]


class _Reading(BaseModel):
    """One reading of one sensor; most are of sensors that are not used here."""

    model_config = ConfigDict(extra="ignore")
    name: Annotated[str, Field(max_length=100)]
    time: Annotated[int, Field(ge=0, le=2**63)]
    values: dict[str, Any] = {}


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")
    message_id: Annotated[int, Field(alias="messageId", ge=0, le=2**53)]
    session_id: Annotated[_Id, Field(alias="sessionId")]
    device_id: Annotated[_Id, Field(alias="deviceId")]
    payload: Annotated[list[_Reading], Field(max_length=_MOST_READINGS)]


@dataclass(frozen=True, eq=False)
class PhoneMessage:
    """Samples of one message.

    Attributes
    ----------
    number : int
        Counts up within a session.
    session, device : str
    times_s : ndarray of shape (n,)
        On the phone's clock.
    samples : ndarray of shape (n, 6)
        A row holds acceleration or turning; the other part is NaN.
    """

    number: int
    session: str
    device: str
    times_s: FloatArray
    samples: FloatArray


def read_message(content: bytes) -> PhoneMessage:
    """The message that JSON describes.

    Acceleration with gravity is ``totalacceleration`` where a phone has it (Android), otherwise the sum of
    ``accelerometer`` and ``gravity``, which a phone measures together. Uncalibrated readings are left out, since their
    units differ from phone to phone.

    Raises
    ------
    InvalidInputError
        If it is no such message; the first wrong value is named.
    """
    try:
        message = _Message.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidInputError(f"not a message of Sensor Logger: {place or 'text'}: {first['msg']}") from None
    by_name: dict[str, dict[int, FloatArray]] = {}
    for reading in message.payload:
        vector = _vector(reading.values)
        if vector is not None:
            by_name.setdefault(reading.name.lower(), {})[reading.time] = vector
    rows = [
        *((time, _ACCELERATION, vector / _G) for time, vector in _with_gravity(by_name).items()),
        *((time, _TURNING, np.degrees(vector)) for time, vector in by_name.get("gyroscope", {}).items()),
    ]
    samples = np.full((len(rows), N_CHANNELS), np.nan)
    for row, (_, part, vector) in zip(samples, rows, strict=True):
        row[part] = vector
    times_s = np.array([time / 1e9 for time, _, _ in rows])
    return PhoneMessage(message.message_id, message.session_id, message.device_id, times_s, samples)


def _with_gravity(by_name: dict[str, dict[int, FloatArray]]) -> dict[int, FloatArray]:
    total = by_name.get("totalacceleration")
    if total:
        return total
    own, gravity = by_name.get("accelerometer", {}), by_name.get("gravity", {})
    # Some phones cannot tell gravity apart: then their accelerometer holds it, and at rest it is found out.
    return {time: own[time] + gravity[time] for time in own if time in gravity} if gravity else own


def _vector(values: dict[str, Any]) -> FloatArray | None:
    numbers = [values.get(axis) for axis in "xyz"]
    if not all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in numbers):
        return None
    vector = np.array(numbers, dtype=float)
    return vector if bool((np.abs(vector) < 1e6).all()) else np.full(3, np.nan)
