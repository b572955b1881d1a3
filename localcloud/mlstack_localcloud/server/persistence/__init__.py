"""Keeps what the common services hold, so that a `kill -9` of the daemon loses nothing that was acknowledged.

A request that changes something is answered after it was written down:

```
request -> moto changes its state -> journal (one row: the request, its time, its seed) -> answer
                                        |
                     snapshots, in the background: pickles of the changed backends, the journal is emptied
```

- The **journal** (`store.py`) is replayed at the start. A request gives the same result again, because all randomness
  that moto uses is seeded by the request (`determinism.py`) and its clock is held still meanwhile (`clock.py`).
- **Snapshots** (`snapshots.py`, `pickling.py`) keep the journal short. They cost what the state weighs, so they are
  made when nothing happens, or when the work since the last one was worth many of them: the total stays linear.
- **Contents of S3 objects** are files by their SHA-256 (`blobs.py`), written before the request is journaled; neither
  journal nor snapshots hold them.

Written means: handed to the operating system. A crash of the machine may cost the last seconds, never the database.

The pickles are code. They lie in a directory that only its owner may enter, and are read from nowhere else.
"""
