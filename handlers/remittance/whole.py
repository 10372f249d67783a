"""A file that is there whole or not at all: written beside its place, and put there in one step."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class Occupied(Exception):
    """There is a file already, or somebody is writing it. Its words are for the operator."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream to write `path` with; if the block ends well it is put in its place, else nothing is left.

    Raises Occupied, before anything is done, if the file is there already: it may be one that billing has not read.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        out = part.open("xb")  # made here or not at all, so two who write the same file at once do not meet
    except FileExistsError:
        raise Occupied(
            f"{part} is there: another run is writing it, or one was cut off. In that case remove it"
        ) from None
    try:
        with out:
            if path.exists():
                raise Occupied(f"{path} is there already. Name another file")
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        part.unlink()
        raise
    part.replace(path)
