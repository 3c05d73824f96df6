"""The model example-model for medbench; ``medbench_example_model.plugin`` is the entry point."""
