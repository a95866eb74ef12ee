"""The hash of the code: what means nothing does not count, and everything else does."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import pytest

import roomfold
from roomfold.sim.stamp import bare

SOURCE = b'''"""Doc # no comment."""
x = "# text"  # comment
\n\t # another
y = \'\'\'a

# text \\\'\'\' still
\'\'\'
def f(a,  b="it's"):
    return a  + 1
'''


@pytest.mark.parametrize("part", ["sim", "scenarios"])
def test_a_bare_module_is_the_same_program_without_comments(part: str) -> None:
    """As Python itself reads both."""
    files = sorted((Path(roomfold.__file__).parent / part).glob("*.py"))
    assert len(files) > 20
    for source in (path.read_bytes() for path in files):
        made = bare(source)
        assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(source))
        assert tokenize.COMMENT not in {t.type for t in tokenize.tokenize(io.BytesIO(made).readline)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"# comment", b"# another one"),
        (b"  # comment", b""),
        (b"def f", b"\n\n# more\n\ndef f"),
        (b"a  + 1\n", b"a  + 1   \n\n"),
        (b'"""Doc', b'# first\n"""Doc'),
    ],
)
def test_comments_and_empty_lines_do_not_count(old: bytes, new: bytes) -> None:
    assert old in SOURCE
    assert bare(SOURCE.replace(old, new, 1)) == bare(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"# text"', b'"# other"'),
        (b"a\n\n# text", b"a\n# text"),
        (b"# text \\'", b"# texts \\'"),
        (b"+ 1", b"+ 2"),
        (b"    return", b"        return"),
        (b"it's", b"it's #"),
    ],
)
def test_texts_and_code_do(old: bytes, new: bytes) -> None:
    assert old in SOURCE
    assert bare(SOURCE.replace(old, new, 1)) != bare(SOURCE)
