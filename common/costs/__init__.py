"""What does a decision cost? Exact counts of parameters, operations and bytes, and estimates for devices.

Heights and widths are those of inputs, and MACs exclude biases. Costs of layers add up to the cost of a network; its
working memory is the largest sum of a layer's input and output.
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
