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
            'This DataLoader will create .* worker processes in total',
            # a visualiser that writes nowhere, e.g. while testing
            'Failed to add .*please provide the `save_dir` argument',
            '`Visualizer` backend is not initialized',
            "'pin_memory' argument is set as true but no accelerator",
            # and for more cores than some machines have: the loader works
            'This DataLoader will create .* worker processes in total',
    ):
        warnings.filterwarnings('ignore', message=message)
    # Python 3.12 and newer say so once, when it compiles the hosts' modules
    warnings.filterwarnings(
        'ignore',
        message='.*invalid escape sequence',
        category=SyntaxWarning,
        module=r'.*[/\\](mmaction|mmcv|mmdet|mmengine)[/\\]')
    # AVA's mean over each kind of action, including kinds a set lacks
    warnings.filterwarnings(
        'ignore',
        message='Mean of empty slice',
        module=r'mmaction\.evaluation')
