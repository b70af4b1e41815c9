"""A figure inside a page: small enough to send, and of a size at which its letters can be read."""

import base64
import html
import io
from pathlib import Path

from PIL import Image

#: Of the files, which are drawn at 160 pixels an inch; shown at half of that, a letter of 10 points has 11 pixels.
_PIXELS_PER_CSS_PIXEL = 2
#: A drawing has few colours: its lines, and their edges.
_COLORS = 96
_WIDE = 520  # CSS pixels from which a figure takes the whole width of the page


def figure_html(path: Path, caption: str, *, shows_photos: bool = False) -> str:
    """The picture and its caption; on a narrow screen a wide one keeps its letters, and is moved sideways."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    width, height = (round(pixels / _PIXELS_PER_CSS_PIXEL) for pixels in picture.size)
    kind, content = _encoded(picture, shows_photos=shows_photos)
    text = html.escape(caption)
    classes = " ".join(["wide"] * (width > _WIDE) + ["photos"] * shows_photos)
    return (
        f'<figure class="{classes}"><div class="scroll" tabindex="0" role="group" aria-label="{text}">'
        f'<img alt="{text}" width="{width}" height="{height}" loading="lazy" style="--natural:{width}px" '
        f'src="data:image/{kind};base64,{base64.b64encode(content).decode()}"></div>'
        f"<figcaption>{text}</figcaption></figure>"
    )


def _encoded(picture: Image.Image, *, shows_photos: bool) -> tuple[str, bytes]:
    """Photographs as WebP, drawings as PNG with a palette."""
    file = io.BytesIO()
    if shows_photos:
        picture.save(file, "WEBP", quality=82, method=6)
        return "webp", file.getvalue()
    drawn = picture.quantize(_COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    drawn.save(file, "PNG", optimize=True)
    return "png", file.getvalue()
