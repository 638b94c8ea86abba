"""What runs in a sandbox: deployed syncs and actions, and dry runs of source that is sent."""
