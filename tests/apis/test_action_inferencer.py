"""Classes of videos: names, views, windows, files and arrays, faults."""
import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.runner import Runner

from mvd_mm.apis.action_inferencer import ActionInferencer
from mvd_mm.apis.recognizer import load_recognizer


@pytest.fixture
def inferencer(recognition_run):
    config, checkpoint, _ = recognition_run
    return ActionInferencer(config, checkpoint, 'cpu')


def test_scores_are_those_of_a_test(inferencer, recognition_run):
    config, checkpoint, videos = recognition_run
    cfg = Config.fromfile(config)
    model = load_recognizer(cfg, checkpoint)
    wanted = []
    for batch in Runner.build_dataloader(cfg.test_dataloader, seed=0):
        with torch.no_grad():
            wanted += [s.pred_score.numpy() for s in model.test_step(batch)]
    names = ['a/0.mp4', 'b/0.mp4', 'b/long.mp4']
    found = inferencer([videos / name for name in names], batch_size=2)
    scores = np.stack([p.scores for p in found['predictions']])
    np.testing.assert_allclose(scores, np.stack(wanted), atol=1e-6)
    np.testing.assert_allclose(scores.sum(1), 1, atol=1e-5)
    assert abs(scores[0] - scores[1]).max() > 1e-4  # clips do matter
    assert found['classes'] == ['pouring tea', 'stirring']


def test_an_array_has_the_scores_of_its_file(inferencer, recognition_run):
    _, _, videos = recognition_run
    path = str(videos / 'b' / 'long.mp4')
    import decord
    frames = decord.VideoReader(path)[:].asnumpy()
    file, array = inferencer([path, frames])['predictions']
    np.testing.assert_allclose(file.scores, array.scores, atol=1e-6)
    assert array.video == 'array_1'
    with pytest.raises(ValueError, match=r'uint8 of shape \(T, H, W, 3\)'):
        inferencer(frames.transpose(0, 3, 1, 2))
    with pytest.raises(ValueError, match='got float64'):
        inferencer(frames / 255)


def test_windows_cover_a_video_and_see_only_their_frames(
        recognition_run, noise_video):
    config, checkpoint, videos = recognition_run
    inferencer = ActionInferencer(config, checkpoint, 'cpu', views='val')
    path = str(videos / 'b' / 'long.mp4')  # 40 frames, 10 a second
    prediction, = inferencer(
        path, window=1., stride=.8, batch_size=3)['predictions']
    begins = [round(w.begin, 3) for w in prediction.windows]
    assert begins == [0, .8, 1.6, 2.4, 3.]  # the last one ends with the video
    assert prediction.windows[-1].end == pytest.approx(4.)
    import decord
    frames = decord.VideoReader(path)[:].asnumpy()
    for window in prediction.windows:
        part = frames[round(window.begin * 10):round(window.end * 10)]
        alone, = inferencer(np.ascontiguousarray(part))['predictions']
        np.testing.assert_allclose(window.scores, alone.scores, atol=1e-6)
    mean = np.mean([w.scores for w in prediction.windows], axis=0)
    np.testing.assert_allclose(prediction.scores, mean)


def test_workers_and_batches_do_not_change_the_scores(inferencer,
                                                      recognition_run):
    _, _, videos = recognition_run
    paths = [str(p) for p in sorted(videos.rglob('*.mp4'))]
    one = inferencer(paths, window=1.)['predictions']
    two = inferencer(paths, window=1., batch_size=4, workers=2)['predictions']
    assert [p.video for p in one] == [p.video for p in two] == paths
    for a, b in zip(one, two):
        assert len(a.windows) == len(b.windows)
        np.testing.assert_allclose(a.scores, b.scores, atol=1e-5)


@pytest.mark.parametrize('window', [None, .5])
def test_broken_videos_are_named_and_leave_the_others(inferencer,
                                                      recognition_run, window):
    _, _, videos = recognition_run
    whole = videos / 'a' / '0.mp4'
    cut = videos / 'cut.mp4'
    cut.write_bytes(whole.read_bytes()[:-300])
    paths = [str(cut), str(whole), str(videos / 'none.mp4')]
    found = inferencer(paths, window=window, batch_size=2)
    assert list(found['broken']) == [paths[0], paths[2]]
    assert 'there is no file' in found['broken'][paths[2]]
    errors = [bool(p.error) for p in found['predictions']]
    assert errors == [True, False, True]


