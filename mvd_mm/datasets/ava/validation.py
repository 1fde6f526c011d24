"""Find what is wrong with AVA-style annotations."""
from pathlib import Path
from typing import Any, Dict, List, Optional

from mmengine.config import Config

from .check_media import check_media
from .check_proposals import check_proposals
from .check_rows import check_excluded, check_list, check_rows
from .findings import Finding, Split
from .formats import read_meta
from .options import files_of

__all__ = ['validate', 'splits_of_set', 'splits_of_config']


def validate(splits: Dict[str, Split]) -> List[Finding]:
    """Check the parts of a set, each by itself and against each other.

    Args:
        splits (dict[str, Split]): By name, ``train`` and ``val``.

    Returns:
        list[Finding]: Empty if the set is sound.
    """
    found: List[Finding] = []
    owner: Dict[str, str] = {}  # video -> the part that has it
    for name, split in splits.items():
        known, faults = check_list(split)
        rows, more = check_rows(split, known)
        faults += more
        faults += check_excluded(split, rows)
        faults += check_media(split, rows)
        faults += check_proposals(split, rows)
        for line, row in rows:
            part = owner.setdefault(row.video, name)
            if part != name:
                owner[row.video] = name  # say it once
                faults.append(
                    Finding(split.ann_file, line, 'split-overlap',
                            f'{row.video!r}: {part}'))
        # both parts may share one label list
        found += [fault for fault in faults if fault not in found]
    return found


def splits_of_set(folder: Path) -> Dict[str, Split]:
    """Parts of a set that build_annotations.py or prepare.py wrote.

    Raises:
        FileNotFoundError: If it holds no meta.json.
    """
    try:
        meta = read_meta(folder)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{error}; use --config for other sets') from None
    common: Dict[str, Any] = {
        key: meta[key]
        for key in ('fps', 'timestamp_start', 'timestamp_end', 'num_classes')
    }
    return {
        split:
        Split(
            **{
                **common,
                **files_of(folder, meta, split)
            },
            media=Path(meta['videos']) if meta['videos'] else None,
            use_frames=meta.get('use_frames', False),
            video_start=meta.get('video_start'),
            any_rate=not meta.get('one_rate', True))
        for split in ('train', 'val')
    }


def splits_of_config(path: Path,
                     options: Optional[dict] = None) -> Dict[str, Split]:
    """Parts of a set as a detection config names them.

    Args:
        path (Path): The config.
        options (dict, optional): What to change in it.

    Raises:
        FileNotFoundError: If there is no such config.
        ValueError: If its datasets are not like ``AVADataset``.
    """
    if not path.is_file():
        raise FileNotFoundError(f'`config`: there is no file {path}')
    cfg = Config.fromfile(path)
    cfg.merge_from_dict(options or {})
    splits = {}
    for name in ('train', 'val'):
        data = cfg[f'{name}_dataloader'].dataset
        if 'ann_file' not in data or 'label_file' not in data:
            raise ValueError(f'`config` {path}: {name}_dataloader.dataset has '
                             'no ann_file or label_file; is it a config of '
                             'detection?')
        keys = ('ann_file', 'label_file', 'exclude_file', 'proposal_file')
        files = {key: Path(data[key]) for key in keys if data.get(key)}
        others: Dict[str, Any] = {
            key: data[key]
            for key in ('fps', 'timestamp_start', 'timestamp_end',
                        'num_classes', 'filename_tmpl', 'video_start')
            if key in data
        }
        prefix = data.get('data_prefix', {})
        decoders = [str(step['type']) for step in data.pipeline]
        sampler = next((step for step in data.pipeline
                        if 'clip_len' in step and 'frame_interval' in step),
                       dict(clip_len=16, frame_interval=4))
        length, interval = sampler['clip_len'], sampler['frame_interval']
        splits[name] = Split(
            **{
                **others,
                **files
            },
            media=Path(next(iter(prefix.values()))) if prefix else None,
            use_frames='RawFrameDecode' in decoders,
            any_rate='mvd_mm.AVAVideoFrames' in decoders,
            clip=(length // 2 * interval, ((length + 1) // 2 - 1) * interval))
    return splits
