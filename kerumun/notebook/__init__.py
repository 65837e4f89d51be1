"""What notebooks start with: a lake to look into, and maps and charts that need no internet.

Needs the extra `notebooks`: `pip install 'kerumun[notebooks]'`.
"""

from kerumun.notebook.maps import map_hexagons
from kerumun.notebook.offline import work_offline
from kerumun.notebook.opening import open_lake
from kerumun.notebook.weekly import draft_week

__all__ = ["draft_week", "map_hexagons", "open_lake", "work_offline"]
