"""Lists of a published data set, as the configs of this package name them."""
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from ..video_files import find_videos
from ..video_lists import check_name, write_lists
from .checks import check_entries, locate
from .hmdb51 import read_hmdb51
from .kinetics400 import read_kinetics400
from .listing import Entry, Listing
from .sthv2 import read_sthv2
from .ucf101 import read_ucf101

__all__ = ['DATASETS', 'Built', 'build_official']


class _Dataset(NamedTuple):
    read: Callable[[Path], Listing]
    list_name: str
    classes: int
    published: Dict[str, int]  # videos of each part


_THREE = ('split_1', 'split_2', 'split_3')
# The counts are those of the publications; that of Kinetics depends on when
# it was downloaded.
DATASETS = {
    'kinetics400':
    _Dataset(read_kinetics400, 'kinetics400_{}_list_videos.txt', 400, {}),
    'sthv2':
    _Dataset(read_sthv2, 'sthv2_{}_list_videos.txt', 174,
             dict(train=168913, val=24777)),
    'ucf101':
    _Dataset(
        read_ucf101, 'ucf101_{}_videos.txt', 101, {
            f'{part}_{split}': count
            for part, counts in (('train', (9537, 9586, 9624)),
                                 ('val', (3783, 3734, 3696)))
            for split, count in zip(_THREE, counts)
        }),
    'hmdb51':
    _Dataset(
        read_hmdb51, 'hmdb51_{}_videos.txt', 51, {
            f'{part}_{split}': count
            for part, count in (('train', 3570), ('val', 1530))
            for split in _THREE
        }),
}


class Built(NamedTuple):
    """What was written and found.

    Args:
        counts (dict[str, tuple[int, int]]): Of each part, videos listed and
            videos found.
        errors (list[str]): See :class:`.Checked`.
        notes (list[str]): Likewise.
    """

    counts: Dict[str, Tuple[int, int]]
    errors: List[str]
    notes: List[str]


def build_official(name: str,
                   annotations: Path,
                   videos: Path,
                   out: Path,
                   val_videos: Optional[Path] = None,
                   keep_going: bool = False,
                   overwrite: bool = False) -> Built:
    """Write the lists of a data set from its official annotation files.

    Beside the lists it writes ``classes.txt``, ``counts.csv`` (videos of each
    class and part, listed and found) and ``missing.txt``. Lists name the
    videos that are there. Files with the same contents may exist already.

    Args:
        name (str): One of :data:`DATASETS`.
        annotations (Path): Folder of the annotation files.
        videos (Path): Folder of the videos; the lists start from it.
        out (Path): Folder of the lists.
        val_videos (Path, optional): Folder of the validation videos, if that
            is another one.
        keep_going (bool): Write although there are errors.
        overwrite (bool): Replace other files of the same names.

    Raises:
        FileNotFoundError: If a file or a folder is missing.
        ValueError: If there are errors, no listed video exists, or ``out``
            holds other lists.
    """
    if name not in DATASETS:
        raise ValueError(f'`name` must be one of {sorted(DATASETS)}, got '
                         f'{name!r}')
    dataset = DATASETS[name]
    if not annotations.is_dir():
        raise FileNotFoundError(f'`annotations` {annotations} is not a folder')
    listing = dataset.read(annotations)
    entries, errors, notes = check_entries(listing)
    if len(listing.classes) != dataset.classes:
        notes.append(f'{len(listing.classes)} classes are listed, published '
                     f'are {dataset.classes}')
    print(
        f'{len(entries)} entries of {len(listing.classes)} classes; looking '
        'for the videos',
        flush=True)
    found: Dict[Tuple[str, str], str] = {}
    folders = {
        videos: ''
    } if val_videos is None else {
        videos: 'train',
        val_videos: 'val'
    }
    for folder, part in folders.items():
        files = find_videos(folder)
        print(f'{len(files)} videos in {folder}', flush=True)
        own = [e for e in entries if e.split.startswith(part)]
        paths, more = locate(own, listing.classes, files)
        notes += more
        found.update({
            (e.split, e.video): paths[e.video]
            for e in own if e.video in paths
        })
    if not found:
        raise ValueError(
            f'none of the {len(entries)} listed videos is in {videos}, e.g. '
            f'{entries[0].video if entries else "-"}')
    odd = {key: check_name(path) for key, path in found.items()}
    for key in [key for key in found if odd[key]]:
        notes.append(f'{found.pop(key)!r} is left out: {odd[key]}')
    contents, counts = _contents(dataset, listing.classes, entries, found)
    for split, (listed, there) in counts.items():
        published = dataset.published.get(split)
        if published not in (None, listed):
            notes.append(f'{split} lists {listed} videos, published are '
                         f'{published}')
        if there < listed:
            notes.append(f'{listed - there} of {listed} videos of {split} '
                         'are missing, see missing.txt')
    if errors and not keep_going:
        raise ValueError(
            f'{len(errors)} errors in {annotations}, nothing is written '
            '(`--keep-going` writes all the same):\n  ' +
            '\n  '.join(errors[:50]))
    write_lists(out, contents, overwrite)
    return Built(counts, errors, notes)


def _contents(
    dataset: _Dataset, classes: List[str], entries: List[Entry],
    found: Dict[Tuple[str, str], str]
) -> Tuple[Dict[str, str], Dict[str, Tuple[int, int]]]:
    splits = list(dict.fromkeys(entry.split for entry in entries))
    lists: Dict[str, List[str]] = {split: [] for split in splits}
    listed = {split: [0] * len(classes) for split in splits}
    there = {split: [0] * len(classes) for split in splits}
    missing: List[str] = []
    for split, video, label, _ in entries:
        listed[split][label] += 1
        path = found.get((split, video))
        if path is None:
            missing.append(f'{split}\t{video}\t{classes[label]}\n')
        else:
            there[split][label] += 1
            lists[split].append(f'{path}\t{label}\n')
    rows = ['split,label,class,listed,found\n']
    for split in splits:
        for label, name in enumerate(classes):
            quoted = '"' + name.replace('"', '""') + '"'
            rows.append(f'{split},{label},{quoted},{listed[split][label]},'
                        f'{there[split][label]}\n')
    contents = {
        dataset.list_name.format(split): ''.join(lines)
        for split, lines in lists.items()
    }
    contents['classes.txt'] = ''.join(f'{name}\n' for name in classes)
    contents['counts.csv'] = ''.join(rows)
    contents['missing.txt'] = ''.join(missing)
    return contents, {
        split: (sum(listed[split]), sum(there[split]))
        for split in splits
    }
