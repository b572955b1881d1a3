"""Where mlstack keeps what belongs to the user and not to a project.

```
$MLSTACK_HOME           default ~/.mlstack
    engine/<version>/   the Pulumi engine and its language host
    local/              the local cloud and the state of local environments
    cache/              what can be made again; $MLSTACK_CACHE moves it
```
"""

from __future__ import annotations

import os
from pathlib import Path


def mlstack_home() -> Path:
    """The user's directory of mlstack, absolute; it need not exist.

    Returns:
        `$MLSTACK_HOME`, or `~/.mlstack` where that is unset or empty.
    """
    configured = os.environ.get("MLSTACK_HOME")
    return Path(configured).expanduser().absolute() if configured else Path.home() / ".mlstack"


def cache_home() -> Path:
    """Where things that can be made again are kept, absolute; it need not exist.

    Returns:
        `$MLSTACK_CACHE`, or `cache` in `mlstack_home()` where that is unset or empty.
    """
    configured = os.environ.get("MLSTACK_CACHE")
    return Path(configured).expanduser().absolute() if configured else mlstack_home() / "cache"
