"""What customers see who are asked what they think: a form that needs no script."""

from __future__ import annotations

from chalicelib.core.feedback import COMMENT_LIMIT, HIGHEST, LOWEST
from chalicelib.entrypoints.page import page

_QUESTIONS = {
    "service": "How satisfied are you with the person who helped you?",
    "solution": "How satisfied are you with what came of your request?",
}
_ENDS = {LOWEST: "not at all", HIGHEST: "very"}


def form() -> str:
    """The questions. It posts to its own address, and to look at it changes nothing."""
    questions = "".join(_question(name, text) for name, text in _QUESTIONS.items())
    return page(
        "How did we do?",
        f"""<form method="post">
{questions}<p><label for="comment">Is there anything else that you want to tell us?</label>
<textarea id="comment" name="comment" rows="4" maxlength="{COMMENT_LIMIT}"></textarea></p>
<p><label><input type="checkbox" name="optOut" value="yes"> Please do not ask me again</label></p>
<p><button type="submit">Send</button></p>
</form>""",
    )


def thanks(*, is_counted: bool) -> str:
    """After the form was sent in, or when it is too late for that."""
    more = "<p>You may change your answer for as long as the link is good.</p>"
    return page("Thank you", more if is_counted else "<p>We have taken note.</p>")


def too_late() -> str:
    """The link was good for 14 days; the wish not to be asked may still be told."""
    return page(
        "Thank you",
        """<p>The time to answer is over, so nothing is counted any more.</p>
<form method="post"><p><label><input type="checkbox" name="optOut" value="yes" required>
Please do not ask me again</label></p><p><button type="submit">Send</button></p></form>""",
    )


def _question(name: str, text: str) -> str:
    choices = "".join(_choice(name, mark) for mark in range(LOWEST, HIGHEST + 1))
    return f"<fieldset><legend>{text}</legend>\n{choices}</fieldset>\n"


def _choice(name: str, mark: int) -> str:
    said = f"{mark}, {_ENDS[mark]}" if mark in _ENDS else str(mark)
    return f'<label><input type="radio" name="{name}" value="{mark}"> {said}</label>\n'
