"""Blocks that speak to the customer or listen to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chalicelib.core.events import Channel
from chalicelib.core.flow import spec, values
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import (
    CollectInput,
    InputReceived,
    PlayLoop,
    PlayPrompt,
    Prompt,
    Timeout,
)
from chalicelib.core.flow.model import FlowType, Problem, WaitKind
from chalicelib.core.flow.prompts import (
    PARAMETERS,
    SOURCES,
    NothingToSay,
    described,
    listening_seconds,
    prompt_of,
)
from chalicelib.core.flow.spec import Block, Parameter, bad_value, required
from chalicelib.core.flow.turn import (
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    Ends,
    Failed,
    Outcome,
    Result,
    Turn,
    Waits,
    failed,
)

NO_INPUT = "Timeout"  # what $.StoredCustomerInput holds when nothing was typed
PHONE_DIGITS = 15  # E.164
INPUT_SECONDS = 300  # documented as 180, but real exports hold 300
STORED_DIGITS = 20
MENU_KEYS = tuple("0123456789*#")
_NO_KEY = re.compile(r"[^0-9*#+]")
_E164 = re.compile(r"\+?[1-9][0-9]{6,14}")
_LOCAL_NUMBER = re.compile(r"[0-9]{3,15}")


def message_participant(turn: Turn) -> Outcome:
    """Say it and go on: prompts do not end a step."""
    if turn.channel not in (Channel.VOICE, Channel.CHAT):
        return Outcome()
    try:
        prompt = prompt_of(turn, turn.action.parameters)
    except NothingToSay as missing:
        return failed(missing=str(missing))
    if prompt is None:
        return Outcome()
    is_new = turn.channel == Channel.VOICE and not turn.session.unplayed
    return Outcome(
        session=changed(turn.session, unplayed=True) if is_new else None,
        commands=(PlayPrompt(prompt),),
        given=described(prompt),
    )


def get_participant_input(turn: Turn) -> Outcome:
    """Digits for a menu (conditions decide) or to be stored (`$.StoredCustomerInput`)."""
    if "EnableDTMFBuffer" in turn.action.parameters:
        return Outcome()  # digits are never held back here, so there is no buffer to switch
    if "InputEncryption" in turn.action.parameters:
        return failed(failure="input is not encrypted here")  # rather none than a card in clear
    if isinstance(turn.reply, InputReceived | Timeout):
        typed = turn.reply.digits if isinstance(turn.reply, InputReceived) else ""
        digits = typed if values.is_sound(typed) else ""
        stores = values.is_true(turn.parameter("StoreInput"))
        answered = _stored(turn, digits) if stores else _chosen(digits)
        return replace(answered, given={**_heard(turn), **answered.given})
    return _listen(turn)


def message_participant_iteratively(turn: Turn) -> Outcome:
    """Prompts over and over; the interrupt is its only result."""
    if isinstance(turn.reply, Timeout):
        return Outcome(Result("MessagesInterrupted"))
    try:
        prompts = tuple(_each_message(turn))
    except NothingToSay as missing:
        return failed(missing=str(missing))
    if not prompts:
        return failed(missing="Messages")
    seconds = values.whole_number(turn.parameter("InterruptFrequencySeconds"), 1, 604_800)
    return Outcome(
        Waits(WaitKind.LOOP, seconds),
        commands=(PlayLoop(prompts, seconds),),
        given={
            f"Messages[{n}].{k}": v for n, p in enumerate(prompts) for k, v in described(p).items()
        },
    )


def disconnect_participant(turn: Turn) -> Outcome:
    """The end of the contact."""
    return Outcome(Ends(is_disconnect=True))


def _listen(turn: Turn) -> Outcome:
    try:
        prompt = prompt_of(turn, turn.action.parameters)
    except NothingToSay as missing:
        return failed(missing=str(missing))
    command = _collection(turn, prompt)
    if command is None:
        return failed(missing="MaximumLength")
    typing = command.timeout_seconds + command.max_digits * command.interdigit_seconds
    return Outcome(Waits(WaitKind.INPUT, listening_seconds([prompt]) + typing), commands=(command,))


def _heard(turn: Turn) -> dict[str, str]:
    try:
        return described(prompt_of(turn, turn.action.parameters))
    except NothingToSay:
        return {}


def _collection(turn: Turn, prompt: Prompt | None) -> CollectInput | None:
    parameters = turn.action.parameters
    seconds = values.whole_number(parameters.get("InputTimeLimitSeconds"), 1, INPUT_SECONDS) or 5
    if not values.is_true(parameters.get("StoreInput")):
        # One key is the whole answer, and `#` and `*` are keys of a menu like the others.
        return CollectInput(prompt, 1, seconds, terminator="", cancel_key=None)
    digits = _maximum_length(turn)
    if digits is None:
        return None
    keypad = _section(parameters, "DTMFConfiguration")
    return CollectInput(
        prompt,
        digits,
        seconds,
        interdigit_seconds=values.whole_number(keypad.get("InterdigitTimeLimitSeconds"), 1, 20)
        or 5,
        terminator=values.written(keypad.get("InputTerminationSequence")) or "#",
        cancel_key=None if values.is_true(keypad.get("DisableCancelKey")) else "*",
    )


def _maximum_length(turn: Turn) -> int | None:
    validation = _section(turn.action.parameters, "InputValidation")
    if "PhoneNumberValidation" in validation:
        return PHONE_DIGITS
    longest = _section(validation, "CustomValidation").get("MaximumLength", STORED_DIGITS)
    return values.whole_number(turn.text(longest), 1, 100)


def _chosen(digits: str) -> Outcome:
    """Keys typed too fast: the first one counts."""
    if not digits:
        return failed("InputTimeLimitExceeded")
    key = digits[0] if digits[0] in MENU_KEYS else ""  # what no keypad has matches no condition
    return Outcome(Result(key), given={"digits": key})


def _stored(turn: Turn, digits: str) -> Outcome:
    """What was typed, without its terminator."""
    command = _collection(turn, None)
    if command is not None:
        keys = _NO_KEY.sub("", digits).removesuffix(command.terminator)
        digits = keys[: command.max_digits]
    value: str | None = digits or NO_INPUT
    if digits and "PhoneNumberValidation" in _section(turn.action.parameters, "InputValidation"):
        value = _phone_number(turn, digits)
    visible = values.shown(value or digits)
    if value is None:
        return Outcome(Failed("InvalidPhoneNumber"), given={"digits": visible})
    return Outcome(
        session=changed(turn.session, stored_input=value),
        given={"digits": visible},
        changed={"$.StoredCustomerInput": visible},
    )


def _phone_number(turn: Turn, digits: str) -> str | None:
    """A number as typed on a keypad, which has no `+`; None if it cannot be one."""
    validation = _section(turn.action.parameters, "InputValidation")
    if _section(validation, "PhoneNumberValidation").get("NumberFormat") == "Local":
        return digits if _LOCAL_NUMBER.fullmatch(digits) else None
    return f"+{digits.removeprefix('+')}" if _E164.fullmatch(digits) else None


def _each_message(turn: Turn) -> Iterator[Prompt]:
    messages = turn.parameter("Messages")
    for message in messages if isinstance(messages, list) else ():
        prompt = prompt_of(turn, message) if isinstance(message, Mapping) else None
        if prompt is not None:
            yield prompt


def _section(parameters: Mapping[str, object], name: str) -> Mapping[str, object]:
    section = parameters.get(name)
    return section if isinstance(section, Mapping) else {}


# --- what a document may say ------------------------------------------------------------


def _input_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    if "EnableDTMFBuffer" in parameters:
        return
    for name in ("InputTimeLimitSeconds", "StoreInput"):
        if name not in parameters:
            yield Problem(spec.MISSING_PROPERTY, name)
    has_validation = "InputValidation" in parameters
    if "StoreInput" in parameters and values.is_true(parameters["StoreInput"]) != has_validation:
        yield Problem(
            f"{spec.BAD_NAME}: a menu has no InputValidation"
            if has_validation
            else spec.MISSING_PROPERTY,
            "InputValidation",
        )
    yield from _keypad_problems(_section(parameters, "DTMFConfiguration"))
    yield from _validation_problems(parameters)


def _input_errors(parameters: Mapping[str, object]) -> spec.Errors:
    """A menu may hear nothing, or a key it does not have; what is stored is stored."""
    if "EnableDTMFBuffer" in parameters:
        return spec.Errors(())
    if not values.is_true(parameters.get("StoreInput")):
        return spec.Errors(("InputTimeLimitExceeded", NO_MATCHING_CONDITION, NO_MATCHING_ERROR))
    is_number = "PhoneNumberValidation" in _section(parameters, "InputValidation")
    number = ("InvalidPhoneNumber",) if is_number else ()
    return spec.Errors((*number, NO_MATCHING_ERROR), may_have_others=False)


def _keypad_problems(keypad: Mapping[str, object]) -> Iterator[Problem]:
    ends = values.written(keypad.get("InputTerminationSequence", "#"))
    if not re.fullmatch(r"[0-9*#]{0,5}", ends):
        yield bad_value(ends, "DTMFConfiguration.InputTerminationSequence")
    if not spec.flag(keypad.get("DisableCancelKey", "False")):
        yield bad_value(keypad["DisableCancelKey"], "DTMFConfiguration.DisableCancelKey")
    between = keypad.get("InterdigitTimeLimitSeconds", 5)
    if values.whole_number(between, 1, 20) is None:
        yield bad_value(between, "DTMFConfiguration.InterdigitTimeLimitSeconds")


def _validation_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    if "InputValidation" not in parameters:
        return
    validation = _section(parameters, "InputValidation")
    forms = [n for n in ("CustomValidation", "PhoneNumberValidation") if n in validation]
    if len(forms) != 1:
        yield Problem(
            f"{spec.BAD_VALUE}: CustomValidation or PhoneNumberValidation", "InputValidation"
        )
    longest = _section(validation, "CustomValidation").get("MaximumLength", STORED_DIGITS)
    if values.whole_number(longest, 1, 100) is None and not values.has_reference(str(longest)):
        yield bad_value(longest, "InputValidation.CustomValidation.MaximumLength")
    number_format = _section(validation, "PhoneNumberValidation").get("NumberFormat", "E164")
    if number_format not in ("E164", "Local"):
        yield bad_value(number_format, "InputValidation.PhoneNumberValidation.NumberFormat")


def _message_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    messages = parameters.get("Messages")
    if not isinstance(messages, list):
        return
    if not messages:
        yield Problem(f"{spec.BAD_VALUE}: at least one message", "Messages")
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping) or len(set(message) & set(SOURCES)) != 1:
            yield Problem(f"{spec.BAD_VALUE}: one of {', '.join(SOURCES)}", f"Messages[{number}]")


BLOCKS: Mapping[str, Block] = {
    "MessageParticipant": Block(
        run=message_participant,
        parameters=(*PARAMETERS, Parameter("SkipWhenDTMFBufferEnabled", spec.flag)),
        exactly_one=SOURCES,
        errors=spec.needs(),
        flow_types=spec.ANSWERED_BY_CUSTOMER | spec.WHISPERS,
    ),
    "GetParticipantInput": Block(
        run=get_participant_input,
        parameters=(
            *PARAMETERS,
            Parameter("InputTimeLimitSeconds", spec.number(1, INPUT_SECONDS)),
            Parameter("StoreInput", spec.flag),
            Parameter("InputValidation", spec.mapping),
            Parameter("InputEncryption", spec.mapping),
            Parameter("DTMFConfiguration", spec.mapping),
            Parameter("EnableDTMFBuffer", spec.flag),
        ),
        at_most_one=SOURCES,
        results=MENU_KEYS,
        errors=_input_errors,
        channels=spec.VOICE,
        flow_types=spec.ANSWERED_BY_CUSTOMER | {FlowType.OUTBOUND_WHISPER},
        check=_input_problems,
    ),
    "MessageParticipantIteratively": Block(
        run=message_participant_iteratively,
        parameters=(
            required("Messages", spec.listing),
            Parameter("InterruptFrequencySeconds", spec.number(1, 604_800)),
            Parameter("ContinueMessagingDuringInterrupt", spec.flag),
        ),
        results=("MessagesInterrupted",),
        errors=spec.needs(),
        channels=spec.VOICE,
        flow_types=spec.QUEUED | spec.HOLDS,
        check=_message_problems,
        goes_on=False,
    ),
    "DisconnectParticipant": Block(
        run=disconnect_participant,
        errors=spec.only(),
        flow_types=spec.ANSWERED_BY_CUSTOMER | {FlowType.OUTBOUND_WHISPER},
        is_terminal=True,
        waits_for_silence=True,
    ),
}
