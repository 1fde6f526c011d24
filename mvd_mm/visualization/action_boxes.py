"""Drawing of persons' boxes with their actions on a frame."""
from typing import List, NamedTuple, Optional, Sequence, Tuple

import cv2
import numpy as np

__all__ = ['Person', 'canvas_size', 'draw_persons', 'draw_plate']

# BGR, told apart by colour-blind eyes too (Okabe and Ito)
COLOURS = ((0, 159, 230), (233, 180, 86), (115, 158, 0), (66, 228, 240),
           (167, 121, 204), (0, 94, 213), (178, 114, 0))
FONT = cv2.FONT_HERSHEY_SIMPLEX
SHORTEST = 480  # pixels of the shorter side of a drawn frame


class Person(NamedTuple):
    """A box at one moment, and what the person does.

    Args:
        box (np.ndarray): x1, y1, x2, y2 as shares of the frame, shape (4, ).
        actions (tuple): Pairs of name and score; a score of None is not
            shown.
        colour (int): Number of the person, from 0, which chooses the colour.
    """

    box: np.ndarray
    actions: Tuple[Tuple[str, Optional[float]], ...]
    colour: int


def canvas_size(width: int, height: int) -> Tuple[int, int]:
    """Width and height of a drawn frame in pixels, both even.

    Small videos are enlarged, so that the texts are legible.
    """
    scale = max(1., SHORTEST / min(width, height))
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


def _corners(frame: np.ndarray, low: tuple, high: tuple, colour: tuple,
             thick: int) -> None:
    """A thin box with strong corners, which hides little."""
    cv2.rectangle(frame, low, high, colour, max(1, thick // 2), cv2.LINE_AA)
    reach = max(4, min(high[0] - low[0], high[1] - low[1]) // 5)
    for x, way_x in ((low[0], 1), (high[0], -1)):
        for y, way_y in ((low[1], 1), (high[1], -1)):
            for end in ((x + way_x * reach, y), (x, y + way_y * reach)):
                cv2.line(frame, (x, y), end, colour, 2 * thick, cv2.LINE_AA)


def draw_plate(frame: np.ndarray, person: Person, low: tuple, high: tuple,
               scale: float) -> None:
    """Names of the actions on a dark plate, a bar behind each for its score.

    The plate stands above the box, or inside where there is no room.

    Args:
        frame (np.ndarray): BGR, shape (H, W, 3), uint8; drawn on.
        person (Person): Names, scores and colour; the box is not read.
        low (tuple[int, int]): Left and upper edge of the box in pixels.
        high (tuple[int, int]): Right and lower edge.
        scale (float): Size of the letters.
    """
    texts = [
        name if score is None else f'{name} {score:.2f}'
        for name, score in person.actions
    ]
    sizes = [cv2.getTextSize(text, FONT, scale, 1) for text in texts]
    line = max(size[0][1] + size[1] for size in sizes) + round(6 * scale)
    width = min(
        max(size[0][0] for size in sizes) + round(16 * scale), frame.shape[1])
    height = line * len(texts)
    x = min(max(low[0], 0), frame.shape[1] - width)
    y = low[1] - height if low[1] >= height else low[1]
    y = max(0, min(y, frame.shape[0] - height))
    plate = frame[y:y + height, x:x + width]
    plate[:] = plate * .35
    colour = COLOURS[person.colour % len(COLOURS)]
    for k, (text, (_, score)) in enumerate(zip(texts, person.actions)):
        top = k * line
        if score is not None:
            end = round(width * float(np.clip(score, 0, 1)))
            bar = plate[top + 1:top + line - 1, :end]
            bar[:] = bar * .4 + np.array(colour) * .6
        cv2.putText(plate, text,
                    (round(8 * scale), top + line - round(9 * scale)), FONT,
                    scale, (255, 255, 255), 1, cv2.LINE_AA)
    cv2.line(plate, (0, 0), (0, height), colour, max(2, round(6 * scale)))


def draw_persons(frame: np.ndarray,
                 persons: Sequence[Person],
                 note: str = '') -> np.ndarray:
    """Draw boxes and actions.

    Args:
        frame (np.ndarray): BGR, shape (H, W, 3), uint8; not changed.
        persons (Sequence[Person]): Later ones are drawn over earlier ones.
        note (str): Text at the bottom left.

    Returns:
        np.ndarray: BGR, uint8, shape (h, w, 3) of :func:`canvas_size`.
    """
    size = canvas_size(frame.shape[1], frame.shape[0])
    drawn = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC)
    scale = min(size) / 480 * .5
    thick = max(1, round(2 * min(size) / 480))
    edges: List[tuple] = []
    for person in persons:
        ends = np.round(person.box * np.array(size * 2)).astype(int)
        low, high = tuple(ends[:2].tolist()), tuple(ends[2:].tolist())
        edges.append((low, high))
        _corners(drawn, low, high, COLOURS[person.colour % len(COLOURS)],
                 thick)
    # texts last: no box crosses them
    for person, (low, high) in zip(persons, edges):
        if person.actions:
            draw_plate(drawn, person, low, high, scale)
    if note:
        place = (round(16 * scale), size[1] - round(16 * scale))
        for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(drawn, note, place, FONT, scale, colour, width,
                        cv2.LINE_AA)
    return drawn
