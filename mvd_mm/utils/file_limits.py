"""What a file of weights may cost before anything in it is read.

A few kilobytes can ask for minutes of time or all of the memory. The largest
published file, ViT-H with its optimiser, has some 2 000 tensors and 100 000
pickle operations.
"""
import io
import pickletools
import struct
import zipfile
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from torch import Tensor

__all__ = ['MAX_HEADER', 'MAX_OPERATIONS', 'check_declared', 'check_file']

MAX_OPERATIONS = 1_000_000  # of the pickle; a few seconds
MAX_HEADER = 16 * 2**20  # bytes of the table that names the tensors
# a file may declare this much more than it holds: tensors of a few numbers
# spread over a shape cost nothing until they are copied
_SPREAD = 8 * 2**30


def check_file(path: str) -> None:
    """Refuse a file that holds no weights, or would cost too much to read.

    Raises:
        ValueError: If the file is empty, a text, cut short, or asks for more
            than the limits above.
    """
    size = Path(path).stat().st_size
    if size == 0:
        raise ValueError('it is empty (0 bytes): copy or download it again')
    with open(path, 'rb') as file:
        head = file.read(64)
        if str(path).endswith('.safetensors'):
            _check_safetensors(head, size)
        elif head[:2] == b'PK':
            _check_zip(path, size)
        elif all(byte in b'\t\n\r' or 32 <= byte < 127 for byte in head):
            raise ValueError('it is a text file that begins '
                             f'{head[:40].decode("ascii")!r}: a page or a '
                             'pointer was saved in place of the weights')
        else:
            file.seek(0)
            _check_pickles(file, 5)  # the parts of torch's old format


def check_declared(content: object, size: int) -> None:
    """Refuse shapes far beyond the ``size`` of the file, in bytes."""
    held = content if isinstance(content, dict) else {}
    sizes = {
        key: value.numel() * value.element_size()
        for group in [held, *held.values()] if isinstance(group, dict)
        for key, value in group.items() if isinstance(value, Tensor)
    }
    if sum(sizes.values()) > size + _SPREAD:
        raise ValueError(f'its tensors would fill {sum(sizes.values())} bytes,'
                         f' the file has {size}; the largest is '
                         f'{max(sizes, key=lambda key: sizes[key])!r}')


def _check_safetensors(head: bytes, size: int) -> None:
    length = struct.unpack('<Q', head[:8])[0] if len(head) >= 8 else size
    if length > size - 8:
        raise ValueError('it is cut short or no .safetensors file: its header '
                         f'would have {length} bytes, the file has {size}')
    if length > MAX_HEADER:
        raise ValueError(f'its header of {length} bytes names more tensors '
                         f'than any model has (limit {MAX_HEADER} bytes)')


def _check_zip(path: str, size: int) -> None:
    table = _size_of_table(path, size)
    if table > MAX_HEADER:
        raise ValueError(f'its table of contents of {table} bytes names more '
                         f'tensors than any model has (limit {MAX_HEADER})')
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        declared = sum(e.file_size for e in entries)
        if declared > size or any(e.compress_type for e in entries):
            raise ValueError(
                f'its {len(entries)} entries would unpack to {declared} bytes '
                f'from {size}; torch.save does not compress')
        for entry in entries:
            if entry.filename.endswith('constants.pkl'):
                raise ValueError('it is a TorchScript archive, that is, a '
                                 'program; save its state_dict instead')
            if entry.filename.endswith('data.pkl'):
                _check_pickles(io.BytesIO(archive.read(entry)), 1)


def _size_of_table(path: str, size: int) -> int:
    """Bytes of the table of contents at the end of a zip file."""
    with open(path, 'rb') as file:
        file.seek(max(0, size - 2**16 - 128))
        tail = file.read()
    end, wide = tail.rfind(b'PK\x05\x06'), tail.rfind(b'PK\x06\x06')
    if end < 0 or len(tail) < end + 22:
        raise ValueError('it is cut short: the table of contents at its end '
                         'is missing; copy or download it again')
    if wide >= 0 and len(tail) >= wide + 48:  # sizes beyond 32 bits
        return struct.unpack_from('<Q', tail, wide + 40)[0]
    return struct.unpack_from('<I', tail, end + 12)[0]


def _check_pickles(file: BinaryIO, number: int) -> None:
    """Count the operations, without executing any."""
    operations = (op for _ in range(number) for op in pickletools.genops(file))
    try:
        count = sum(1 for _ in islice(operations, MAX_OPERATIONS + 1))
    except Exception:  # damaged: torch, which reads it next, says how
        return
    if count > MAX_OPERATIONS:
        raise ValueError(f'it asks for more than {MAX_OPERATIONS} operations: '
                         'more keys than any model has')
