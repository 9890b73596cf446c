"""Writes the pages of docs/reference: `python -m tests.docs.generate`. A test says when one is stale."""

from __future__ import annotations

from tests.docs.reference import DOCS, PAGES


def main() -> None:
    """Write every page that is not as it should be."""
    folder = DOCS / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in PAGES.items():
        file, text = folder / f"{name}.md", made()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {file}")


if __name__ == "__main__":
    main()
