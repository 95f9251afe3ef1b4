"From raw ad impressions to calibrated click probabilities: DARE and QNN-α, in notebooks."

__version__ = "0.1.0"
