"""The table of the detection quickstart."""
import pytest

pytest.importorskip('mmdet')
pytest.importorskip('mmcv.ops')
from demo.quickstart import detection_report as report  # noqa: E402


def test_table_has_a_row_per_class_and_marks_what_is_missing():
    table = report.format_precisions(
        dict(
            detection_mvd=dict(mAP=.75, walk=.5),
            detection_scratch=dict(mAP=.5, walk=.25),
            chance=dict(mAP=.125)))
    assert table.splitlines() == [
        '| average precision, held-out clips | random scores | from scratch '
        '| from the MVD student |', '| --- | ---: | ---: | ---: |',
        '| **mean (mAP)** | 12.5 | 50.0 | 75.0 |',
        '| `walk` | - | 25.0 | 50.0 |'
    ]
