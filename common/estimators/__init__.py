"""What is an estimator? scikit-learn's base classes, with the types that scikit-learn does not carry."""
