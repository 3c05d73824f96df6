"""medbench's own launchers: ``medbench_launchers.plugin`` is the entry point."""
