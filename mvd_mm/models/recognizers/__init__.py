from .frozen_recognizer import FrozenRecognizer3D

__all__ = ['FrozenRecognizer3D']
