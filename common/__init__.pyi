from . import plotting as plotting
from .complexity import conv2d_cost as conv2d_cost
from .complexity import dense_cost as dense_cost
from .complexity import dtw_cost as dtw_cost
from .complexity import knn_cost as knn_cost
from .complexity import separable_conv2d_cost as separable_conv2d_cost
from .cost import Cost as Cost
from .cost import Ledger as Ledger
from .errors import FrugalError as FrugalError
from .errors import FrugalWarning as FrugalWarning
from .errors import InvalidInputError as InvalidInputError
from .errors import MissingDependencyError as MissingDependencyError
from .errors import ModelIntegrityError as ModelIntegrityError
from .errors import UnsafeInputError as UnsafeInputError
from .evaluation import Evaluation as Evaluation
from .evaluation import evaluate as evaluate
from .intervals import Interval as Interval
from .intervals import Intervals as Intervals
from .splits import Split as Split
from .splits import check_no_leakage as check_no_leakage
from .splits import leave_one_subject_out as leave_one_subject_out
from .splits import split_by_subject as split_by_subject
from .splits import subject_folds as subject_folds

__version__: str
