"""The report says what became of every weight, in few lines."""
from mvd_mm.checkpoints import LoadReport


def test_one_line_for_each_reason_with_its_count_and_some_names():
    report = LoadReport(
        source='a.pth',
        target='MVD',
        matched=7,
        dropped={
            'pixel decoder': [f'decoder.{i}' for i in range(5)],
            'head': ['head.weight']
        },
        fresh={'starts new': ['norm.weight', 'norm.bias']},
        reshaped=['pos_embed: (1, 4, 8) to (1, 9, 8)'],
        notes=['a word'])
    assert str(report).splitlines() == [
        'a.pth -> MVD: 7 matched',
        '  dropped, 5: pixel decoder (decoder.0, decoder.1, decoder.2, ...)',
        '  dropped, 1: head (head.weight)',
        '  not in the file, 2: starts new (norm.weight, norm.bias)',
        '  reshaped: pos_embed: (1, 4, 8) to (1, 9, 8)',
        '  note: a word',
    ]


def test_nothing_special_is_one_line():
    assert str(LoadReport('a', 'b', 3, {}, {}, [], [])) == 'a -> b: 3 matched'
