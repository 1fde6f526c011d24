"""Find what is wrong with AVA-style annotations, with file and line.

    python tools/data/ava/validate.py --set data/mine/annotations
    python tools/data/ava/validate.py --config CONFIG [--cfg-options ...]

Silent, with exit status 0, if nothing is wrong; otherwise one line a fault and
status 1. ``--list`` shows all kinds of faults, ``--ignore KIND`` leaves some
out on purpose. The number behind a proposal file is that of the entry.
"""
import argparse
import json
import sys
from pathlib import Path
from typing import Dict, List

sys.path.append(str(Path(__file__).resolve().parents[1]))  # for `ava`

from mvd_mm.datasets.ava.check_media import check_media  # noqa: E402
from mvd_mm.datasets.ava.check_proposals import check_proposals  # noqa: E402
from mvd_mm.datasets.ava.check_rows import check_excluded, check_list, check_rows  # noqa: E402
from mvd_mm.datasets.ava.findings import KINDS, Finding, Split  # noqa: E402
from mvd_mm.datasets.ava.formats import META  # noqa: E402
from mvd_mm.datasets.ava.options import files_of  # noqa: E402


def validate(splits: Dict[str, Split]) -> List[Finding]:
    """Check the parts of a set, each by itself and against each other.

    Args:
        splits (dict[str, Split]): By name, ``train`` and ``val``.

    Returns:
        list[Finding]: Nothing, if the set is sound.
    """
    found, owner = [], {}
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
    if not (folder / META).is_file():
        raise FileNotFoundError(
            f'`set` {folder} holds no {META}, which build_annotations.py and '
            'prepare.py write; use --config for other sets')
    meta = json.loads((folder / META).read_text())
    common = {
        key: meta[key]
        for key in ('fps', 'timestamp_start', 'timestamp_end', 'num_classes')
    }
    return {
        split:
        Split(
            **files_of(folder, meta, split),
            **common,
            media=Path(meta['videos']) if meta['videos'] else None,
            use_frames=meta.get('use_frames', False),
            video_start=meta.get('video_start'),
            any_rate=not meta.get('one_rate', True))
        for split in ('train', 'val')
    }


def splits_of_config(path: Path, options) -> Dict[str, Split]:
    """Parts of a set as a detection config names them.

    Raises:
        FileNotFoundError: If there is no such config.
        ValueError: If its datasets are not like ``AVADataset``.
    """
    from mmengine.config import Config
    if not path.is_file():
        raise FileNotFoundError(f'`config`: there is no file {path}')
    cfg = Config.fromfile(path)
    cfg.merge_from_dict(options or {})
    splits = {}
    for name in ('train', 'val'):
        data = cfg[f'{name}_dataloader'].dataset
        if 'ann_file' not in data or 'label_file' not in data:
            raise ValueError(f'`config` {path}: {name}_dataloader.dataset has '
                             'no ann_file or label_file; is it of detection?')
        keys = ('ann_file', 'label_file', 'exclude_file', 'proposal_file')
        files = {key: Path(data[key]) for key in keys if data.get(key)}
        others = {
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
            **files,
            **others,
            media=Path(next(iter(prefix.values()))) if prefix else None,
            use_frames='RawFrameDecode' in decoders,
            any_rate='mvd_mm.AVAVideoFrames' in decoders,
            clip=(length // 2 * interval, ((length + 1) // 2 - 1) * interval))
    return splits


def main(args=None) -> None:
    from mmengine.config import DictAction
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('--set', type=Path, help='folder with a meta.json')
    what.add_argument('--config', type=Path, help='of a detection')
    what.add_argument(
        '--list', action='store_true', help='show all kinds of faults')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    parser.add_argument(
        '--ignore', nargs='+', choices=KINDS, default=[], metavar='KIND')
    args = parser.parse_args(args)
    if args.list:
        for kind, effect in KINDS.items():
            print(f'{kind}: {effect}')
        return
    try:
        if args.set is not None:
            splits = splits_of_set(args.set)
        else:
            splits = splits_of_config(args.config, args.cfg_options)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    found = [
        fault for fault in validate(splits) if fault.kind not in args.ignore
    ]
    for fault in found:
        print(fault)
    if found:
        raise SystemExit(1)


if __name__ == '__main__':
    main()
