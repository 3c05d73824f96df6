"""The board and comparisons: what can be said from records alone."""

from medbench.board.build import BOARD_SCHEMA, board_json, build_board
from medbench.board.comparison import Comparison, compare
from medbench.board.pairing import PairedMetric

__all__ = ["BOARD_SCHEMA", "Comparison", "PairedMetric", "board_json", "build_board", "compare"]
