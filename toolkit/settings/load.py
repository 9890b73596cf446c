"""Finds config.yaml and reads it: the preset under it, values from outside, every mistake at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from toolkit.core.errors import UsageError
from toolkit.settings.model import Settings

FILE_NAME = "config.yaml"


def find_config(start: Path) -> Path | None:
    """The config.yaml of a folder, or of the nearest folder above it."""
    here = start.resolve()
    return next((file for folder in (here, *here.parents) if (file := folder / FILE_NAME).is_file()), None)


def load(path: Path) -> Settings:
    """The settings of a file. Raises UsageError where there is none, ConfigError with all of its mistakes."""
    from toolkit.settings.yaml_source import read_text

    file = path.resolve()
    try:
        text = read_text(file)
    except FileNotFoundError:
        raise UsageError(f"There is no {path}; `aftersales init` writes one, -c names another") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return read(text, file.parent, file)


def read(text: str, home: Path, file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that a text says (an empty one: the default preset); relative paths start from `home`."""
    # Pydantic and the YAML parser are slow to import; who only needs the model of the settings does not pay for them.
    from pydantic import ValidationError

    from toolkit.settings import layers
    from toolkit.settings.beyond import beyond
    from toolkit.settings.build import build
    from toolkit.settings.faults import ConfigError
    from toolkit.settings.form import ConfigForm
    from toolkit.settings.form_faults import mistakes_of, untold
    from toolkit.settings.misnamed import misnamed
    from toolkit.settings.secrets import Expansion, Outside
    from toolkit.settings.yaml_source import parse

    said, mistakes = parse(text, file.name if file else FILE_NAME)
    expansion = Expansion(Outside(home, environment))
    said = expansion.filled(said)
    preset = layers.preset(layers.preset_of(said))
    tree = layers.without_off(layers.over(preset, said))
    mistakes += expansion.mistakes
    mistakes += misnamed(tree, said, preset)
    files = beyond(tree, home)
    mistakes += files.mistakes
    try:
        config = ConfigForm.model_validate(tree.plain())
    except ValidationError as error:
        raise ConfigError([*mistakes, *untold(mistakes, mistakes_of(ConfigForm, error.errors(), tree))]) from None
    if mistakes:
        raise ConfigError(mistakes)
    return build(config, home, file, files, tuple(expansion.warnings))
