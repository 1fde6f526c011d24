"""Videos that decord reads wrongly, and exact frames from them nevertheless.

decord gives the frames that were asked for only where it can seek. It gives
others, without an error, for containers without presentation times (AVI with
B-frames, MPEG-PS, ASF), for transport streams and FLV, for open groups of
pictures in any container (MPEG-4 with B-frames, for example), and for files
cut without re-encoding, whose hidden frames it counts: there some requests
never return. :func:`survey` recognises all of these from the packets, without
decoding; they are then read from the first frame on, with PyAV, which is
exact but slower.
"""
import gc
import io
import os
import re
import threading
from typing import (Any, Callable, Dict, Iterator, List, NamedTuple, Optional,
                    Sequence, Tuple, Union)

import av
import decord
import numpy as np

__all__ = [
    'READ_ERRORS', 'TIME_LIMIT', 'BrokenVideoError', 'CheckedReader',
    'DecodedFrames', 'SequentialReader', 'Survey', 'first_line', 'survey'
]

TIME_LIMIT = 60.  # seconds that one request to a decoder may take
# what a damaged or missing file raises in any of the readers; neither
# decord's errors nor PyAV's are RuntimeErrors
READ_ERRORS = (decord.DECORDError, av.FFmpegError, RuntimeError, OSError,
               IndexError, EOFError)

# where decord finds the frames it seeks, if the packets are in order too
_SEEKABLE_CODECS = ('h264', 'hevc', 'vp8', 'vp9', 'mpeg4')
_ATTACHED_PICTURE = 0x400  # FFmpeg's AV_DISPOSITION_ATTACHED_PIC
_SMALLEST_SIDE = 8  # pixels; smaller frames show nothing
# DivX puts B-frames into the packet of the frame they precede: such an AVI, as
# those of UCF101, is in order, and decord reads it correctly
_PACKED = re.compile(rb'DivX\d+[Bb]\d+p')
_MOST_MISSING = 0.01  # share of the frames announced that may be absent
# elements of Matroska that may stand in a segment, and in a cluster
_CLUSTER = 0x1F43B675
_IN_SEGMENT = (_CLUSTER, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B,
               0x1941A469, 0x1043A770, 0x1254C367, 0xEC, 0xBF)
_IN_CLUSTER = (0xE7, 0xA3, 0xA0, 0xA7, 0xAB, 0x5854, 0xAF, 0xEC, 0xBF)

# A forked process inherits readers that wait for garbage collection. To free
# one, decord waits for its threads, which only the parent has: for ever.
# Frozen objects are never collected there, also not by what other packages do
# right after the fork; the parent frees its own.
os.register_at_fork(before=gc.freeze, after_in_parent=gc.unfreeze)


class BrokenVideoError(RuntimeError):
    """A file that gives no frames, or wrong ones; the message says why."""


class Survey(NamedTuple):
    """What the packets of a file say about it.

    Args:
        slow_reason (str): Why decord would give wrong frames; '' if it gives
            the right ones.
        times (np.ndarray, optional): Moment of each frame in seconds, from
            the first one, (N, ) float64; only where decord is not used.
    """

    slow_reason: str
    times: Optional[np.ndarray] = None


class DecodedFrames(np.ndarray):
    """Frames (N, H, W, 3) that answer as a ``decord.VideoReader`` does."""

    fps = 0.

    def get_batch(self, indices: Sequence[int]) -> 'DecodedFrames':
        return self[np.asarray(indices)]

    def get_avg_fps(self) -> float:
        return self.fps

    def asnumpy(self) -> np.ndarray:
        return np.asarray(self)


def first_line(error: BaseException) -> str:
    """The reason in one line; decord's errors carry a stack trace."""
    line = (str(error).strip().splitlines() or [repr(error)])[0]
    if isinstance(error, av.FFmpegError):
        line = error.strerror or line
    return line.split('Check failed: ')[-1]


