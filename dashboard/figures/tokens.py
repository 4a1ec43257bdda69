"""The style sheet made from the tables: page colours, layer colours and the small pictures of the legend."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.figures.palette import LAYERS, PAGE, SIDES, THEMES
from dashboard.figures.symbols import SYMBOLS, svg_url

__all__ = ["stylesheet"]

_LINE = 'fill="none" stroke="#000"'
_STROKE = f'{_LINE} stroke-width="1.6"'
_SHAPES = {
    "settlement": '<circle cx="12" cy="12" r="4.5"/>',
    "district": f'<path d="M4 8 L10 3 L20 6 L21 16 L13 21 L5 18 Z" {_STROKE}/><path d="M6 17 L16 5 M10 20 L20 9" {_LINE} stroke-width="1"/>',
    "oblast": f'<path d="M2 7 L9 2 L21 4 L22 18 L12 22 L3 19 Z" {_STROKE}/><path d="M4 18 L18 4 M9 21 L22 9" {_LINE} stroke-width="1"/>',
    "region": f'<path d="M2 12 C2 4 9 3 13 4 C19 5 23 8 22 14 C21 21 13 21 9 20 C5 19 2 17 2 12 Z" {_STROKE} stroke-dasharray="2 2"/>',
    "direction": f'<path d="M4 12 L20 4 A18 18 0 0 1 20 20 Z" {_STROKE} stroke-dasharray="3 2"/>',
    "sector": f'<path d="M3 12 L17 2 A17 17 0 0 1 17 22 Z" {_STROKE} stroke-dasharray="3 2"/>',
    "border": '<path d="M2 16 C7 8 10 18 14 11 S20 8 22 7" fill="none" stroke="#000" stroke-width="3.4" stroke-linecap="round"/>',
    "country": f'<path d="M5 6 H19 M5 12 H19 M5 18 H14" {_STROKE}/>',
    "none": f'<circle cx="12" cy="12" r="8" {_STROKE} stroke-dasharray="1.5 2.5"/>',
}
_VOICES = {
    "solid": '<circle cx="12" cy="12" r="8"/>',
    "hollow": f'<circle cx="12" cy="12" r="7.2" {_STROKE}/><path d="M6.9 17.1 L17.1 6.9" {_STROKE}/>',
    "hatched": f'<circle cx="12" cy="12" r="7.2" {_STROKE}/><path d="M6 13 L13 6 M7.5 17 L17 7.5 M11 18.5 L18.5 11" {_LINE} stroke-width="1.3"/>',
    "ring": f'<circle cx="12" cy="12" r="5"/><circle cx="12" cy="12" r="9.5" {_STROKE}/>',
    "split": f'<circle cx="12" cy="12" r="5"/><circle cx="12" cy="12" r="9.5" {_LINE} stroke-width="2" stroke-dasharray="11 3.9" stroke-dashoffset="-2"/>',
    "pile": '<circle cx="12" cy="12" r="9"/>',
    "wide": '<radialGradient id="g"><stop offset=".3" stop-opacity=".6"/><stop offset="1" stop-opacity="0"/></radialGradient><circle cx="12" cy="12" r="12" fill="url(#g)"/><circle cx="12" cy="12" r="4.5"/>',
}
_FILL_OF = {
    "denied": "hollow",
    "retracted": "hollow",
    "assessed": "hatched",
    "forecast": "hatched",
    "unconfirmed": "hatched",
}


def stylesheet() -> str:
    """CSS text: tokens by theme, ``.symbol-<layer>``, ``.shape-<precision>`` and ``.voice-<modality>`` pictures."""
    return "\n".join([*_tokens(), *_pictures()])


def _tokens() -> Iterator[str]:
    for k, theme in enumerate(THEMES):
        pairs = [f"--{word}:{colors[k]}" for word, colors in PAGE.items()]
        pairs += [f"--layer-{layer}:{colors[k]}" for layer, colors in LAYERS.items()]
        pairs += [f"--side-{side}:{colors[k]}" for side, colors in SIDES.items()]
        selector = ":root" if theme == "light" else ':root[data-theme="dark"]'
        yield f"{selector}{{color-scheme:{theme};{';'.join(pairs)}}}"


def _pictures() -> Iterator[str]:
    for layer, path in SYMBOLS.items():
        url = svg_url(f'<path fill-rule="evenodd" d="{path}"/>')
        yield f".symbol-{layer}{{-webkit-mask-image:{url};mask-image:{url};background:var(--layer-{layer})}}"
    for word, body in _SHAPES.items():
        yield _masked(f".shape-{word}", body)
    for word in ("claimed", "reported", "assessed", "forecast", "unconfirmed", "denied", "retracted"):
        yield _masked(f".voice-{word}", _VOICES[_FILL_OF.get(word, "solid")])
    for word in ("ring", "split", "pile", "wide"):
        yield _masked(f".voice-{word}", _VOICES[word])


def _masked(selector: str, body: str) -> str:
    url = svg_url(body)
    return f"{selector}{{-webkit-mask-image:{url};mask-image:{url};background:var(--muted)}}"
