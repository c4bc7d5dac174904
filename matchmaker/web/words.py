"""What the field's terms are called in pages, in both languages."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

WORDS: dict[str, LazyString] = {
    # goals
    "supplier": lazy_gettext("Suppliers"),
    "customer": lazy_gettext("Customers"),
    "research_partner": lazy_gettext("Research partners"),
    "industry_partner": lazy_gettext("Firms for our research"),
    "platform": lazy_gettext("Platform"),
    "shared_resource": lazy_gettext("Shared equipment and capacity"),
    "cross_cluster": lazy_gettext("Partners in other clusters"),
    # kinds
    "firm": lazy_gettext("Firm"),
    "university": lazy_gettext("University"),
    "research_institute": lazy_gettext("Research institute"),
    "public_body": lazy_gettext("Public body"),
    # offers
    "product": lazy_gettext("Product"),
    "service": lazy_gettext("Service"),
    "technology": lazy_gettext("Technology"),
    "equipment": lazy_gettext("Spare equipment or capacity"),
    "platform_access": lazy_gettext("Access to a platform"),
    "free": lazy_gettext("Free"),
    "discounted": lazy_gettext("Discounted"),
    "market": lazy_gettext("Market price"),
    # states
    "terms": lazy_gettext("Terms to look at"),
    "proposed": lazy_gettext("Waiting for an answer"),
    "accepted": lazy_gettext("Accepted by both"),
    "meeting": lazy_gettext("Meeting"),
    "agreed": lazy_gettext("Agreed"),
    "delivered": lazy_gettext("Delivered"),
    "completed": lazy_gettext("Completed"),
    "declined": lazy_gettext("Declined"),
    "expired": lazy_gettext("Expired"),
    "cancelled": lazy_gettext("Taken back"),
    "ended": lazy_gettext("Ended"),
    "draft": lazy_gettext("Draft"),
    "in_review": lazy_gettext("In review"),
    "published": lazy_gettext("Published"),
    "withdrawn": lazy_gettext("Withdrawn"),
    # actions
    "agree_terms": lazy_gettext("Agree to the terms"),
    "accept": lazy_gettext("Accept"),
    "decline": lazy_gettext("Decline"),
    "cancel": lazy_gettext("Take back"),
    "meet": lazy_gettext("We are meeting"),
    "agree": lazy_gettext("We have agreed"),
    "deliver": lazy_gettext("It is delivered"),
    "report": lazy_gettext("Report the outcome"),
    "confirm": lazy_gettext("Confirm the outcome"),
    "end": lazy_gettext("End without an outcome"),
    "withdraw": lazy_gettext("Withdraw consent"),
    "publish": lazy_gettext("Publish"),
    "renew": lazy_gettext("Renew"),
    "approve": lazy_gettext("Approve"),
    "return": lazy_gettext("Return"),
    # outcomes
    "contract": lazy_gettext("Contract"),
    "joint_research": lazy_gettext("Joint research"),
    "platform_use": lazy_gettext("Use of a platform"),
    "licence": lazy_gettext("Licence"),
    "exchange": lazy_gettext("Exchange of knowledge"),
    "none": lazy_gettext("No money"),
    "under_100k": lazy_gettext("Under 100,000 CNY"),
    "under_1m": lazy_gettext("Under 1 million CNY"),
    "under_10m": lazy_gettext("Under 10 million CNY"),
    "over_10m": lazy_gettext("Over 10 million CNY"),
    # value-chain stages
    "idea": lazy_gettext("Idea"),
    "design": lazy_gettext("Design"),
    "research": lazy_gettext("Research and development"),
    "making": lazy_gettext("Making"),
    "pricing": lazy_gettext("Pricing"),
    "marketing": lazy_gettext("Marketing"),
    "trading": lazy_gettext("Trading"),
    "storage": lazy_gettext("Storage"),
    "delivery": lazy_gettext("Delivery"),
    "after_sales": lazy_gettext("After-sales"),
    # posts and mail
    "owner": lazy_gettext("Owner"),
    "member": lazy_gettext("Member"),
    "liaison": lazy_gettext("Liaison"),
    "at_once": lazy_gettext("At once"),
    "daily": lazy_gettext("Once a day"),
    "never": lazy_gettext("Never"),
    # reasons for dismissing
    "known": lazy_gettext("We know them"),
    "competitor": lazy_gettext("A competitor"),
    "too_far": lazy_gettext("Too far away"),
    "no_fit": lazy_gettext("Does not fit"),
    "too_large": lazy_gettext("Too large"),
    "too_small": lazy_gettext("Too small"),
    "other": lazy_gettext("Another reason"),
    # verdicts
    "no_holdout": lazy_gettext("No pairs were held out, so nothing can be said about cause."),
    "too_few": lazy_gettext("Too few pairs on one side to say anything."),
    "no_difference": lazy_gettext("The interval includes nought: no difference can be claimed."),
    "more": lazy_gettext("Treated pairs got more new ties than held-out ones."),
    "fewer": lazy_gettext("Treated pairs got fewer new ties than held-out ones."),
}


def word(term: object) -> str:
    """The term in the reader's language; an unknown one as it is."""
    return str(WORDS.get(str(term), term))
