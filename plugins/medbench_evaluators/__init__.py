"""medbench's own metrics and extractor: ``medbench_evaluators.plugin`` is the entry point."""
