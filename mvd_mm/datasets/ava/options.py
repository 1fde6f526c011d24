"""Config options with which a detection config uses a set of annotations."""
from pathlib import Path
from typing import Dict, List, Optional

__all__ = ['files_of', 'split_options']

FILES = dict(
    ann_file='{}.csv',
    exclude_file='{}_excluded_timestamps.csv',
    proposal_file='{}_proposals.pkl')


def files_of(folder: Path, meta: dict, split: str) -> Dict[str, Path]:
    """Paths of a part's files, by the arguments of ``AVADataset``.

    Args:
        folder (Path): Of the set.
        meta (dict): What its meta.json holds.
        split (str): ``'train'`` or ``'val'``.
    """
    names = meta.get('files', {}).get(split) or {
        key: name.format(split)
        for key, name in FILES.items()
    }
    files = {key: folder / name for key, name in names.items()}
    files['label_file'] = folder / meta.get('label_file', 'action_list.pbtxt')
    return files


def split_options(folder: Path,
                  meta: dict,
                  media: Optional[str] = None) -> List[str]:
    """Options for ``--cfg-options``, one each.

    Args:
        folder (Path): With the annotations.
        meta (dict): What meta.json holds.
        media (str, optional): Folder of the videos or frames; None: that of
            ``meta``.

    Returns:
        list[str]: ``key=value``.
    """
    folder = folder.resolve()
    options = [
        f"model.roi_head.bbox_head.num_classes={meta['num_classes']}",
        # MMAction2 reports the 3 and 5 best classes; a set may have fewer
        f"model.roi_head.bbox_head.topk={min(3, meta['num_classes'] - 1)}"
    ]
    for part, split in (('train', 'train'), ('val', 'val'), ('test', 'val')):
        files = files_of(folder, meta, split)
        dataset = f'{part}_dataloader.dataset'
        options += [f'{dataset}.{key}={path}' for key, path in files.items()]
        options.append(f"{dataset}.data_prefix.img={media or meta['videos']}")
        options += [
            f'{dataset}.{key}={meta[key]}'
            for key in ('fps', 'timestamp_start', 'timestamp_end',
                        'num_classes', 'video_start') if key in meta
        ]
        if part != 'train':
            if 'every_key_frame' in meta:
                options.append(
                    f"{dataset}.every_key_frame={meta['every_key_frame']}")
            if 'proposal_size' in meta:
                size = meta['proposal_size']
                width_height = size if isinstance(size, int) else ','.join(
                    map(str, size))
                options.append(f'{dataset}.proposal_size={width_height}')
            options += [
                f'{part}_evaluator.{key}={files[key]}'
                for key in ('ann_file', 'exclude_file', 'label_file')
            ]
            options.append(
                f"{part}_evaluator.num_classes={meta['num_classes']}")
    return options
