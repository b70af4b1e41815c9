"""Tracks that motions of daily life are made of: gait, gestures, shocks of contact."""
