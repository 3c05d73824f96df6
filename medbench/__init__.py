"""medbench: is this frozen vision-language model a better medical image interpreter than that one?"""

__version__ = "0.1.0"
