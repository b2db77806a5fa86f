"""The project as the guards see it: its files, its modules, and what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__"}
BINARY = {".mo", ".png", ".jpg", ".webp", ".woff2", ".pdf", ".gz", ".sqlite3", ".pyc"}


@dataclass(frozen=True)
class Import:
    """One imported name. `target` is dotted and absolute; `inside` tells that it stands in a function."""

    target: str
    line: int
    inside: bool = False
    relative: bool = False


@dataclass(frozen=True)
class Module:
    """One file of the package under guard, by its dotted name."""

    name: str
    path: Path
    imports: tuple[Import, ...]

    @property
    def layer(self) -> str:
        """`web` for `lti_tool.web.access`, `cli` for `lti_tool.cli`; empty for the package itself."""
        return layer_of(self.name)

    def at(self, line: int) -> str:
        """Where to look, for a message."""
        return f"{self.path}:{line}"


def layer_of(name: str) -> str:
    """The part of a dotted name after the package."""
    return name.partition(".")[2].partition(".")[0]


def read_modules(root: Path, package: str = "lti_tool") -> dict[str, Module]:
    """All modules of `root/package`, by name."""
    modules = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules[name] = Module(name, path.relative_to(root), tuple(imports_of(tree)))
    return modules


def imports_of(node: ast.AST, *, inside: bool = False) -> Iterator[Import]:
    """Every import below `node`: `from a import b` counts as `a.b`, which may be a module or a name in `a`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, inside)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                target = f"{child.module}.{alias.name}" if child.module else alias.name
                yield Import(target, child.lineno, inside, child.level > 0)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports_of(child, inside=inside or function)


def module_named(target: str, modules: dict[str, Module]) -> str | None:
    """The module that an import of `target` loads: itself, or the one that holds the name."""
    while target not in modules:
        if "." not in target:
            return None
        target = target.rpartition(".")[0]
    return target


def files(root: Path) -> Iterator[Path]:
    """The project's text files. Hidden folders other than `.ci` belong to tools."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in parts)
        foreign = NOT_OURS.intersection(parts) or any(part.endswith(".egg-info") for part in parts)
        if path.is_file() and not hidden and not foreign and path.suffix not in BINARY:
            yield path
