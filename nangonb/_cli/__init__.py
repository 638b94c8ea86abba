"""The ``nangonb`` command."""
