"""From ``timm:NAME`` or ``open_clip:ARCH`` to a handle."""

from __future__ import annotations

from medbench.errors import PluginError, UsageError
from medbench.models import OpenOptions
from medbench_hf.libraries.files import weights_file
from medbench_hf.libraries.handle import LibraryHandle

__all__ = ["open_open_clip", "open_timm"]


def open_timm(options: OpenOptions) -> LibraryHandle:
    """Find the weights of an encoder of timm and build it without memory.

    Raises:
        DataError: MB651, MB652, MB654, see ``weights_file``; MB656, the folder's config is damaged.
        UsageError: MB007, timm has no such model, or the folder holds another; an unknown pooling.
        PluginError: MB723, a quantisation.
    """
    _refuse_quantisation(options)
    from medbench_hf.libraries import timm_network

    name = options.address or ""
    tiny = name.startswith("tiny/")
    if not tiny:
        timm_network.known(name)
    file = weights_file(options, "" if tiny else timm_network.hub_address(name))
    said = timm_network.folder_config(file.parent)
    architecture = str(said["architecture"]) if tiny and said else name
    if said and architecture.partition(".")[0] != str(said["architecture"]).partition(".")[0]:
        message = f"the folder holds {said['architecture']}, not {name}"
        raise UsageError("MB007", message, "--model-args path=", f"--model timm:{said['architecture']}")
    timm_network.known(architecture)
    return LibraryHandle("timm", file, options, lambda: timm_network.build(architecture, said))


def open_open_clip(options: OpenOptions) -> LibraryHandle:
    """Find the weights of a model of open_clip and build it without memory.

    Raises:
        DataError: MB651, MB652, MB654, see ``weights_file``.
        UsageError: MB007, open_clip has no such model or weights; an unknown pooling.
        PluginError: MB723, a quantisation.
    """
    _refuse_quantisation(options)
    from medbench_hf.libraries import open_clip_network

    name = options.address or ""
    tiny = name.startswith("tiny/")
    said = {} if tiny else open_clip_network.pretrained_config(name, options.extra.get("pretrained"))
    file = weights_file(options, str(said.get("hf_hub") or "").rstrip("/"))
    in_folder = (file.parent / "open_clip_config.json").is_file()
    architecture = f"local-dir:{file.parent}" if tiny and in_folder else name
    return LibraryHandle("open_clip", file, options, lambda: open_clip_network.build(architecture, said))


def _refuse_quantisation(options: OpenOptions) -> None:
    if options.quantization is not None:
        message = f"quantization {options.quantization!r} is not offered by this plugin"
        raise PluginError("MB723", message, "--model-args quantization=", "leave it out")
