"""Names of the kinds of things that have an id: in errors, and in lines of the log."""

from matchmaker.messages import message

KIND_NAMES = {
    "account": message("account"),
    "appointment": message("appointment"),
    "call": message("call"),
    "certificate": message("certificate"),
    "channel": message("channel of notices"),
    "cluster": message("cluster"),
    "engagement": message("joint undertaking"),
    "gathering": message("gathering"),
    "hook": message("webhook"),
    "import": message("import"),
    "introduction": message("introduction"),
    "invitation": message("invitation"),
    "job": message("job"),
    "key": message("key for programs"),
    "need": message("need"),
    "offer": message("offer"),
    "organization": message("organisation"),
    "posting": message("need or offer"),
    "survey": message("survey"),
    "survey-link": message("personal link of a survey"),
    "table": message("table"),
    "tool": message("tool of assistants"),
}
