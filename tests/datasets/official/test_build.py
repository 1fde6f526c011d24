"""Builders on small copies of each official layout, with planted faults."""
import json

import pytest

from mvd_mm.datasets.official import build_official


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'')


def lines(path):
    return path.read_text().splitlines()


@pytest.fixture
def places(tmp_path):
    for name in ('ann', 'videos'):
        (tmp_path / name).mkdir()
    return tmp_path / 'ann', tmp_path / 'videos', tmp_path / 'out'


@pytest.fixture
def ucf101(places):
    """Two classes; as in the archive, below ucfTrainTestlist."""
    ann, videos, _ = places
    folder = ann / 'ucfTrainTestlist'
    folder.mkdir()
    (folder / 'classInd.txt').write_text('1 ApplyLipstick\r\n2 Archery\r\n')
    names = {
        (c, g): f'{c}/v_{c}_g0{g}_c01.avi'
        for c in ('ApplyLipstick', 'Archery')
        for g in (1, 2, 3)
    }
    touch(videos, *names.values())
    for split in (1, 2, 3):
        train = [(n, 1 if c[0][1] == 'p' else 2) for c, n in names.items()
                 if c[1] != split]
        (folder / f'trainlist0{split}.txt').write_text(''.join(
            f'{n} {label}\r\n' for n, label in train))
        (folder / f'testlist0{split}.txt').write_text(''.join(
            f'{n}\r\n' for c, n in names.items() if c[1] == split))
    return places, folder


def test_ucf101(ucf101):
    (ann, videos, out), _ = ucf101
    built = build_official('ucf101', ann, videos, out)
    assert lines(out / 'ucf101_val_split_2_videos.txt') == [
        'ApplyLipstick/v_ApplyLipstick_g02_c01.avi\t0',
        'Archery/v_Archery_g02_c01.avi\t1'
    ]
    assert len(lines(out / 'ucf101_train_split_1_videos.txt')) == 4
    assert lines(out / 'classes.txt') == ['ApplyLipstick', 'Archery']
    assert built.counts['train_split_3'] == (4, 4)
    assert not built.errors
    assert any('2 classes are listed, published are 101' in n
               for n in built.notes)
    assert any('published are 9537' in note for note in built.notes)
    assert lines(out /
                 'counts.csv')[1] == ('train_split_1,0,"ApplyLipstick",2,2')


def test_faults_of_ucf101_are_named(ucf101):
    (ann, videos, out), folder = ucf101
    train = folder / 'trainlist01.txt'
    text = train.read_text()
    with train.open('a') as file:
        file.write('Archery/v_Archery_g01_c02.avi 2\n'  # its source is tested
                   'Archery/v_Archery_g01_c01.avi 2\n'  # it is tested itself
                   'Archery/v_Archery_g03_c01.avi 1\n'  # another number
                   'Swimming/v_Swimming_g01_c01.avi 3\n'  # no such class
                   'Archery/v_Archery_g02_c01.avi 2\n')  # listed twice
    touch(videos, 'Archery/v_Archery_g09_c09.avi')
    with pytest.raises(ValueError, match='nothing is written') as info:
        build_official('ucf101', ann, videos, out)
    assert not out.exists()
    told = str(info.value)
    assert '1 videos are in train_split_1 and in val_split_1' in told
    assert 'trainlist01.txt:7 has the number 1, but Archery is 2' in told
    assert 'trainlist01.txt:8 is of a class' in told
    built = build_official('ucf101', ann, videos, out, keep_going=True)
    notes = '\n'.join(built.notes)
    assert '1 sources are in train_split_1 and in val_split_1: ' \
        'v_Archery_g01' in notes
    assert '1 videos are listed twice in train_split_1' in notes
    assert '1 files are in no list: v_Archery_g09_c09' in notes
    assert '1 of 6 videos of train_split_1 are missing' in notes
    assert lines(
        out / 'missing.txt') == ['train_split_1\tv_Archery_g01_c02\tArchery']
    train.write_text(text)


