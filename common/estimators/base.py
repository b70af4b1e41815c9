"""scikit-learn's base classes; ``base.pyi`` beside this file says their types.

scikit-learn is not typed: a class derived from its base classes has ``Any`` among its ancestors, and to a user's type
checker a misspelt method of ours would be ``Any`` instead of an error.
"""

from sklearn.base import (
    BaseEstimator as BaseEstimator,
    ClassifierMixin as ClassifierMixin,
    TransformerMixin as TransformerMixin,
)
