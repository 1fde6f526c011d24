"""AVA-style annotations: reading, building, preparing and checking them."""
from .annotations import build_annotations
from .findings import KINDS, Finding, Split
from .persons import PersonDetector, detect_persons, replace_proposals
from .preparation import prepare, unexpected_findings
from .validation import splits_of_config, splits_of_set, validate

__all__ = [
    'build_annotations', 'KINDS', 'Finding', 'Split', 'PersonDetector',
    'detect_persons', 'replace_proposals', 'prepare', 'unexpected_findings',
    'splits_of_config', 'splits_of_set', 'validate'
]
