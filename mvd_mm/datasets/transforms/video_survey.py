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
import io
import re
from typing import Any, List, NamedTuple, Optional

import av
import decord
import numpy as np

from .container_checks import check_length
from .video_decoding import (READ_ERRORS, BrokenVideoError, count_frames,
                             first_line, open_video)

__all__ = ['Survey', 'length_size', 'survey']

# where decord finds the frames it seeks, if the packets are in order too
_SEEKABLE_CODECS = ('h264', 'hevc', 'vp8', 'vp9', 'mpeg4')
# DivX puts B-frames into the packet of the frame they precede: such an AVI, as
# those of UCF101, is in order, and decord reads it correctly
_PACKED = re.compile(rb'DivX\d+[Bb]\d+p')
_MOST_MISSING = 0.01  # share of the frames announced that may be absent


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
                count_frames(data)
            return Survey('')
        return Survey(reason, count_frames(data))
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise BrokenVideoError(f'not readable as a video: '
                               f'{first_line(error)}') from None


def _slow_reason(data: bytes) -> str:
    """Look at each packet; see :func:`survey`."""
    check_length(data)
    container, stream = open_video(data)
    with container:
        kind = container.format.name
        codec = stream.codec_context.name
        lengths = length_size(stream)
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


def length_size(stream: Any) -> int:
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
