"""The fictional province, regency and districts as GeoJSON, in the contract of an areas file."""

import json

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.simulator.city import City
from crowd.simulator.parts import Regions


def areas_geojson(city: City, *, regions: Regions) -> bytes:
    """Return one feature per area: the province, its only regency, then its districts.

    Properties are `code`, `name`, `level` (province, regency, district) and `parent` (null for the province).
    """
    province_code = regions.code.partition(".")[0]
    names = [district.name for district in regions.districts] or [regions.regency]
    districts = zip(district_codes(city, regions=regions), names, city.districts, strict=True)
    features = [
        _feature(province_code, name=regions.province, level="province", parent=None, shape=city.land),
        _feature(regions.code, name=regions.regency, level="regency", parent=province_code, shape=city.land),
    ]
    for code, name, shape in districts:
        features.append(_feature(code, name=name, level="district", parent=regions.code, shape=shape))
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def district_codes(city: City, *, regions: Regions) -> list[str]:
    """Return the codes of the districts, in the scenario's order."""
    return [f"{regions.code}.{number:02d}" for number in range(1, len(city.districts) + 1)]


def _feature(code: str, *, name: str, level: str, parent: str | None, shape: BaseGeometry) -> dict[str, object]:
    rounded = shapely.transform(shape, lambda xy: np.round(xy, 6))  # sheds digits such as 109.00000000000001
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, "level": level, "parent": parent},
        "geometry": shapely.geometry.mapping(rounded),
    }
