"""Search in English and Chinese on the same pages, offline and without a dictionary.

English words are stemmed. A run of Chinese characters is cut into all its pairs, on the pages and in what is
looked for alike, so that a term is found wherever its pairs are.
"""

from __future__ import annotations

import re

from sphinx import search
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

CODE = "en-zh"
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


class SearchBoth(SearchEnglish):
    """Words of both languages."""

    lang = CODE
    language_name = "English"  # names the stemmer in the browser
    js_splitter_code = r"""
var splitQuery = (query) => {
  const words = [];
  for (const run of query.match(/[\u3400-\u9fff]+|[\p{L}\p{N}_]+/gu) ?? []) {
    if (!/[\u3400-\u9fff]/.test(run) || run.length < 2) words.push(run);
    else for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
  }
  return words;
};
"""

    def split(self, text: str) -> list[str]:
        """Words of a text, and pairs of its Chinese characters."""
        words: list[str] = []
        for run in _RUN.findall(text):
            if "\u3400" <= run[0] <= "\u9fff" and len(run) > 1:
                words += (run[i : i + 2] for i in range(len(run) - 1))
            else:
                words.append(run)
        return words

    def word_filter(self, word: str) -> bool:
        """Pairs count; single letters and the smallest English words do not."""
        return "\u3400" <= word[0] <= "\u9fff" or super().word_filter(word)


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer it as ``html_search_language``."""
    search.languages[CODE] = SearchBoth
    del app
    return {"parallel_read_safe": True, "parallel_write_safe": True}
