"""A toy that keeps the whole contract with NumPy alone: blocks, replies, likelihoods; and ways to break it.

Loaded by ``--plugin``; every model is the sound one with one thing changed.
"""
# ruff: noqa: F811, SIM105 - one name for many broken methods

import hashlib
import os
import re
import signal
import sys
import threading
import time

import numpy as np

from medbench.errors import UsageError
from medbench.hooks import hookimpl
from medbench.models import Identity, ModelCard, Reply
from medbench.torchkit.row_sampler import gumbel_noise, strongest

WORDS = [f"word{i}" for i in range(23)] + ["melanoma"]
WIDTH, BLOCKS = 16, 4
RNG = np.random.default_rng(7)
PIXELS = RNG.normal(size=(4, 48, WIDTH))
LAYERS = RNG.normal(size=(BLOCKS, WIDTH, WIDTH)) / 4
HEAD = RNG.normal(size=(WIDTH, len(WORDS)))
AFTER = RNG.normal(size=(len(WORDS), len(WORDS)))


def number_of(word):
    return int(hashlib.sha256(word.encode()).hexdigest(), 16)


def token_of(word):
    return WORDS.index(word) if word in WORDS else number_of(word) % len(WORDS)


class Handle:
    blocks, width, outputs = BLOCKS, WIDTH, ()

    def __init__(self, options):
        self.options = options

    def identity(self):
        return Identity({"weights": "0" * 64, "dtype": "float32", "numerics_version": "toy-1"})

    def render(self, prompt):
        return " ".join(part if isinstance(part, str) else "<image>" for part in prompt.parts())

    def count_tokens(self, prompt):
        return len(self.render(prompt).split())

    def memory_gib(self, need):
        return 0.001 * (1 + need.generate)

    def load(self, need, devices):
        return Model(need)


class Model:
    def __init__(self, need):
        self.need = need

    def pixels(self, part):
        return np.asarray(part.image.resize((4, 4)), np.float64).ravel() / 255

    def state(self, prompt):
        text = " ".join(part for part in prompt.parts() if isinstance(part, str))
        x = sum(np.cos(number_of(word) % 1000 + np.arange(WIDTH)) for word in re.findall(r"\w+", text)) / 8
        for i, part in enumerate(self.images(prompt)):
            x = x + self.pixels(part) @ PIXELS[i % 4]
        states = []
        for layer in LAYERS:
            x = np.tanh(x @ layer) + 0.1 * x
            states.append(x)
        return states

    def images(self, prompt):
        return prompt.images()

    def activations(self, prompts, taps):
        rows = [self.state(prompt) for prompt in prompts]
        return {tap: np.array([row[tap.block] for row in rows], np.float32) for tap in taps}

    def logits(self, prompt, tokens):
        found = self.state(prompt)[-1] @ HEAD
        return found + (AFTER[tokens[-1]] if tokens else 0)

    def draw(self, logits, sampling, seed, step):
        if not sampling.top_k:
            return int(np.argmax(logits))
        kept = strongest(logits, sampling.top_k)
        return int(kept[np.argmax(logits[kept] / sampling.temperature + gumbel_noise(seed, step, 24)[kept])])

    def one(self, prompt, sampling, seed):
        tokens = []
        for step in range(sampling.max_new_tokens):
            tokens.append(self.draw(self.logits(prompt, tokens), sampling, int(seed), step))
        return Reply(" ".join(WORDS[t] for t in tokens), len(tokens), "length")

    def row(self, prompt, sampling, seeds):
        try:
            return [self.one(prompt, sampling, seed) for seed in seeds]
        except MemoryError:
            raise
        except Exception:
            return [Reply("", 0, "error")] * len(seeds)

    def generate(self, prompts, sampling, seeds):
        return [self.row(prompt, sampling, row) for prompt, row in zip(prompts, seeds, strict=True)]

    def option_loglikelihood(self, prompts, options):
        counts = np.array([[len(option.split()) for option in row] for row in options])
        rows = zip(prompts, options, strict=True)
        return np.array([[self.likelihood(prompt, o) for o in row] for prompt, row in rows]), counts

    def likelihood(self, prompt, option):
        total, tokens = 0.0, []
        for word in option.split():
            logits = self.logits(prompt, tokens)
            total += logits[token_of(word)] - np.log(np.exp(logits).sum())
            tokens.append(token_of(word))
        return total

    def close(self):
        pass


