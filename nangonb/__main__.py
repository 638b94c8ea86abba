"""``python -m nangonb``"""

import sys

from nangonb._cli.main import main

sys.exit(main())
