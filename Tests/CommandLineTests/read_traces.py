"""Reads what the gateway sent to a collector by OpenTelemetry's own definition: read_traces.py REQUESTS SPANS.

REQUESTS has the body of a request on each line. SPANS becomes a list of their spans. A field that the definition does not
have, or a value of another type, is an error.
"""
import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

LENGTHS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


def with_base64(value):
    """OTLP's JSON has ids in hexadecimal, where that of protobuf has base64."""
    if isinstance(value, list):
        return [with_base64(element) for element in value]
    if not isinstance(value, dict):
        return value
    converted = {}
    for key, member in value.items():
        if key in LENGTHS:
            identity = bytes.fromhex(member)
            assert len(identity) == LENGTHS[key] and any(identity) and member == member.lower(), (key, member)
            converted[key] = base64.b64encode(identity).decode()
        else:
            converted[key] = with_base64(member)
    return converted


def plain(value):
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(element) for element in value.array_value.values]
    assert kind in ("string_value", "int_value", "bool_value"), kind
    return getattr(value, kind)


def attributes(pairs):
    names = [pair.key for pair in pairs]
    assert len(names) == len(set(names)), names
    return {pair.key: plain(pair.value) for pair in pairs}


spans = []
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        request = json_format.ParseDict(with_base64(json.loads(line)), ExportTraceServiceRequest())
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano, span
                    spans.append(
                        {
                            "service": attributes(resource.resource.attributes)["service.name"],
                            "scope": scope.scope.name,
                            "trace": span.trace_id.hex(),
                            "id": span.span_id.hex(),
                            "parent": span.parent_span_id.hex(),
                            "name": span.name,
                            "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                            "start": span.start_time_unix_nano,
                            "end": span.end_time_unix_nano,
                            "attributes": {name: str(value) for name, value in attributes(span.attributes).items()},
                            "links": [link.trace_id.hex() for link in span.links],
                            "isError": span.status.code == Status.STATUS_CODE_ERROR,
                        }
                    )
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(spans, file)
