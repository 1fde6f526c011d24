from .feature_picture import FeatureColours, clip_rows, save_rows
from .loss_curves import read_losses, save_loss_curves
from .token_grad_cam import TokenGradCAM

__all__ = [
    'TokenGradCAM', 'FeatureColours', 'clip_rows', 'save_rows', 'read_losses',
    'save_loss_curves'
]
