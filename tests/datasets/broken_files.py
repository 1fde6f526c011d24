"""Small videos whose frames carry their numbers, and every way to break one.

Helpers of several tests; the numbers survive any codec.
"""
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Dict

import av
import numpy as np

SIZE = (128, 96)  # width, height


def picture(number, size=SIZE):
    """A frame with its number in eight black or white blocks."""
    frame = np.full((size[1], size[0], 3), 60 + number % 100, dtype=np.uint8)
    for bit in range(8):
        frame[:16, 16 * bit:16 * bit + 16] = 255 * (number >> bit & 1)
    return frame


def numbers(frames):
    """Read the numbers back."""
    return [
        sum(
            int(frame[4:12, 16 * bit + 4:16 * bit + 12].mean() > 127) << bit
            for bit in range(8)) for frame in np.asarray(frames)
    ]


def write_alone(path, **options):
    """Write a video in a process of its own.

    decord has a libvpx too. Where it was loaded first, PyAV's encoder may find
    its functions in place of its own: "ABI version mismatch".
    """
    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:
        return pool.submit(write, path, **options).result()


def write(path,
          num_frames=60,
          codec='mpeg4',
          size=SIZE,
          hidden=0,
          options=None,
          pix_fmt='yuv420p',
          **codec_options):
    """Write a video with PyAV.

    Args:
        hidden (int): Frames that get a time before 0, as cutting without
            re-encoding leaves them.
    """
    container = av.open(str(path), 'w', options=options or {})
    stream = container.add_stream(codec, rate=25)
    stream.width, stream.height = size
    stream.pix_fmt = pix_fmt
    stream.options = {key: str(val) for key, val in codec_options.items()}
    packets = []
    for number in range(num_frames):
        frame = av.VideoFrame.from_ndarray(
            picture(number, size), format='rgb24')
        packets += stream.encode(frame)
    packets += stream.encode()
    for packet in packets:
        shift = round(hidden / 25 / packet.time_base)
        packet.pts -= shift
        packet.dts -= shift
        container.mux(packet)
    container.close()
    return path


def write_sound(path):
    """Write a file with sound only."""
    container = av.open(str(path), 'w')
    stream = container.add_stream('aac', rate=44100)
    for index in range(40):
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), dtype=np.float32),
            format='fltp',
            layout='mono')
        frame.sample_rate, frame.pts = 44100, 1024 * index
        for packet in stream.encode(frame):
            container.mux(packet)
    for packet in stream.encode():
        container.mux(packet)
    container.close()


def write_broken(folder: Path) -> Dict[str, Path]:
    """Write a file of each kind that no reader can read correctly."""
    folder.mkdir(parents=True, exist_ok=True)
    front = dict(movflags='faststart')  # the table of contents comes first
    good = write(folder / 'source.mp4', g=12, options=front).read_bytes()
    (folder / 'source.mp4').unlink()
    size = len(good)
    noise = np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)
    begin, end = size * 6 // 10, size * 8 // 10
    moov = good.index(b'moov')
    contents = dict(
        empty=b'',
        cut10=good[:size // 10],
        cut50=good[:size // 2],
        cut90=good[:size * 9 // 10],
        zero_tail=good[:size * 7 // 10] + bytes(size - size * 7 // 10),
        payload=good[:begin] + noise[begin:end].tobytes() + good[end:],
        metadata=good[:moov + 8] + noise[:200].tobytes() + good[moov + 208:],
        text=b'this is not a video\n' * 100)
    paths = {name: folder / f'{name}.mp4' for name in contents}
    for name, data in contents.items():
        paths[name].write_bytes(data)
    paths['missing'] = folder / 'missing.mp4'
    paths['directory'] = folder / 'directory.mp4'
    paths['directory'].mkdir()
    paths['tiny'] = write(folder / 'tiny.mp4', 10, size=(2, 2))
    paths['no_frames'] = folder / 'no_frames.mp4'
    container = av.open(str(paths['no_frames']), 'w')
    stream = container.add_stream('mpeg4', rate=25)
    stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
    container.start_encoding()
    container.close()
    paths['sound'] = folder / 'sound.mp4'
    write_sound(paths['sound'])
    # a Matroska file that breaks off between two frames
    whole = write(folder / 'source.mkv', g=12).read_bytes()
    (folder / 'source.mkv').unlink()
    paths['matroska'] = folder / 'matroska.mkv'
    paths['matroska'].write_bytes(whole[:len(whole) * 9 // 10])
    return paths
