"""An Office file as a package of parts (ECMA-376 Part 2), read with nothing but zip and XML.

Word and Excel refuse, or "repair", what other programs forgive: a part without a content type, a relationship
that leads nowhere, children in another order than the schema's. ``faults`` lists such things.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

XML = ElementTree.Element
TYPES = "[Content_Types].xml"
CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
ID = re.compile(r"[A-Za-z_][\w.-]*")


@dataclass(frozen=True)
class Package:
    """Parts by name; those of XML also as trees."""

    names: tuple[str, ...]
    bytes: Mapping[str, bytes]
    trees: Mapping[str, XML]

    @classmethod
    def of(cls, content: bytes) -> Package:
        with ZipFile(BytesIO(content)) as file:
            assert file.testzip() is None
            names = tuple(file.namelist())
            parts = {name: file.read(name) for name in names}
        xml = {n: ElementTree.fromstring(d) for n, d in parts.items() if n.endswith((".xml", ".rels"))}
        return cls(names, parts, xml)

    def targets(self, part: str) -> dict[str, str]:
        """Parts that a part leads to, by relationship id; addresses outside the file are left out."""
        tree = self.trees.get(rels_of(part))
        if tree is None:
            return {}
        base = posixpath.dirname(part)
        return {
            rel.get("Id", ""): posixpath.normpath(posixpath.join("/", base, rel.get("Target", ""))).lstrip(
                "/"
            )
            for rel in tree
            if rel.get("TargetMode") != "External"
        }

    def of_kind(self, ending: str) -> list[str]:
        """Parts whose content type ends so."""
        types = self.trees[TYPES].findall(f"{CT}Override")
        return [t.get("PartName", "").lstrip("/") for t in types if t.get("ContentType", "").endswith(ending)]


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package of which one part is otherwise."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as file, ZipFile(made, "w") as new:
        for name in file.namelist():
            data = file.read(name)
            new.writestr(name, change(data) if name == part else data)
    return made.getvalue()


def rels_of(part: str) -> str:
    """The part that holds the relationships of a part; of the package itself if it has no name."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def package_faults(package: Package) -> Iterator[str]:
    """What is wrong with names, types and relationships."""
    if package.names[0] != TYPES:
        yield f"{TYPES} is not first"
    for name, count in Counter(n.lower() for n in package.names).items():
        if count > 1:
            yield f"{name} is there {count} times"
    types = package.trees[TYPES]
    defaults = {t.get("Extension", "").lower() for t in types.findall(f"{CT}Default")}
    overrides = Counter(t.get("PartName", "").lstrip("/") for t in types.findall(f"{CT}Override"))
    for name, count in overrides.items():
        if count > 1 or name not in package.bytes:
            yield f"{TYPES}: {name} is there {count} times, or no part"
    for name in package.names:
        if name != TYPES and name not in overrides and name.rpartition(".")[2].lower() not in defaults:
            yield f"{name} has no content type"
    for name in package.names:
        if not name.endswith(".rels"):
            yield from _relationships(package, name)
    yield from _relationships(package, "")


def _relationships(package: Package, part: str) -> Iterator[str]:
    tree = package.trees.get(rels_of(part))
    ids = Counter(rel.get("Id", "") for rel in tree) if tree is not None else Counter[str]()
    for one, count in ids.items():
        if count > 1 or not ID.fullmatch(one):
            yield f"{rels_of(part)}: id {one!r} {count} times"
    for one, target in package.targets(part).items():
        if target not in package.bytes:
            yield f"{rels_of(part)}: {one} leads to {target}, which is not there"
    if part in package.trees:
        used = {v for e in package.trees[part].iter() for k, v in e.attrib.items() if k.startswith(R)}
        for lost in used - set(ids):
            yield f"{part}: uses relationship {lost!r}, which is not there"


def misplaced(parent: XML, order: tuple[str, ...], namespace: str, repeated: frozenset[str]) -> str | None:
    """A child that the schema does not know there, or knows earlier; None if all stand in their order.

    Args:
        repeated: children that may be there more than once.
    """
    known = {f"{namespace}{name}": k for k, name in enumerate(order)}
    last = -1
    for child in parent:
        place = known.get(child.tag)
        name = child.tag.rpartition("}")[2]
        if place is None:
            return f"{name} is no child of it"
        if place < last or (place == last and name not in repeated):
            return f"{name} stands too late"
        last = place
    return None
