"Numeric columns learned from labels, out of fold."