BROKEN = {}


def broken(name, on="model", **card):
    """A model that differs from the sound one by one method of its model or handle."""

    def take(method):
        def opener(options):
            handle = Handle(options)
            if on == "open":
                return method(options)
            if on == "model":
                load = handle.load

                def loaded(need, devices):
                    model = load(need, devices)
                    setattr(model, method.__name__, method.__get__(model))
                    return model

                handle.load = loaded
            else:
                setattr(handle, method.__name__, method.__get__(handle))
            return handle

        BROKEN[name] = card
        globals()["open_" + name.replace("-", "_")] = opener
        return method

    return take


def open_sound(options):
    return Handle(options)


@broken("open-raises", on="open")
def _(options):
    raise ValueError("no such thing")


@broken("open-width", on="open")
def _(options):
    handle = Handle(options)
    handle.width = None
    return handle


@broken("open-exits", on="open")
def _(options):
    sys.exit(2)


@broken("load-raises", on="handle")
def load(self, need, devices):
    raise KeyError("weights")


@broken("load-exits", on="handle")
def load(self, need, devices):
    sys.exit("goodbye")


@broken("load-os-exit", on="handle")
def load(self, need, devices):
    os._exit(3)


@broken("load-leaves-a-thread", on="handle")
def load(self, need, devices):
    threading.Thread(target=time.sleep, args=(300,)).start()
    return Model(need)


@broken("load-dies-with-words", on="handle")
def load(self, need, devices):
    os.write(2, b"shard 2 of 7\nCUDA driver is too old for /home/x/scan_0012.png here\n\n")
    os._exit(3)


@broken("load-crash", on="handle")
def load(self, need, devices):
    os.kill(os.getpid(), signal.SIGSEGV)


@broken("load-hangs", on="handle")
def load(self, need, devices):
    time.sleep(3600)


@broken("load-hangs-hard", on="handle")
def load(self, need, devices):
    while True:
        try:
            time.sleep(3600)
        except BaseException:
            pass


@broken("identity-clock", on="handle")
def identity(self):
    return Identity({"weights": "0" * 64, "dtype": "float32", "numerics_version": str(time.time_ns())})


@broken("identity-short", on="handle")
def identity(self):
    return Identity({"numerics_version": "toy-1"})


@broken("identity-number", on="handle")
def identity(self):
    return Identity({"dtype": "float32", "numerics_version": 1})


@broken("identity-raises", on="handle")
def identity(self):
    raise BaseException("who am I")


@broken("load-raises-base", on="handle")
def load(self, need, devices):
    raise BaseException("no mere exception")


@broken("needs-a-device", on="handle")
def load(self, need, devices):
    raise UsageError("MB072", f"{devices[0]!r} is no torch device", "--devices")


@broken("raises-base")
def activations(self, prompts, taps):
    raise BaseException("no mere exception")


@broken("replies-raise-base")
def generate(self, prompts, sampling, seeds):
    raise BaseException("no mere exception")


@broken("identity-no-digest", on="handle", needs_weights=True)
def identity(self):
    return Identity({"weights": "my-model", "dtype": "float32", "numerics_version": "1"})


@broken("identity-path", on="handle", needs_weights=True)
def identity(self):
    where = hashlib.sha256(str(self.options.path).encode()).hexdigest()
    return Identity({"weights": where, "dtype": "float32", "numerics_version": "1"})


@broken("identity-lie", on="handle", needs_weights=True)
def identity(self):
    return Identity({"weights": "0" * 64, "dtype": "float32", "numerics_version": "1"})


@broken("render-nothing", on="handle")
def render(self, prompt):
    return "<image>"


