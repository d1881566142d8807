"""`jambonz_anyio/rest/_async_resources.py` and `_sync_resources.py`: the methods of the two REST clients.

The source is the request classes of `jambonz_core.rest`: each of their public methods becomes an async and a
sync method with the same signature and docstring, which performs the request that the original describes.
What is performed follows from the annotation: a `Request` is sent, `Steps` are run, and a `Walk` becomes an
iterator.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from codegen.reading import ADAPTERS, CORE, header

PACKAGE = CORE / "rest"

_DOC = {
    "Async": "What `JambonzClient` has: the requests of `jambonz_core.rest`, each as a method to await.",
    "Sync": "What `SyncJambonzClient` has: the requests of `jambonz_core.rest`, each as a method.",
}


@dataclass(frozen=True)
class Module:
    """A source file with what its names mean."""

    text: str
    tree: ast.Module
    origin: dict[str, str]
    """Name -> the module it is imported from."""

    @classmethod
    def read(cls, path: Path) -> Module:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        origin = {
            alias.name: node.module
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        return cls(text, tree, origin)

    def source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""


@dataclass(frozen=True)
class Resource:
    """One attribute of the clients: its name there, and the class it comes from."""

    attribute: str
    module: Module
    node: ast.ClassDef

    @property
    def name(self) -> str:
        return self.attribute.title().replace("_", "") + "Resource"

    def methods(self) -> list[ast.FunctionDef]:
        return [
            node
            for node in self.node.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]


def resources() -> list[Resource]:
    """What `jambonz_core.rest.RESOURCES` lists, in its order."""
    package = Module.read(PACKAGE / "resources.py")
    table = next(
        node.value
        for node in package.tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "RESOURCES"
    )
    assert isinstance(table, ast.Dict)
    found = []
    for key, value in zip(table.keys, table.values, strict=True):
        assert isinstance(key, ast.Constant)
        assert isinstance(value, ast.Name)
        where = package.origin[value.id].rpartition(".")[2]
        module = Module.read(PACKAGE / f"{where}.py")
        found.append(
            Resource(
                str(key.value),
                module,
                next(
                    node
                    for node in module.tree.body
                    if isinstance(node, ast.ClassDef) and node.name == value.id
                ),
            )
        )
    return found


def generate() -> dict[Path, str]:
    """The two modules."""
    found = resources()
    return {
        ADAPTERS / "rest" / "_async_resources.py": _module("Async", found),
        ADAPTERS / "rest" / "_sync_resources.py": _module("Sync", found),
    }


def _module(kind: str, found: list[Resource]) -> str:
    imports: dict[str, set[str]] = {
        "jambonz_core.rest.fields": {"Scope"},
        f"jambonz_anyio.rest._{kind.lower()}_performing": {f"{kind}Performer"},
    }
    classes = [_class(kind, resource, imports) for resource in found]
    text = (
        header("src/jambonz_core/rest/")
        + f'"""{_DOC[kind]}"""'
        + "\n\nfrom __future__ import annotations\n\n"
    )
    text += _import_lines(imports) + "\n\n" + "\n\n".join(classes)
    text += f'\n\nclass {kind}Resources:\n    """Every kind of thing that the API has, by name."""\n\n'
    text += f"    def __init__(self, scope: Scope, performer: {kind}Performer) -> None:\n"
    for resource in found:
        text += (
            f"        self.{resource.attribute} = {resource.name}({resource.node.name}(scope), performer)\n"
        )
    return text


def _class(kind: str, resource: Resource, imports: dict[str, set[str]]) -> str:
    node, module = resource.node, resource.module
    path = f"jambonz_core.rest.{_stem(resource)}"
    imports.setdefault(path, set()).add(node.name)
    doc = module.source(node.body[0])
    text = f"class {resource.name}:\n    {doc}\n\n"
    text += f"    def __init__(self, requests: {node.name}, performer: {kind}Performer) -> None:\n"
    text += "        self._requests = requests\n        self._performer = performer\n"
    for method in resource.methods():
        text += "\n" + indent(_method(kind, module, method, imports), "    ")
    return text


def _method(kind: str, module: Module, method: ast.FunctionDef, imports: dict[str, set[str]]) -> str:
    assert isinstance(method.returns, ast.Subscript), method.name
    assert isinstance(method.returns.value, ast.Name), method.name
    described, result = method.returns.value.id, method.returns.slice
    perform = {"Request": "send", "Steps": "run", "Walk": "walk"}[described]
    awaited = kind == "Async" and perform != "walk"
    returned = module.source(result)
    if perform == "walk":
        returned = f"{kind}Rows[{returned}]"
        imports[f"jambonz_anyio.rest._{kind.lower()}_performing"].add(f"{kind}Rows")
    # The source text up to the return annotation is kept as it is, with its layout.
    lines = module.text.splitlines(keepends=True)
    start = sum(map(len, lines[: method.lineno - 1])) + method.col_offset
    end = sum(map(len, lines[: method.returns.lineno - 1])) + method.returns.col_offset
    signature = module.text[start:end].replace("\n    ", "\n") + returned + ":"
    for node in [*_annotations(method), result]:
        _collect(node, module, imports)
    doc = module.source(method.body[0]).replace("\n    ", "\n")
    call = f"{'await ' if awaited else ''}self._performer.{perform}"
    text = ("async " if awaited else "") + f"{signature}\n    {doc}\n"
    return text + f"    return {call}({_request(method)})\n"


def _request(method: ast.FunctionDef) -> str:
    """The expression that describes the request, on one line if it is short."""
    given = method.args
    parts = [argument.arg for argument in [*given.posonlyargs, *given.args][1:]]
    parts += [f"{argument.arg}={argument.arg}" for argument in given.kwonlyargs]
    parts += [f"**{given.kwarg.arg}"] if given.kwarg else []
    line = f"self._requests.{method.name}({', '.join(parts)})"
    if len(line) < 65:
        return line
    wrapped = f"self._requests.{method.name}(\n" + indent(",\n".join(parts), "    ") + ",\n)"
    return "\n" + indent(wrapped, "        ") + "\n    "


def _annotations(method: ast.FunctionDef) -> list[ast.expr]:
    given = method.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *([given.kwarg] if given.kwarg else [])]
    found = [argument.annotation for argument in arguments if argument.annotation]
    return found + [default for default in [*given.defaults, *given.kw_defaults] if default]


def _collect(node: ast.expr, module: Module, imports: dict[str, set[str]]) -> None:
    """Note where the names in an annotation come from."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in module.origin:
            imports.setdefault(module.origin[part.id], set()).add(part.id)


def _import_lines(imports: dict[str, set[str]]) -> str:
    """Import statements in the order that ruff wants."""
    standard = sorted(name for name in imports if not name.startswith("jambonz"))
    own = sorted(name for name in imports if name.startswith("jambonz"))
    return "\n".join(
        "".join(_import_line(name, imports[name]) for name in group) for group in (standard, own)
    )


def _import_line(module: str, names: set[str]) -> str:
    # Constants before classes before functions, each in alphabetical order.
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    line = f"from {module} import {', '.join(ordered)}\n"
    if len(line) <= 111:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")\n"


def _stem(resource: Resource) -> str:
    return Module.read(PACKAGE / "resources.py").origin[resource.node.name].rpartition(".")[2]
