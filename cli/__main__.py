"""Starts the command line: ``python -m cli``, as the launcher ``./hourbook`` does."""

import sys

from cli.main import main

sys.exit(main(sys.argv[1:]))
