# SPDX-License-Identifier: MIT
"""One fault each: what is spoiled, which requirement must fail, and in which networks it can be seen."""

FAULTS = []
HOMES = {}
