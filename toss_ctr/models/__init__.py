"The network: DARE, QNN-α, and what stands between them."
