from .prototype_plot import plot_prototypes as plot_prototypes
from .signal_plot import plot_signals as plot_signals
from .warping_plot import plot_warping_path as plot_warping_path
