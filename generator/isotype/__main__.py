"""`python -m isotype` is the command `isotype`."""

import sys

from isotype.cli import main

if __name__ == "__main__":
    sys.exit(main())
