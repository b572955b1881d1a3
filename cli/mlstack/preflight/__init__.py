"""Whether an environment can be brought up in its account, looked at before anything is made."""
