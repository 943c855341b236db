"""What Python's email package shows of mails: one a line on standard input, in base64, an answer a line on standard output, in JSON."""
import base64
import email
import email.policy
import json
import sys


def text_of(part, policy):
    if policy is email.policy.compat32:
        raw = part.get_payload(decode=True) or b""
        try:
            return raw.decode(part.get_content_charset() or "ascii", "replace")
        except LookupError:
            return raw.decode("latin-1")
    return part.get_content()


def shown(raw, policy):
    message = email.message_from_bytes(raw, policy=policy)
    texts = [
        text_of(part, policy)
        for part in message.walk()
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"
    ]
    fields = {name.lower(): str(message[name] if message[name] is not None else "") for name in ("From", "Subject", "Date", "To", "Cc")}
    return {**fields, "text": "\n".join(texts)}


def answer(raw):
    readings = {}
    for name, policy in (("python", email.policy.default), ("python compat32", email.policy.compat32)):
        try:
            readings[name] = shown(raw, policy)
        except Exception as fault:  # Whatever the library makes of a mail that it cannot read is its answer.
            readings[name] = {"fault": type(fault).__name__}
    return readings


for line in sys.stdin:
    print(json.dumps(answer(base64.b64decode(line))), flush=True)
