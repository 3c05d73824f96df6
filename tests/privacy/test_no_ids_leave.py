"""No sample id, patient id, file name, path or text of the data in anything that a run puts out.

The cache stays on the machine (docs/privacy.md) and is not searched; ``predictions.parquet`` is read.
"""

from __future__ import annotations

import json

import pytest

KINDS = ("sample", "patient", "file", "path", "text")


def _read(name: str, content: bytes, table_text) -> bytes:
    return table_text(content) if name.endswith(".parquet") else content


def test_nothing_of_a_patient_leaves(outputs, secrets, search, table_text, record_property) -> None:
    counts = {kind: len(secrets[kind]) for kind in KINDS}
    record_property("searched for", counts)
    print(f"searched {len(outputs)} outputs for {counts}")
    assert counts["sample"] > 3000 and counts["patient"] > 2000 and counts["file"] > 3000
    assert counts["path"] > 3000 and counts["text"] > 10
    found = {name: search(_read(name, content, table_text)) for name, content in outputs.items()}
    assert {name: sorted(ids)[:3] for name, ids in found.items() if ids} == {}


def test_everything_a_run_puts_out_was_searched(outputs) -> None:
    names = " ".join(outputs)
    for part in ("record.json", "predictions.parquet", "replicates.safetensors", "log.jsonl", "plan.json",
                 "leaderboard.json", "of run ", "of run-json", "of compare", "of status-json"):  # fmt: skip
        assert part in names, part
    records = [json.loads(outputs[name]) for name in outputs if name.endswith("record.json")]
    assert {record["task"]["id"] for record in records} == {*(f"T{i}" for i in range(1, 9)), "NEJM"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_secret_is_found(kind: str, outputs, secrets, search) -> None:
    """Wherever it stands in a log: first, last, in JSON, beside other words."""
    log = next(content for name, content in outputs.items() if name.endswith("log.jsonl"))
    assert search(log) == set()
    for secret in sorted(secrets[kind])[:: max(1, len(secrets[kind]) // 50)]:
        line = json.dumps({"event": "stage", "what": f"row {secret} was read"}).encode()
        assert secret in search(log + line + b"\n")
        assert secret in search(secret.encode() + b" failed\n" + log)


def test_a_secret_in_a_table_is_found(outputs, secrets, search, table_text) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    secret = min(secrets["patient"])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"group": [0, 1], "id": ["a", secret]}), sink)
    assert secret in search(table_text(sink.getvalue().to_pybytes()))
