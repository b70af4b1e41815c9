"""The square crop around a box, as a definition checked on random boxes."""

from hypothesis import given, strategies as st

from common.monitoring.boxes import square_around

WIDTH, HEIGHT = 640, 480


@given(st.floats(0, WIDTH), st.floats(0, HEIGHT), st.floats(1, 2 * WIDTH), st.floats(0, 0.5))
def test_it_stays_in_the_frame_unless_the_box_is_longer_than_the_frame(
    x: float, y: float, longest: float, margin: float
) -> None:
    left, top, side = square_around((x, y), longest, (WIDTH, HEIGHT), margin=margin)
    assert longest <= side <= max(longest, longest * (1 + 2 * margin))
    for start, length, center in ((left, WIDTH, x), (top, HEIGHT, y)):
        if side > length:  # centered on the frame, so that equal bars complete the square
            assert start == (length - side) / 2
        else:
            assert 0 <= start <= length - side
            assert start in (center - side / 2, 0.0, length - side)


def test_the_margin_shrinks_before_the_square_outgrows_the_frame() -> None:
    assert square_around((320, 240), 400, (WIDTH, HEIGHT), margin=0.1) == (80, 0, 480)
    assert square_around((320, 240), 300, (WIDTH, HEIGHT), margin=0.1) == (140, 60, 360)
    assert square_around((320, 240), 600, (WIDTH, HEIGHT), margin=0.1) == (20, -60, 600)
