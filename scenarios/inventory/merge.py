"""One record per thing: the same machine in several lists is found by its UUID, name or address."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import InputError
from .draft import Conflict, Draft
from .faults import fault
from .record import Origin, Value

MAX_RECORDS = 1_000_000
IDENTIFIERS = ("uuid", "asset_id", "machine_id", "smbios_uuid")
_NAME_OF = {"server": "server", "host": "server", "system": "system", "room": "room"}
_APART = {"system": ("department", "site"), "room": ("site", "department"), "server": (), "host": ()}
_NOBODY = ("0.", "127.", "169.254.", "::1", "fe80:", "255.", "localhost")


_MANY = 100
_Names = dict[str, tuple[Draft, ...]]


class _Keys(NamedTuple):
    """What a row is found by; ``name`` is "" and ``addresses`` are empty where they tell nothing."""

    ids: list[str]
    name: str
    addresses: list[str]


class AmbiguousError(Exception):
    """Several things fit."""


class Estate:
    """All drafts so far, findable.

    Identifiers come first: machines with different ones of the same sort are different, whatever their names.
    Then names: the same name is the same machine (of systems and rooms: within one department or site).
    Then addresses, only between tables: one list with two names for an address means two machines.
    """

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.conflicts: list[Conflict] = []
        self._by_id: dict[str, Draft] = {}
        self._by_name: dict[str, _Names] = {kind: {} for kind in _NAME_OF}
        self._by_address: _Names = {}

    def add(self, draft: Draft) -> bool:
        """Merge a draft into its like; False if it is new.

        Raises:
            AmbiguousError: it has a name only, and several things have that name.
            InputError: too many records.
        """
        keys = _keys(draft)
        found = self._like(draft, keys)
        if found is not None:
            self.conflicts += found.merge(draft.reads[0])
        else:
            if len(self.drafts) >= MAX_RECORDS:
                raise _too_many(draft)
            self.drafts.append(draft)
        self._index(found or draft, keys)
        return found is not None

    def owner(self, known: dict[str, str]) -> Draft | None:
        """The machine that a row of its parts, samples or tags speaks of, by identifiers and name."""
        for field in IDENTIFIERS:
            if field in known and (found := self._by_id.get(_id(known[field]))) is not None:
                return found
        for name in (known.get("server"), known.get("machine_id")):
            named = self._by_name["server"].get(_folded(name), ()) if name else ()
            if len(named) > 1:
                raise AmbiguousError
            if named:
                return named[0]
        return None

    def release(self) -> list[Draft]:
        """All drafts; nothing is findable then."""
        drafts = self.drafts
        self.__dict__.update(drafts=[], _by_id={}, _by_name={}, _by_address={})
        return drafts

    def _like(self, draft: Draft, keys: _Keys) -> Draft | None:
        for identifier in keys.ids:
            found = self._by_id.get(identifier)
            if found is not None and found.kind == draft.kind and not _apart(found, draft):
                return found
        there = self._by_name[draft.kind].get(keys.name, ()) if keys.name else ()
        if there:
            named = [each for each in there if not _apart(each, draft)]
            if len(named) > 1:
                raise AmbiguousError
            if named:
                return named[0]
        if not self._by_address or not keys.addresses:
            return None
        origin = draft.reads[0].shape.origin
        at = [each for address in keys.addresses for each in self._by_address.get(address, ())]
        at = [each for each in at if not _apart(each, draft) and not _in(each, origin)]
        return at[0] if at and all(each is at[0] for each in at) else None

    def _index(self, draft: Draft, keys: _Keys) -> None:
        """Make findable by what is new in a draft."""
        for identifier in keys.ids:
            self._by_id.setdefault(identifier, draft)
        if keys.name:
            _note(self._by_name[draft.kind], keys.name, draft)
        for address in keys.addresses:
            _note(self._by_address, address, draft)


def _note(index: _Names, key: str, draft: Draft) -> None:
    """Add a draft under a key; a few suffice to know that it is not the only one."""
    there = index.get(key)
    if there is None:
        index[key] = (draft,)
    elif len(there) < _MANY and all(each is not draft for each in there):
        index[key] = (*there, draft)


def _keys(draft: Draft) -> _Keys:
    ids = [_id(value) for field in IDENTIFIERS if (value := draft.get(field))]
    name = draft.get(_NAME_OF[draft.kind]) if draft.named else None
    return _Keys(ids, _folded(name) if name else "", _real(draft) if draft.kind == "server" else [])


def _in(draft: Draft, origin: Origin) -> bool:
    return any(read.shape.origin == origin for read in draft.reads)


def _apart(one: Draft, other: Draft) -> bool:
    """Whether two drafts have different identifiers of one sort, or lie in different places."""
    for field in ("uuid", "asset_id", *_APART[one.kind]):
        mine, theirs = one.get(field), other.get(field)
        if mine and theirs and _id(mine) != _id(theirs):
            return True
    return False


def _id(value: Value) -> str:
    return _folded(value).strip("{} ")


def _folded(name: Value) -> str:
    text = str(name)
    return text if text.islower() else text.casefold()  # the same object where it can be: memory


def _real(draft: Draft) -> list[str]:
    """Addresses that only one machine can have."""
    found = draft.get("addresses")
    return [each for each in found if not each.startswith(_NOBODY)] if isinstance(found, tuple) else []


def _too_many(draft: Draft) -> InputError:
    read = draft.reads[0]
    return fault(read.shape.origin.file, f"over {MAX_RECORDS} records: give fewer files at a time", read.row)
