"""Keeps valid but heavy requests light, and lets most of them meet a topic that exists."""

import re

import schemathesis

MOST_PARTITIONS = 12
LONGEST_WAIT_MS = 50
TOPIC_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$")
# Made by schemathesis.mjs before the run.
KNOWN_TOPIC = "contract"


def meet_known_topic(fields):
    topic = fields.get("topic")
    if isinstance(topic, str) and TOPIC_NAME.match(topic) and len(topic) % 4 != 0:
        fields["topic"] = KNOWN_TOPIC


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        meet_known_topic(body)
        # A broker on a laptop is not asked for thousands of partitions.
        count = body.get("partitions")
        if type(count) is int and MOST_PARTITIONS < count <= 10_000:
            body["partitions"] = 1 + count % MOST_PARTITIONS
    return body


@schemathesis.hook
def map_query(context, query):
    if isinstance(query, dict):
        meet_known_topic(query)
        wait = query.get("wait_ms")
        if type(wait) is int and LONGEST_WAIT_MS < wait <= 30_000:
            query["wait_ms"] = wait % LONGEST_WAIT_MS
    return query
