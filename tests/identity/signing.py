"""Signs tokens as a platform does, and publishes its public keys over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from settings import Settings
from tests.memory import AS_OF

NOW = AS_OF.timestamp()
SECRET = "0123456789abcdef0123456789abcdef-the-school's"
ISSUER, AUDIENCE = "https://platform.school.example", "hourbook"


@cache
def rsa_key(name: str = "platform") -> rsa.RSAPrivateKey:
    """A key pair per name, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key(name: str = "platform") -> ec.EllipticCurvePrivateKey:
    """A key pair per name, made once."""
    return ec.generate_private_key(ec.SECP256R1())


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says; a change to None leaves the claim out."""
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": "12", "exp": int(NOW) + 300, **changes}
    return {name: value for name, value in told.items() if value is not None}


def signed(key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token signed as said."""
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)


def by_hand(header: dict[str, Any], payload: Any, secret: bytes | None = None) -> str:
    """A token no library would make: any header, any payload, with an HMAC by any secret or without a signature."""
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)
    )
    mark = b"" if secret is None else hmac.new(secret, head + b"." + body, hashlib.sha256).digest()
    return b".".join([head, body, base64.urlsafe_b64encode(mark).rstrip(b"=")]).decode()


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The public key as it is usually published, which a forger knows too."""
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def with_secret(**more: Any) -> Settings:
    """Settings of a school whose platform signs with a shared secret."""
    return Settings(**{"jwt_secret": SECRET, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, **more})


def with_keys(url: str, **more: Any) -> Settings:
    """Settings of a school whose platform publishes its public keys."""
    return Settings(**{"jwt_jwks_url": url, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, **more})


class KeyServer:
    """Publishes a set of keys, and counts how often it was asked."""

    def __init__(self) -> None:
        server = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                body = server.body
                self.send_response(server.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._number = 0
        self.asked = 0
        self.status = 200
        self.body = b""

    def publish(self, *keys: dict[str, Any]) -> str:
        """Publish these keys from now on; an address that was never asked before."""
        self.body, self.status, self.asked = json.dumps({"keys": keys}).encode(), 200, 0
        self._number += 1
        return f"http://127.0.0.1:{self._http.server_port}/keys/{self._number}"

    def __enter__(self) -> KeyServer:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def published(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    """The public half of a key as a JSON Web Key."""
    kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}
