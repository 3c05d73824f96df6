"""Launchers: engines that start workers. They return nothing, for truth is on disk."""

from medbench.launchers.launch import Launch, write_job
from medbench.launchers.rank import find_share
from medbench.launchers.replicas import Layout, lay_out
from medbench.launchers.share import Share

__all__ = ["Launch", "Layout", "Share", "find_share", "lay_out", "write_job"]
