"""The picture of one hour: where people are, where they gather, and which cells would be warned."""

from crowd.picture.draw import draw_hour
from crowd.picture.export import export_picture
from crowd.picture.scene import PictureInput

__all__ = ["PictureInput", "draw_hour", "export_picture"]
