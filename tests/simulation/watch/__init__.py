"""The watchers: each knows one kind of promise and complains when it is broken."""
