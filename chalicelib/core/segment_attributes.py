"""Segment attributes: plain values here and in flows, each under the name of its type outside."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.events import Channel, InitiationMethod

_TYPES = ("ValueString", "ValueMap", "ValueList", "ValueInteger", "ValueArn")


def typed(attributes: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """`{"connect:Subtype": "connect:Chat"}` is `{"connect:Subtype": {"ValueString": …}}`."""
    return {str(key): _typed(value) for key, value in attributes.items()}


def subtype(channel: Channel, initiation_method: InitiationMethod) -> str:
    """What kind of contact of its channel it is: `connect:Subtype`."""
    if channel is not Channel.VOICE:
        return f"connect:{channel.capitalize()}"
    is_browser = initiation_method is InitiationMethod.WEBRTC_API
    return "connect:WebRTC" if is_browser else "connect:Telephony"


def plain(value: object) -> object:
    """What stands under the name of a type; anything else as it is."""
    match value:
        case Mapping() if len(value) == 1 and next(iter(value)) in _TYPES:
            return plain(next(iter(value.values())))
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
    return value


def _typed(value: object) -> Mapping[str, object]:
    match value:
        case Mapping():
            return {"ValueMap": typed(value)}
        case list() | tuple():
            return {"ValueList": [_typed(each) for each in value]}
        case int() if not isinstance(value, bool):
            return {"ValueInteger": value}
    return {"ValueString": value if isinstance(value, str) else str(value)}
