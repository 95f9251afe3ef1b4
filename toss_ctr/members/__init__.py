"What is ensembled: out-of-fold and test predictions."
