"""The report as a Word file.

- ``write``: a document's blocks in their order
- ``looks``: how everything looks, in each language; ``styles``: the same as Word shows it
- ``numbers``: of chapters and sections; bullets
- ``paragraphs``: text, fields and bookmarks; ``tables``; ``figures``
- ``furniture``: cover, table of contents, head and foot of a page
- ``package``: properties, fonts and settings, and the file itself
"""

from .write import word

__all__ = ["word"]
