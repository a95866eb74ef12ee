"""The report as a Word file.

- ``write``: a document's blocks in their order
- ``styles``: how everything looks, in each language; ``numbers``: chapters and bullets
- ``paragraphs``: text, fields and bookmarks; ``tables``; ``figures``
- ``furniture``: cover, table of contents, head and foot of a page
- ``package``: properties, fonts and settings, and the file itself
"""

from .write import word

__all__ = ["word"]
