"""Limits on what is decoded, so that no file fills the memory or takes minutes."""

#: Bytes of a file. A PNG of 16 megapixels may have more: save it as JPEG.
MAX_BYTES = 10 * 2**20
MAX_PIXELS = 16_000_000
#: A strip one pixel high may be very long within :data:`MAX_PIXELS`, but resizing it needs filters as long as it.
MAX_SIDE = 16_384
#: Scans of a JPEG, each of which goes through the whole image again. libjpeg writes 10 for color and 18 for CMYK,
#: mozjpeg 11. At 16 megapixels, 30 scans take 2.2 times as long as 10, and 100 take 6.6 times as long.
MAX_SCANS = 30
#: Segments of a JPEG before its pixels. Ten megabytes of XMP or of a color profile, 64 kB in each, make 160.
MAX_SEGMENTS = 1_000
#: Chunks of a PNG. libpng writes one for 8 kB of pixels, which makes 1,300 in a file of :data:`MAX_BYTES`.
MAX_CHUNKS = 50_000
