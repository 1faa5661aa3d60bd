"""One origin for the browser: the console, the REST API, the WebSocket, storage and sign-in.

In an AWS account a distribution does this; here a small proxy does, and it changes nothing on
the way: bodies are streamed, status codes and close codes are the ones that were given.
"""

import asyncio
import contextlib
import json
import mimetypes
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    TCPConnector,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from yarl import URL

_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_OF_THE_HANDSHAKE = {
    "sec-websocket-key",
    "sec-websocket-version",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "content-length",
    "host",
}
_LARGEST_FRAME = 1024 * 1024
_COGNITO = "AWSCognitoIdentityProviderService."
_NOT_BUILT = "<!doctype html><title>Trunkline</title><p>The console is not built yet."

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Socket = web.WebSocketResponse | ClientWebSocketResponse


@dataclass(frozen=True)
class Origin:
    """What stands behind the one origin; the APIs are named once they are deployed."""

    port: int
    emulator: str
    site: str
    rest_api: str = "none"
    websocket_api: str = "none"

    @classmethod
    def read(cls, path: Path) -> "Origin":
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        """In one step, because the running proxy reads the file at every request."""
        half = path.with_suffix(".part")
        half.write_text(json.dumps(asdict(self)))
        half.rename(path)


class Proxy:
    """The routes of the origin, as the file says that describes it; the file may change."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._session: ClientSession | None = None

    @property
    def _origin(self) -> Origin:
        return Origin.read(self._config)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=0)
        app.cleanup_ctx.append(self._client)
        app.router.add_get("/_origin", self._describe)
        app.router.add_get("/ws", self._websocket)
        app.router.add_route("*", "/api/{tail:.*}", self._rest)
        app.router.add_route("*", "/storage/{tail:.*}", self._storage)
        app.router.add_post("/identity", self._identity)
        app.router.add_post("/identity/", self._identity)
        app.router.add_get("/{tail:.*}", self._page)
        return app

    async def _client(self, _: web.Application) -> AsyncIterator[None]:
        timeout = ClientTimeout(total=None, connect=5)
        connector = TCPConnector(limit=0)
        async with ClientSession(
            timeout=timeout, connector=connector, auto_decompress=False
        ) as session:
            self._session = session
            yield

    async def _describe(self, _: web.Request) -> web.Response:
        return web.json_response({"home": str(self._config.parent), **asdict(self._origin)})

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        """As API Gateway: the client's own Host stays, and a path keeps its percent signs.

        Both are part of what a client signs. The emulator decodes a path once, so it gets it
        encoded once more.
        """
        stage = f"/_aws/execute-api/{self._origin.rest_api}/api"
        path = stage + request.rel_url.raw_path.removeprefix("/api").replace("%", "%25")
        return await self._forward(request, path, request.headers.get("Host", ""))

    async def _storage(self, request: web.Request) -> web.StreamResponse:
        """Links to objects were signed for the emulator's own address."""
        path = request.rel_url.raw_path.removeprefix("/storage")
        return await self._forward(request, path, URL(self._origin.emulator).raw_authority)

    async def _identity(self, request: web.Request) -> web.StreamResponse:
        """Sign-in only: the emulator would answer for any other service at this address too."""
        if not request.headers.get("X-Amz-Target", "").startswith(_COGNITO):
            raise web.HTTPForbidden(text="only Cognito's user pools answer here")
        return await self._forward(request, "/", URL(self._origin.emulator).raw_authority)

    async def _forward(self, request: web.Request, path: str, host: str) -> web.StreamResponse:
        query = request.rel_url.raw_query_string
        target = URL(f"{self._origin.emulator}{path}{'?' + query if query else ''}", encoded=True)
        headers = [*_passed(request.headers), ("Host", host)]
        body = request.content if request.can_read_body else None
        try:
            async with self._http.request(
                request.method, target, headers=headers, data=body, allow_redirects=False
            ) as answer:
                response = web.StreamResponse(status=answer.status, reason=answer.reason)
                for name, value in _passed(answer.headers):
                    response.headers.add(name, value)
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
                await response.write_eof()
                return response
        except ClientError as error:
            raise web.HTTPBadGateway(text=f"the emulator does not answer: {error}") from error

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        """Connects to the API first, so that a refusal reaches the client as the answer it is."""
        query = request.rel_url.raw_query_string
        path = f"/_aws/execute-api/{self._origin.websocket_api}/api"
        target = URL(f"{self._origin.emulator}{path}{'?' + query if query else ''}", encoded=True)
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        protocols = [name.strip() for name in offered.split(",") if name.strip()]
        headers = [h for h in _passed(request.headers) if h[0].lower() not in _OF_THE_HANDSHAKE]
        try:
            upstream = await self._http.ws_connect(
                target, headers=headers, protocols=protocols, max_msg_size=_LARGEST_FRAME
            )
        except WSServerHandshakeError as refusal:
            return web.Response(status=refusal.status)
        except ClientError as error:
            raise web.HTTPBadGateway(text=f"the emulator does not answer: {error}") from error
        chosen = [upstream.protocol] if upstream.protocol else protocols
        client = web.WebSocketResponse(protocols=chosen, max_msg_size=_LARGEST_FRAME)
        await client.prepare(request)
        await asyncio.gather(_pump(client, upstream), _pump(upstream, client))
        return client

    async def _page(self, request: web.Request) -> web.StreamResponse:
        """A file of the site; any other path without a suffix is a route inside the console."""
        wanted = request.path.strip("/")
        site = Path(self._origin.site)
        found = _file(site, wanted)
        if found is None and "." not in wanted.rsplit("/", 1)[-1]:
            found = _file(site, "index.html")
            if found is None:
                return web.Response(text=_NOT_BUILT, content_type="text/html", status=503)
        if found is None:
            raise web.HTTPNotFound
        kept = "public, max-age=31536000, immutable" if wanted.startswith("assets/") else "no-cache"
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": kept, "Content-Type": kind, "X-Content-Type-Options": "nosniff"}
        return web.FileResponse(found, headers=headers)

    @property
    def _http(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("the proxy is not running")
        return self._session


def _passed(headers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    skipped = _HOP_BY_HOP | named | {"host"}
    return [(name, value) for name, value in headers.items() if name.lower() not in skipped]


async def _pump(source: Socket, target: Socket) -> None:
    """Frames from one side to the other, and at the end the reason why that side left."""
    async for message in source:
        with contextlib.suppress(ConnectionError, ClientError):
            if message.type is WSMsgType.TEXT:
                await target.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await target.send_bytes(message.data)
    code = source.close_code
    if code is None or code == WSCloseCode.ABNORMAL_CLOSURE:
        code = WSCloseCode.GOING_AWAY
    elif code == 1005:  # "no code was given", which cannot be said in a frame
        code = WSCloseCode.OK
    await target.close(code=code)


def _file(site: Path, wanted: str) -> Path | None:
    root = site.resolve()
    path = (root / wanted).resolve()
    if not path.is_relative_to(root):
        return None
    if path.is_dir():
        path = path / "index.html"
    return path if path.is_file() else None


async def main(config: Path) -> None:
    runner = web.AppRunner(Proxy(config).application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", Origin.read(config).port).start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
