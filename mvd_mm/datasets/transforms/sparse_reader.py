"""Some frames of a video that can be sought: only what they need is decoded.

decord decodes every frame between two that are asked for and, in a thread of
its own, goes on decoding when the last one has been delivered. Here decoding
begins at a key frame and ends with the last frame asked for; frames between
that no other frame refers to are not decoded. In H.264 with B-frames these
are four to five of ten. The pixels are decord's, bit by bit.
"""
from typing import Any, Iterator, List, Sequence

import numpy as np
from av.video.reformatter import VideoReformatter

from .sequential_reader import DecodedFrames
from .video_decoding import BrokenVideoError, frame_numbers, open_video
from .video_survey import length_size

__all__ = ['SparseReader', 'is_reference']

# of other formats decord's pixels differ from those of this conversion
_FORMATS = ('yuv420p', 'yuvj420p', 'yuv422p', 'yuv444p')
_SLICES = range(1, 6)  # types of units of H.264 that hold pixels


class SparseReader:
    """Frames of a video of closed groups of pictures, as decord gives them.

    Answers as a ``decord.VideoReader`` does. For single frames one after the
    other use the iterator: every request begins at a key frame.

    Args:
        data (bytes): The whole file; :func:`.survey` has found nothing.
        num_threads (int): Threads of the decoder; 0: its own choice.

    Raises:
        BrokenVideoError: If only decord reads the file as decord does;
            nothing need be wrong with it.
    """

    def __init__(self, data: bytes, num_threads: int = 1) -> None:
        # open as long as its packets are in use
        self.container, stream = open_video(data)
        self.codec: Any = stream.codec_context
        self.codec.thread_count = num_threads
        if self.codec.pix_fmt not in _FORMATS:
            raise BrokenVideoError(f'pixels are {self.codec.pix_fmt}')
        if self.container.format.name == 'avi':
            raise BrokenVideoError('an AVI does not say when a frame is shown')
        self.base = float(stream.time_base)
        self.rate = float(stream.average_rate or stream.guessed_rate or 25)
        self._lengths = length_size(stream) if self.codec.name == 'h264' else 0
        # in the order of decoding
        self.packets: List[Any] = [
            packet for packet in self.container.demux(stream) if packet.size
        ]
        times = np.array([packet.pts for packet in self.packets], np.int64)
        #: packet of each frame, frames in the order in which they are shown
        self.order = times.argsort(kind='stable')
        self.times = times[self.order]
        self.keys = np.array([packet.is_keyframe for packet in self.packets])
        if not len(times) or not self.keys[0]:
            raise BrokenVideoError('the first frame is no key frame')
        self._convert = VideoReformatter()

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, index: int) -> DecodedFrames:
        return self.get_batch([index])[0]

    def get_batch(self, indices: Sequence[int]) -> DecodedFrames:
        """Decode frames, (N, H, W, 3) uint8 RGB.

        Raises:
            IndexError: If a frame is beyond the last.
            BrokenVideoError: If one does not come out of the decoder.
        """
        wanted = frame_numbers(indices, len(self))
        needed, places = np.unique(wanted, return_inverse=True)
        pictures = {}
        # the key frame that decoding begins at, for each packet
        begins = np.maximum.accumulate(
            np.where(self.keys, np.arange(len(self)), 0))
        packets = self.order[needed]
        for begin in np.unique(begins[packets]):
            group = packets[begins[packets] == begin]
            for frame in self._decode(int(begin), group):
                pictures[frame.pts] = self._picture(frame)
        try:
            found = [pictures[time] for time in self.times[needed].tolist()]
        except KeyError:
            raise BrokenVideoError('a frame cannot be decoded') from None
        # one copy, also where frames repeat
        return np.stack([found[place] for place in places]).view(DecodedFrames)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield all frames in order, (H, W, 3) uint8 RGB."""
        self.codec.flush_buffers()
        for packet in (*self.packets, None):
            for frame in self.codec.decode(packet):
                yield self._picture(frame)
        self.codec.flush_buffers()

    def get_avg_fps(self) -> float:
        return self.rate

    def get_frame_timestamp(self, indices: Sequence[int]) -> np.ndarray:
        """Begin and end of frames in seconds, (N, 2)."""
        durations = np.array([packet.duration or 0
                              for packet in self.packets])[self.order]
        times = np.stack([self.times, self.times + durations], axis=1)
        return times[np.asarray(indices)] * self.base

    def _decode(self, begin: int, wanted: np.ndarray) -> Iterator[Any]:
        """Yield the frames of some packets of one group of pictures."""
        self.codec.flush_buffers()
        asked, last = set(wanted.tolist()), int(wanted.max())
        times = {self.packets[number].pts for number in asked}
        for number in range(begin, last + 1):
            packet = self.packets[number]
            if number in asked or is_reference(packet, self._lengths):
                yield from self._shown(packet, times)
        # what waits inside, instead of what comes behind
        yield from self._shown(None, times)

    def _shown(self, packet: Any, times: set) -> Iterator[Any]:
        for frame in self.codec.decode(packet):
            if frame.pts in times:
                yield frame

    def _picture(self, frame: Any) -> np.ndarray:
        if frame.interlaced_frame or getattr(frame, 'rotation', 0):
            raise BrokenVideoError('frames are interlaced, or turned')
        if (frame.width, frame.height) != (self.codec.width,
                                           self.codec.height):
            raise BrokenVideoError('frames differ in size')
        return self._convert.reformat(frame, format='rgb24').to_ndarray()


def is_reference(packet: Any, lengths: int) -> bool:
    """Whether other frames may refer to the one of a packet.

    Args:
        packet (av.Packet): Of one frame.
        lengths (int): Bytes before each unit of H.264 that state its length;
            0: True is returned whatever is in the packet.
    """
    data, place = memoryview(packet), 0
    while lengths and place + lengths < len(data):
        unit = data[place + lengths]
        if unit & 31 in _SLICES:
            # nal_ref_idc, equal in all slices of a frame as far as 0 goes
            return bool(unit & 0x60)
        place += lengths + int.from_bytes(data[place:place + lengths], 'big')
    return True
