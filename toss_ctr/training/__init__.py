"One fold: batches in; weights, out-of-fold logits and a log out."
