"""What is wrong with a content package, said so that its author can mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault. `path` is relative to the package with `/` between folders; lines count from 1."""

    path: str
    line: int
    message: str
    advice: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: {self.message}"
        return f"{where} - {self.advice}" if self.advice else where