@pytest.fixture
def hmdb51(places):
    ann, videos, _ = places
    folder = ann / 'testTrainMulti_7030_splits'
    folder.mkdir()
    for name in ('brush_hair', 'cartwheel'):
        files = [f'A_{name}_u_{i}.avi' for i in range(4)]
        touch(videos, *(f'{name}/{file}' for file in files))
        for split in (1, 2, 3):
            marks = [0, 2, 1, 1] if split == 1 else [1, 1, 2, 0]
            (folder / f'{name}_test_split{split}.txt').write_text(''.join(
                f'{file} {mark} \n' for file, mark in zip(files, marks)))
    return places, folder


def test_hmdb51(hmdb51):
    (ann, videos, out), folder = hmdb51
    built = build_official('hmdb51', ann, videos, out)
    assert lines(out / 'hmdb51_train_split_1_videos.txt') == [
        'brush_hair/A_brush_hair_u_2.avi\t0',
        'brush_hair/A_brush_hair_u_3.avi\t0',
        'cartwheel/A_cartwheel_u_2.avi\t1', 'cartwheel/A_cartwheel_u_3.avi\t1'
    ]
    assert lines(out / 'hmdb51_val_split_1_videos.txt') == [
        'brush_hair/A_brush_hair_u_1.avi\t0',
        'cartwheel/A_cartwheel_u_1.avi\t1'
    ]
    assert built.counts['val_split_2'] == (2, 2)
    # planted: a mark that does not exist, and the same clip in both parts
    path = folder / 'cartwheel_test_split1.txt'
    path.write_text(path.read_text() + 'A_cartwheel_u_0.avi 3\n'
                    'A_cartwheel_u_1.avi 1\n')
    with pytest.raises(ValueError) as info:
        build_official('hmdb51', ann, videos, out)
    assert 'cartwheel_test_split1.txt:5 is not "FILE 0|1|2"' in str(info.value)
    assert 'A_cartwheel_u_1' in str(info.value)
    path.unlink()
    with pytest.raises(FileNotFoundError, match='cartwheel_test_split1'):
        build_official('hmdb51', ann, videos, out)


@pytest.fixture
def sthv2(places):
    ann, videos, _ = places
    write = {
        'labels': {
            'Pushing something': '1',
            'Lifting something, then dropping it': '0'
        },
        'train': [
            dict(
                id='11', label='pushing a box',
                template='Pushing [something]'),
            dict(
                id='12',
                label='lifting a cup, then dropping it',
                template='Lifting [something], then dropping it')
        ],
        'validation': [dict(id='21', template='Pushing [something]')]
    }
    for name, content in write.items():
        path = ann / f'something-something-v2-{name}.json'
        path.write_text(json.dumps(content))
    touch(videos, '11.webm', '12.webm', '21.webm')
    return places


def test_sthv2(sthv2):
    ann, videos, out = sthv2
    build_official('sthv2', ann, videos, out)
    assert lines(
        out / 'sthv2_train_list_videos.txt') == ['11.webm\t1', '12.webm\t0']
    assert lines(out / 'sthv2_val_list_videos.txt') == ['21.webm\t1']
    assert lines(out /
                 'classes.txt')[0] == ('Lifting something, then dropping it')
    # the present release has shorter names
    for path in ann.glob('*.json'):
        path.rename(path.with_name(path.name.split('-')[-1]))
    again = build_official('sthv2', ann, videos, out)  # the same contents
    assert again.counts == dict(train=(2, 2), val=(1, 1))
    path = ann / 'train.json'
    rows = json.loads(path.read_text())
    path.write_text(
        json.dumps([
            *rows,
            dict(id='21', template='Pushing '
                 '[something]'),
            dict(id='3'),
            dict(id='4', template='Eating [something]'),
            dict(id='11', template='Lifting [something], '
                 'then dropping it')
        ]))
    with pytest.raises(ValueError) as info:
        build_official('sthv2', ann, videos, out)
    for words in ('entry 3 has no id', "'Eating something'", '1 videos are in '
                  'train and in val: 21', '11 has two labels in train'):
        assert words in str(info.value)
    path.write_text('{')
    with pytest.raises(ValueError, match='train.json is not JSON'):
        build_official('sthv2', ann, videos, out)


