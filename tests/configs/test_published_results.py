"""Results: those of the paper as it prints them, ours as measured."""
import re
from pathlib import Path

import pytest
import yaml

CONFIGS = Path(__file__).parents[2] / 'configs'
MVD = CONFIGS / 'mvd'
FAMILIES = ('mvd', 'videomae', 'amd')
READMES = {
    family: (CONFIGS / family / 'README.md').read_text()
    for family in FAMILIES
}
README = READMES['mvd']
LISTED = {
    family:
    yaml.safe_load((CONFIGS / family / 'metafile.yml').read_text())['Models']
    for family in FAMILIES
}
MODELS = LISTED['mvd']
# student, teachers, epochs: top-1 / top-5 on SSv2 and K400, AVA mAP without
# and with labels of Kinetics, top-1 on UCF101 and HMDB51
PAPER = {
    ('S', 'B', 400): ('70.7 / 92.6', '80.6 / 94.7', None, None),
    ('S', 'L', 400): ('70.9 / 92.8', '81.0 / 94.8', None, None),
    ('B', 'B', 400):
    ('72.5 / 93.6', '82.7 / 95.4', ('29.3', '33.6'), ('97.0', '76.4')),
    ('B', 'L', 400):
    ('73.7 / 94.0', '83.4 / 95.8', ('31.1', '34.2'), ('97.5', '79.7')),
    ('L', 'L', 400): ('76.1 / 95.4', '86.0 / 96.9', None, None),
    ('L', 'L', 800): ('76.7 / 95.5', '86.4 / 97.0', ('37.7', '38.7'), None),
    ('H', 'H', 800): ('77.3 / 95.7', '87.3 / 97.4', ('40.1', '41.1'), None),
}
SIZES = dict(S='small', B='base', L='large', H='huge')


def tables(text=README):
    """Yield each table, header first, as lists of cells."""
    table = []
    for line in text.splitlines() + ['']:
        if line.startswith('|'):
            table.append([cell.strip() for cell in line.strip('|').split('|')])
        elif table:
            yield table
            table = []


def rows(*columns, family='mvd'):
    """Rows, as dicts, of the one table that has all these columns."""
    found = [t for t in tables(READMES[family]) if set(columns) <= set(t[0])]
    assert len(found) == 1
    header, _, *body = found[0]
    return [dict(zip(header, row)) for row in body]


def key(row):
    return (row['student'].replace('ViT-',
                                   ''), row['teachers'].replace('ViT-', ''),
            int(row['epochs']))


def links(text, family='mvd'):
    """Configs that a cell links, which must exist."""
    names = re.findall(r'\]\(([^)]+\.py)\)', text)
    assert all((CONFIGS / family / name).is_file() for name in names), names
    return [Path(name) for name in names]


def test_kinetics400_and_something_something():
    found = rows('K400 paper', 'K400 ours', 'SSv2 paper', 'SSv2 ours')
    assert len(found) == len(PAPER)
    for row in found:
        numbers = PAPER[key(row)]
        assert (row['SSv2 paper'], row['K400 paper']) == numbers[:2]
        pretrain, k400, ssv2 = links(row['configs'])
        assert pretrain.parent.name == 'pretrain'
        for path, data in ((k400, 'kinetics400'), (ssv2, 'sthv2')):
            check_config(path, row, data)


@pytest.mark.parametrize('data, index', [('UCF101', 0), ('HMDB51', 1)])
def test_ucf101_and_hmdb51(data, index):
    found = [r for r in rows('split 1', 'paper', 'ours') if r['data'] == data]
    assert len(found) == 2
    for row in found:
        assert row['paper'] == PAPER[key(row)][3][index]
        for split in (1, 2, 3):
            path, = links(row[f'split {split}'])
            check_config(path, row, data.lower())
            assert (f'-split{split}-' in path.name) == (split > 1)


def test_ava():
    found = rows('Kinetics labels first', 'paper', 'ours')
    assert len(found) == 8
    for row in found:
        labels = row['Kinetics labels first'] == 'yes'
        assert row['paper'] == PAPER[key(row)][2][labels]
        path, = links(row['config'])
        check_config(path, row, 'ava22')
        assert ('-k400-ft_' in path.name) == labels