@broken("render-pixels", on="handle")
def render(self, prompt):
    return f"{prompt.images()[0].digest} {' '.join(p for p in prompt.parts() if isinstance(p, str))}"


@broken("count-constant", on="handle")
def count_tokens(self, prompt):
    return 7


@broken("memory-negative", on="handle")
def memory_gib(self, need):
    return -1.0


@broken("memory-shrinks", on="handle")
def memory_gib(self, need):
    return 0.1 if need.generate else 1.0


@broken("unoffered", capabilities=frozenset({"activations", "generate"}))
def close(self):
    pass


@broken("offers-too-much")
def option_loglikelihood(self, prompts, options):
    raise NotImplementedError("one day")


@broken("wrong-width")
def activations(self, prompts, taps):
    return {tap: np.ones((len(prompts), 3), np.float32) for tap in taps}


@broken("wrong-rows")
def activations(self, prompts, taps):
    return {tap: np.ones((1, WIDTH), np.float32) for tap in taps}


@broken("lacks-tap")
def activations(self, prompts, taps):
    return {tap: values for tap, values in Model.activations(self, prompts, taps).items() if tap.block}


@broken("lacks-every-tap")
def activations(self, prompts, taps):
    return {}


@broken("exits-when-asked")
def activations(self, prompts, taps):
    sys.exit(5)


@broken("integers")
def activations(self, prompts, taps):
    return {tap: values.astype(int) for tap, values in Model.activations(self, prompts, taps).items()}


@broken("nan")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    for values in found.values():
        values[-1, 0] = np.nan
    return found


@broken("reordered")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    order = sorted(range(len(prompts)), key=lambda i: prompts[i].images()[0].digest)
    return {tap: values[order] for tap, values in found.items()}


@broken("whitens")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    return {tap: values - 0.1 * values.mean(axis=0) for tap, values in found.items()}


@broken("noisy")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    return {tap: values + np.random.normal(scale=1e-5, size=values.shape) for tap, values in found.items()}


@broken("hash-seeded")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    return {tap: values + 1e-3 * (os.getpid() % 997) for tap, values in found.items()}


@broken("loaded-differently")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    return {tap: values * (1 + 0.1 * len(self.need.taps)) for tap, values in found.items()}


@broken("loaded-deep-differently")
def activations(self, prompts, taps):
    found = Model.activations(self, prompts, taps)
    alone = len(self.need.taps) == 1
    return {tap: values * (1.1 if alone and tap.block else 1) for tap, values in found.items()}


@broken("identity-of-loaded", on="handle")
def load(self, need, devices):
    self.identity = lambda: Identity({**Handle.identity(self).values, "need": str(need)})
    return Model(need)


@broken("blind")
def images(self, prompt):
    return []


@broken("last-image-only")
def images(self, prompt):
    return prompt.images()[-1:]


@broken("prints")
def activations(self, prompts, taps):
    os.write(1, b"loading shard 1/1\n")
    return Model.activations(self, prompts, taps)


@broken("prints-python")
def activations(self, prompts, taps):
    print("loading shard 1/1")
    return Model.activations(self, prompts, taps)


@broken("forks")
def activations(self, prompts, taps):
    os.fork()
    return Model.activations(self, prompts, taps)


@broken("changes-folder")
def activations(self, prompts, taps):
    os.chdir("/")
    return Model.activations(self, prompts, taps)


@broken("exits-late")
def activations(self, prompts, taps):
    if len(prompts) > 4:
        os._exit(0)
    return Model.activations(self, prompts, taps)


@broken("swallows-memory")
def pixels(self, part):
    try:
        return Model.pixels(self, part)
    except MemoryError as fault:
        raise RuntimeError("too large") from fault


@broken("one-try")
def generate(self, prompts, sampling, seeds):
    return Model.generate(self, prompts, sampling, seeds[:, :1])


@broken("texts")
def generate(self, prompts, sampling, seeds):
    return [[reply.text for reply in row] for row in Model.generate(self, prompts, sampling, seeds)]


@broken("echoes")
def one(self, prompt, sampling, seed):
    text = " ".join(part for part in prompt.parts() if isinstance(part, str))
    return Reply(text, 5, "stop")


