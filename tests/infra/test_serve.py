"""The one origin: what passes through it is what was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.serve import Origin, Proxy

type Script = Callable[[TestClient[web.Request, web.Application]], Awaitable[None]]


def test_a_request_reaches_the_api_as_the_client_signed_it(tmp_path: Path) -> None:
    """Method, body, query, headers and Host are untouched; the path keeps its percent signs."""

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        answer = await client.put(
            "/api/tags/a%2Fb%20c?x=1&x=2&y=%C3%A4",
            data=b"body",
            headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x", "Host": "center.test"},
        )
        told = await answer.json()
        assert 207 == answer.status
        assert "PUT" == told["method"]
        assert "/_aws/execute-api/rest1/api/tags/a%252Fb%2520c?x=1&x=2&y=%C3%A4" == told["target"]
        assert "body" == told["body"]
        assert "center.test" == told["headers"]["Host"]
        assert "AWS4-HMAC-SHA256 Credential=x" == told["headers"]["Authorization"]

    _run(script, tmp_path)


def test_storage_is_asked_under_the_host_that_links_are_signed_for(tmp_path: Path) -> None:
    """A presigned link carries the public origin and was signed for the emulator's."""

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        answer = await client.get("/storage/bucket/a%20b.ogg?X-Amz-Signature=1")
        told = await answer.json()
        assert "/bucket/a%20b.ogg?X-Amz-Signature=1" == told["target"]
        assert told["listens_on"] == told["headers"]["Host"]

    _run(script, tmp_path)


def test_only_sign_in_passes_the_identity_door(tmp_path: Path) -> None:
    """The emulator would answer for tables and buckets at the same address."""

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        signing_in = {"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth"}
        assert 207 == (await client.post("/identity", headers=signing_in)).status
        reading = {"X-Amz-Target": "DynamoDB_20120810.Scan"}
        assert 403 == (await client.post("/identity", headers=reading)).status
        assert 403 == (await client.post("/identity")).status

    _run(script, tmp_path)


def test_frames_pass_in_both_directions_with_the_query(tmp_path: Path) -> None:
    """A token in the query reaches the handler that admits the socket."""

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        async with client.ws_connect("/ws?token=a.b-c%20") as socket:
            await socket.send_str("hello")
            assert "token=a.b-c%20: hello" == await socket.receive_str()

    _run(script, tmp_path)


def test_the_close_code_of_the_server_reaches_the_client(tmp_path: Path) -> None:
    """A page tells "signed in elsewhere" from a lost network by it."""

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        async with client.ws_connect("/ws") as socket:
            await socket.send_str("close 4001")
            assert WSMsgType.CLOSE == (await socket.receive()).type
            assert 4001 == socket.close_code

    _run(script, tmp_path)


def test_a_refused_handshake_is_refused_to_the_client(tmp_path: Path) -> None:
    """No socket opens and closes at once where the API said no."""

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        with pytest.raises(WSServerHandshakeError) as refusal:
            await client.ws_connect("/ws?refuse")
        assert 403 == refusal.value.status

    _run(script, tmp_path)


def test_routes_of_the_console_are_its_page_and_missing_files_are_missing(tmp_path: Path) -> None:
    """A reload deep in the console works; a lost script is not answered with a page."""
    _write(tmp_path / "index.html", "console")
    _write(tmp_path / "call" / "index.html", "customer")
    _write(tmp_path / "assets" / "a.js", "js")

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        for path, expected in (
            ("/", "console"),
            ("/tickets/12", "console"),
            ("/call", "customer"),
            ("/call/", "customer"),
            ("/assets/a.js", "js"),
        ):
            answer = await client.get(path)
            assert (200, expected) == (answer.status, await answer.text())
        assert 404 == (await client.get("/assets/b.js")).status
        assert "immutable" in (await client.get("/assets/a.js")).headers["Cache-Control"]

    _run(script, tmp_path)


def test_nothing_outside_the_site_is_served(tmp_path: Path) -> None:
    """No path climbs out of the built console."""
    _write(tmp_path / "secret.txt", "secret")
    site = tmp_path / "site"
    _write(site / "index.html", "console")

    async def script(client: TestClient[web.Request, web.Application]) -> None:
        for path in ("/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt"):
            assert "secret" != await (await client.get(path)).text()

    _run(script, site)


def test_an_emulator_that_is_down_is_a_bad_gateway(tmp_path: Path) -> None:
    """The page can say that the center is away, and try again."""

    async def play() -> None:
        config = tmp_path / "origin.json"
        Origin(0, "http://127.0.0.1:9", str(tmp_path)).write(config)
        async with TestClient(TestServer(Proxy(config).application())) as client:
            assert 502 == (await client.get("/api/v1/me")).status

    asyncio.run(play())


def _run(script: Script, site: Path) -> None:
    """The script against a proxy whose emulator tells what it was sent."""

    async def play() -> None:
        async with TestServer(_emulator()) as emulator:
            address = str(emulator.make_url("")).rstrip("/")
            config = site.parent / f"{site.name}.json"
            Origin(0, address, str(site), "rest1", "ws1").write(config)
            async with TestClient(TestServer(Proxy(config).application())) as client:
                await script(client)

    asyncio.run(play())


def _emulator() -> web.Application:
    async def tell(request: web.Request) -> web.Response:
        content = {
            "method": request.method,
            "target": str(request.raw_path),
            "headers": dict(request.headers),
            "body": await request.text(),
            "listens_on": f"{request.url.host}:{request.url.port}",
        }
        return web.json_response(content, status=207)

    async def talk(request: web.Request) -> web.StreamResponse:
        if "refuse" in request.query:
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.data.startswith("close "):
                await socket.close(code=int(message.data.split()[1]))
            else:
                await socket.send_str(f"{request.rel_url.raw_query_string}: {message.data}")
        return socket

    app = web.Application()
    app.router.add_get("/_aws/execute-api/ws1/api", talk)
    app.router.add_route("*", "/{tail:.*}", tell)
    return app


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
