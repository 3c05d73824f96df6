"""Baselines that no learned model should lose to: ``medbench_baselines.plugin`` is the entry point."""
