"""Words for kinds of document, as errors name them."""

from matchmaker.messages import message

# Kinds of document that people name by an id.
KIND_NAMES = {
    "account": message("account"),
    "appointment": message("appointment"),
    "call": message("call"),
    "import": message("import"),
    "introduction": message("introduction"),
    "job": message("job"),
}
