"""Kinds of faults, and one fault with its place."""
from dataclasses import dataclass
from pathlib import Path
from typing import List, NamedTuple, Optional

# kind -> what it does to a training or an evaluation
KINDS = {
    'file-missing': 'nothing can be read',
    'csv-empty': 'there is nothing to train on',
    'csv-columns': 'the dataset stops at this line',
    'csv-number': 'the dataset stops at this line',
    'label-zero': 'class 0 is never scored: labels start from 1',
    'label-unknown': 'the label is not in the list, hence never evaluated',
    'label-beyond': 'the label does not fit into num_classes',
    'box-outside': 'the box does not lie within 0..1',
    'box-pixels': 'the box is in pixels; shares of the frame are needed',
    'box-empty': 'the box has no area: x1 < x2 and y1 < y2 are needed',
    'row-twice': 'a line is repeated',
    'person-twice': 'one person has two boxes at one key frame',
    'timestamp-range': 'outside of timestamp_start..timestamp_end',
    'timestamp-video': 'the video is shorter',
    'timestamp-excluded': 'annotated, yet excluded: the line is not used',
    'video-missing': 'there is no such video or folder of frames',
    'video-unreadable': 'the video cannot be read',
    'video-rate': 'frames are taken at another rate than the config says, '
    'hence beside the key frames',
    'frames-missing': 'frames that the clip of a key frame needs do not exist',
    'excluded-malformed': 'the evaluation stops at this line',
    'excluded-unknown': 'names a video that has no annotation',
    'list-malformed': 'MMAction2 does not see this line (it needs two blanks '
    'before, and the name in double quotation marks)',
    'list-number': 'numbers of classes must be whole and start from 1',
    'list-twice': 'a number or a name is listed twice',
    'proposal-file': 'the proposals cannot be read',
    'proposal-key': 'keys are "video,timestamp" with at least four digits, '
    'else they are never found',
    'proposal-shape': 'boxes must be an array of shape (N, 4) or (N, 5)',
    'proposal-empty': "an entry without a box stops MMAction2's own dataset",
    'proposal-outside': 'the dataset stops at boxes outside of 0..1',
    'proposal-score': 'scores must lie in 0..1',
    'proposal-missing': 'a key frame without persons: nothing is detected, '
    "or MMAction2's own dataset takes the whole frame",
    'proposal-orphan': 'persons at a key frame that has no annotation',
    'proposal-unmatched': 'no person overlaps any annotated box by half',
    'split-overlap': 'the video is also in the other part',
}


class Finding(NamedTuple):
    """One fault.

    Args:
        path (Path): File that holds it.
        line (int): Line, or number of the entry in a proposal file, from 1;
            0 where it is the file as a whole.
        kind (str): A key of ``KINDS``.
        text (str): What was found.
    """

    path: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return (f'{self.path}:{self.line}: {self.kind}: {self.text} '
                f'({KINDS[self.kind]})')


@dataclass
class Split:
    """Files of one part of a set, and what its dataset is told.

    Args:
        ann_file (Path): Annotations.
        label_file (Path): Label list.
        exclude_file (Path, optional): Excluded timestamps.
        proposal_file (Path, optional): Person boxes.
        media (Path, optional): Folder of videos, or of folders of frames;
            None leaves both unchecked.
        fps (int): Frames per timestamp.
        timestamp_start (int): Timestamp of the first frame.
        timestamp_end (int): The last possible timestamp.
        num_classes (int, optional): With class 0.
        use_frames (bool): Whether ``media`` holds folders of frames.
        filename_tmpl (str): Name of a frame.
        video_start (float, optional): Timestamp at which the video files
            begin; None: ``timestamp_start``.
        any_rate (bool): Whether the pipeline finds frames by time.
        clip (tuple[int, int]): Frames before and behind the key frame that
            a clip reaches.
    """

    ann_file: Path
    label_file: Path
    exclude_file: Optional[Path] = None
    proposal_file: Optional[Path] = None
    media: Optional[Path] = None
    fps: int = 30
    timestamp_start: int = 900
    timestamp_end: int = 1800
    num_classes: Optional[int] = None
    use_frames: bool = False
    filename_tmpl: str = 'img_{:05}.jpg'
    video_start: Optional[float] = None
    any_rate: bool = False
    clip: tuple = (32, 28)


def lines_of(path: Path, found: List[Finding]) -> List[str]:
    """Lines of a file; a missing one is a finding."""
    if not path.is_file():
        found.append(Finding(path, 0, 'file-missing', 'there is no such file'))
        return []
    return path.read_text(encoding='utf-8', errors='replace').splitlines()