def survey(data: bytes, thorough: bool = False) -> Survey:
    """Say how a video must be read, from its packets.

    A file that decord reads correctly costs about 10 microseconds per frame,
    because nothing is decoded. For any other file all frames are decoded, and
    counted: containers without presentation times do not know the number.

    Args:
        data (bytes): The whole file.
        thorough (bool): Whether to decode all frames in any case: damage
            inside the data of a frame, which decord paints over without an
            error, shows only then.

    Raises:
        BrokenVideoError: If there is no video in it, or a part is missing.
    """
    if not data:
        raise BrokenVideoError('the file is empty')
    try:
        reason = _slow_reason(data)
        if not reason:
            if thorough:
                _count(data)
            return Survey('')
        return Survey(reason, _count(data))
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise BrokenVideoError(f'not readable as a video: '
                               f'{first_line(error)}') from None


def _open(data: bytes) -> Tuple[Any, Any]:
    """The container, to be closed by the caller, and its video stream."""
    container = av.open(io.BytesIO(data), metadata_errors='ignore')
    streams: List[Any] = [
        stream for stream in container.streams.video
        if not int(getattr(stream, 'disposition', 0)) & _ATTACHED_PICTURE
    ]
    fault = '' if streams else 'there is no video stream'
    if streams:
        # the one that FFmpeg, and decord with it, takes; PyAV below 14 lacks
        # the choice
        stream: Any = streams[0]
        if len(streams) > 1 and hasattr(container.streams, 'best'):
            stream = container.streams.best('video')
        # an unknown codec leaves PyAV without a size
        width, height = getattr(stream, 'width',
                                0), getattr(stream, 'height', 0)
        if min(width, height) < _SMALLEST_SIDE:
            fault = f'the frames have {width} x {height} pixels'
    if fault:
        container.close()
        raise BrokenVideoError(fault)
    return container, stream


def _slow_reason(data: bytes) -> str:
    """Look at each packet; see :func:`survey`."""
    _check_length(data)
    container, stream = _open(data)
    with container:
        kind = container.format.name
        codec = stream.codec_context.name
        lengths = _length_size(stream)
        extra = stream.codec_context.extradata or b''
        announced, number, hidden = stream.frames, 0, False
        times: List[Optional[int]] = []
        open_group, key_time = False, None
        for packet in container.demux(stream):
            if packet.dts is None and packet.pts is None and not packet.size:
                continue  # the end
            number += 1
            if not packet.size:
                continue
            if packet.is_corrupt:
                raise BrokenVideoError(
                    f'the file ends in the middle of frame {number - 1}')
            _check_payload(packet, codec, lengths, number - 1)
            hidden |= packet.is_discard
            times.append(packet.pts)
            if packet.is_keyframe:
                key_time = packet.pts
            elif None not in (key_time, packet.pts):
                # leading frames need the group before, which decord, when it
                # seeks to the key frame, has not decoded
                open_group |= packet.pts < key_time and len(times) > 1
        if not times:
            raise BrokenVideoError('the video stream has no frames')
        if number < announced - max(1, announced * _MOST_MISSING):
            raise BrokenVideoError(f'{announced} frames are announced, '
                                   f'{number} are there: the file is cut')
        known = [time for time in times if time is not None]
        if codec not in _SEEKABLE_CODECS:
            return f'decord does not seek in {codec}'
        if kind == 'avi' and (codec != 'mpeg4' or
                              not (_PACKED.search(extra) or _has_times(data))):
            return 'the AVI holds no presentation times'
        if kind != 'avi' and not kind.startswith(('mov', 'matroska')):
            return f'decord does not seek in the container {kind}'
        if len(set(known)) < len(times):
            return 'the presentation times are not complete'
        if hidden or min(known) < 0:
            return 'frames are hidden: the file was cut without re-encoding'
        if open_group:
            return 'the groups of pictures are open'
        return ''


def _length_size(stream: Any) -> int:
    """Bytes of the length before each unit of H.264/H.265; 0: no lengths."""
    extra = stream.codec_context.extradata or b''
    codec = stream.codec_context.name
    if len(extra) > 22 and codec == 'hevc' and extra[0] == 1:
        return (extra[21] & 3) + 1
    if len(extra) > 6 and codec == 'h264' and extra[0] == 1:
        return (extra[4] & 3) + 1
    return 0


