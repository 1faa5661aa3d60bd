"""Each type of the old export format as a type of today, with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.core.flow.legacy_values import Given

type Json = dict[str, object]


@dataclass(slots=True)
class Draft:
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


def _plain(type_name: str) -> Callable[[Draft], None]:
    def translate(action: Draft) -> None:
        action.type = type_name

    return translate


def _play(action: Draft) -> None:
    action.type, action.parameters = "MessageParticipant", action.given.prompt()


def _loop_prompts(action: Draft) -> None:
    action.type = "MessageParticipantIteratively"
    action.parameters = {"Messages": action.given.prompts()}
    seconds = action.given.value("TimeLimit") or action.given.value("Timeout")
    if seconds:
        action.parameters["InterruptFrequencySeconds"] = seconds


def _menu(action: Draft) -> None:
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


def _store(action: Draft) -> None:
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


def _set_queue(action: Draft) -> None:
    action.type, action.parameters = "UpdateContactTargetQueue", action.given.queue()


def _transfer(action: Draft) -> None:
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


def _hook(action: Draft) -> None:
    kind = action.given.value("Type") or "CustomerQueue"
    hook = "CustomerRemaining" if kind in ("Disconnect", "CustomerDisconnect") else kind
    action.type = "UpdateContactEventHooks"
    action.parameters = {"EventHooks": {hook: action.given.reference("ContactFlowId", "flow")}}


def _attributes(action: Draft) -> None:
    action.type = "UpdateContactAttributes"
    action.parameters = {"Attributes": action.given.keyed("Attribute"), "TargetContact": "Current"}


def _compare(action: Draft) -> None:
    action.type = "Compare"
    action.parameters = {"ComparisonValue": action.given.compared()}


def _hours(action: Draft) -> None:
    action.type = "CheckHoursOfOperation"
    hours = action.given.reference("Hours", "hours")
    action.parameters = {"HoursOfOperationId": hours} if hours else {}


def _staffing(action: Draft) -> None:
    status = action.given.value("Status") or "Available"
    action.type = "CheckMetricData"
    action.parameters = {"MetricType": f"NumberOfAgents{status}", **action.given.queue()}


def _queue_status(action: Draft) -> None:
    is_age = any(branch.name == "CheckQueueTime" for branch in action.given.branches)
    metric = "OldestContactInQueueAgeSeconds" if is_age else "NumberOfContactsInQueue"
    action.type = "CheckMetricData"
    action.parameters = {"MetricType": metric, **action.given.queue()}


def _lambda(action: Draft) -> None:
    given = action.given
    action.type = "InvokeLambdaFunction"
    action.parameters = {
        "LambdaFunctionARN": given.reference("FunctionArn", "function"),
        "InvocationTimeLimitSeconds": given.value("TimeLimit") or "3",
    }
    parameters = given.keyed("Parameter")
    if parameters:
        action.parameters["LambdaInvocationAttributes"] = parameters


def _loop(action: Draft) -> None:
    action.type, action.parameters = "Loop", {"LoopCount": action.given.value("LoopCount")}


def _wait(action: Draft) -> None:
    action.type = "Wait"
    action.parameters = {"TimeLimitSeconds": action.given.value("TimeoutSeconds")}
    if action.given.is_true("InterruptOnCustomerReturn"):
        action.parameters["Events"] = ["CustomerReturned"]


def _logging(action: Draft) -> None:
    is_on = action.given.value("LoggingBehavior") == "Enable"
    action.type = "UpdateFlowLoggingBehavior"
    action.parameters = {"FlowLoggingBehavior": "Enabled" if is_on else "Disabled"}


def _recording(action: Draft) -> None:
    who = action.given.value("RecordingParticipantOption")
    named = [who] if who in ("Agent", "Customer") else ["Agent", "Customer"]
    is_on = action.given.value("RecordingBehaviorOption") == "Enable"
    action.type = "UpdateContactRecordingBehavior"
    action.parameters = {"RecordingBehavior": {"RecordedParticipants": named if is_on else []}}


def _voice(action: Draft) -> None:
    action.type = "UpdateContactTextToSpeechVoice"
    action.parameters = {"TextToSpeechVoice": action.given.value("GlobalVoice") or "Joanna"}


def _priority(action: Draft) -> None:
    absolute = action.given.value("AbsolutePosition")
    seconds = action.given.value("RelativePosition") or "0"
    action.type = "UpdateContactRoutingBehavior"
    action.parameters = (
        {"QueuePriority": absolute} if absolute else {"QueueTimeAdjustmentSeconds": seconds}
    )


def _streaming(state: str) -> Callable[[Draft], None]:
    def translate(action: Draft) -> None:
        action.type = "UpdateContactMediaStreamingBehavior"
        action.parameters = {
            "MediaStreamingState": state,
            "MediaStreamType": "Audio",
            "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["To", "From"]}],
        }

    return translate


def _callback_number(action: Draft) -> None:
    number = action.given.value("PhoneNumber") or action.given.value("CallbackNumber")
    action.type, action.parameters = "UpdateContactCallbackNumber", {"CallbackNumber": number}


TYPES: Mapping[str, Callable[[Draft], None]] = {
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
