"""``python -m nangonb``"""

import sys

from nangonb.cli.main import main

sys.exit(main())