def test_names_come_from_the_checkpoint_first(recognition_run, tmp_path):
    config, checkpoint, _ = recognition_run
    content = torch.load(checkpoint)
    content['meta'] = dict(dataset_meta=dict(classes=['one', 'two']))
    torch.save(content, tmp_path / 'with_names.pth')
    named = ActionInferencer(config, str(tmp_path / 'with_names.pth'), 'cpu')
    assert named.classes == ['one', 'two']
    given = ActionInferencer(config, checkpoint, 'cpu', classes=['x', 'y'])
    assert given.classes == ['x', 'y']
    with pytest.raises(ValueError, match='1 names.*2 classes'):
        ActionInferencer(config, checkpoint, 'cpu', classes=['x'])


def test_without_names_classes_are_numbers_and_it_is_said(
        recognition_run, tmp_path, log_lines):
    config, checkpoint, _ = recognition_run
    (tmp_path / 'lists' / 'classes.txt').unlink()
    found = ActionInferencer(config, checkpoint, 'cpu')
    assert found.classes == ['class 0', 'class 1']
    assert any('--classes' in line for line in log_lines)


def test_what_does_not_classify_is_refused_with_the_way_out(
        recognition_run, tmp_path):
    config, checkpoint, _ = recognition_run
    cfg = Config.fromfile(config)
    del cfg.model['cls_head']
    with pytest.raises(TypeError, match='extract_features'):
        ActionInferencer(cfg, checkpoint, 'cpu')
    cfg = Config.fromfile(config)
    cfg.test_dataloader.dataset.pipeline[0] = dict(type='RawFrameDecode')
    with pytest.raises(ValueError, match='begin with DecordInit'):
        ActionInferencer(cfg, checkpoint, 'cpu')
    cfg = Config.fromfile(config)
    cfg.model.backbone.depth = 3
    with pytest.raises(ValueError, match='blocks.2'):
        ActionInferencer(cfg, checkpoint, 'cpu')


def test_drawings_have_the_frames_of_the_video(inferencer, recognition_run,
                                               tmp_path):
    _, _, videos = recognition_run
    paths = [str(videos / 'a' / '0.mp4'), str(videos / 'b' / '0.mp4')]
    found = inferencer(
        paths,
        window=.6,
        vid_out_dir=str(tmp_path / 'drawn'),
        timeline_dir=str(tmp_path / 'time'))
    # files of one name do not replace each other
    assert sorted(p.name for p in (tmp_path / 'drawn').iterdir()) == [
        '0.mp4', '0_2.mp4'
    ]
    assert len(found['visualization']) == 4
    capture = cv2.VideoCapture(str(tmp_path / 'drawn' / '0.mp4'))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 12
    picture = cv2.imread(str(tmp_path / 'time' / '0.png'))
    assert picture.shape[1] > 800
    with pytest.raises(ValueError, match='folder of'):
        inferencer(paths, vid_out_dir=str(videos / 'a'))
    with pytest.raises(ValueError, match='needs `window`'):
        inferencer(paths, timeline_dir=str(tmp_path / 'time'))


def test_several_labels_are_independent(recognition_run):
    config, checkpoint, videos = recognition_run
    cfg = Config.fromfile(config)
    cfg.model.cls_head.update(
        multi_class=True, loss_cls=dict(type='BCELossWithLogits'))
    inferencer = ActionInferencer(cfg, checkpoint, 'cpu', views='val')
    clip = inferencer(str(videos / 'a' / '0.mp4'))['predictions'][0]
    batch = next(inferencer.preprocess([str(videos / 'a' / '0.mp4')]))
    data = inferencer.model.data_preprocessor(
        pseudo_collate([batch[0].results]))
    with torch.no_grad():
        logits = inferencer.model.cls_head(
            inferencer.model.backbone(data['inputs'].flatten(0, 1)))
    np.testing.assert_allclose(
        clip.scores, logits.sigmoid()[0].numpy(), atol=1e-6)
