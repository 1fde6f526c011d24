"""Warnings of the host packages that a user cannot act on."""
import warnings

__all__ = ['hide_known_warnings']


def hide_known_warnings() -> None:
    """Keep deprecation notes about the hosts' own code off the screen.

    None of them can be acted on by a user of this package.
    """
    for message in (
            'pkg_resources is deprecated',
            '.*torch.cuda.amp.GradScaler.*is deprecated',
            # MMEngine passes DDP an argument that torch 2.13 renamed
            '.*broadcast_buffers.*deprecated',
            # FFN of mmcv 2.1 and its `add_residual`
            '.*is deprecated in `FFN`.*',
            # recipes are for GPUs; MMEngine's log says where there is none
            "'pin_memory' argument is set as true but no accelerator",
    ):
        warnings.filterwarnings('ignore', message=message)
    # AVA's mean over each kind of action, including kinds a set lacks
    warnings.filterwarnings(
        'ignore',
        message='Mean of empty slice',
        module=r'mmaction\.evaluation')
