"""A training of the quickstart: its config, its folder, its share of time."""
from pathlib import Path
from typing import NamedTuple

#: key of a config of MVD: the file of a teacher, by the name of its branch
TEACHER = 'model.branches.{}.teacher.checkpoint'


class Stage(NamedTuple):
    """A config and where its run goes.

    Args:
        title (str): What is shown to the user.
        config (Path): Config file.
        work_dir (Path): Folder of the run.
        weight (float): Its time, in any unit that all stages share.
    """

    title: str
    config: Path
    work_dir: Path
    weight: float