@broken("too-long")
def one(self, prompt, sampling, seed):
    return Reply("a b c", sampling.max_new_tokens + 1, "length")


@broken("every-reply-fails")
def one(self, prompt, sampling, seed):
    raise ValueError("no token")


@broken("every-reply-exits")
def generate(self, prompts, sampling, seeds):
    sys.exit(6)


@broken("padding-counts")
def generate(self, prompts, sampling, seeds):
    found = Model.generate(self, prompts, sampling, seeds)
    return [[Reply(f"{len(prompts)} {r.text}", r.n_tokens, r.finish) for r in row] for row in found]


@broken("batch-fails")
def generate(self, prompts, sampling, seeds):
    try:
        for prompt in prompts:
            self.state(prompt)
    except OSError:
        return [[Reply("", 0, "error")] * seeds.shape[1] for _ in prompts]
    return Model.generate(self, prompts, sampling, seeds)


@broken("answers-unread")
def row(self, prompt, sampling, seeds):
    try:
        return [self.one(prompt, sampling, seed) for seed in seeds]
    except OSError:
        return [Reply("melanoma", 1, "stop")] * len(seeds)


@broken("global-generator")
def draw(self, logits, sampling, seed, step):
    return Model.draw(self, logits, sampling, np.random.randint(2**31), step)


@broken("row-number")
def generate(self, prompts, sampling, seeds):
    return [
        self.row(p, sampling, row + np.uint64(i))
        for i, (p, row) in enumerate(zip(prompts, seeds, strict=True))
    ]


@broken("no-seeds")
def draw(self, logits, sampling, seed, step):
    return Model.draw(self, logits, sampling, 1, step)


@broken("no-top-k")
def draw(self, logits, sampling, seed, step):
    if not sampling.top_k:
        return int(np.argmax(logits))
    return int(np.argmax(logits / sampling.temperature + gumbel_noise(seed, step, 24)))


@broken("no-temperature")
def draw(self, logits, sampling, seed, step):
    if not sampling.top_k:
        return int(np.argmax(logits))
    kept = strongest(logits, sampling.top_k)
    return int(kept[np.argmax(logits[kept] + gumbel_noise(seed, step, 24)[kept])])


@broken("uniform-draws")
def draw(self, logits, sampling, seed, step):
    if not sampling.top_k:
        return int(np.argmax(logits))
    kept = strongest(logits, sampling.top_k)
    return int(kept[seed % len(kept)])


@broken("squares-temperature")
def draw(self, logits, sampling, seed, step):
    if not sampling.top_k:
        return int(np.argmax(logits))
    kept = strongest(logits, sampling.top_k)
    noisy = logits[kept] / sampling.temperature**4 + gumbel_noise(seed, step, 24)[kept]
    return int(kept[np.argmax(noisy)])


@broken("positive-likelihood")
def likelihood(self, prompt, option):
    return -Model.likelihood(self, prompt, option)


@broken("mean-likelihood")
def likelihood(self, prompt, option):
    return -1 / len(option.split())


@broken("likelihood-of-batch")
def option_loglikelihood(self, prompts, options):
    sums, counts = Model.option_loglikelihood(self, prompts, options)
    return sums - len(prompts), counts


@broken("likelihood-unrelated")
def likelihood(self, prompt, option):
    greedy = token_of(option.split()[0]) == int(np.argmax(self.logits(prompt, [])))
    return Model.likelihood(self, prompt, option) - 100 * greedy


@broken("close-raises")
def close(self):
    raise RuntimeError("cannot be freed")


@hookimpl
def medbench_models():
    everything = frozenset({"activations", "generate", "option_loglikelihood"})
    for name in ("sound", *BROKEN):
        settings = {
            "capabilities": everything,
            "inputs": frozenset({"image", "images"}),
            "needs_weights": False,
            **BROKEN.get(name, {}),
        }
        yield ModelCard(name=name, opener=f"toy_model:open_{name.replace('-', '_')}", **settings)
