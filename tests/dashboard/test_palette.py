"""Colours held to numbers: WCAG contrast, and distance between layers as colour-blind eyes see them."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from urllib.parse import unquote

import numpy as np
import pytest

from dashboard.figures.palette import BASE, LAYERS, PAGE, THEMES
from dashboard.figures.tokens import stylesheet

# Machado, Oliveira and Fernandes (2009), severity 1.0, linear RGB
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color: str) -> np.ndarray:
    c = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    hi, lo = sorted((float(np.dot([0.2126, 0.7152, 0.0722], linear(c))) for c in (a, b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("word", ["ink", "muted", "accent"])
@pytest.mark.parametrize("ground", ["paper", "raised", "sunken"])
def test_text_reaches_aa_on_every_ground(theme, word, ground):
    k = THEMES.index(theme)
    assert contrast(PAGE[word][k], PAGE[ground][k]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layer", LAYERS)
def test_symbols_reach_graphics_contrast_on_land_and_sea(theme, layer):
    k = THEMES.index(theme)
    for ground in ("land", "home", "sea"):
        assert contrast(LAYERS[layer][k], BASE[ground][k]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", VISION)
def test_layers_stay_apart_for_every_eye(theme, eyes):
    k = THEMES.index(theme)
    seen = {layer: lab(np.asarray(VISION[eyes]) @ linear(colors[k])) for layer, colors in LAYERS.items()}
    near = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(seen, 2)}
    assert min(near.values()) >= 10, sorted(near.items(), key=lambda item: item[1])[:3]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", VISION)
def test_advance_retreat_and_bombardment_are_far_apart(theme, eyes):
    k = THEMES.index(theme)
    main = [lab(np.asarray(VISION[eyes]) @ linear(LAYERS[w][k])) for w in ("advance", "retreat", "bombardment")]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(main, 2)) >= 22


@pytest.mark.parametrize("theme", THEMES)
def test_map_labels_are_readable(theme):
    k = THEMES.index(theme)
    assert contrast(BASE["label"][k], BASE["home"][k]) >= 4.5


def test_every_picture_of_the_legend_can_be_read_by_a_browser():
    pictures = re.findall(r'mask-image:url\("data:image/svg\+xml,([^"]+)"\)', stylesheet())
    assert len(pictures) > 20
    for text in pictures:
        assert ET.fromstring(unquote(text)).tag.endswith("svg")
