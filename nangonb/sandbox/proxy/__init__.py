"""The proxy to the providers: a request with the credentials of a connection, and its retries."""
