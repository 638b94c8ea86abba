"""What can be said about scripts without running them: lints, what the translator refuses, and types."""

from nangonb.check.typescript import translation_refused, typescript_problems, typescript_refused
from nangonb.check.typescript_slips import slips
from nangonb.check.warnings import refused, warnings

__all__ = ["refused", "slips", "translation_refused", "typescript_problems", "typescript_refused", "warnings"]
