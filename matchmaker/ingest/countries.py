"""Countries as places: approximate middles, so that a distance can be told at all.

Source: general geographic knowledge, rounded to half a degree.
"""

from __future__ import annotations

from matchmaker.domain import Place, PlaceLevel

# The EU's institutions write two countries otherwise than ISO 3166-1 does.
_EU_CODES = {"EL": "GR", "UK": "GB"}

_MIDDLES = """
AD Andorra 42.5 1.5;AE United_Arab_Emirates 24 54;AF Afghanistan 33 65
AG Antigua_and_Barbuda 17 -62;AI Anguilla 18 -63;AL Albania 41 20;AM Armenia 40 45
AO Angola -12.5 18.5;AR Argentina -34 -64;AT Austria 47.5 14;AU Australia -25 134
AW Aruba 12.5 -70;AZ Azerbaijan 40.5 47.5;BA Bosnia_and_Herzegovina 44 18;BB Barbados 13 -59.5
BD Bangladesh 24 90;BE Belgium 50.5 4.5;BF Burkina_Faso 13 -2;BG Bulgaria 42.5 25.5
BH Bahrain 26 50.5;BI Burundi -3.5 30;BJ Benin 9.5 2.5;BM Bermuda 32.5 -64.5;BN Brunei 4.5 114.5
BO Bolivia -17 -65;BR Brazil -10 -55;BS Bahamas 24 -76;BT Bhutan 27.5 90.5;BW Botswana -22 24
BY Belarus 53 28;BZ Belize 17 -88.5;CA Canada 56 -106;CD Congo_(Kinshasa) -3 23.5
CF Central_African_Republic 7 21;CG Congo_(Brazzaville) -1 15;CH Switzerland 47 8
CI Côte_d'Ivoire 8 -5.5;CL Chile -30 -71;CM Cameroon 6 12;CN China 35 103;CO Colombia 4 -72
CR Costa_Rica 10 -84;CU Cuba 21.5 -80;CV Cabo_Verde 16 -24;CW Curaçao 12 -69;CY Cyprus 35 33
CZ Czechia 50 15.5;DE Germany 51 10;DJ Djibouti 11.5 43;DK Denmark 56 10;DM Dominica 15.5 -61.5
DO Dominican_Republic 19 -70.5;DZ Algeria 28 3;EC Ecuador -2 -77.5;EE Estonia 58.5 25.5
EG Egypt 27 30;ER Eritrea 15 39;ES Spain 40 -4;ET Ethiopia 8 38;FI Finland 63 26;FJ Fiji -18 178
FO Faroe_Islands 62 -7;FR France 46.5 2.5;GA Gabon -1 11.5;GB United_Kingdom 53 -2
GD Grenada 12 -61.5;GE Georgia 42 43.5;GF French_Guiana 4 -53;GG Guernsey 49.5 -2.5;GH Ghana 8 -1
GI Gibraltar 36 -5.5;GL Greenland 72 -40;GM Gambia 13.5 -15.5;GN Guinea 10.5 -11
GP Guadeloupe 16 -61.5;GQ Equatorial_Guinea 1.5 10.5;GR Greece 39 22;GT Guatemala 15.5 -90.5
GW Guinea-Bissau 12 -15;GY Guyana 5 -59;HK Hong_Kong 22.5 114;HN Honduras 15 -86.5
HR Croatia 45.5 16;HT Haiti 19 -72.5;HU Hungary 47 19.5;ID Indonesia -2.5 118;IE Ireland 53 -8
IL Israel 31.5 35;IM Isle_of_Man 54 -4.5;IN India 21 78;IQ Iraq 33 44;IR Iran 32.5 54
IS Iceland 65 -18;IT Italy 42.5 12.5;JE Jersey 49 -2;JM Jamaica 18 -77.5;JO Jordan 31 36.5
JP Japan 36 138;KE Kenya 0.5 38;KG Kyrgyzstan 41.5 74.5;KH Cambodia 12.5 105;KR Korea 36.5 128
KW Kuwait 29.5 47.5;KZ Kazakhstan 48 67;LA Laos 18.5 104;LB Lebanon 34 36;LC Saint_Lucia 14 -61
LI Liechtenstein 47 9.5;LK Sri_Lanka 7.5 80.5;LR Liberia 6.5 -9.5;LS Lesotho -29.5 28
LT Lithuania 55.5 24;LU Luxembourg 49.5 6;LV Latvia 57 25;LY Libya 27 17;MA Morocco 32 -6
MC Monaco 43.5 7.5;MD Moldova 47 29;ME Montenegro 42.5 19.5;MG Madagascar -19 46.5
MH Marshall_Islands 7 171;MK North_Macedonia 41.5 21.5;ML Mali 17.5 -4;MM Myanmar 21 96
MN Mongolia 46.5 103.5;MO Macao 22 113.5;MQ Martinique 14.5 -61;MR Mauritania 20 -10.5
MT Malta 36 14.5;MU Mauritius -20 57.5;MV Maldives 3 73;MW Malawi -13.5 34;MX Mexico 23.5 -102
MY Malaysia 4 109.5;MZ Mozambique -18 35.5;NA Namibia -22 17;NC New_Caledonia -21.5 165.5
NE Niger 17.5 9.5;NG Nigeria 9.5 8;NI Nicaragua 13 -85;NL Netherlands 52 5.5;NO Norway 62 10
NP Nepal 28 84;NZ New_Zealand -41 174;OM Oman 21 57;PA Panama 8.5 -80;PE Peru -9.5 -75
PF French_Polynesia -17.5 -149.5;PG Papua_New_Guinea -6.5 145;PH Philippines 12 122
PK Pakistan 30 69.5;PL Poland 52 19.5;PR Puerto_Rico 18 -66.5;PS Palestine 32 35
PT Portugal 39.5 -8;PY Paraguay -23 -58;QA Qatar 25.5 51;RE Réunion -21 55.5;RO Romania 46 25
RS Serbia 44 21;RU Russia 60 90;RW Rwanda -2 30;SA Saudi_Arabia 24 45;SC Seychelles -4.5 55.5
SD Sudan 16 30;SE Sweden 62 15;SG Singapore 1.5 104;SI Slovenia 46 15;SK Slovakia 48.5 19.5
SL Sierra_Leone 8.5 -12;SM San_Marino 44 12.5;SN Senegal 14.5 -14.5;SO Somalia 6 46
SR Suriname 4 -56;SS South_Sudan 7.5 30;ST São_Tomé_and_Príncipe 0.5 6.5
SV El_Salvador 13.5 -89;SY Syria 35 38.5;SZ Eswatini -26.5 31.5;TD Chad 15.5 19;TG Togo 8.5 1
TH Thailand 15 101;TJ Tajikistan 38.5 71;TL Timor-Leste -9 126;TM Turkmenistan 39 59.5
TN Tunisia 34 9.5;TR Turkey 39 35;TT Trinidad_and_Tobago 10.5 -61.5;TW Taiwan 23.5 121
TZ Tanzania -6.5 35;UA Ukraine 49 32;UG Uganda 1.5 32.5;US United_States 39.5 -98
UY Uruguay -33 -56;UZ Uzbekistan 41.5 64;VC Saint_Vincent_and_the_Grenadines 13 -61
VE Venezuela 7 -66;VG British_Virgin_Islands 18.5 -64.5;VN Vietnam 16 108;VU Vanuatu -16 167
WS Samoa -13.5 -172;XK Kosovo 42.5 21;YE Yemen 15.5 47.5;ZA South_Africa -29 25
ZM Zambia -13.5 28;ZW Zimbabwe -19 29.5
"""
_KNOWN = {
    code: (name.replace("_", " "), float(latitude), float(longitude))
    for entry in _MIDDLES.strip().replace("\n", ";").split(";")
    for code, name, latitude, longitude in [entry.split()]
}


def iso_code(code: str) -> str:
    """ISO 3166-1 alpha-2, from that or from the EU's own; "" for what is no such code."""
    upper = code.strip().upper()
    if not (len(upper) == 2 and upper.isascii() and upper.isalpha()):
        return ""
    return _EU_CODES.get(upper, upper)


def country_places() -> tuple[Place, ...]:
    """Every country known."""
    return tuple(country_place(code) for code in _KNOWN)


def country_place(code: str) -> Place:
    """A country by its ISO code; without coordinates when the code is unknown."""
    name, latitude, longitude = _KNOWN.get(code, (code, None, None))
    id = f"iso3166:{code}"
    return Place(id, name, PlaceLevel.COUNTRY, name, None, code, latitude, longitude)
