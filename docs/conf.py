"""How Sphinx builds the manual: `make docs`."""

from __future__ import annotations

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]

project = "Proofroom"
author = "the Proofroom contributors"
project_copyright = "the Proofroom contributors, Apache-2.0"
release = version = _PROJECT["version"]

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"Proofroom {release}"
html_show_sphinx = False
html_copy_source = False
# The manual is read on machines without a network: nothing is fetched, nothing is counted.
html_theme_options = {"top_of_page_buttons": []}
