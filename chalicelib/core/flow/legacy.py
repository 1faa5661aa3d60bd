"""Exports of before 2019 (`modules`, version 1) as documents of today's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.core.flow import values
from chalicelib.core.flow.legacy_values import Given
from chalicelib.core.flow.parser import VERSION

type Json = dict[str, object]


@dataclass(slots=True)
class _Action:
    """One module on its way to an action: its branches are claimed one by one."""

    given: Given
    type: str = ""
    parameters: Json = field(default_factory=dict)
    next_action: str | None = None
    conditions: list[Json] = field(default_factory=list)
    errors: list[Json] = field(default_factory=list)

    def when(self, operator: str, operand: str, target: str) -> None:
        condition: Json = {"Operator": operator, "Operands": [operand]}
        self.conditions.append({"NextAction": target, "Condition": condition})

    def error(self, error_type: str, target: str) -> None:
        self.errors.append({"NextAction": target, "ErrorType": error_type})

    def document(self) -> Json:
        transitions: Json = {}
        if self.next_action is not None:
            transitions["NextAction"] = self.next_action
        if self.conditions:
            transitions["Conditions"] = self.conditions
        if self.errors:
            transitions["Errors"] = self.errors
        return {
            "Identifier": self.given.identifier,
            "Type": self.type,
            "Parameters": self.parameters,
            "Transitions": transitions,
        }


def is_legacy(document: Mapping[str, object]) -> bool:
    """Whether it is an export of the old format."""
    return "Actions" not in document and any(
        isinstance(document.get(name), list) for name in ("modules", "blocks")
    )


def import_legacy(document: Mapping[str, object]) -> dict[str, object]:
    """The same flow in the language of today: every block, branch, name and position.

    A type that nobody knows stays under its old name, so that validation names it.
    """
    modules = [Given(module) for module in _modules(document)]
    metadata = document.get("metadata")
    kept = dict(metadata) if isinstance(metadata, Mapping) else {}
    if "type" in document:
        kept.setdefault("type", document["type"])
    kept["ActionMetadata"] = {m.identifier: m.metadata() for m in modules if m.identifier}
    return {
        "Version": VERSION,
        "StartAction": values.written(document.get("start")),
        "Metadata": kept,
        "Actions": [_action(given).document() for given in modules],
    }


def _modules(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for name in ("modules", "blocks"):
        entries = document.get(name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, Mapping):
                yield entry


def _action(given: Given) -> _Action:
    action = _Action(given)
    translate = _TYPES.get(given.type)
    if translate is None:
        action.type = given.type
        action.parameters = {name: given.value(name) for name in given.names()}
    else:
        translate(action)
    for branch in given.branches:
        _take(action, branch.name, branch.operator, branch.value, branch.target)
    if action.next_action is None:
        action.next_action = _usual_way(action)
    return action


def _take(action: _Action, name: str, operator: str, value: str, target: str) -> None:
    """One branch, as today's language has it."""
    compared = _COMPARED.get((action.given.type, name)) or _COMPARED.get(("", name))
    error_type = _ERRORS.get((action.given.type, name)) or _ERRORS.get(("", name))
    if name == "Success":
        action.next_action = target
    elif name in ("Evaluate", "CheckQueueTime", "CheckQueueCapacity"):
        operand = _seconds(value) if name == "CheckQueueTime" else value
        action.when(_OPERATORS.get(operator, operator), operand, target)
    elif compared is not None:
        action.when(*compared, target)
    elif error_type is not None:
        action.error(error_type, target)
    else:
        action.when("Equals", name, target)


