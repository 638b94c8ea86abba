"""Deploys to a sandbox: ``/sync/deploy`` with compiled code, ``/functions`` with source."""
