"""The lecture's cost formulas: DTW and its neighbours, layers and blocks of networks, training, transmission.

Heights and widths are input sizes, MACs leave biases out, and every figure is exact. The costs of a network's
layers add up to the network's: working memory is a layer's input and output, of which the largest counts.
"""

from common.costs.blocks import (
    bottleneck_cost as bottleneck_cost,
    mbconv_cost as mbconv_cost,
    residual_cost as residual_cost,
)
from common.costs.layers import (
    conv2d_cost as conv2d_cost,
    dense_cost as dense_cost,
    separable_conv2d_cost as separable_conv2d_cost,
)
from common.costs.operation import training_cost as training_cost, transmission_cost as transmission_cost
from common.costs.series import (
    dtw_cost as dtw_cost,
    knn_cost as knn_cost,
    prototype_cost as prototype_cost,
)
