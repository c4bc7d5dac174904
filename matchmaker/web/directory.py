"""One's own profile, and names that are looked up while it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, url_for

from matchmaker.api.http.context import services
from matchmaker.domain import MAX_TEXT, Kind, Size, Stage
from matchmaker.errors import InvalidInput, MatchmakerError, VersionConflict
from matchmaker.messages import Message, message
from matchmaker.services.directory.codes import FIELDS, CodeTable
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.web.layout import (
    PageAnswer,
    acting_organization,
    show_notice,
    signed_in,
    web,
    whole_number,
)
from matchmaker.web.name_lookup import industry_meant, organizations_named


@web.get("/profile")
def edit_profile() -> PageAnswer:
    """Change one's own organisation."""
    principal, own = signed_in(), acting_organization()
    profile = services().directory.profile(principal, own)
    return _profile_page(profile)


def _profile_page(
    profile: OrganizationProfile,
    sent: Mapping[str, Any] | None = None,
    others: Sequence[OtherValue] = (),
) -> str:
    return render_template(
        "profile.html",
        profile=profile,
        sent=sent or {},
        others=others,
        stages=list(Stage),
        sizes=list(Size),
        missing=missing_fields(profile),
        place=services().codes.name_of("places", profile.organization.place),
        industry=services().codes.name_of("industries", profile.organization.industry),
        reach=services().matching.reach(signed_in(), profile.organization, profile.about),
    )


@web.post("/profile/reach")
def profile_reach() -> PageAnswer:
    """Show whom the profile would reach as it is being written."""
    principal, form = signed_in(), request.form
    organization = services().directory.profile(principal, acting_organization()).organization
    codes = services().codes
    try:
        organization = replace(
            organization,
            place=codes.id_of("places", form.get("place", "")),
            industry=codes.meant("industries", form.get("industry", ""))[0],
            stages=_stages(form),
        )
        reach = services().matching.reach(principal, organization, form.get("about", "")[:MAX_TEXT])
    except InvalidInput as error:
        return render_template("reach.html", reach=None, error=error)
    return render_template("reach.html", reach=reach, error=None)


def _stages(form: Any) -> tuple[Stage, ...]:
    return tuple(stage for stage in Stage if stage in form.getlist("stages"))


@web.get("/codes/<table>")
def codes(table: str) -> PageAnswer:
    """Places, industries, clusters or organisations whose name has the text: options of a list."""
    principal = signed_in()
    if table == "organizations":
        text = request.args.get("organization", "")[:200]
        return render_template("codes.html", matches=organizations_named(principal, text))
    names: dict[str, CodeTable] = {"places": "places", "clusters": "clusters"}
    kind = names.get(table, "industries")
    matches = services().codes.search(kind, request.args.get(FIELDS[kind], "")[:200])
    return render_template("codes.html", matches=matches)


@web.post("/profile")
def save_profile() -> PageAnswer:
    """Saved, unless somebody else changed it meanwhile."""
    principal, own, form = signed_in(), acting_organization(), request.form
    capacity = form.get("capacity", "").strip()
    changes: dict[str, Any] = {
        "name": form.get("name", ""),
        "name_en": form.get("name_en", ""),
        "website": form.get("website", ""),
        "street_address": form.get("street_address", ""),
        "contact": form.get("contact", ""),
        "size": Size(form["size"]) if form.get("size") in list(Size) else None,
        "stages": _stages(form),
        "capacity": whole_number(capacity, "capacity") if capacity else None,
        "listed": bool(form.get("listed")),
    }
    version = whole_number(form.get("version", "0"), "version")
    try:
        changes["place"] = services().codes.id_of("places", form.get("place", ""))
        changes["industry"] = industry_meant(form.get("industry", ""))
        services().directory.edit(principal, own, changes, form.get("about", ""), version)
    except MatchmakerError as error:
        sent = {**form.to_dict(), "stages": form.getlist("stages")}
        profile, others = services().directory.profile(principal, own), list[OtherValue]()
        if isinstance(error, VersionConflict):
            others = _others(profile, sent)
            show_notice(
                message(
                    "Somebody else saved this profile meanwhile. What they saved stands beside what"
                    " you wrote; save again to keep yours."
                ),
                "",
            )
        else:
            show_notice(error, "bad")
        return _profile_page(profile, sent, others), 422
    show_notice(message("Saved."))
    return redirect(url_for("web.edit_profile"), 303)


@dataclass(frozen=True, slots=True)
class OtherValue:
    """The value saved now in a field that the reader wrote something else into."""

    field: str
    value: str


def _others(profile: OrganizationProfile, sent: Mapping[str, Any]) -> list[OtherValue]:
    """Fields in which what is saved now is not what was sent."""
    row, codes = profile.organization, services().codes
    saved = {
        "name": row.name,
        "name_en": row.name_en,
        "about": profile.about,
        "place": codes.name_of("places", row.place),
        "industry": codes.name_of("industries", row.industry),
        "size": row.size or "",
        "capacity": "" if row.capacity is None else str(row.capacity),
        "website": row.website,
        "street_address": row.street_address,
        "contact": row.contact,
    }
    return [
        OtherValue(name, value)
        for name, value in saved.items()
        if value.split() != str(sent.get(name, "")).split()
    ]


def missing_fields(
    profile: OrganizationProfile, *, has_contact: bool | None = None
) -> list[Message]:
    """Fields that a profile lacks; `has_contact` where its contact is not shown to the reader."""
    row = profile.organization
    has_contact = bool(row.contact) if has_contact is None else has_contact
    checks = (
        (bool(profile.about), message("what you do")),
        (row.place is not None, message("place")),
        (row.industry is not None, message("industry")),
        (bool(row.stages) or row.kind is not Kind.FIRM, message("value-chain stages")),
        (row.capacity is not None, message("capacity")),
        (has_contact, message("contact")),
    )
    return [text for is_filled, text in checks if not is_filled]
