"""Records: the JSON result of one model on one task under one protocol."""

from medbench.record.check import record_faults
from medbench.record.record import RECORD_SCHEMA, Record, find_records, read_record, write_record

__all__ = ["RECORD_SCHEMA", "Record", "find_records", "read_record", "record_faults", "write_record"]