# of each row of the READMEs: published result, parts of the configs' names
VIDEOMAE = {
    ('K400', 'ViT-S', '1600'): '79.0 / 93.8',
    ('K400', 'ViT-B', '800'): '80.0 / 94.4',
    ('K400', 'ViT-B', '1600'): '81.5 / 95.1',
    ('K400', 'ViT-L', '1600'): '85.2 / 96.8',
    ('K400', 'ViT-H', '1600'): '86.6 / 97.1',
    ('SSv2', 'ViT-S', '2400'): '66.8 / 90.3',
    ('SSv2', 'ViT-B', '800'): '69.6 / 92.0',
    ('SSv2', 'ViT-B', '2400'): '70.8 / 92.4',
    ('UCF101', 'ViT-B', '3200'): '91.3 / 98.5',
}
VIDEOMAE_AVA = {
    'ViT-S': ('22.5', '28.4'),
    'ViT-B': ('26.7', '31.8'),
    'ViT-L': ('34.3', '37.0'),
    'ViT-H': ('36.5', '39.5'),
}
# published without settings
WITHOUT_CONFIG = {
    ('K400, two repeats', 'ViT-B, 800 epochs'): '81.0 / 94.8',
    ('K400, 32 frames x 4 x 3 at 320 pixels', 'ViT-L'): '86.1 / 97.3',
    ('K400, 32 frames x 4 x 3 at 320 pixels', 'ViT-H'): '87.4 / 97.6',
    ('SSv2', 'ViT-L'): '74.3 / 94.6',
    ('SSv2, 32 frames x 1 x 3', 'ViT-L'): '75.4 / 95.2',
    ('UCF101, pre-trained on K400', 'ViT-B'): '96.1',
    ('HMDB51, pre-trained on K400', 'ViT-B'): '73.3',
    ('HMDB51, no other data', 'ViT-B'): '62.6',
    ('AVA, pre-trained on K700, without / with labels', 'ViT-L'):
    '36.1 / 39.3',
}
AMD = {
    ('K400', 'ViT-S'): '80.1 / 94.5',
    ('K400', 'ViT-B'): '82.2 / 95.3',
    ('SSv2', 'ViT-S'): '70.2 / 92.5',
    ('SSv2', 'ViT-B'): '73.3 / 94.0',
}
AMD_OTHER = {  # of ViT-B; nothing is published of ViT-S
    ('AVA v2.2', 'no'): '29.9',
    ('AVA v2.2', 'yes'): '33.5',
    ('UCF101', 'no'): '97.1',
    ('HMDB51', 'no'): '79.6',
}
LISTS = {
    'K400': 'kinetics400',
    'SSv2': 'sthv2',
    'UCF101': 'ucf101',
    'HMDB51': 'hmdb51',
    'AVA v2.2': 'ava22',
}


def check_family(family, cell, data, encoder, number, *words):
    """Configs of a row: right names, right number in the last one."""
    paths = links(cell, family)
    size = SIZES[encoder[-1]]
    for path in paths:
        for word in (f'vit-{size}-', f'_{LISTS[data]}-rgb', *words):
            assert word in path.name, (path, word)
        text = (CONFIGS / family / path).read_text().split('"""')[1]
        # in words: it may be split between two lines
        assert not number or number in ' '.join(text.split())
        assert number or 'Nothing is published' in ' '.join(text.split())
    return paths


def test_videomae():
    found = rows(
        'data',
        'encoder',
        'epochs',
        'paper',
        'ours',
        'configs',
        family='videomae')
    keys = [(r['data'], r['encoder'], r['epochs']) for r in found]
    assert keys == list(VIDEOMAE)
    for row, (data, encoder, epochs) in zip(found, keys):
        number = VIDEOMAE[data, encoder, epochs]
        assert row['paper'] == number
        paths = check_family('videomae', row['configs'], data, encoder, number,
                             f'{epochs}e')
        assert [p.parent.name for p in paths] == ['pretrain', 'recognition']


def test_videomae_on_ava():
    found = rows('Kinetics labels first', 'encoder', family='videomae')
    assert len(found) == 8
    for row in found:
        labels = row['Kinetics labels first'] == 'yes'
        assert row['paper'] == VIDEOMAE_AVA[row['encoder']][labels]
        path, = check_family('videomae', row['config'], 'AVA v2.2',
                             row['encoder'], f'{row["paper"]} mAP')
        assert ('-k400-ft_' in path.name) == labels


def test_results_without_settings():
    found, = (
        t for t in tables(READMES['videomae'])
        if t[0] == ['data', 'encoder', 'paper'])
    assert {(d, e): n for d, e, n in found[2:]} == WITHOUT_CONFIG


def test_amd():
    found = rows('data', 'student', 'paper', 'ours', 'configs', family='amd')
    assert len(found) == len(AMD) + 1  # two scripts of one row
    assert {(r['data'], r['student']) for r in found} == set(AMD)
    for row in found:
        number = AMD[row['data'], row['student']]
        assert row['paper'] == number
        paths = check_family('amd', row['configs'], row['data'],
                             row['student'], number, '200e')
        assert [p.parent.name for p in paths] == ['pretrain', 'recognition']


