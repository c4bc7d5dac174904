"""Matching: recommendations, bulk runs, training, evaluation, interactions."""
