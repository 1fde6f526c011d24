"""Checks of the installed packages."""
import os
import platform
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from typing import Dict

from .finding import Finding, installed, major_minor

__all__ = [
    'versions', 'numpy_version', 'pkg_resources', 'opencv', 'mmcv_operators',
    'mmdet', 'mmaction2', 'torchvision_trap', 'video_decoding'
]

DISTRIBUTIONS = ('mvd_mm', 'torch', 'mmengine', 'mmcv', 'mmcv-lite', 'mmdet',
                 'mmaction2', 'numpy', 'opencv-python',
                 'opencv-contrib-python', 'decord', 'av', 'pillow',
                 'setuptools')


def versions() -> Dict[str, str]:
    """Collect the versions a bug report needs."""
    table = {'python': f'{platform.python_version()} ({sys.executable})'}
    for name in DISTRIBUTIONS:
        table[name] = installed(name) or 'not installed'
    if installed('torch'):
        import torch
        cuda = f'CUDA {torch.version.cuda}' if torch.version.cuda else 'CPU'
        table['torch'] += f' ({cuda} build)'
        count = torch.cuda.device_count()
        table['GPUs'] = ', '.join(
            torch.cuda.get_device_name(i) for i in range(count)) or 'none'
    return table


def numpy_version() -> Finding:
    """The host packages use names that NumPy 2 removed."""
    found = installed('numpy')
    if major_minor(found) < (2, 0):
        return Finding('numpy', 'ok', f'{found}, older than 2')
    numpy = import_module('numpy')
    import_module('mvd_mm')
    return Finding(
        'numpy', 'ok', f'{found}; mvd_mm restores the removed names that the '
        f'host packages use (np.NAN is {numpy.NAN})')


def pkg_resources() -> Finding:
    """MMEngine imports pkg_resources at run time."""
    found = installed('setuptools')
    if find_spec('pkg_resources') is None:
        return Finding(
            'setuptools', 'FAULT', f'{found or "not installed"}: lacks '
            'pkg_resources, which MMEngine imports',
            "python -m pip install 'setuptools<82'")
    return Finding('setuptools', 'ok', f'{found}, has pkg_resources')


def opencv() -> Finding:
    """Two distributions share the folder cv2."""
    names = ('opencv-python', 'opencv-contrib-python')
    found = {name: installed(name) for name in names if installed(name)}
    # OpenCV 4.12 and newer require NumPy 2
    new = major_minor(installed('numpy')) >= (2, 0)
    wanted = '4.14.0.94' if new else '4.10.0.84'
    advice = ('python -m pip install --force-reinstall --no-deps '
              f"'opencv-python=={wanted}' 'opencv-contrib-python=={wanted}'")
    try:
        cv2 = import_module('cv2')
    except ImportError as error:
        return Finding('opencv', 'FAULT', f'cv2 does not import: {error}',
                       advice)
    if len(set(found.values())) > 1:
        return Finding(
            'opencv', 'FAULT', f'{found}: both write the same folder, so '
            'their versions must be equal', advice)
    return Finding('opencv', 'ok', f'{cv2.__version__}, consistent')


