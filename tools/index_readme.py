"""The README as a package index shows it, where a relative link leads nowhere."""

import re

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


def index_readme(readme: str, repository: str, version: str) -> str:
    """Return the README with links into the repository at the tag of the version.

    `repository`: its URL on GitHub, or empty if it is not known. Then a link becomes its text and
    the name of the file, which the source distribution contains, and a picture is left out.
    """

    def replacement(link: re.Match[str]) -> str:
        target, text = link["target"], link["text"]
        if re.match(r"[a-z]+:|#", target):
            return link[0]
        if repository:
            kind = "raw" if link["image"] else "blob"
            return f"{link['image']}[{text}]({repository}/{kind}/v{version}/{target})"
        if link["image"]:
            return ""
        return text if text == target else f"{text} (`{target}`)"

    return _LINK.sub(replacement, readme)
