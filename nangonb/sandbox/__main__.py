"""``python -m nangonb.sandbox``."""

from __future__ import annotations

import sys

from nangonb.sandbox.server import main

if __name__ == "__main__":
    sys.exit(main())
