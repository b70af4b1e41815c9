from .complexity import Cost as Cost, Ledger as Ledger, dtw_cost as dtw_cost, knn_cost as knn_cost
from .errors import (
    FrugalError as FrugalError,
    FrugalWarning as FrugalWarning,
    InvalidInputError as InvalidInputError,
    MissingDependencyError as MissingDependencyError,
    ModelIntegrityError as ModelIntegrityError,
    UnsafeInputError as UnsafeInputError,
)
from .evaluation import Evaluation as Evaluation, evaluate as evaluate

__version__: str
