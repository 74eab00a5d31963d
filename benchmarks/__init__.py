"""What the product reaches, measured: one module for each command of the benchmarks page."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy, as in wfm/cli.py: a forecast on two threads takes double
