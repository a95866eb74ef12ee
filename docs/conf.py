"""The site of these pages: ``sphinx-build -W -n docs out/docs``.

Nothing is fetched, to build it or to read it. English and Chinese pages are built at once and share menu and
search.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["ROOMFOLD_LANG"] = "en"  # the language of the command line in the reference
sys.path.insert(0, str(Path(__file__).parent / "_site"))

import roomfold  # nothing of it may be imported before the language is set

project = "roomfold"
author = "the authors of roomfold"
version = release = roomfold.__version__
html_title = f"roomfold {release}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "formulas", "made", "words"]
exclude_patterns = ["_site", "samples"]
source_suffix = {".md": "markdown", ".ipynb": "markdown"}

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
html_math_renderer = "drawn"

html_theme = "furo"
FONTS = "../reports/fonts"  # for machines without a Chinese font, and its licence
html_static_path = ["_site/site.css", f"{FONTS}/RoomfoldSansSC-Regular.ttf", f"{FONTS}/OFL.txt"]
html_css_files = ["site.css"]
html_search_language = "en-zh"
html_show_search_summary = False  # it would fetch pages, which browsers refuse for files on disk

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_use_ivar = True
# Types of signatures that have no entry here: other packages' and, of our own, those that are not the door.
nitpick_ignore_regex = [("py:(class|obj|data|exc)", ".*")]
