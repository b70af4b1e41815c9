"""Frames of a video file or a network stream, by PyAV.

Videos come from cameras and downloads, so they are not trusted. Only containers that hold their own data are opened
(a playlist could name any file or address), a stream may use network protocols only, and the size of a frame is checked
before it is decoded.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from common.errors import FrugalWarning, InvalidInputError, UnsafeInputError
from common.optional import require
from common.validation import open_regular_file
from fall.people.detection import Image
from fall.people.sources import TimedFrame

#: Larger than 8K video.
MAX_PIXELS = 40_000_000

# FFmpeg's names of containers and elementary streams that refer to nothing outside the file.
_FILE_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,mjpeg,mpjpeg,h264,hevc,m4v,ivf,gif,mxf,dv"
    ",obu,nut,wtv,yuv4mpegpipe"
)
_STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp", "rtp", "srt")
_STREAM_PROTOCOLS = "http,https,httpproxy,tcp,tls,udp,rtp,rtsp,rtsps,rtmp,rtmps,srt,crypto"
_ENOUGH = 0.95  # part of the announced duration; containers round it


def video_frames(path: Path) -> Iterator[TimedFrame]:
    """The frames of a file; it is opened, and refused if it is no video, before this function returns."""
    av = require("av", extra="video", purpose="reading video")
    file = open_regular_file(path)
    try:
        container = av.open(file, options={"format_whitelist": _FILE_FORMATS, "protocol_whitelist": "file"})
    except InvalidInputError:  # of the file, which cannot be read
        file.close()
        raise
    except (av.error.FFmpegError, ValueError, OSError) as error:
        file.close()
        raise InvalidInputError(
            f"{path} is not a video that can be read ({_reason(error)}): copy it completely, or convert it to MP4"
        ) from error
    return _opened(av, container, str(path), file)


def stream_frames(address: str, *, timeout_s: float) -> Iterator[TimedFrame]:
    """The frames of a stream until it ends; it is connected before this function returns."""
    av = require("av", extra="video", purpose="reading video streams")
    scheme = address.partition("://")[0].lower()
    if scheme not in _STREAM_SCHEMES:
        raise InvalidInputError(
            f"source has the address scheme {scheme!r}; choose one of {', '.join(_STREAM_SCHEMES)}, or pass a path"
        )
    options = {"protocol_whitelist": _STREAM_PROTOCOLS}
    if scheme.startswith("rtsp"):
        options["rtsp_transport"] = "tcp"  # over UDP lost packets tear the picture
    shown = _without_password(address)
    try:
        container = av.open(address, options=options, timeout=timeout_s)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"{shown} cannot be reached within {timeout_s:g} s, or is not a video ({_reason(error)}): check the "
            "address, the network and the password, or raise timeout_s"
        ) from error
    return _opened(av, container, shown, None)


def _opened(av: Any, container: Any, name: str, file: BinaryIO | None) -> Iterator[TimedFrame]:
    stream = container.streams.best("video")
    problem: Exception | None = None
    if stream is None or stream.disposition & av.stream.Disposition.attached_pic:
        problem = InvalidInputError(f"{name} holds no video, perhaps only sound: choose another file")
    elif stream.codec_context is None:
        problem = InvalidInputError(f"{name} is coded in a way that PyAV cannot decode: convert it to H.264 in MP4")
    elif stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
        size = f"{stream.codec_context.width} x {stream.codec_context.height}"
        problem = UnsafeInputError(f"{name} has frames of {size} pixels, more than {MAX_PIXELS}: scale it down")
    if problem is not None:
        container.close()
        if file is not None:
            file.close()
        raise problem
    return _decode(av, container, stream, name, file)


def _decode(av: Any, container: Any, stream: Any, name: str, file: BinaryIO | None) -> Iterator[TimedFrame]:
    number, time_s, first_s, failure = 0, 0.0, None, ""
    try:
        for frame, failure in _frames(av, container, stream):  # noqa: B007  (the last failure is told at the end)
            if frame is None:
                continue
            own_s = frame.time if frame.pts is not None else None
            if own_s is None:
                own_s = (first_s or 0.0) + number / _rate_hz(stream)
            first_s = own_s if first_s is None else first_s
            time_s = float(own_s - first_s)
            yield TimedFrame(number, time_s, _upright(frame))
            number += 1
        expected_s = _announced_s(container, stream) if file is not None else 0.0
        expected = stream.frames if file is not None else 0
        step_s = 1 / _rate_hz(stream)
    finally:
        container.close()
        if file is not None:
            file.close()
    if number == 0:
        raise InvalidInputError(f"{name} holds no frame that can be decoded{failure}: copy it completely")
    is_short = time_s + step_s < _ENOUGH * expected_s - step_s or number < _ENOUGH * expected - 2
    if failure or is_short:
        what = "ended early" if file is None else "is truncated or damaged"
        promised = f" of {expected_s:.1f} s" if is_short and expected_s > time_s else ""
        warnings.warn(
            f"{name} {what}{failure}: {number} frames, until {time_s:.1f} s{promised}, were read",
            FrugalWarning,
            stacklevel=3,
        )


def _announced_s(container: Any, stream: Any) -> float:
    """How long a file says that its pictures last; 0 if it does not say."""
    if stream.duration:
        return float(stream.duration * stream.time_base)
    # Matroska has one duration for all its streams, and sound may be longer.
    if container.duration and len(container.streams) == 1:
        return float(container.duration) / 1e6
    return 0.0


def _rate_hz(stream: Any) -> float:
    return float(stream.average_rate or stream.guessed_rate or 25)


def _frames(av: Any, container: Any, stream: Any) -> Iterator[tuple[Any, str]]:
    """Every frame that can be decoded, with the latest failure so far; None where a packet is damaged."""
    failure = ""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, OSError, InvalidInputError) as error:
            yield None, f" ({_reason(error)})"
            return
        try:
            for frame in packet.decode():
                yield frame, failure
        except av.error.EOFError:
            continue
        except (av.error.FFmpegError, OSError) as error:
            failure = f" ({_reason(error)})"
            yield None, failure


def _upright(frame: Any) -> Image:
    """The picture as 8-bit RGB, turned as the file says."""
    pixels = frame.width * frame.height
    if pixels > MAX_PIXELS:
        raise UnsafeInputError(f"a frame has {frame.width} x {frame.height} pixels: scale the video down")
    image = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(image, round(frame.rotation / 90) % 4))


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)[:200]


def _without_password(address: str) -> str:
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"
