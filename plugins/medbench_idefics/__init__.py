"""IDEFICS v1 (Laurençon et al. 2023, an open Flamingo): ``medbench_idefics.plugin`` is the entry point."""
