"""For mkdocstrings: Sphinx roles in docstrings, such as :func:`common.evaluate`, become links.

``help()`` shows roles as they are, and editors know them. What has no page stays code.
"""

import re
from typing import Any

from griffe import Extension

_ROLE = re.compile(r":(?:func|class|mod|meth|attr|data|exc|obj):`(~?)([^`<]+)`")


def with_links(text: str) -> str:
    """The text with roles as references that may stay unresolved.

    >>> with_links("See :func:`common.evaluate`.")
    'See <autoref identifier="common.evaluate" optional><code>common.evaluate</code></autoref>.'
    """

    def link(role: re.Match[str]) -> str:
        short, target = role.groups()
        shown = target.rpartition(".")[2] if short else target
        return f'<autoref identifier="{target}" optional><code>{shown}</code></autoref>'

    return _ROLE.sub(link, text)


class Roles(Extension):
    """Rewrites every docstring as it is read."""

    def on_instance(self, *, obj: Any, **kwargs: Any) -> None:
        """Called by Griffe for each module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = with_links(obj.docstring.value)
