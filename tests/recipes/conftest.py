"""The fixture of all recipes."""

from tests.recipes.copied import copied_tree

__all__ = ["copied_tree"]
