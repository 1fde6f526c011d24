from .person_score_bbox_head import PersonScoreBBoxHead

__all__ = ['PersonScoreBBoxHead']
