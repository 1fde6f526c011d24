"""Which records of the log are for the file alone."""
import logging

__all__ = ['shorten_terminal_log']

#: how records of hundreds of lines, or hundreds of records, begin
_LONG = ('System environment:', 'Config:\n', 'Hooks will be executed',
         'Param groups = {', 'paramwise_options -- ', 'set param ')


class _WithoutDumps(logging.Filter):
    """Let everything pass but the hosts' dumps."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg).lstrip('\n- ')
        return not text.startswith(_LONG)


def shorten_terminal_log(logger: logging.Logger) -> None:
    """Leave dumps of the config and the like out of what a terminal shows.

    Handlers that write to a file keep everything.

    Args:
        logger (logging.Logger): Of a runner.
    """
    for handler in logger.handlers:
        if isinstance(handler, logging.FileHandler):
            continue
        if not any(isinstance(f, _WithoutDumps) for f in handler.filters):
            handler.addFilter(_WithoutDumps())
