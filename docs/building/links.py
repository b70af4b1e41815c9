"""For MkDocs: links to files of the repository that are not pages of the site become the files' paths.

Pages are also read in the repository, where such links lead somewhere. The site cannot follow them: the project has no
public address yet.
"""

import re
from pathlib import Path
from typing import Any

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((\.\./[^)\s]+)\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """The page's text, with paths in place of the links that lead out of the site."""
    docs, folder = Path(config.docs_dir), Path(page.file.abs_src_path).parent

    def replaced(link: re.Match[str]) -> str:
        text, target = link.groups()
        place = (folder / target.partition("#")[0]).resolve()
        if place.is_relative_to(docs):
            return link.group()
        path = f"`{place.relative_to(docs.parent).as_posix()}`"
        return path if text.strip("`") in path else f"{text} ({path})"

    return _LINK.sub(replaced, markdown)
