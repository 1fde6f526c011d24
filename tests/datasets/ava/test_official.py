"""The official files are collected wherever they lie in a folder or zip."""
import zipfile

import pytest

from mvd_mm.datasets.ava import official


@pytest.fixture
def published(tmp_path):
    (tmp_path / 'a/b').mkdir(parents=True)
    for name in official.TEXTS:
        (tmp_path / 'a/b' / name).write_text(name)
    for split in ('train', 'val'):
        (tmp_path / official.PROPOSALS.format(split)).write_bytes(b'p')
    return tmp_path


def test_folder_and_zip_hold_the_same(published):
    found = official.collect(published / 'a', published)
    with zipfile.ZipFile(published / 'ava.zip', 'w') as archive:
        for name in official.TEXTS:
            archive.writestr(f'x/{name}', name)
        archive.writestr('x/other.csv', 'other')
    assert official.collect(published / 'ava.zip', published) == found
    assert len(found) == 8 and found[official.LABELS] == b'%s' % (
        official.LABELS.encode())


def test_all_that_is_missing_is_named(published):
    (published / 'a/b' / official.SCORED).unlink()
    (published / official.PROPOSALS.format('val')).unlink()
    with pytest.raises(
            FileNotFoundError,
            match=f'{official.SCORED}, ava_dense_proposals_val.*`proposals`'):
        official.collect(published / 'a', published)


def test_person_boxes_of_any_name_get_the_published_one(published):
    (published / 'persons.json').write_bytes(b'[]')
    found = official.collect(
        published / 'a', person_boxes=published / 'persons.json')
    assert found[official.PERSON_BOXES] == b'[]'
    assert len(found) == len(official.TEXTS) + 1


def test_missing_person_boxes_are_named(published):
    with pytest.raises(
            FileNotFoundError,
            match=f'missing: {official.PERSON_BOXES}.*`person_boxes`'):
        official.collect(published / 'a', None, published / 'none.json')
