"""Countries as places: approximate middles, so that a distance can be told at all.

Source: general geographic knowledge, rounded to half a degree.
"""

from __future__ import annotations

from matchmaker.domain import Place, PlaceLevel

_MIDDLES = """
AL Albania 41 20;AT Austria 47.5 14;BA Bosnia_and_Herzegovina 44 18;BE Belgium 50.5 4.5
BG Bulgaria 42.5 25.5;BR Brazil -10 -55;CA Canada 56 -106;CH Switzerland 47 8;CN China 35 103
CY Cyprus 35 33;CZ Czechia 50 15.5;DE Germany 51 10;DK Denmark 56 10;EE Estonia 58.5 25.5
EL Greece 39 22;ES Spain 40 -4;FI Finland 63 26;FR France 46.5 2.5;GB United_Kingdom 53 -2
GE Georgia 42 43.5;GR Greece 39 22;HR Croatia 45.5 16;HU Hungary 47 19.5;IE Ireland 53 -8
IL Israel 31.5 35;IN India 21 78;IS Iceland 65 -18;IT Italy 42.5 12.5;JP Japan 36 138
KR Korea 36.5 128;LT Lithuania 55.5 24;LU Luxembourg 49.5 6;LV Latvia 57 25;MA Morocco 32 -6
MD Moldova 47 29;ME Montenegro 42.5 19.5;MK North_Macedonia 41.5 21.5;MT Malta 36 14.5
NL Netherlands 52 5.5;NO Norway 62 10;PL Poland 52 19.5;PT Portugal 39.5 -8;RO Romania 46 25
RS Serbia 44 21;RU Russia 60 90;SE Sweden 62 15;SG Singapore 1.5 104;SI Slovenia 46 15
SK Slovakia 48.5 19.5;TN Tunisia 34 9.5;TR Turkey 39 35;TW Taiwan 23.5 121;UA Ukraine 49 32
UK United_Kingdom 53 -2;US United_States 39.5 -98;ZA South_Africa -29 25;AU Australia -25 134
"""
_KNOWN = {
    parts[0]: (parts[1].replace("_", " "), float(parts[2]), float(parts[3]))
    for entry in _MIDDLES.strip().replace("\n", ";").split(";")
    for parts in [entry.split()]
}


def country_place(code: str) -> Place:
    """A country by its ISO 3166-1 alpha-2 code (EL and UK as the EU writes them)."""
    name, latitude, longitude = _KNOWN.get(code, (code, None, None))
    return Place(
        id=f"iso3166:{code}",
        name=name,
        level=PlaceLevel.COUNTRY,
        name_en=name,
        country=code,
        latitude=latitude,
        longitude=longitude,
    )
