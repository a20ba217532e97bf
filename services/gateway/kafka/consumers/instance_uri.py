"""The address of a consumer instance (`base_uri`), as its creator gets it."""

from starlette.requests import Request


def instance_uri(request: Request, group: str, name: str) -> str:
    """The gateway's own address, with the stage, so that the next call finds the gateway."""
    stage = request.scope["stage"]
    root = f"{request.url.scheme}://{request.url.netloc}{f'/{stage}' if stage else ''}"
    return f"{root}/consumers/{group}/instances/{name}"
