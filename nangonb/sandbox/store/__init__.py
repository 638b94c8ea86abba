"""What a sandbox remembers.

``environment``: integrations, connections, variables; ``scripts``: what is deployed; ``syncs``: the syncs of
connections, which ``scheduler`` finds and triggers; ``records``: what they have stored; ``state_file``: what
outlives the process.
"""
