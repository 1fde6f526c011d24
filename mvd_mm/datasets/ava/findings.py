"""Kinds of faults, and one fault with its place."""
from dataclasses import dataclass
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence, Tuple, Union

from ..transforms import SampleAVAClip

__all__ = ['KINDS', 'Finding', 'Split', 'lines_of']

# kind -> what it does to a training or an evaluation
KINDS = {
    'file-missing': 'nothing can be read',
    'csv-empty': 'there is nothing to train on',
    'csv-columns': 'the data set stops at this line',
    'csv-number': 'the data set stops at this line',
    'label-zero': 'class 0 is never evaluated: labels start from 1',
    'label-unknown': 'the label is not in the list, so it is never evaluated',
    'label-beyond': 'the label does not fit into num_classes',
    'box-outside': 'the box does not lie within 0..1',
    'box-pixels': 'the box is in pixels; shares of the frame are needed',
    'box-empty': 'the box has no area: x1 < x2 and y1 < y2 are needed',
    'row-twice': 'a line is repeated',
    'person-twice': 'one person has two boxes at one key frame',
    'timestamp-range': 'outside of timestamp_start..timestamp_end',
    'timestamp-video': 'the video is shorter',
    'timestamp-excluded': 'the timestamp is excluded: the line is not used',
    'video-missing': 'there is no such video or folder of frames',
    'video-unreadable': 'the video cannot be read',
    'video-rate': 'frames are taken at another rate than the config says, '
    'so the clips are not around the key frames',
    'frames-missing': 'frames that the clip of a key frame needs do not exist',
    'excluded-malformed': 'the evaluation stops at this line',
    'excluded-unknown': 'the video has no annotation',
    'list-malformed': 'MMAction2 ignores this line (two blanks must stand '
    'before it, and double quotation marks around the name)',
    'list-number': 'the number of a class must be 1 or more',
    'list-twice': 'a number or a name is listed twice',
    'proposal-file': 'the proposals cannot be read',
    'proposal-key': 'a key that is not "video,timestamp" with at least four '
    'digits is never found',
    'proposal-shape': 'boxes must be an array of shape (N, 4) or (N, 5)',
    'proposal-empty': "an entry without a box stops MMAction2's data set",
    'proposal-outside': 'boxes outside of 0..1 stop the data set',
    'proposal-score': 'scores must lie in 0..1',
    'proposal-missing': 'no persons at this key frame: nothing is detected, '
    "or MMAction2's data set uses the whole frame",
    'proposal-orphan': 'persons at a key frame that has no annotation',
    'proposal-unmatched': 'no person overlaps any annotated box by half',
    'split-overlap': 'the video is also in the other part',
}


class Finding(NamedTuple):
    """One fault.

    Args:
        path (Path): File that holds it.
        line (int): Line, or number of the entry in a proposal file, from 1;
            0 for the file as a whole.
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
    """Files of one part of a set, and what its data set is told.

    Args:
        ann_file (Path): Annotations.
        label_file (Path): Label list.
        exclude_file (Path, optional): Excluded timestamps.
        proposal_file (Path, optional): Person boxes.
        media (Path, optional): Folder of videos, or of folders of frames;
            None: neither is checked.
        fps (int): Frames per timestamp, that is, per second in AVA.
        timestamp_start (int): Timestamp of the first frame, in seconds.
        timestamp_end (int): The last possible timestamp, in seconds.
        num_classes (int, optional): With class 0.
        use_frames (bool): Whether ``media`` holds folders of frames.
        filename_tmpl (str): Name of a frame.
        video_start (float, optional): Timestamp, in seconds, at which the
            video files begin; None: ``timestamp_start``.
        any_rate (bool): Whether the pipeline finds frames by time.
        offsets (Sequence[float]): Moments of the frames that a clip may show,
            in timestamps from the key frame on; default: those of
            ``mvd_mm.SampleAVAClip``.
        proposal_size (int or tuple[int, int], optional): Size of the frames of
            the boxes, in pixels; see ``mvd_mm.AVAClipDataset``.
        every_key_frame (bool): Whether key frames without an annotation are
            used, too.
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
    offsets: Sequence[float] = tuple(SampleAVAClip().offsets)
    proposal_size: Union[int, Tuple[int, int], None] = None
    every_key_frame: bool = False


def lines_of(path: Path, found: List[Finding]) -> List[str]:
    """Lines of a file; if it is missing, add a finding to ``found``."""
    if not path.is_file():
        found.append(Finding(path, 0, 'file-missing', 'there is no such file'))
        return []
    return path.read_text(encoding='utf-8', errors='replace').splitlines()
