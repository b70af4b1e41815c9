"""The alarms of a home over a cluster of NATS servers."""
