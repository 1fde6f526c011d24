from .action_boxes import Person, draw_persons
from .action_video import draw_video, follow, persons_at
from .annotated_persons import annotated_persons, draw_annotations
from .feature_change import Change, change_over_time, compare_changes
from .feature_picture import FeatureColours, change_rows, clip_rows, save_rows
from .loss_curves import save_loss_curves
from .pretraining_pictures_hook import PretrainingPicturesHook
from .run_logs import read_losses, read_metric
from .token_grad_cam import TokenGradCAM

__all__ = [
    'Person', 'draw_persons', 'draw_video', 'follow', 'persons_at',
    'annotated_persons', 'draw_annotations', 'TokenGradCAM', 'FeatureColours',
    'clip_rows', 'save_rows', 'read_losses', 'save_loss_curves', 'Change',
    'change_over_time', 'change_rows', 'compare_changes', 'read_metric',
    'PretrainingPicturesHook'
]
