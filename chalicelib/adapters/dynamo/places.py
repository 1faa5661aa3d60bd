"""Places and zip codes in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import PynamoDBException
from chalicelib.adapters.dynamo.tables import PlaceRow
from chalicelib.core.place import Place, Point
from chalicelib.services.ports import Unavailable

_REGION_DIGITS = 3  # of a zip code: the region that its letters are sorted in


class DynamoPlaces:
    """The PlaceStore and the Geocoder on the table `center`."""

    def places(self) -> Sequence[Place]:
        with _reachable():
            rows = list(PlaceRow.query("places"))
        return [codec.load(row.document, Place) for row in rows]

    def locate(self, zip_code: str) -> Point | None:
        """The code itself, else the middle of its region."""
        exact, region = f"zip#{zip_code}", f"zip#{zip_code[:_REGION_DIGITS]}"
        with _reachable():
            rows = list(PlaceRow.batch_get([(exact, "point"), (region, "point")]))
        found = {row.pk: codec.load(row.document, Point) for row in rows}
        return found.get(exact) or found.get(region)

    def save_places(self, places: Sequence[Place], points: Mapping[str, Point]) -> None:
        """Places, and points by zip code or by its first three digits."""
        with PlaceRow.batch_write() as batch:
            for place in places:
                batch.save(PlaceRow("places", place.place_id, document=codec.dump(place)))
            for code, point in points.items():
                batch.save(PlaceRow(f"zip#{code}", "point", document=codec.dump(point)))


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except PynamoDBException as error:
        raise Unavailable("the places cannot be read") from error
