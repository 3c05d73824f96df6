"""Label files of every source at their full published size, made up, with the providers' defects.

One module a provider or field. Numbers are the published ones (``datasets.md``). How they are spread over
patients is not published for most sources, and each module says what it takes. Images are empty files.
"""

from __future__ import annotations

__all__: list[str] = []
