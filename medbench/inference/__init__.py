"""Inference: addresses, store, shards, plan and loop. A shard's payload is activations or replies."""

from medbench.inference.address import prompt_address, reply_address, row_seed
from medbench.inference.images import ImageLoader, image_addresses, image_digests, known_digests
from medbench.inference.loop import Work, compute_activations, compute_replies
from medbench.inference.plan import Plan, make_plan
from medbench.inference.store import REPLIES, Store, StoreKey

__all__ = [
    "REPLIES",
    "ImageLoader",
    "Plan",
    "Store",
    "StoreKey",
    "Work",
    "compute_activations",
    "compute_replies",
    "image_addresses",
    "image_digests",
    "known_digests",
    "make_plan",
    "prompt_address",
    "reply_address",
    "row_seed",
]
