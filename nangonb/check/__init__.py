"""What can be said about scripts without running them: lints, and what the translator refuses."""

from nangonb.check.warnings import refused, warnings

__all__ = ["refused", "warnings"]
