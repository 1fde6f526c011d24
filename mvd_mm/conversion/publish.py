"""Making a file to hand on out of a checkpoint of a run."""
import hashlib
from pathlib import Path

from mvd_mm.checkpoints import (check_target, name_weights, naming_file,
                                read_content, unwrap, write_state_dict)
from .completeness import find_gaps

__all__ = ['publish']

_KEPT = ('epoch', 'iter', 'mmengine_version', 'dataset_meta', 'converted_from',
         'pos_embed')  # of what is beside the weights


def publish(src: str,
            dst: str,
            config: bool = True,
            trust: bool = False) -> Path:
    """Write the weights of a run's checkpoint alone, with a hash in the name.

    Args:
        src (str): The checkpoint.
        dst (str): Name without the hash.
        config (bool): Keep the text of the config.
        trust (bool): See :func:`read_content`.

    Returns:
        Path: ``dst`` with the first eight digits of the file's SHA-256.

    Raises:
        ValueError: If the checkpoint is not complete.
    """
    check_target(dst, overwrite=True)  # the hash is not known yet
    content = read_content(src, trust)
    old = content['meta'] if isinstance(content.get('meta'), dict) else {}
    with naming_file(src):
        weights, kind, _ = name_weights(unwrap(content, src))
        gaps = find_gaps(weights, kind, old)
    if gaps:
        raise ValueError(f'{src!r} is not complete, {len(gaps)} weights are '
                         f'missing or do not fit, among them {gaps[:5]}')
    kept = _KEPT + ('cfg', ) * config
    path = Path(dst)
    partial = path.with_name(f'{path.stem}.part{path.suffix}')
    meta = {key: old[key] for key in kept if key in old}
    write_state_dict(weights, str(partial), meta=meta)
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()[:8]
    return partial.replace(
        path.with_name(f'{path.stem}-{digest}{path.suffix}'))
