"""The published files of AVA v2.2: their names, and reading them."""
import zipfile
from pathlib import Path
from typing import Dict, Optional

__all__ = ['LABELS', 'SCORED', 'PROPOSALS', 'PERSON_BOXES', 'collect']

LABELS = 'ava_action_list_v2.2.pbtxt'
# the 60 classes of the published figures
SCORED = 'ava_action_list_v2.2_for_activitynet_2019.pbtxt'
# MMAction2's person boxes, and those of the published results
PROPOSALS = 'ava_dense_proposals_{}.FAIR.recall_93.9.pkl'
PERSON_BOXES = 'ava_val_det_person_bbox.json'
TEXTS = tuple(f'ava_{split}_{part}v2.2.csv' for split in ('train', 'val')
              for part in ('', 'excluded_timestamps_')) + (LABELS, SCORED)


def collect(annotations: Path,
            proposals: Optional[Path] = None,
            person_boxes: Optional[Path] = None) -> Dict[str, bytes]:
    """Contents of all official files, from folders or the published zip.

    Args:
        annotations (Path): The zip, or a folder with its contents.
        proposals (Path, optional): Folder of MMAction2's person boxes.
        person_boxes (Path, optional): The published detector's json, of any
            name.

    Returns:
        dict[str, bytes]: By published file name.

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
    needed = list(TEXTS)
    if proposals is not None:
        for split in ('train', 'val'):
            path = proposals / PROPOSALS.format(split)
            needed.append(path.name)
            if path.is_file():
                found[path.name] = path.read_bytes()
    if person_boxes is not None:
        needed.append(PERSON_BOXES)
        if person_boxes.is_file():
            found[PERSON_BOXES] = person_boxes.read_bytes()
    missing = [name for name in needed if name not in found]
    if missing:
        raise FileNotFoundError(
            f'missing: {", ".join(missing)}. `annotations` must be the zip '
            "of AVA's download page or its contents, `person_boxes` the json "
            'file of the published detector, `proposals` the folder with the '
            'person boxes that MMAction2 offers in its guide to AVA')
    return found
