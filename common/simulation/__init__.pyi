from .camera import (
    detector as detector,
    false_boxes as false_boxes,
    frame as frame,
    gate as gate,
    lights as lights,
    occupants as occupants,
    pets as pets,
    tracker as tracker,
)
from .drawing import (
    figure as figure,
    patterns as patterns,
    rays as rays,
    rendering as rendering,
    shading as shading,
    tracing as tracing,
)
from .people import (
    activities as activities,
    body as body,
    daily as daily,
    episode as episode,
    falls as falls,
    mishaps as mishaps,
    motion as motion,
    postures as postures,
    resident as resident,
)
from .rooms import furniture as furniture, light as light, room as room, textures as textures
