from . import (
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
