"""``medbench compare``: is the difference between two models real?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import wants_json

if TYPE_CHECKING:
    from medbench.board import Comparison

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("compare", help="paired comparison of two runs of one model each")
    parser.add_argument(
        "a", type=Path, metavar="RUN_A", help="a run folder, a model's folder in it, or a record"
    )
    parser.add_argument("b", type=Path, metavar="RUN_B", help="likewise")
    parser.add_argument("--all", action="store_true", help="every metric, not just the one that ranks")
    parser.add_argument(
        "--correction",
        choices=("holm", "bh"),
        default="holm",
        help="of the ranking metrics' p-values: Holm, or Benjamini-Hochberg",
    )
    parser.add_argument(
        "--margin", type=_margin, metavar="D", help="a difference that does not matter: tests equivalence"
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print differences with intervals, the ranking test, and the paper's test beside it."""
    from medbench.board import compare

    comparison = compare(arguments.a, arguments.b, correction=arguments.correction, margin=arguments.margin)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(comparison.as_dict())
        return 0
    _print(comparison, arguments.all)
    return 0


def _print(comparison: Comparison, everything: bool) -> None:
    from medbench.cli.display import console, number, print_table, score

    out = console()
    rows = [row for row in comparison.rows if everything or row.primary]
    table = [
        [
            row.task, row.metric, number(row.a), number(row.b), score(row.difference, row.ci),
            number(row.z, 2), _p(row.p), _p(row.p_adjusted), number(row.detectable_difference, 3),
            number(row.paper_t, 1), _p(row.paper_p), number(row.paper_z, 2),
        ]
        for row in rows
    ]  # fmt: skip
    columns = [
        "task", "metric", f">{comparison.model_a}", f">{comparison.model_b}", ">difference [95 % CI]",
        ">z", ">p", ">p (adjusted)", ">detectable", ">paper t", ">paper p", ">t/√B",
    ]  # fmt: skip
    print_table(f"{comparison.model_a} minus {comparison.model_b}", columns, table)
    for row in comparison.rows:
        if row.primary:
            out.print(row.sentence(comparison.model_a, comparison.model_b), markup=False)
            if row.margin is not None:
                out.print(
                    f"{row.task}: margin {row.margin:g}: p of equivalence {_p(row.p_equivalent)}, of "
                    f"{comparison.model_a} not being worse {_p(row.p_non_inferior)}",
                    markup=False,
                )
    for name, tasks in ((comparison.model_a, comparison.only_a), (comparison.model_b, comparison.only_b)):
        if tasks:
            out.print(f"only in {name}, not compared: {', '.join(tasks)}", markup=False)
    if comparison.synthetic:
        drawn = ", ".join(comparison.synthetic)
        out.print(f"on synthetic data, which say nothing about medicine: {drawn}", markup=False)
    out.print(PAPER_NOTE, markup=False)


def _margin(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return "<0.001" if value < 0.001 else f"{value:.3f}"


PAPER_NOTE = (
    "p: paired bootstrap over groups, z = difference / SD of the replicate differences. "
    "Detectable: the true difference that this test set shows with 80 % power. Paper method: a "
    "t-test over replicates, which calls about 95 % of equal models different; its t grows with their number."
)
