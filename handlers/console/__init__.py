"""The operator: commands, health, metrics and logs."""
