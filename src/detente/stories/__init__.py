"""Many reports, one happening: events of different documents that tell the same become one story."""

from detente.stories.cluster import Join, StoryIndex, cluster
from detente.stories.match import Matcher
from detente.stories.merged import merged, stories
from detente.stories.report import Facts, Report, report

__all__ = ["Facts", "Join", "Matcher", "Report", "StoryIndex", "cluster", "merged", "report", "stories"]
