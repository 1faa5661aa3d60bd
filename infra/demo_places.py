"""Forty branches of acme, and where their zip codes are."""

from __future__ import annotations

from collections import defaultdict

from chalicelib.core.place import Place, Point

ALWAYS, OFFICE = "always", "office"
# name, street and city, zip code, area code, latitude, longitude; the last entry: when it is open
_BRANCHES = (
    ("Shaw", "1400 7th Street NW, Washington DC", "20001", "202", 38.912, -77.017, OFFICE),
    ("Georgetown", "3000 M Street NW, Washington DC", "20007", "202", 38.913, -77.078, ALWAYS),
    (
        "Silver Spring",
        "8500 Georgia Avenue, Silver Spring",
        "20910",
        "301",
        38.999,
        -77.034,
        ALWAYS,
    ),
    ("Bethesda", "7200 Wisconsin Avenue, Bethesda", "20814", "301", 39.005, -77.102, OFFICE),
    (
        "College Park",
        "7300 Baltimore Avenue, College Park",
        "20740",
        "301",
        38.996,
        -76.928,
        ALWAYS,
    ),
    ("Arlington", "2700 Wilson Boulevard, Arlington", "22201", "703", 38.887, -77.093, ALWAYS),
    ("Alexandria", "700 King Street, Alexandria", "22314", "703", 38.806, -77.050, OFFICE),
    ("McLean", "1400 Chain Bridge Road, McLean", "22101", "703", 38.934, -77.177, ALWAYS),
    (
        "Mount Vernon",
        "600 North Charles Street, Baltimore",
        "21201",
        "410",
        39.295,
        -76.622,
        ALWAYS,
    ),
    ("Canton", "2800 O'Donnell Street, Baltimore", "21224", "410", 39.288, -76.557, OFFICE),
    ("Rittenhouse", "1800 Walnut Street, Philadelphia", "19103", "215", 39.953, -75.174, ALWAYS),
    (
        "Queen Village",
        "700 South 4th Street, Philadelphia",
        "19147",
        "215",
        39.936,
        -75.152,
        ALWAYS,
    ),
    ("Chelsea", "300 West 23rd Street, New York", "10001", "212", 40.750, -73.997, ALWAYS),
    ("East Village", "200 East 10th Street, New York", "10003", "212", 40.732, -73.989, OFFICE),
    ("Brooklyn Heights", "100 Montague Street, Brooklyn", "11201", "718", 40.694, -73.990, ALWAYS),
    ("Long Island City", "4400 Vernon Boulevard, Queens", "11101", "718", 40.747, -73.939, ALWAYS),
    ("Concourse", "900 Grand Concourse, Bronx", "10451", "718", 40.820, -73.924, OFFICE),
    ("St. George", "50 Bay Street, Staten Island", "10301", "718", 40.631, -74.094, ALWAYS),
    ("Newark", "700 Broad Street, Newark", "07102", "973", 40.735, -74.173, ALWAYS),
    ("Beacon Hill", "60 Charles Street, Boston", "02108", "617", 42.357, -71.064, ALWAYS),
    ("Cambridge", "600 Massachusetts Avenue, Cambridge", "02139", "617", 42.364, -71.104, ALWAYS),
    ("Providence", "100 Westminster Street, Providence", "02903", "401", 41.818, -71.409, OFFICE),
    ("Hartford", "900 Main Street, Hartford", "06103", "860", 41.767, -72.673, ALWAYS),
    ("Pittsburgh", "800 Penn Avenue, Pittsburgh", "15222", "412", 40.448, -79.993, ALWAYS),
    ("Cleveland", "1000 Euclid Avenue, Cleveland", "44114", "216", 41.506, -81.676, OFFICE),
    ("Detroit", "1200 Woodward Avenue, Detroit", "48226", "313", 42.331, -83.050, ALWAYS),
    ("The Loop", "100 North State Street, Chicago", "60601", "312", 41.886, -87.622, ALWAYS),
    ("Lincoln Park", "2200 North Halsted Street, Chicago", "60614", "312", 41.922, -87.651, OFFICE),
    ("Hyde Park", "1500 East 53rd Street, Chicago", "60637", "312", 41.781, -87.604, ALWAYS),
    ("Downtown Atlanta", "200 Peachtree Street, Atlanta", "30303", "404", 33.752, -84.391, ALWAYS),
    ("Midtown Atlanta", "1000 Spring Street, Atlanta", "30309", "404", 33.798, -84.388, OFFICE),
    ("Charlotte", "300 South Tryon Street, Charlotte", "28202", "704", 35.228, -80.844, ALWAYS),
    ("Raleigh", "400 Fayetteville Street, Raleigh", "27601", "919", 35.773, -78.634, ALWAYS),
    ("Richmond", "800 East Broad Street, Richmond", "23219", "804", 37.541, -77.435, OFFICE),
    ("Norfolk", "300 Granby Street, Norfolk", "23510", "757", 36.851, -76.288, ALWAYS),
    ("Miami", "900 Brickell Avenue, Miami", "33130", "305", 25.767, -80.205, ALWAYS),
    ("Orlando", "200 South Orange Avenue, Orlando", "32801", "407", 28.540, -81.373, OFFICE),
    ("Nashville", "1800 Broadway, Nashville", "37203", "615", 36.149, -86.790, ALWAYS),
    ("Houston", "1000 Main Street, Houston", "77002", "713", 29.757, -95.366, ALWAYS),
    ("Dallas", "1900 Elm Street, Dallas", "75201", "214", 32.788, -96.799, ALWAYS),
)


def places() -> list[Place]:
    return [
        Place(
            place_id=f"place-{number:02d}",
            name=name,
            address=f"{address} {zip_code}",
            phone=f"+1{area}55501{number:02d}",
            at=Point(latitude, longitude),
            hours_id=hours,
        )
        for number, (name, address, zip_code, area, latitude, longitude, hours) in enumerate(
            _BRANCHES, start=1
        )
    ]


def zip_codes() -> dict[str, Point]:
    """Those of the branches, and the middle of each region that has any."""
    regions: dict[str, list[Point]] = defaultdict(list)
    codes: dict[str, Point] = {}
    for _, _, zip_code, _, latitude, longitude, _ in _BRANCHES:
        codes[zip_code] = Point(latitude, longitude)
        regions[zip_code[:3]].append(codes[zip_code])
    middles = {
        region: Point(
            sum(p.latitude for p in points) / len(points),
            sum(p.longitude for p in points) / len(points),
        )
        for region, points in regions.items()
    }
    return {**middles, **codes}
