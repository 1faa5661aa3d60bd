"""Trunkline. What every function loads first of ours."""

import gc

# A new worker makes a hundred thousand objects that live as long as it does; looking through them
# for garbage again and again while they are made costs a tenth of the start.
gc.set_threshold(50_000, 20, 50)
