"""Daily commands: every option reaches its function, errors end them."""
import inspect
import runpy
from pathlib import Path

import pytest

from mvd_mm.apis.attention_video import draw_attention
from mvd_mm.apis.exporting import Agreement, export_recognizer
from mvd_mm.apis.feature_extraction import Extracted, extract_features
from mvd_mm.apis.feature_maps import draw_feature_map
from mvd_mm.apis.prediction import predict
from mvd_mm.apis.pretraining_pictures import draw_pretraining
from mvd_mm.apis.retrieval import draw_nearest
from mvd_mm.apis.training_samples import draw_samples
from mvd_mm.datasets.list_conversion import convert_list
from mvd_mm.datasets.official import build_official
from mvd_mm.datasets.official.build import Built

TOOLS = Path(__file__).parents[2] / 'tools'


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    """Commands find what lies beside them, as if they had been called."""
    monkeypatch.syspath_prepend(TOOLS)


AGREEMENT = Agreement(6, 1e-6, 1e-7, 6, 3., 2.)
COMMANDS = [
    ('predict', predict, ['c.py', 'w.pth', 'v'], (3, 1), ''),
    ('extract_features', extract_features, ['w.pth', 'v', '--out', 'f.npz'],
     Extracted(5, {'a.mp4': 'cut'}),
     'broken: a.mp4: cut\n5 clips, 1 broken videos: f.npz\n'),
    ('extract_features', extract_features,
     ['w.pth', 'v', '--out', 'f.npz', '--shard', '1/2'], Extracted(0, {}, 4),
     'this shard is done, 4 parts are missing; call again without `--shard` '
     'to write the file\n'),
    ('visualizations/nearest_clips', draw_nearest, ['f.npz', '--out', 's.png'],
     .5, 's.png; 50 % of the neighbours have the class of their query\n'),
    ('visualizations/plot_features', draw_feature_map,
     ['f.npz', '--out', 'm.png'], (40, 3), '40 clips, 3 groups: m.png\n'),
    ('visualizations/show_pretraining', draw_pretraining,
     ['c.py', 'w.pth', '--out',
      'd'], [Path('d/clip_0.png')], 'd/clip_0.png\n'),
    ('visualizations/show_attention', draw_attention,
     ['w.pth', 'v.mp4', '--out', 'o.mp4'], 'attention', 'o.mp4: attention\n'),
    ('visualizations/show_samples', draw_samples, ['c.py', '--out', 's.png'],
     8, '8 clips: s.png\n'),
    ('data/convert_list', convert_list, ['a.csv', '--out',
                                         'a.txt'], 7, '7 videos: a.txt\n'),
    ('data/build_official', build_official,
     ['ucf101', '--annotations', 'a', '--videos', 'v', '--out',
      'o'], Built(dict(train=(3, 2)), ['e'],
                  ['n']), 'train: 2 of 3 videos\nerror: e\nnote: n\n'),
]


@pytest.mark.parametrize('tool, function, args, result, told', COMMANDS)
def test_every_option_reaches_the_function(tool, function, args, result, told,
                                           monkeypatch, capsys):
    main = runpy.run_path(str(TOOLS / f'{tool}.py'))['main']
    given = {}
    monkeypatch.setitem(main.__globals__, function.__name__, lambda **options:
                        (given.update(options), result)[1])
    main(args)
    assert set(given) == set(inspect.signature(function).parameters)
    assert capsys.readouterr().out == told
    # what is not said has the function's default
    parameters = inspect.signature(function).parameters
    said = {
        name
        for name in given if given[name] not in (parameters[name].default, )
    }
    assert len(said) <= len([a for a in args if a[:2] != '--'])


@pytest.mark.parametrize('tool, function, args, result, told', COMMANDS)
def test_errors_end_it_with_their_message(tool, function, args, result, told,
                                          monkeypatch):
    main = runpy.run_path(str(TOOLS / f'{tool}.py'))['main']

    def fail(**options):
        raise ValueError('`x` is wrong')

    monkeypatch.setitem(main.__globals__, function.__name__, fail)
    with pytest.raises(SystemExit, match='error: `x` is wrong'):
        main(args)


def test_export_says_what_it_measured(monkeypatch, tmp_path, capsys):
    main = runpy.run_path(str(TOOLS / 'export.py'))['main']
    out = tmp_path / 'm.onnx'
    out.write_bytes(bytes(1_500_000))
    given = {}
    monkeypatch.setitem(main.__globals__, 'export_recognizer', lambda **o:
                        (given.update(o), AGREEMENT)[1])
    main(['c.py', 'w.pth', '--out', str(out), '--precision', 'fp16'])
    assert set(given) == set(inspect.signature(export_recognizer).parameters)
    assert '(1.5 MB, fp16): 6 clips: scores differ by 1e-06' in (
        capsys.readouterr().out)


def test_only_broken_videos_are_a_failure(monkeypatch):
    main = runpy.run_path(str(TOOLS / 'predict.py'))['main']
    for read, broken, status in ((3, 1, 0), (0, 2, 1), (0, 0, 0)):
        monkeypatch.setitem(main.__globals__, 'predict', lambda **options:
                            (read, broken))
        assert main(['c.py', 'w.pth', 'v']) == status


def test_runs_have_names(monkeypatch, tmp_path, capsys):
    main = runpy.run_path(str(TOOLS / 'visualizations' /
                              'plot_curves.py'))['main']
    given = []
    monkeypatch.setitem(main.__globals__, 'save_run_curves',
                        lambda *args: given.append(args))
    main(['base=work/a', 'work/b', '--out', 'c.png'])
    assert given[0][0] == {'base': 'work/a', 'b': 'work/b'}
    with pytest.raises(SystemExit, match='the same name'):
        main(['x/a', 'y/a', '--out', 'c.png'])
