"""The published files of AVA v2.2: their names, and reading them."""
import zipfile
from pathlib import Path
from typing import Dict

__all__ = ['LABELS', 'SCORED', 'PROPOSALS', 'collect']

LABELS = 'ava_action_list_v2.2.pbtxt'
# the 60 classes of the published figures
SCORED = 'ava_action_list_v2.2_for_activitynet_2019.pbtxt'
PROPOSALS = 'ava_dense_proposals_{}.FAIR.recall_93.9.pkl'
TEXTS = tuple(f'ava_{split}_{part}v2.2.csv' for split in ('train', 'val')
              for part in ('', 'excluded_timestamps_')) + (LABELS, SCORED)


def collect(annotations: Path, proposals: Path) -> Dict[str, bytes]:
    """Contents of all official files, from folders or the published zip.

    Args:
        annotations (Path): The zip, or a folder with its contents.
        proposals (Path): Folder of the person boxes.

    Returns:
        dict[str, bytes]: By file name.

    Raises:
        FileNotFoundError: With all that is missing.
    """
    found = {}
    if zipfile.is_zipfile(annotations):
        with zipfile.ZipFile(annotations) as archive:
            for name in archive.namelist():
                if Path(name).name in TEXTS:
                    found[Path(name).name] = archive.read(name)
    else:
        for path in sorted(annotations.rglob('*')):
            if path.name in TEXTS:
                found[path.name] = path.read_bytes()
    for split in ('train', 'val'):
        path = proposals / PROPOSALS.format(split)
        if path.is_file():
            found[path.name] = path.read_bytes()
    missing = [
        name for name in (*TEXTS, PROPOSALS.format('train'),
                          PROPOSALS.format('val')) if name not in found
    ]
    if missing:
        raise FileNotFoundError(
            f'missing: {", ".join(missing)}. `annotations` must be the zip '
            "of AVA's download page or its contents, `proposals` the folder "
            'with the person boxes that MMAction2 offers in its guide to AVA')
    return found
