"""Many reports, one happening: events of different documents that tell the same become one story."""

from detente.stories.cluster import Join, StoryIndex
from detente.stories.match import Matcher
from detente.stories.merged import Told, stories
from detente.stories.report import Facts, Report, reports

__all__ = ["Facts", "Join", "Matcher", "Report", "StoryIndex", "Told", "reports", "stories"]