def _check_payload(packet: Any, codec: str, lengths: int, number: int) -> None:
    """A packet that was overwritten is not built as its codec demands."""
    data, size = memoryview(packet), packet.size
    if not lengths:
        if size > 8 and (not any(data) or
                         (codec == 'mpeg4' and data[:3] != b'\0\0\1')):
            raise BrokenVideoError(f'the data of frame {number} are damaged')
        return
    place = 0
    while place + lengths <= size:
        unit = int.from_bytes(data[place:place + lengths], 'big')
        if not unit:
            break
        place += lengths + unit
    if place != size:
        raise BrokenVideoError(f'the data of frame {number} are damaged')


def _has_times(data: bytes) -> bool:
    """Whether decord knows when each frame of an AVI is shown."""
    try:
        reader = decord.VideoReader(io.BytesIO(data), num_threads=1)
        times = reader.get_frame_timestamp(np.arange(len(reader)))[:, 0]
    except (*READ_ERRORS, AssertionError):
        return False
    # without one it computes with the smallest integer
    return bool(np.abs(times).max() < 1e8 and (np.diff(times) > 0).all())


def _check_length(data: bytes) -> None:
    """Compare the file with the lengths written in it."""
    if data[:4] == b'RIFF':
        _check_end(data, 8 + int.from_bytes(data[4:8], 'little'))
    elif data[4:8] == b'ftyp':
        place = 0
        while place + 8 <= len(data):
            size = int.from_bytes(data[place:place + 4], 'big')
            if size == 1:  # the length follows the name
                size = int.from_bytes(data[place + 8:place + 16], 'big')
            if size < 8:  # 0: up to the end of the file
                return
            place += size
        _check_end(data, place)
    elif data[:4] == b'\x1aE\xdf\xa3':
        _check_matroska(data)


def _check_end(data: bytes, end: int) -> None:
    if len(data) < end:
        raise BrokenVideoError(f'the file is cut: {len(data)} of {end} bytes')


def _check_matroska(data: bytes) -> None:
    """Walk over all elements; where one was overwritten, the chain breaks."""
    _, place, size = _element(data, 0)
    name, place, size = _element(data, place + size)
    if name != 0x18538067 or size < 0:  # a broadcast has no length
        return
    _check_end(data, place + size)
    end = place + size
    while place < end:
        name, inner, size = _element(data, place)
        if name not in _IN_SEGMENT or size < 0:
            if name == _CLUSTER:
                return
            raise BrokenVideoError(f'the data are damaged at byte {place}')
        place = inner + size
        while name == _CLUSTER and inner < place:
            child, begin, size = _element(data, inner)
            if child not in _IN_CLUSTER or begin + size > place:
                raise BrokenVideoError(f'the data are damaged at byte {inner}')
            inner = begin + size


def _element(data: bytes, place: int) -> Tuple[int, int, int]:
    """Name, begin of the contents, and their length; -1: not known."""
    head = data[place:place + 12]
    if len(head) < 2 or not head[0] or not head[0] >> 4:
        return 0, place, -1
    width = 9 - head[0].bit_length()
    name = int.from_bytes(head[:width], 'big')
    if len(head) <= width or not head[width]:
        return 0, place, -1
    more = 9 - head[width].bit_length()
    size = int.from_bytes(head[width:width + more], 'big')
    size &= (1 << 7 * more) - 1
    if size == (1 << 7 * more) - 1:
        size = -1
    return name, place + width + more, size


def _decode(data: bytes, threads: int = 1) -> Iterator[Any]:
    """Yield all frames (``av.VideoFrame``) in order.

    Raises:
        BrokenVideoError: If one is damaged. What comes before the first
            whole frame is left out: a recording may begin anywhere.
    """
    container, stream = _open(data)
    number = 0
    with container:
        stream.codec_context.thread_count = threads
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                if isinstance(error, av.error.EOFError):
                    return
                if not number:
                    continue
                raise BrokenVideoError(f'frame {number} cannot be decoded: '
                                       f'{first_line(error)}') from None
            for frame in frames:
                if frame.is_corrupt:
                    if not number:
                        continue
                    raise BrokenVideoError(f'frame {number} is damaged')
                yield frame
                number += 1


