"""Python scripts → TypeScript that the real Nango runs: sound, or refused."""

from nangonb.translate.expressions import EXPRESSIONS, register
from nangonb.translate.translation import Layout, Translation, translate

EXPRESSIONS.update(register())

__all__ = ["Layout", "Translation", "translate"]
