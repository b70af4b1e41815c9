"""What all classifiers of images share: how they decide, their checked training data, and their parameters."""
