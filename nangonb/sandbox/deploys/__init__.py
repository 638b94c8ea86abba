"""How scripts come into a sandbox: ``/sync/deploy`` with compiled code, ``/functions`` with source."""
