"Generated click logs with known probabilities."