def _seconds(milliseconds: str) -> str:
    number = values.whole_number(milliseconds, 0, 9_999_999_999)
    return milliseconds if number is None else str(number // 1000)


def _usual_way(action: _Action) -> str | None:
    """Today's exports repeat the branch of no match, of no time or of the error as next action."""
    if action.type in _WITHOUT_NEXT:
        return None
    for wanted in ("NoMatchingCondition", "NoMatchingError"):
        for error in action.errors:
            if error["ErrorType"] == wanted:
                return values.written(error["NextAction"])
    return values.written(action.conditions[-1]["NextAction"]) if action.conditions else None


# --- the types ------------------------------------------------------------------------------------


def _plain(type_name: str) -> Callable[[_Action], None]:
    def translate(action: _Action) -> None:
        action.type = type_name

    return translate


def _play(action: _Action) -> None:
    action.type, action.parameters = "MessageParticipant", action.given.prompt()


def _loop_prompts(action: _Action) -> None:
    action.type = "MessageParticipantIteratively"
    action.parameters = {"Messages": action.given.prompts()}
    seconds = action.given.value("TimeLimit") or action.given.value("Timeout")
    if seconds:
        action.parameters["InterruptFrequencySeconds"] = seconds


def _menu(action: _Action) -> None:
    given = action.given
    if given.target == "Lex" or given.has("BotName"):
        action.type = "ConnectParticipantWithLexBot"
        bot: Json = {"Name": given.value("BotName"), "Region": given.value("BotRegion")}
        action.parameters = {
            **given.prompt(),
            "LexBot": {**bot, "Alias": given.value("BotAlias") or "$LATEST"},
        }
        return
    action.type = "GetParticipantInput"
    action.parameters = {
        **given.prompt(),
        "StoreInput": "False",
        "InputTimeLimitSeconds": given.value("Timeout") or "5",
    }


def _store(action: _Action) -> None:
    given = action.given
    keypad: Json = {"DisableCancelKey": "True" if given.is_true("DisableCancel") else "False"}
    if given.has("TerminatorDigits"):
        keypad["InputTerminationSequence"] = given.value("TerminatorDigits")
    longest: Json = {"MaximumLength": given.value("MaxDigits") or "20"}
    local = {"NumberFormat": "Local", "CountryCode": given.value("CountryCode") or "US"}
    international = given.value("PhoneNumberFormat") in ("", "E164", "International")
    phone: Json = {"NumberFormat": "E164"} if international else {**local}
    is_phone = given.value("CustomerInputType") == "PhoneNumber"
    action.type = "GetParticipantInput"
    action.parameters = {
        **given.prompt(),
        "StoreInput": "True",
        "InputTimeLimitSeconds": given.value("Timeout") or "5",
        "InputValidation": {"PhoneNumberValidation": phone}
        if is_phone
        else {"CustomValidation": longest},
        "DTMFConfiguration": keypad,
    }
    if given.is_true("EncryptEntry") and not is_phone:
        key: Json = {"EncryptionKeyId": given.value("EncryptionKeyId")}
        action.parameters["InputEncryption"] = {**key, "Key": given.value("EncryptionKey")}


def _set_queue(action: _Action) -> None:
    action.type, action.parameters = "UpdateContactTargetQueue", action.given.queue()


def _transfer(action: _Action) -> None:
    given = action.given
    if given.target == "Flow":
        action.type = "TransferToFlow"
        action.parameters = {"ContactFlowId": given.reference("ContactFlowId", "flow")}
    elif given.target == "PhoneNumber":
        action.type = "TransferParticipantToThirdParty"
        action.parameters = {
            "ThirdPartyPhoneNumber": given.value("PhoneNumber"),
            "ThirdPartyConnectionTimeLimitSeconds": given.value("TimeLimit") or "30",
            "ContinueFlowExecution": "False" if given.is_true("BlindTransfer") else "True",
        }
    else:
        action.type, action.parameters = "TransferContactToQueue", given.queue()


def _hook(action: _Action) -> None:
    kind = action.given.value("Type") or "CustomerQueue"
    hook = "CustomerRemaining" if kind in ("Disconnect", "CustomerDisconnect") else kind
    action.type = "UpdateContactEventHooks"
    action.parameters = {"EventHooks": {hook: action.given.reference("ContactFlowId", "flow")}}


def _attributes(action: _Action) -> None:
    action.type = "UpdateContactAttributes"
    action.parameters = {"Attributes": action.given.keyed("Attribute"), "TargetContact": "Current"}


def _compare(action: _Action) -> None:
    action.type = "Compare"
    action.parameters = {"ComparisonValue": action.given.compared()}


def _hours(action: _Action) -> None:
    action.type = "CheckHoursOfOperation"
    hours = action.given.reference("Hours", "hours")
    action.parameters = {"HoursOfOperationId": hours} if hours else {}


def _staffing(action: _Action) -> None:
    status = action.given.value("Status") or "Available"
    action.type = "CheckMetricData"
    action.parameters = {"MetricType": f"NumberOfAgents{status}", **action.given.queue()}


def _queue_status(action: _Action) -> None:
    is_age = any(branch.name == "CheckQueueTime" for branch in action.given.branches)
    metric = "OldestContactInQueueAgeSeconds" if is_age else "NumberOfContactsInQueue"
    action.type = "CheckMetricData"
    action.parameters = {"MetricType": metric, **action.given.queue()}


def _lambda(action: _Action) -> None:
    given = action.given
    action.type = "InvokeLambdaFunction"
    action.parameters = {
        "LambdaFunctionARN": given.reference("FunctionArn", "function"),
        "InvocationTimeLimitSeconds": given.value("TimeLimit") or "3",
    }
    parameters = given.keyed("Parameter")
    if parameters:
        action.parameters["LambdaInvocationAttributes"] = parameters


def _loop(action: _Action) -> None:
    action.type, action.parameters = "Loop", {"LoopCount": action.given.value("LoopCount")}


def _wait(action: _Action) -> None:
    action.type = "Wait"
    action.parameters = {"TimeLimitSeconds": action.given.value("TimeoutSeconds")}
    if action.given.is_true("InterruptOnCustomerReturn"):
        action.parameters["Events"] = ["CustomerReturned"]


def _logging(action: _Action) -> None:
    is_on = action.given.value("LoggingBehavior") == "Enable"
    action.type = "UpdateFlowLoggingBehavior"
    action.parameters = {"FlowLoggingBehavior": "Enabled" if is_on else "Disabled"}


def _recording(action: _Action) -> None:
    who = action.given.value("RecordingParticipantOption")
    named = [who] if who in ("Agent", "Customer") else ["Agent", "Customer"]
    is_on = action.given.value("RecordingBehaviorOption") == "Enable"
    action.type = "UpdateContactRecordingBehavior"
    action.parameters = {"RecordingBehavior": {"RecordedParticipants": named if is_on else []}}


def _voice(action: _Action) -> None:
    action.type = "UpdateContactTextToSpeechVoice"
    action.parameters = {"TextToSpeechVoice": action.given.value("GlobalVoice") or "Joanna"}


def _priority(action: _Action) -> None:
    absolute = action.given.value("AbsolutePosition")
    seconds = action.given.value("RelativePosition") or "0"
    action.type = "UpdateContactRoutingBehavior"
    action.parameters = (
        {"QueuePriority": absolute} if absolute else {"QueueTimeAdjustmentSeconds": seconds}
    )


def _streaming(state: str) -> Callable[[_Action], None]:
    def translate(action: _Action) -> None:
        action.type = "UpdateContactMediaStreamingBehavior"
        action.parameters = {
            "MediaStreamingState": state,
            "MediaStreamType": "Audio",
            "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["To", "From"]}],
        }

    return translate


def _callback_number(action: _Action) -> None:
    number = action.given.value("PhoneNumber") or action.given.value("CallbackNumber")
    action.type, action.parameters = "UpdateContactCallbackNumber", {"CallbackNumber": number}


_TYPES: Mapping[str, Callable[[_Action], None]] = {
    "CheckAttribute": _compare,
    "CheckHoursOfOperation": _hours,
    "CheckQueueStatus": _queue_status,
    "CheckStaffing": _staffing,
    "Disconnect": _plain("DisconnectParticipant"),
    "DistributeByPercentage": _plain("DistributeByPercentage"),
    "GetMetrics": _plain("GetMetricData"),
    "GetUserInput": _menu,
    "InvokeExternalResource": _lambda,
    "Loop": _loop,
    "LoopPrompts": _loop_prompts,
    "PlayPrompt": _play,
    "Resume": _plain("EndFlowExecution"),
    "SetAttributes": _attributes,
    "SetCallBackNumber": _callback_number,
    "SetContactFlow": _hook,
    "SetEventHook": _hook,
    "SetLoggingBehavior": _logging,
    "SetQueue": _set_queue,
    "SetRecordingBehavior": _recording,
    "SetVoice": _voice,
    "StartMediaStreaming": _streaming("Enabled"),
    "StopMediaStreaming": _streaming("Disabled"),
    "StoreUserInput": _store,
    "Transfer": _transfer,
    "UpdateRoutingPriority": _priority,
    "Wait": _wait,
}
_WITHOUT_NEXT = (
    "DisconnectParticipant",
    "EndFlowExecution",
    "MessageParticipantIteratively",
    "TransferContactToQueue",
    "TransferToFlow",
)
_COMPARED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("CheckHoursOfOperation", "True"): ("Equals", "True"),
    ("CheckHoursOfOperation", "False"): ("Equals", "False"),
    ("CheckStaffing", "True"): ("NumberGreaterThan", "0"),
    ("Wait", "Timeout"): ("Equals", "WaitCompleted"),
    ("Wait", "CustomerReturn"): ("Equals", "CustomerReturned"),
    ("LoopPrompts", "Timeout"): ("Equals", "MessagesInterrupted"),
    ("", "Looping"): ("Equals", "ContinueLooping"),
    ("", "Complete"): ("Equals", "DoneLooping"),
}
_ERRORS: Mapping[tuple[str, str], str] = {
    ("CheckStaffing", "False"): "NoMatchingCondition",
    ("Transfer", "CallFailure"): "CallFailed",
    ("Transfer", "Timeout"): "ConnectionTimeLimitExceeded",
    ("StoreUserInput", "InvalidNumber"): "InvalidPhoneNumber",
    ("SetCallBackNumber", "InvalidNumber"): "InvalidCallbackNumber",
    ("SetCallBackNumber", "NotDialable"): "CallbackNumberNotDialable",
    ("", "Timeout"): "InputTimeLimitExceeded",
    ("", "NoMatch"): "NoMatchingCondition",
    ("", "AtCapacity"): "QueueAtCapacity",
    ("", "Error"): "NoMatchingError",
}
_OPERATORS: Mapping[str, str] = {
    "Equals": "Equals",
    "StartsWith": "TextStartsWith",
    "EndsWith": "TextEndsWith",
    "Contains": "TextContains",
    "GreaterThan": "NumberGreaterThan",
    "GreaterThanOrEqualTo": "NumberGreaterOrEqualTo",
    "LessThan": "NumberLessThan",
    "LessThanOrEqualTo": "NumberLessOrEqualTo",
}
