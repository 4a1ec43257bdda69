"""What the first requests of a process may rely on; they come at once, each in a thread of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_pandas_is_loaded_before_the_first_request(checkout: Path) -> None:
    """Loaded by a request, it would fail the layout: plotly looks at ``sys.modules`` while it is half there."""
    code = "import dashboard.app, sys; assert 'pandas' in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=checkout, check=True)
