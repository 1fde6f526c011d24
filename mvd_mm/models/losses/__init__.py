from .regression_loss import RegressionLoss

__all__ = ['RegressionLoss']
