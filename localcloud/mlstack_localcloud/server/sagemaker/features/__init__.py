"""Feature Store: the records of feature groups, online and offline."""
