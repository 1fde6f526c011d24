"""What the runner asks of a pre-trainer."""
from abc import abstractmethod
from typing import Any, Dict, List, Optional, Union

from mmengine.model import BaseModel
from torch import Tensor

__all__ = ['Pretrainer']


class Pretrainer(BaseModel):
    """A student, what it predicts, and what that is compared with.

    Args:
        data_preprocessor (dict, optional): Normalises clips on the device.
        init_cfg (dict, optional): Initialisation.
    """

    def forward(self,
                inputs: Dict[str, Any],
                data_samples: Optional[List] = None,
                mode: str = 'tensor') -> Union[Tensor, Dict]:
        """Dispatch, as MMEngine's runners call it.

        Args:
            inputs (dict): Views and masks, as :meth:`loss` takes them.
            data_samples (list, optional): Not needed.
            mode (str): 'loss', 'predict' or 'tensor'.

        Returns:
            Tensor or dict: With 'tensor' the encoded visible tokens,
            shape (B, V, D); else what the method of that name gives.

        Raises:
            ValueError: If ``mode`` is another.
        """
        if mode == 'loss':
            return self.loss(inputs)
        if mode == 'predict':
            return self.predict(inputs)
        if mode == 'tensor':
            return self.encode(inputs)
        raise ValueError("`mode` must be 'loss', 'predict' or 'tensor', got "
                         f'{mode!r}')

    @abstractmethod
    def loss(self, inputs: Dict[str, Any]) -> Dict[str, Tensor]:
        """Scalars by name; their sum is minimised."""

    @abstractmethod
    def predict(self, inputs: Dict[str, Any]) -> Dict[str, Any]:
        """Predictions and targets, for analysis."""

    @abstractmethod
    def encode(self, inputs: Dict[str, Any]) -> Tensor:
        """Encoded visible tokens, shape (B, V, D)."""
