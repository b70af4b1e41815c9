from . import (
    figure as figure,
    patterns as patterns,
    rays as rays,
    rendering as rendering,
    shading as shading,
    tracing as tracing,
)
