"""The form in which an address stands in a letter, and whether it is the same mailbox there."""

from __future__ import annotations

from email.headerregistry import Address


def registered_address(address: str) -> Address:
    """The address with its domain as it is registered (RFC 3490).

    Raises ValueError where no letter can go to it, or only to somebody else: "straße.de" would
    become "strasse.de".
    """
    local, _, domain = address.rpartition("@")
    try:
        encoded = domain.encode("idna")
        spelled = f"{local}@{encoded.decode()}"
        registered = Address(addr_spec=spelled)
        is_same = registered.addr_spec == spelled and encoded.decode("idna") == domain
    except Exception as error:  # of the library's parser, also such as it means for nobody
        raise ValueError(type(error).__name__) from None
    if not is_same:
        raise ValueError("another mailbox")
    return registered
