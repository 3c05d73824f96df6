"""``python -m medbench``."""

import sys

from medbench.cli.main import main

sys.exit(main())
