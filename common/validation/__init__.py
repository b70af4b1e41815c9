"""Is the input usable? Shared checks of arrays, labels, parameters, windows, images, readings, files and folders.

Every function returns its argument in the form that the library computes with, or raises
:class:`~common.errors.InvalidInputError` with a message that names the argument, the place in it, and the fix.
"""

from common.validation.arrays import (
    BoolArray as BoolArray,
    Float64Array as Float64Array,
    FloatArray as FloatArray,
    IntArray as IntArray,
    as_float_array as as_float_array,
    check_finite as check_finite,
    check_integers as check_integers,
    check_same_channels as check_same_channels,
    check_series as check_series,
    check_tensor as check_tensor,
)
from common.validation.channels import check_rate as check_rate, rate_of as rate_of, split_unit as split_unit
from common.validation.features import (
    check_fitted_features as check_fitted_features,
    remember_features as remember_features,
)
from common.validation.files import (
    check_regular_file as check_regular_file,
    encoding_by_mark as encoding_by_mark,
    open_regular_file as open_regular_file,
    original_name as original_name,
    read_file_bytes as read_file_bytes,
)
from common.validation.folders import (
    DatasetFile as DatasetFile,
    DatasetFolder as DatasetFolder,
    DatasetSource as DatasetSource,
)
from common.validation.images import (
    check_images as check_images,
    luma as luma,
)
from common.validation.labels import (
    check_class_labels as check_class_labels,
    check_same_kind as check_same_kind,
    check_vector as check_vector,
    encode_labels as encode_labels,
)
from common.validation.parameters import (
    Band as Band,
    band_radius as band_radius,
    check_band as check_band,
    check_choice as check_choice,
    check_integer as check_integer,
    check_number as check_number,
    random_generator as random_generator,
)
from common.validation.positive import fall_second as fall_second, positive_label as positive_label
from common.validation.sensors import (
    check_event_times as check_event_times,
    check_probabilities as check_probabilities,
    check_sample_times as check_sample_times,
    check_samples as check_samples,
    check_sensors as check_sensors,
)
from common.validation.windows import (
    check_fitted_windows as check_fitted_windows,
    check_windows as check_windows,
    remember_windows as remember_windows,
)
