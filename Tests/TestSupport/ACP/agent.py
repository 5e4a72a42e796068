"""An agent on the Agent Client Protocol's own SDK: what it does, the prompt says."""

import asyncio
import json
import os
import sys
import uuid

from acp import PROTOCOL_VERSION, RequestError, run_agent
from acp.helpers import (
    plan_entry,
    resource_link_block,
    start_tool_call,
    text_block,
    update_agent_message,
    update_agent_message_text,
    update_agent_thought_text,
    update_plan,
)
from acp.schema import (
    AgentCapabilities,
    AuthenticateResponse,
    AuthMethodAgent,
    EnvVarAuthMethod,
    InitializeResponse,
    LoadSessionResponse,
    NewSessionResponse,
    PermissionOption,
    PromptCapabilities,
    PromptResponse,
    SessionMode,
    SessionModeState,
    SetSessionConfigOptionResponse,
    SetSessionModeResponse,
    TerminalAuthMethod,
    ToolCallUpdate,
    Usage,
)

OPTIONS = [
    {"optionId": "always", "name": "Always", "kind": "allow_always"},
    {"optionId": "once", "name": "Allow once", "kind": "allow_once"},
    {"optionId": "no", "name": "Reject", "kind": "reject_once"},
]
MEMORY = os.environ.get("AGENT_MEMORY")


