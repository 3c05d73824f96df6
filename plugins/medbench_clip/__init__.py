"""CLIP (Radford et al. 2021) and PLIP (Huang et al. 2023): ``medbench_clip.plugin`` is the entry point."""