def _count(data: bytes) -> np.ndarray:
    """Moments of all frames in seconds, from the first one."""
    times = [frame.time for frame in _decode(data)]
    if not times:
        raise BrokenVideoError('no frame can be decoded')
    if None in times or (np.diff(times) <= 0).any():
        return np.full(len(times), np.nan)
    return np.array(times, dtype=np.float64) - times[0]


class SequentialReader:
    """Exact frames of any video: decoded from the first on, with PyAV.

    Answers as a ``decord.VideoReader`` does.

    Args:
        data (bytes): The whole file.
        times (np.ndarray): See :class:`Survey`.
        num_threads (int): Threads of the decoder; 0: its own choice.
    """

    def __init__(self,
                 data: bytes,
                 times: np.ndarray,
                 num_threads: int = 1) -> None:
        self.data = data
        self.num_threads = num_threads
        container, stream = _open(data)
        with container:
            rate = float(stream.average_rate or stream.guessed_rate or 25)
        self.times = times
        if np.isnan(times).any():
            self.times = np.arange(len(times)) / rate
        elif len(times) > 1:
            rate = (len(times) - 1) / times[-1]
        self.rate = rate
        self._next = 0

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, index: int) -> DecodedFrames:
        return self.get_batch([index])[0]

    def get_batch(self, indices: Sequence[int]) -> DecodedFrames:
        """Decode frames, (N, H, W, 3) uint8 RGB."""
        wanted = np.asarray(indices, dtype=np.int64).reshape(-1)
        wanted = np.where(wanted < 0, wanted + len(self), wanted)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < len(self):
            raise IndexError(f'`indices` {wanted[:8].tolist()} are beyond the '
                             f'{len(self)} frames')
        needed, places = np.unique(wanted, return_inverse=True)
        pictures: List[np.ndarray] = []
        for number, frame in enumerate(_decode(self.data, self.num_threads)):
            if number == needed[len(pictures)]:
                pictures.append(_picture(frame, pictures))
                if len(pictures) == len(needed):
                    break
        if len(pictures) < len(needed):
            raise BrokenVideoError(f'the video ends before frame {needed[-1]}')
        return np.stack(pictures)[places].view(DecodedFrames)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield all frames in order, (H, W, 3) uint8 RGB."""
        first: List[np.ndarray] = []
        for frame in _decode(self.data, self.num_threads):
            picture = _picture(frame, first)
            first = first or [picture]
            yield picture

    def get_avg_fps(self) -> float:
        return self.rate

    def get_frame_timestamp(self, indices: Sequence[int]) -> np.ndarray:
        """Begin and end of frames in seconds, (N, 2)."""
        ends = np.append(self.times[1:], self.times[-1] + 1 / self.rate)
        return np.stack([self.times, ends], axis=1)[np.asarray(indices)]

    def seek(self, index: int) -> None:
        self._next = index

    def next(self) -> DecodedFrames:
        self._next += 1
        return self[self._next - 1]


def _picture(frame: Any, before: List[np.ndarray]) -> np.ndarray:
    """RGB (H, W, 3), turned as the file says, in the size of the first."""
    turns = round(getattr(frame, 'rotation', 0) / 90) % 4
    size = before[0].shape[:2] if before else None
    if size is None:
        picture = frame.to_ndarray(format='rgb24')
    else:
        height, width = size if turns % 2 == 0 else size[::-1]
        picture = frame.to_ndarray(format='rgb24', height=height, width=width)
    return np.rot90(picture, turns)


# how each file is read, so that it is surveyed once per process: for a good
# file 0, for one that is read slowly the times of its frames, for a broken
# one the reason
_Known = Union[int, np.ndarray, str]
_known: Dict[int, _Known] = {}


class CheckedReader:
    """``decord.VideoReader`` where that is exact, else PyAV.

    Each request has a time limit. decord runs in a thread of its own; when
    the limit is over, that thread is left to itself, because nothing can
    stop it, and the file counts as broken from then on in this process. (A
    signal would not do: Python handles it after the decoder has returned.)
    All files on which decord is known to hang are recognised beforehand and
    never given to it.

    Args:
        data (bytes): The whole file.
        name (str): Path of the file; what was found is remembered under it.
        num_threads (int): Threads of the decoder.
        time_limit (float): Seconds that a request may take.
        thorough (bool): See :func:`survey`.

    Raises:
        BrokenVideoError: If the file cannot be read.
    """

    def __init__(self,
                 data: bytes,
                 name: str,
                 num_threads: int = 1,
                 time_limit: float = TIME_LIMIT,
                 thorough: bool = False) -> None:
        self.data = data
        self.num_threads = num_threads
        self.time_limit = time_limit
        self._key = hash((name, len(data), thorough))
        known = _known.get(self._key)
        if known is None:
            known = self._remember(lambda: survey(data, thorough))
        if isinstance(known, str):
            raise BrokenVideoError(known)
        self.reader: Any = None
        if isinstance(known, np.ndarray):
            self.reader = SequentialReader(data, known, num_threads)
            return
        try:
            self.reader = self._within(self._open_decord)
        except (*READ_ERRORS, AssertionError) as error:
            self._read_slowly(error)

    @property
    def exact_by_decord(self) -> bool:
        """Whether decord reads this file."""
        return not isinstance(self.reader, SequentialReader)

    def __len__(self) -> int:
        return len(self.reader)

    def __getitem__(self, index: int) -> Any:
        return self._ask(lambda: self.reader[index])

    def get_batch(self, indices: Sequence[int]) -> Any:
        """Decode frames, (N, H, W, 3) uint8 RGB."""
        return self._ask(lambda: self.reader.get_batch(indices))

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield all frames in order, each decoded once, (H, W, 3) uint8."""
        if self.exact_by_decord:
            for index in range(len(self)):
                yield self[index].asnumpy()
        else:
            yield from self.reader

    def get_avg_fps(self) -> float:
        return self.reader.get_avg_fps()

    def get_frame_timestamp(self, indices: Sequence[int]) -> np.ndarray:
        """Begin and end of frames in seconds, (N, 2)."""
        return self.reader.get_frame_timestamp(indices)

    def seek(self, index: int) -> None:
        self._ask(lambda: self.reader.seek(index))

    def next(self) -> Any:
        return self._ask(lambda: self.reader.next())

    def _open_decord(self) -> Any:
        reader = decord.VideoReader(
            io.BytesIO(self.data), num_threads=self.num_threads)
        return reader

    def _ask(self, request: Callable[[], Any]) -> Any:
        """Ask decord; where it gives up, ask PyAV."""
        try:
            return self._within(request)
        except READ_ERRORS as error:
            final = isinstance(error, (BrokenVideoError, IndexError))
            if final or not self.exact_by_decord:
                raise
            self._read_slowly(error)
            return self._within(request)

    def _read_slowly(self, error: BaseException) -> None:
        """Read with PyAV what decord cannot read, if every frame is whole."""
        if isinstance(error, BrokenVideoError):
            raise error
        times = self._remember(lambda: Survey('decord', _count(self.data)))
        if isinstance(times, str):
            raise BrokenVideoError(times) from None
        assert isinstance(times, np.ndarray)
        self.reader = SequentialReader(self.data, times, self.num_threads)

    def _remember(self, look: Callable[[], Survey]) -> _Known:
        known: _Known = 0
        try:
            found = self._within(look)
            known = 0 if found.times is None else found.times
        except READ_ERRORS as error:
            known = first_line(error)
        _known[self._key] = known
        return known

    def _within(self, request: Callable[[], Any]) -> Any:
        """Run in a thread, as long as the limit allows."""
        results: List[Any] = []
        errors: List[BaseException] = []

        def run() -> None:
            try:
                results.append(request())
            except BaseException as error:  # raised again below
                errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.time_limit)
        if errors:
            raise errors[0]
        if not results:
            reason = f'no answer from the decoder in {self.time_limit:g} s'
            _known[self._key] = reason
            raise BrokenVideoError(reason)
        return results[0]
