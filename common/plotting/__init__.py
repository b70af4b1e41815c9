"""How do results look? Figures that both tracks need, in one style.

Matplotlib (extra ``demo``) is imported when the first figure is drawn.
"""

from common.plotting.confusion import plot_confusion_matrix as plot_confusion_matrix
from common.plotting.pareto import plot_accuracy_against_cost as plot_accuracy_against_cost, plot_pareto as plot_pareto
from common.plotting.reliability import plot_reliability as plot_reliability
from common.plotting.style import (
    FAINT as FAINT,
    INK as INK,
    MUTED as MUTED,
    PALETTE as PALETTE,
    figure as figure,
    save as save,
    style as style,
)
