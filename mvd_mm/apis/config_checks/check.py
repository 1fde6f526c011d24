"""All checks of a config."""
from mmengine.config import Config

from .agreement import check_agreement
from .modules import check_module_arguments
from .sections import check_sections

__all__ = ['check_config']


def check_config(cfg: Config) -> None:
    """Refuse what nothing would read, and what nothing could run with.

    Args:
        cfg (Config): A whole config, after all overrides.

    Raises:
        KeyError: If no class of that name is registered.
        TypeError: If a key is not known where it stands, or its value is of
            another type.
        ValueError: If a value is outside its range, or two do not agree.
    """
    check_sections(cfg)
    check_module_arguments(cfg)
    check_agreement(cfg)
