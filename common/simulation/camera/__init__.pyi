from . import (
    detector as detector,
    false_boxes as false_boxes,
    frame as frame,
    gate as gate,
    lights as lights,
    occupants as occupants,
    pets as pets,
    tracker as tracker,
)
