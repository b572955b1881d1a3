"""What mlstack promises to reach, measured: `make bench`. One file a subject; each figure is taken in one run."""
