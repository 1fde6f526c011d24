"""Find what is wrong with AVA-style annotations."""
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from mmengine.config import Config

from ..transforms import SampleAVAClip
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

    Args:
        folder (Path): Of the set.

    Returns:
        dict[str, Split]: By name, 'train' and 'val'.

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
            any_rate=not meta.get('one_rate', True),
            proposal_size=meta.get('proposal_size'),
            every_key_frame=(split == 'val'
                             and meta.get('every_key_frame', False)))
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
                        'num_classes', 'filename_tmpl', 'video_start',
                        'proposal_size', 'every_key_frame') if key in data
        }
        prefix = data.get('data_prefix', {})
        decoders = [str(step['type']) for step in data.pipeline]
        splits[name] = Split(
            **{
                **others,
                **files
            },
            media=Path(next(iter(prefix.values()))) if prefix else None,
            use_frames='RawFrameDecode' in decoders,
            any_rate='mvd_mm.AVAVideoFrames' in decoders,
            offsets=_offsets(data.pipeline, data.get('fps', 30)))
    return splits


def _offsets(pipeline: Sequence[dict], fps: int) -> Sequence[float]:
    """Moments that a clip may show, in timestamps from the key frame on."""
    for step in pipeline:
        options = {key: value for key, value in step.items() if key != 'type'}
        if step['type'] == 'mvd_mm.SampleAVAClip':
            return tuple(SampleAVAClip(**options).offsets)
        if step['type'] == 'SampleAVAFrames':
            # in frames of the source, each one moved at random in training;
            # SampleAVAFrames adds start_index=1 twice
            length, interval = step['clip_len'], step.get('frame_interval', 2)
            before = length // 2 * interval
            behind = ((length + 1) // 2 - 1) * interval
            return tuple((k + 1) / fps for k in range(-before, behind + 1))
    return tuple(SampleAVAClip().offsets)
