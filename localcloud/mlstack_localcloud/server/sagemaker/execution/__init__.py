"""Jobs as processes: directories, environments, transfers, logs and outcomes."""
