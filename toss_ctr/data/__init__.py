"Parquet → values → shards → batches."