def test_amd_by_analogy():
    found = rows('data', 'student', 'Kinetics labels first', family='amd')
    assert len(found) == 2 * len(AMD_OTHER)
    for row in found:
        key = row['data'], row['Kinetics labels first']
        number = AMD_OTHER[key] if row['student'] == 'ViT-B' else ''
        assert row['paper'] == number
        path, = check_family('amd', row['config'], row['data'], row['student'],
                             number)
        assert 'Our analogue' in (CONFIGS / 'amd' / path).read_text()
        assert ('-k400-ft_' in path.name) == (key[1] == 'yes')


def check_config(path, row, data):
    """The config is that of the row, and quotes the same number."""
    student, teachers, epochs = key(row)
    assert path.name.startswith(
        f'vit-{SIZES[student]}-p16_mvd-teachers-{SIZES[teachers]}-{epochs}e-')
    assert f'_{data}-' in path.name
    if '-split' in path.name:
        return
    text = (MVD / path).read_text().split('"""')[1]
    columns = dict(kinetics400='K400 paper', sthv2='SSv2 paper')
    assert row[columns.get(data, 'paper')] in text


def unsupported(readme, models, family='mvd'):
    """Numbers in columns "ours" that no linked config has in the metafile.

    A number is supported by the ``Results`` of a config that its row links,
    or by their mean: UCF101 and HMDB51 have three splits.
    """
    measured = {}
    for model in models:
        path = Path(model['Config']).relative_to(f'configs/{family}')
        measured[path] = [
            tuple(result['Metrics'].values())
            for result in model.get('Results') or []
        ]
    found = []
    for header, _, *body in tables(readme):
        for row in body:
            results = [
                r for path in links(' '.join(row), family)
                for r in measured.get(path, [])
            ]
            means = zip(*results)
            results.append(tuple(sum(m) / len(m) for m in means))
            shown = [' / '.join(f'{n:.1f}' for n in r) for r in results]
            found += [
                cell for name, cell in zip(header, row)
                if name.endswith('ours') and cell not in ('-', *shown)
            ]
    return found


@pytest.mark.parametrize('family', FAMILIES)
def test_our_numbers_are_those_of_the_metafile(family):
    assert unsupported(READMES[family], LISTED[family], family) == []


@pytest.mark.parametrize('metrics, number', [
    ({
        'Top 1 Accuracy': 82.66,
        'Top 5 Accuracy': 95.4
    }, '82.7 / 95.4'),
    ({
        'mAP': 29.31
    }, '29.3'),
])
def test_a_measured_number_may_be_shown_and_no_other(metrics, number):
    model = dict(MODELS[0])
    name = Path(model['Config']).relative_to('configs/mvd')
    readme = f'| ours | config |\n| --- | --- |\n| {number} | [a]({name}) |'
    assert unsupported(readme, [dict(model, Results=None)]) == [number]
    model['Results'] = [dict(Task='any', Dataset='any', Metrics=metrics)]
    assert unsupported(readme, [model]) == []
    assert unsupported(readme.replace('.', '.9'), [model]) != []


def test_the_mean_of_three_splits_may_be_shown():
    models, cells = [], []
    for model, accuracy in zip(MODELS, (76., 77., 78.6)):
        metrics = {'Top 1 Accuracy': accuracy}
        models.append(dict(model, Results=[dict(Metrics=metrics)]))
        name = Path(model['Config']).relative_to('configs/mvd')
        cells.append(f'[a]({name})')
    readme = '\n'.join([
        '| ours | split 1 | split 2 | split 3 |', '| - | - | - | - |',
        f'| 77.2 | {" | ".join(cells)} |'
    ])
    assert unsupported(readme, models) == []
    assert unsupported(readme, models[:2]) == ['77.2']


def check_entry(entry):
    """What a model of the metafile may say."""
    assert entry['Name'] == Path(entry['Config']).stem
    results = entry.get('Results') or []
    assert results or entry['Converted From']['Code']
    for result in results:
        assert result['Task'] and result['Dataset']
        assert all(0 < value <= 100 for value in result['Metrics'].values())
    if 'Weights' in entry:  # of a run whose result is there
        assert results and entry['Weights'].startswith('https://')


@pytest.mark.parametrize(
    'entry', [e for models in LISTED.values() for e in models],
    ids=lambda e: e['Name'])
def test_metafile_claims_nothing_that_was_not_measured(entry):
    check_entry(entry)


def test_metafile_may_hold_a_measured_result_and_its_weights():
    result = dict(
        Task='Action Recognition',
        Dataset='Kinetics-400',
        Metrics={'Top 1 Accuracy': 82.7})
    entry = dict(MODELS[0], Weights='https://example.org/weights.pth')
    with pytest.raises(AssertionError):
        check_entry(entry)
    check_entry(dict(entry, Results=[result]))
    result['Metrics']['Top 1 Accuracy'] = 827.
    with pytest.raises(AssertionError):
        check_entry(dict(entry, Results=[result]))
