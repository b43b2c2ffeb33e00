"""How Sphinx builds the site of one language; ``tools/make_site.py`` puts the pages together and calls it with ``-D language=…``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage, languages

from rubric_dsl.version import VERSION
from tools.site.lexer import RubricLexer

project = "rubric-dsl"
version = release = VERSION
copyright = "rubric-dsl"  # noqa: A001 - Sphinx calls it so
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_static"]
html_theme = "furo"
html_title = f"rubric-dsl {VERSION}"
html_static_path = [str(Path(__file__).with_name("static"))]
html_css_files = ["site.css"]
html_copy_source = html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_use_type_comments = False
toc_object_entries = False
add_module_names = False
python_maximum_signature_line_length = 88
linkcheck_timeout = 20
linkcheck_ignore = [r"https?://127\.0\.0\.1", r"https?://localhost", r"https://github\.com/OWNER/"]


class Bigrams(SearchLanguage):  # type: ignore[misc]
    """Search in Chinese by pairs of neighbouring characters: no dictionary, and every word of two characters is found."""

    lang = "zh"
    language_name = "Chinese"
    stopwords: set[str] = set()  # noqa: RUF012 - Sphinx reads it as an attribute of the class
    js_splitter_code = """
function splitQuery(query) {
  const found = [];
  for (const run of query.toLowerCase().match(/[\\u3400-\\u9fff]+|[\\p{L}\\p{N}_]+/gu) || []) {
    if (!/[\\u3400-\\u9fff]/.test(run)) found.push(run);
    else if (run.length === 1) found.push(run);
    else for (let i = 0; i + 1 < run.length; i++) found.push(run.slice(i, i + 2));
  }
  return found;
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx calls it so
        """Part a text into words of letters, and Chinese runs into pairs."""
        import re

        found: list[str] = []
        for run in re.findall(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+", input.lower()):
            if not "\u3400" <= run[0] <= "\u9fff" or len(run) == 1:
                found.append(run)
            else:
                found += [run[place : place + 2] for place in range(len(run) - 1)]
        return found

    def stem(self, word: str) -> str:
        """Return the word: Chinese has no endings."""
        return word

    def word_filter(self, word: str) -> bool:
        """Whether a word goes into the index."""
        return len(word) > 0


languages["zh"] = Bigrams


def setup(app: Sphinx) -> None:
    """Have rubric text coloured."""
    app.add_lexer("rubric", RubricLexer)