def mmcv_operators() -> Finding:
    """Run RoIAlign forward and backward on each kind of device."""
    topic = 'mmcv operators'
    found = [
        f'{name} {installed(name)}' for name in ('mmcv', 'mmcv-lite')
        if installed(name)
    ]
    if not found:
        return Finding(topic, 'FAULT', 'neither mmcv nor mmcv-lite is there',
                       "python -m pip install 'mmcv-lite==2.1.0'")
    if len(found) > 1:
        return Finding(
            topic, 'FAULT', f'{" and ".join(found)} write the same folder',
            'python -m pip uninstall -y mmcv mmcv-lite, then '
            "python -m pip install 'mmcv-lite==2.1.0'")
    import_module('mvd_mm')
    operators = import_module('mvd_mm.utils.mmcv_operators')
    if not operators.operators_are_compiled():
        return Finding(
            topic, 'ok', f'{found[0]}: none are compiled; RoIAlign and NMS '
            'run in PyTorch, and a call of another operator raises an error')
    import torch
    try:
        roi_align = import_module('mmcv.ops').roi_align
    except ImportError as error:
        return Finding(
            topic, 'FAULT', f'the operators of {found[0]} do not load; they '
            f'were compiled for another torch: {error}',
            'python -m pip uninstall -y mmcv, then '
            "python -m pip install 'mmcv-lite==2.1.0'")
    devices = ['cpu'] + ['cuda'] * torch.cuda.is_available()
    for device in devices:
        feature = torch.ones(1, 2, 8, 8, device=device, requires_grad=True)
        box = torch.tensor([[0., 1., 1., 5., 5.]], device=device)
        try:
            pooled = roi_align(feature, box, (2, 2), 1.0, 0, 'avg', True)
            pooled.sum().backward()
        except RuntimeError as error:
            return Finding(
                topic, 'note' if device == 'cuda' else 'FAULT',
                f'RoIAlign fails on {device}: {str(error).splitlines()[0]}',
                'nothing needs to be done for mvd_mm, which uses PyTorch '
                'then; some detectors of MMDetection need an mmcv that was '
                'compiled where nvcc and the GPU are visible')
        gradient = feature.grad
        if gradient is None or abs(gradient.sum().item() - 8) > 1e-3:
            return Finding(
                topic, 'FAULT', f'RoIAlign is wrong on {device}',
                'python -m pip uninstall -y mmcv, then '
                "python -m pip install 'mmcv-lite==2.1.0'")
    return Finding(topic, 'ok',
                   f'RoIAlign, forward and backward: {", ".join(devices)}')


def mmdet() -> Finding:
    """AVA needs MMDetection."""
    if not installed('mmdet'):
        return Finding('mmdet', 'note', 'not installed: only AVA needs it',
                       "python -m pip install 'mmdet==3.3.0'")
    import_module('mvd_mm')
    import_module('mmdet.models')
    return Finding('mmdet', 'ok', 'mmdet.models imports after mvd_mm')


def mmaction2() -> Finding:
    """The published wheel lacks a module; mvd_mm stands in for it."""
    import_module('mvd_mm')
    import_module('mmaction.models')
    return Finding('mmaction2', 'ok', 'mmaction.models imports after mvd_mm')


def torchvision_trap() -> Finding:
    """With transformers, mmaction2 imports timm and thus torchvision."""
    topic = 'transformers'
    if find_spec('transformers') is None:
        return Finding(topic, 'ok', 'not installed, hence not in the way')
    for name in ('timm', 'torchvision'):
        try:
            import_module(name)
        except Exception as error:
            return Finding(
                topic, 'note', 'installed, so mmaction2 may import timm and '
                f'torchvision; {name} does not import: {error}',
                'if mmaction2 above is a FAULT: python -m pip uninstall '
                'transformers, or install torchvision for this torch')
    return Finding(topic, 'ok', 'installed, timm and torchvision import')


def video_decoding() -> Finding:
    """Write eight frames and read them back, with both readers."""
    import av
    import cv2
    import decord
    import numpy as np
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'ramp.mp4')
        writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*'mp4v'), 8,
                                 (64, 48))
        if not writer.isOpened():
            return Finding(
                'video decoding', 'note', 'OpenCV cannot write mp4, so '
                'decord was not tried',
                'install opencv-python from PyPI; it brings its own FFmpeg')
        for brightness in range(8):
            writer.write(np.full((48, 64, 3), 30 * brightness, np.uint8))
        writer.release()
        frames = decord.VideoReader(path, num_threads=1)
        batch = frames.get_batch(range(len(frames))).asnumpy()
        del frames  # closes the file before the folder goes
        with av.open(path) as container:
            count = sum(1 for _ in container.decode(video=0))
    if count != 8:
        return Finding('video decoding', 'FAULT',
                       f'PyAV reads {count} of 8 frames',
                       "python -m pip install --force-reinstall 'av==18.0.0'")
    rising = (np.diff(batch.mean((1, 2, 3))) > 15).all()
    if batch.shape != (8, 48, 64, 3) or not rising:
        return Finding(
            'video decoding', 'FAULT', 'decord returns other frames than '
            f'were written: shape {batch.shape}',
            "python -m pip install --force-reinstall 'decord==0.6.0'")
    return Finding(
        'video decoding', 'ok',
        f'decord {decord.__version__} and PyAV {av.__version__} '
        'read what OpenCV wrote')
