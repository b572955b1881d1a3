"""Training runs: what is uploaded, how a run is started and followed, and what it found."""