@pytest.fixture
def kinetics400(places):
    ann, videos, _ = places
    head = 'label,youtube_id,time_start,time_end,split,is_cc\n'
    (ann / 'train.csv').write_text(
        f'{head}"air drumming",-abc_1,3,13,train,0\n'
        'abseiling,xyz,10,20,train,1\nabseiling,lost,0,10,train,0\n')
    (ann / 'validate.csv').write_text(f'{head}abseiling,val,0,10,validate,0\n')
    touch(videos, 'train/air_drumming/-abc_1_000003_000013.mp4',
          'train/abseiling/xyz_000010_000020.mkv',
          'val/abseiling/val_000000_000010.mp4')
    return places


def test_kinetics400(kinetics400):
    ann, videos, out = kinetics400
    built = build_official(
        'kinetics400', ann, videos / 'train', out, val_videos=videos / 'val')
    assert lines(out / 'kinetics400_train_list_videos.txt') == [
        'air_drumming/-abc_1_000003_000013.mp4\t1',
        'abseiling/xyz_000010_000020.mkv\t0'
    ]
    assert lines(out / 'kinetics400_val_list_videos.txt') == [
        'abseiling/val_000000_000010.mp4\t0'
    ]
    assert lines(out /
                 'missing.txt') == ['train\tlost_000000_000010\tabseiling']
    assert built.counts['train'] == (3, 2)
    with (ann / 'train.csv').open('a') as file:
        file.write('abseiling,val,50,60,train,0\n'  # another part of a video
                   'abseiling,,0,10,train,0\n')
    with pytest.raises(ValueError, match='train.csv:6 lacks'):
        build_official('kinetics400', ann, videos, out)
    built = build_official(
        'kinetics400', ann, videos, out / '2', keep_going=True)
    assert any('1 sources are in train and in val: val' in n
               for n in built.notes)
    (ann / 'train.csv').write_text('label,id\nx,y\n')
    with pytest.raises(ValueError, match=r"no column \['youtube_id'"):
        build_official('kinetics400', ann, videos, out)


def test_other_lists_are_kept_and_the_same_ones_accepted(sthv2):
    ann, videos, out = sthv2
    build_official('sthv2', ann, videos, out)
    build_official('sthv2', ann, videos, out)
    (videos / '11.webm').unlink()
    with pytest.raises(ValueError, match='--overwrite'):
        build_official('sthv2', ann, videos, out)
    built = build_official('sthv2', ann, videos, out, overwrite=True)
    assert built.counts['train'] == (2, 1)


def test_what_is_missing_altogether_is_said(sthv2, tmp_path):
    ann, videos, out = sthv2
    with pytest.raises(FileNotFoundError, match='not a folder'):
        build_official('sthv2', tmp_path / 'none', videos, out)
    with pytest.raises(FileNotFoundError, match='classInd.txt'):
        build_official('ucf101', ann, videos, out)
    for path in videos.iterdir():
        path.rename(path.with_name(f'x{path.name}'))
    with pytest.raises(ValueError, match='none of the 3 listed videos'):
        build_official('sthv2', ann, videos, out)


def test_a_file_in_another_folder_than_its_class_is_second(places):
    ann, videos, out = places
    head = 'label,youtube_id,time_start,time_end,split\n'
    (ann / 'train.csv').write_text(f'{head}abseiling,a,0,10,train\n')
    (ann / 'val.csv').write_text(f'{head}abseiling,b,0,10,val\n')
    touch(videos, 'aaa/a_000000_000010.mp4', 'abseiling/a_000000_000010.mp4',
          'x/b_000000_000010.mp4')
    build_official('kinetics400', ann, videos, out)
    assert lines(out / 'kinetics400_train_list_videos.txt') == [
        'abseiling/a_000000_000010.mp4\t0'
    ]