class Agent:
    def __init__(self):
        self.cancelled = asyncio.Event()
        self.heard = {}
        self.turns = {}
        self.cwd = None
        self.mode = "ask"
        self.model = "small"
        self.logged_in = None

    def on_connect(self, client):
        self.client = client

    async def initialize(self, protocol_version, client_capabilities=None, client_info=None, **kwargs):
        self.greeting = (protocol_version, client_info.name)
        return InitializeResponse(
            protocol_version=PROTOCOL_VERSION,
            agent_capabilities=AgentCapabilities(
                load_session=bool(MEMORY), prompt_capabilities=PromptCapabilities(image=True)
            ),
            auth_methods=[
                AuthMethodAgent(id="browser", name="Log in with your API key in a browser"),
                TerminalAuthMethod(type="terminal", id="setup", name="Set it up"),
                EnvVarAuthMethod(type="env_var", id="key", name="Use a key", vars=[{"name": "AGENT_KEY"}]),
            ]
            if os.environ.get("AGENT_LOGIN")
            else [],
        )

    async def authenticate(self, method_id, **kwargs):
        self.logged_in = method_id
        return AuthenticateResponse()

    def options(self):
        values = [{"value": "small", "name": "Small"}, {"value": "large", "name": "Large @all"}]
        return [
            {"id": "m", "name": "Model", "category": "model", "type": "select", "currentValue": self.model, "options": values}
        ]

    async def set_session_mode(self, session_id, mode_id, **kwargs):
        self.mode = mode_id
        return SetSessionModeResponse()

    async def set_config_option(self, session_id, config_id, value, **kwargs):
        if value == "large" and os.environ.get("AGENT_DIES"):
            sys.stderr.write("private\n")
            sys.stderr.flush()
            os._exit(3)
        if value == "large" and os.environ.get("AGENT_POOR"):
            raise RequestError.invalid_params({"details": "not paid for"})
        self.model = value
        return SetSessionConfigOptionResponse(config_options=self.options())

    async def new_session(self, cwd, mcp_servers=None, **kwargs):
        if os.environ.get("AGENT_LOGIN") and self.logged_in != "key":
            raise RequestError.auth_required()
        if os.environ.get("AGENT_BROKEN"):
            raise RequestError.internal_error({"details": "no disk"})
        # Each session begins as the agent's maker has it.
        self.mode, self.model = "ask", "small"
        self.cwd = cwd
        session = uuid.uuid4().hex
        self.heard[session] = []
        if not os.environ.get("AGENT_OFFERS"):
            return NewSessionResponse(session_id=session)
        commands = [
            {"name": "compact", "description": "Shortens | it @all"},
            {"name": "help", "description": "never seen"},
            {"name": "not typed", "description": "never seen"},
        ]
        announce = self.update(
            session, {"sessionUpdate": "available_commands_update", "availableCommands": commands}
        )
        # After the session is known, as other agents do.
        asyncio.get_running_loop().call_later(0.01, asyncio.ensure_future, announce)
        modes = [SessionMode(id=mode, name=mode.upper()) for mode in ("ask", "yolo")]
        return NewSessionResponse(
            session_id=session,
            modes=SessionModeState(current_mode_id=self.mode, available_modes=modes),
            config_options=self.options(),
        )

    async def load_session(self, cwd, session_id, mcp_servers=None, **kwargs):
        self.cwd = cwd
        path = os.path.join(MEMORY, session_id)
        if not os.path.exists(path):
            raise RequestError.resource_not_found(session_id)
        self.heard[session_id] = open(path).read().split("\0")[:-1]
        for text in self.heard[session_id]:
            await self.client.session_update(session_id, update_agent_message_text(f"replay of {text}"))
        return LoadSessionResponse()

    async def cancel(self, session_id, **kwargs):
        self.cancelled.set()

    async def update(self, session_id, update):
        await self.client._conn.send_notification("session/update", {"sessionId": session_id, "update": update})

    async def prompt(self, session_id, prompt, **kwargs):
        self.cancelled = asyncio.Event()
        texts = [block.text for block in prompt if block.type == "text"]
        asked = texts[-1]
        self.heard[session_id] += texts
        if MEMORY:
            with open(os.path.join(MEMORY, session_id), "a") as file:
                file.write("".join(text + "\0" for text in texts))

        async def say(text):
            await self.client.session_update(session_id, update_agent_message_text(text))

        word, _, rest = asked.rpartition(": ")[2].partition(" ")
        stop = "end_turn"
        if asked.startswith("/compact"):
            await say(f"{asked} in {self.mode} by {self.model}")
        elif word == "say":
            await say(rest)
        elif word == "heard":
            await say(" | ".join(self.heard[session_id]))
        elif word == "blocks":
            await say(", ".join(block.type for block in prompt))
        elif word == "work":
            await self.client.session_update(session_id, update_agent_thought_text("hm"))
            await say("I look.")
            await self.client.session_update(session_id, update_plan([plan_entry("look")]))
            await self.client.session_update(session_id, start_tool_call("c1", "looking", kind="read"))
            await say("Done.")
        elif word == "read":
            try:
                await say((await self.client.read_text_file(session_id, rest)).content)
            except RequestError as error:
                await say(f"refused: {error}")
        elif word == "lines":
            path, line, limit = rest.rsplit(" ", 2)
            params = {"sessionId": session_id, "path": path, "line": int(line), "limit": int(limit)}
            # As it stands: the SDK checks what it sends.
            answer = await self.client._conn.send_request("fs/read_text_file", params)
            await say(f"[{answer['content']}]")
        elif word == "write":
            path, _, text = rest.partition(" ")
            try:
                await self.client.write_text_file(session_id, path, text)
                await say("written")
            except RequestError as error:
                await say(f"refused: {error}")
        elif word == "give":
            await self.client.session_update(
                session_id, update_agent_message(resource_link_block("it", f"file://{rest}"))
            )
            await say("there")
        elif word == "cwd":
            await say(self.cwd)
        elif word == "permit":
            await self.client.session_update(session_id, start_tool_call("c2", rest, kind="execute"))
            answer = await self.client.request_permission(
                session_id,
                ToolCallUpdate(tool_call_id="c2", raw_input={"command": rest}),
                [
                    PermissionOption(option_id="always", name="Always", kind="allow_always"),
                    PermissionOption(option_id="once", name="Allow once", kind="allow_once"),
                    PermissionOption(option_id="no", name="Reject", kind="reject_once"),
                ],
            )
            await say(getattr(answer.outcome, "option_id", answer.outcome.outcome))
            if answer.outcome.outcome == "cancelled":
                stop = "cancelled"
        elif word == "ask":
            # What is told of the call first, and the request, as they stand.
            told = json.loads(rest)
            for update in told.get("told", []):
                await self.update(session_id, update)
            request = {"sessionId": session_id, "toolCall": told["call"], "options": told.get("options", OPTIONS)}
            answer = await self.client._conn.send_request("session/request_permission", request)
            await say(json.dumps([answer["outcome"].get("optionId", "cancelled"), answer.get("_meta")]))
        elif word == "tell":
            told = json.loads(rest)
            for update in told["updates"]:
                await self.update(session_id, update)
            if told.get("wait"):
                await self.cancelled.wait()
                stop = "cancelled"
        elif word == "huge":
            command = rest * 1024
            request = {
                "sessionId": session_id,
                "toolCall": {"toolCallId": "c3", "title": "run", "rawInput": {"command": command}},
                "options": OPTIONS,
            }
            answer = await self.client._conn.send_request("session/request_permission", request)
            await say(json.dumps([answer["outcome"].get("optionId", "cancelled"), answer.get("_meta")]))
        elif word == "wait":
            await say("I wait.")
            await self.cancelled.wait()
            stop = "cancelled"
        elif word == "sleep":
            child = await asyncio.create_subprocess_exec("sleep", "1000")
            await say(f"{os.getpid()} {child.pid}")
            await asyncio.sleep(1000)
        elif word == "die":
            sys.stderr.write("oh no " + os.environ.get("AGENT_KEY", "") + "\n")
            sys.stderr.flush()
            os._exit(3)
        elif word == "terminal":
            try:
                await self.client.create_terminal(session_id, "true")
            except RequestError as error:
                await say(f"refused: {error.code}")
        elif word == "fail":
            raise RequestError.internal_error({"details": rest})
        elif word == "enough":
            await say("so far")
            stop = "max_turn_requests"
        elif word == "environment":
            await say(" ".join(sorted(os.environ)))
        # The protocol counts all turns of a session together.
        self.turns[session_id] = turns = self.turns.get(session_id, 0) + 1
        return PromptResponse(
            stop_reason=stop, usage=Usage(total_tokens=12 * turns, input_tokens=5 * turns, output_tokens=7 * turns)
        )


asyncio.run(run_agent(Agent()))
