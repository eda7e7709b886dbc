"""Freed memory goes back to the system.

A page is two megabytes of text and ten of parsed items, in several threads. glibc keeps such blocks for later, in each
thread's own arena, which cost a census run 45 of 260 MB. Blocks of more than 128 kB are mapped one by one instead, and
threads share one arena. What is free at its end is kept up to 8 MB: each page would otherwise touch it anew, which
costs more than the rest of allocating.
"""

import ctypes

# malloc.h: parameters of mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KB, _MB = 1024, 1024 * 1024


def return_freed_memory() -> None:
    """Tells glibc so, for this process; another C library has no such setting and is left alone."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for parameter, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, 128 * _KB), (_TRIM_THRESHOLD, 8 * _MB)):
        mallopt(parameter, value)
