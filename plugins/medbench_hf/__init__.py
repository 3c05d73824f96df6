"""Any open vision-language model or image encoder: ``medbench_hf.plugin`` is the entry point."""
