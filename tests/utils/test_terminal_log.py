import io
import logging

from mvd_mm.utils.terminal_log import shorten_terminal_log


def test_dumps_are_in_the_file_alone(tmp_path):
    logger = logging.Logger('test_terminal_log')
    screen = io.StringIO()
    logger.addHandler(logging.StreamHandler(screen))
    logger.addHandler(logging.FileHandler(tmp_path / 'run.log'))
    shorten_terminal_log(logger)
    shorten_terminal_log(logger)
    dumps = ('\n' + '-' * 60 + '\nSystem environment:\n    a: 1',
             'Config:\nmodel = dict()', 'Hooks will be executed in the '
             'following order:\nbefore_run:', 'Param groups = {\n  "a": 1\n}')
    dumps += ('paramwise_options -- a.bias:weight_decay=0.0',
              'set param a.bias as id 1')
    for text in (*dumps, 'Epoch(train) [1][1/2]'):
        logger.info(text)
    assert screen.getvalue() == 'Epoch(train) [1][1/2]\n'
    kept = (tmp_path / 'run.log').read_text()
    assert all(text in kept for text in dumps) and 'Epoch(train)' in kept
    assert len(logger.handlers[0].filters) == 1
