"""``medbench new plugin``: a package with a working model, to be edited."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import plugins, wants_json
from medbench.cli.whole_folder import write_folder
from medbench.errors import UsageError

if TYPE_CHECKING:
    from medbench.hooks import Plugins

__all__ = ["register"]

NAME = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")


def register(kinds: Any) -> None:
    """Add the command."""
    parser: Parser = kinds.add_parser(
        "plugin", help="a package with a working model of your own, to be edited"
    )
    parser.add_argument("name", metavar="NAME", help="the model's name; the package is medbench-NAME")
    parser.add_argument(
        "--output", "-o", type=Path, metavar="DIR", help="a new or empty folder; else ./medbench-NAME"
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Write the package, then say what to type next.

    Raises:
        UsageError: the name cannot be a model's (MB741) or is taken (MB742); the folder is not empty (MB018).
    """
    from medbench.cli.plugin_template import PluginName, write_plugin

    name = PluginName(arguments.name.removeprefix("medbench-"))
    _check_name(name.model, plugins(arguments))
    folder: Path = arguments.output or Path(name.package)
    write_folder(folder, lambda place: write_plugin(place, name))
    if wants_json(arguments):
        from medbench.cli.display import print_json

        files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        print_json({"model": name.model, "package": name.package, "path": str(folder), "files": files})
        return 0
    place = shlex.quote(str(folder))
    print(f"plugin {name.package} in {folder}, with a model that works")
    print(f"install it:    pip install -e {place}")
    print(f"check it:      medbench check {name.model}, or pytest {place}")
    print(f"run it:        medbench run --model {name.model} --suite demo")
    print(
        f"make it yours: edit {folder / 'src' / name.module / 'model.py'}; docs/plugins.md has the contract"
    )
    return 0


def _check_name(name: str, loaded: Plugins) -> None:
    if not NAME.fullmatch(name):
        hint = "a small letter first; small letters, digits, and single dots or hyphens between them"
        raise UsageError("MB741", f"{name!r} cannot be a model's name", "NAME", hint)
    models = loaded.models()
    aliases = {alias for provided in models.values() for alias in provided.card.aliases}
    if name in {*models, *aliases, *(info.name for info in loaded.found)}:
        raise UsageError(
            "MB742", f"there is a model or plugin {name!r} already", "NAME", "choose another name"
        )
