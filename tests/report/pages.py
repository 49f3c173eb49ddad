"""What a browser would see of a page: its outline, its words, the addresses it would ask."""

from __future__ import annotations

from html.parser import HTMLParser

ADDRESSES = {"src", "href", "xlink:href", "data", "action", "poster", "srcset", "background"}


class Page(HTMLParser):
    """A page read once: outline, ids, words, tags and addresses."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.outline: list[str] = []
        self.words: list[str] = []
        self._open: str = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note the tag, its addresses and its line of the outline."""
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name in ADDRESSES:
                self.addresses.append(value or "")
        found = dict(attrs)
        if tag == "section" or (tag == "figure" and "id" in found):
            self.outline.append(f"{tag} {found.get('id')}")
        if tag == "div" and (found.get("class") or "").startswith("table"):
            self.outline.append(f"table {found['id']}")
        if tag in {"h1", "h2", "h3", "th"}:
            self._open = tag
            self.outline.append(f"{tag} ")

    def handle_endtag(self, tag):
        """Leave a heading."""
        if tag == self._open:
            self._open = ""

    def handle_data(self, data):
        """Note the words."""
        if data.strip():
            self.words.append(data.strip())
        if self._open:
            self.outline[-1] += data


def outline(html: str) -> str:
    """Return the outline of a page: sections, pictures, tables with their headings."""
    return "\n".join(" ".join(line.split()) for line in Page(html).outline) + "\n"
