"""Records: the JSON result of one model on one task under one protocol."""

from medbench.record.analysis import ANALYSIS_SCHEMA, read_analysis, write_analysis
from medbench.record.check import record_faults
from medbench.record.record import RECORD_SCHEMA, Record, find_records, read_record, write_record

__all__ = [
    "ANALYSIS_SCHEMA",
    "RECORD_SCHEMA",
    "Record",
    "find_records",
    "read_analysis",
    "read_record",
    "record_faults",
    "write_analysis",
    "write_record",
]
