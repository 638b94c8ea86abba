"""The rows of the table, by subject."""

from nangonb.translate import sdk
from nangonb.translate.rows import containers, numbers, operators, text

__all__ = ["containers", "numbers", "operators", "sdk", "text"]
