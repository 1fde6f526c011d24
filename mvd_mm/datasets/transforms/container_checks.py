"""Whether a file is as long, and built, as its container says."""
from typing import Tuple

from .video_decoding import BrokenVideoError

__all__ = ['check_length']

# elements of Matroska that may stand in a segment, and in a cluster
_CLUSTER = 0x1F43B675
_IN_SEGMENT = (_CLUSTER, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B,
               0x1941A469, 0x1043A770, 0x1254C367, 0xEC, 0xBF)
_IN_CLUSTER = (0xE7, 0xA3, 0xA0, 0xA7, 0xAB, 0x5854, 0xAF, 0xEC, 0xBF)


def check_length(data: bytes) -> None:
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
