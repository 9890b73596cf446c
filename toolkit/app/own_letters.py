"""The user's own `templates/`: what is wrong in it, and a packaged letter copied there to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toolkit.app.writing import library, packaged_templates
from toolkit.core.errors import UsageError
from toolkit.core.finding import Finding
from toolkit.core.reason import because
from toolkit.core.words import LOCALES
from toolkit.letters.library import LAYOUT
from toolkit.letters.lint import Fault, Subject, lint
from toolkit.registers.fold import closest
from toolkit.settings.model import Settings


def letter_faults(settings: Settings) -> tuple[Fault, ...]:
    """What is wrong with the letters that the user wrote: for `check` and for `doctor`. Nothing where there are none."""
    if settings.templates is None:
        return ()
    found = [one for locale in LOCALES for one in _faults(settings, settings.templates, locale)]
    return tuple(one._replace(file=_shown(one.file, settings)) for one in dict.fromkeys(found))


def letter_findings(settings: Settings) -> tuple[Finding, ...]:
    """The same as findings, with template and line in their words."""
    return tuple(Finding("template-error", because("fault.letter", error=str(one))) for one in letter_faults(settings))


def subjects(settings: Settings) -> tuple[Subject, ...]:
    """The notices of the configuration, as the lint looks at them."""
    return tuple(Subject(one.name, one.register, one.to, one.channels) for one in settings.notices.values())


def _faults(settings: Settings, home: Path, locale: str) -> Iterator[Fault]:
    own = {file.stem for file in (home / locale).glob("*.md")}
    known = library(settings, locale).names()
    for name in sorted(own - set(known_names(locale)) - set(settings.notices)):
        near = closest(name, list(known_names(locale)))
        yield Fault(
            "no letter has this name" + (f"; do you mean {near}?" if near else ""),
            name,
            locale,
            home / locale / f"{name}.md",
        )
    is_in_all = any(name.startswith("_") for name in own) or (home / LAYOUT).is_file()
    touched = [one for one in subjects(settings) if one.name in known and (is_in_all or one.name in own)]
    yield from lint(library(settings, locale), touched, mainland=settings.country == "CN")


def known_names(locale: str) -> tuple[str, ...]:
    """The packaged letters of a locale, their parts (`_footer`) and the layout."""
    return tuple(sorted(file.stem for file in (packaged_templates() / locale).glob("*.md")))


def _shown(file: Path | None, settings: Settings) -> Path | None:
    """As the user would write it, from the folder of config.yaml."""
    return file.relative_to(settings.home) if file is not None and file.is_relative_to(settings.home) else file


def copy_template(settings: Settings, name: str, locale: str) -> Path:
    """Put a packaged letter into the user's folder (60, 32). What stands there is never overwritten."""
    wanted = name.removesuffix(".md").removesuffix(".html")
    there = (*known_names(locale), Path(LAYOUT).stem)
    if wanted not in there:
        near = closest(wanted, list(there))
        raise UsageError(
            f"There is no template “{name}”"
            + (f"; do you mean {near}?" if near else "")
            + f" There are: {', '.join(there)}"
        )
    part = Path(LAYOUT) if wanted == Path(LAYOUT).stem else Path(locale) / f"{wanted}.md"
    target = settings.home / "templates" / part
    target.parent.mkdir(parents=True, exist_ok=True)
    text = (packaged_templates() / part).read_bytes()
    try:
        with target.open("xb") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{target} is there already: it is yours, and left as it is") from None
    return target
