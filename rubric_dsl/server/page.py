"""The page at ``/``: the rubrics that are served, and where to go from there."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.as_json import Json

_TITLE = Text("评分服务", "Rubric scoring service")
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
ul { list-style: none; padding: 0; }
.rubrics > li { padding: .8rem 0; border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
h2 { font-size: 1.1rem; margin: 0; }
p { margin: .2rem 0; overflow-wrap: anywhere; }
.links { display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
"""


def listing(entries: list[Json], lang: Lang) -> str:
    """Return the page over the list of rubrics; it fetches nothing and needs no script."""
    none = Text("文件夹里没有 .rubric 文件。", "The folder has no .rubric files.").to(lang)
    items = "\n".join(f"<li>{_item(entry, lang)}</li>" for entry in entries)
    use = Text("程序接口：", "For programs: ").to(lang)
    title = escape(_TITLE.to(lang))
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>\n"
        + (f'<ul class="rubrics">\n{items}\n</ul>' if entries else f"<p>{none}</p>")
        + f'\n<p>{use}<a href="/openapi.json?lang={lang}">OpenAPI</a></p></main></body></html>\n'
    )


def _item(entry: Json, lang: Lang) -> str:
    file = f"<p>{escape(entry['file'])}</p>"
    if not entry["usable"]:
        count = len(entry["diagnostics"])
        state = Text(f"有错误（{count}）", f"has errors ({count})") if count else Text("读不出来", "cannot be read")
        return f"<h2>{escape(state.to(lang))}</h2>{file}"
    address = f"/v1/rubrics/{quote(entry['name'], safe='')}"
    asked = f"edition={quote(entry['edition'], safe='')}&amp;lang={lang}"
    links = (
        (Text("指标和分值", "indicators and points"), address, ""),
        (Text("空白数据", "blank data"), address + "/blank", "&amp;format=yaml"),
        (Text("数据约定", "data contract"), address + "/schema", ""),
        (Text("已证明的性质", "proofs"), address + "/verify", ""),
    )
    shown = "".join(f'<li><a href="{where}?{asked}{more}">{words.to(lang)}</a></li>' for words, where, more in links)
    return f'<h2>{escape(entry["name"])} {escape(entry["edition"])}</h2>{file}<ul class="links">{shown}</ul>'


__all__ = ["listing"]
