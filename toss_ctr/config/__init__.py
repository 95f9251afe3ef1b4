"One YAML file says what runs: the sections, loading, showing."
