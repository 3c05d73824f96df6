"""Image encoders of timm and open_clip: ``timm:NAME`` and ``open_clip:ARCH``."""
