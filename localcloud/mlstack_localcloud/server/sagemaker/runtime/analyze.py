"""Runs an analyzer of monitoring jobs in a job's own interpreter, with nothing else of the daemon's on its path."""

import runpy
import sys
import types
from pathlib import Path

_PACKAGE = Path(__file__).parents[3]

package = types.ModuleType(_PACKAGE.name)
package.__path__ = [str(_PACKAGE)]
sys.modules[_PACKAGE.name] = package
runpy.run_module(f"mlstack_localcloud.server.sagemaker.{sys.argv[1]}.run", run_name="__main__")
