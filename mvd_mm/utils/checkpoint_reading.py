"""How MMEngine reads files of weights: from anywhere, executing nothing."""
from os import PathLike, makedirs, path
from typing import Any, BinaryIO, Optional, Union
from urllib.parse import urlparse

import torch

from .safe_loading import load_data
from .weight_files import read_content

__all__ = ['SafeTorch', 'load_url']


class SafeTorch:
    """``torch`` for MMEngine's reader of checkpoints.

    All is torch's own but ``load``: it executes nothing, and says what is
    wrong with a file that is empty, cut, a text or no checkpoint.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    @staticmethod
    def load(file: Union[str, PathLike, BinaryIO],
             map_location: Any = None,
             **kwargs: Any) -> Any:
        """Read a local file, ``.safetensors`` too, or an opened one."""
        if isinstance(file, (str, PathLike)):
            return read_content(str(file), map_location=map_location)
        return load_data(file, map_location)


def load_url(url: str,
             model_dir: Optional[str] = None,
             map_location: Any = None,
             progress: bool = True) -> Any:
    """Download a file once, then read it as a local one."""
    folder = model_dir or path.join(torch.hub.get_dir(), 'checkpoints')
    file = path.join(folder, path.basename(urlparse(url).path))
    if not path.exists(file):
        makedirs(folder, exist_ok=True)
        torch.hub.download_url_to_file(url, file, progress=progress)
    return SafeTorch.load(file, map_location)
