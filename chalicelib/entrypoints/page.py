"""A page of HTML for people without a console; loaded by every function, so it stands alone."""

from __future__ import annotations

# As html.escape has it, which would load the names of 2,231 letters at every start.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def refused(why: str) -> str:
    """A request that was not granted, and the reason, whatever stands in it."""
    return page("This did not work", f'<p role="alert">{why.translate(_ESCAPES)}</p>')


def page(title: str, content: str) -> str:
    """A whole page; both arguments are HTML."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto;
  padding: 0 1rem; color: #16191f; background: #fff; }}
fieldset {{ border: 1px solid #687078; border-radius: 4px; margin: 0 0 1.5rem; }}
legend {{ padding: 0 .5rem; }}
fieldset label {{ display: inline-block; padding: .4rem .8rem .4rem 0; }}
textarea {{ box-sizing: border-box; width: 100%; font: inherit; }}
button {{ font: inherit; padding: .5rem 2rem; }}
:focus-visible {{ outline: 3px solid #0073bb; outline-offset: 2px; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
