"""What can be told of a data set without training on it: its samples, their balance, their brightness, its texts.

Everything here may be called from any thread, and nothing but ``core.survey.variants`` and the reading of the data
needs torch.
"""

from __future__ import annotations

from core.survey.catalogue import PARTS, Catalogue, Sample, shows_pictures
from core.survey.channels import ChannelStatistics, measure_channels
from core.survey.looking import NotPrepared, load_what_is_there
from core.survey.texts import TextSurvey, survey_text

__all__ = [
    "PARTS",
    "Catalogue",
    "ChannelStatistics",
    "NotPrepared",
    "Sample",
    "TextSurvey",
    "load_what_is_there",
    "measure_channels",
    "shows_pictures",
    "survey_text",
]
