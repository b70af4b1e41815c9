"""An alarm as a FHIR ``DeviceAlert``: the resource of the ballot of release 6, which may still change.

It names rooms, never people: who lives there is not known here.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from examples.care_home.hub.alarms import Alarm


def device_alert(alarm: Alarm, now_s: float) -> str:
    """The resource as JSON."""
    period = {"start": _instant(alarm.raised_at_s)}
    if alarm.cleared_at_s is not None:
        period["end"] = _instant(alarm.cleared_at_s)
    resource = {
        "resourceType": "DeviceAlert",
        "meta": {"lastUpdated": _instant(now_s)},
        "identifier": [{"value": alarm.id}],
        "status": "in-progress" if alarm.is_active else "completed",
        "type": {"text": "physiological"},
        "code": {"text": "fall"},
        "priority": "high",
        "subject": {"display": f"resident of room {alarm.room}"},
        "occurrencePeriod": period,
        "acknowledged": alarm.acknowledged_by is not None,
        "presence": "on" if alarm.is_active else "off",
        "location": {"display": f"room {alarm.room}"},
        "label": alarm.reason,
    }
    if alarm.acknowledged_by is not None:
        resource["acknowledgedBy"] = {"display": alarm.acknowledged_by}
    return json.dumps(resource)


def _instant(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")
